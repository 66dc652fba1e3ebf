// The arithmetic of SushiAccel, to the bit: what the DPE array, the drain and the vector unit compute.
// Equations F1–F6 of docs/functional.md, F7–F9 of docs/mobilenet.md. Integers only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "sushi/supernet/supernet.hpp"

namespace sushi {

// Of one kernel: 5 bytes in DRAM, the scale little-endian, then the zero point.
struct QuantParam {
  std::int32_t scale = 0;  // 24 fraction bits
  std::int8_t zero_point = 0;
};
inline constexpr int kScaleFractionBits = 24;

inline std::uint8_t ClampToByte(std::int64_t value) {
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, 255));
}

// F2  q = clamp((acc·scale + 2^23) >> 24 + zero point, 0, 255); the shift rounds towards −∞.
inline std::uint8_t Requantise(std::int32_t sum, const QuantParam& param) {
  const std::int64_t product = std::int64_t{sum} * param.scale;
  constexpr std::int64_t kHalf = std::int64_t{1} << (kScaleFractionBits - 1);
  return ClampToByte(((product + kHalf) >> kScaleFractionBits) + param.zero_point);
}

// F3  residual: both operands and the result have one scale; the operand's zero point goes.
inline std::uint8_t AddResidual(std::uint8_t value, std::uint8_t operand, std::uint8_t operand_zero_point) {
  return ClampToByte(std::int64_t{value} + operand - operand_zero_point);
}

// F1  a sum of n products of uint8 and int8 lies within ±n·255·128, below 2^31 for n ≤ 65,793.
inline constexpr std::int64_t kMostProducts = 65793;
// UserError when an op of the SubNets adds more than that many products.
void CheckAccumulators(const SuperNet& net);

// Some rows of a tensor in the Streaming Buffer: rows first_row … of `width` positions, each with the
// values of all channels side by side.
struct ActivationView {
  const std::uint8_t* bytes = nullptr;
  int channels = 0;
  int first_row = 0;
  int rows = 0;
  int width = 0;

  const std::uint8_t* At(int y, int x) const {
    return bytes + (static_cast<std::int64_t>(y - first_row) * width + x) * channels;
  }
  bool HasRow(int y) const { return y >= first_row && y < first_row + rows; }
};

// Output positions in scan order: `count` of them from `first` on, rows of op.OutW().
struct PositionRange {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

// What the Line Buffer presents: for each output position the values under the window, [kernel row][kernel
// column][channel], of `channels` channels from `first_channel` on; `padding` outside the map.
void BuildWindows(const Op& op, const ActivationView& input, std::uint8_t padding, PositionRange positions,
                  int first_channel, int channels, std::vector<std::int16_t>& windows);

// sums[position][kernel] += window · kernel, for `length` products each. Exact in int32 whatever the order
// (kMostProducts).
void Accumulate(const std::int16_t* windows, std::int64_t positions, const std::int16_t* weights, int kernels,
                std::int64_t length, std::int32_t* sums);

// F7  depthwise: windows hold `kernels` channels, weights are [kernel][tap]; kernel k meets channel k alone.
void AccumulateDepthwise(const std::int16_t* windows, std::int64_t positions, const std::int16_t* weights,
                         int kernels, int taps, std::int32_t* sums);

// F8  what a requantised byte becomes. h-swish and h-sigmoid take kStepsPerUnit steps above the output
// tensor's zero point for 1.0. h-swish keeps scale and zero point; h-sigmoid gives kUnitFactor for 1.0 and
// has zero point 0. ReLU is the clamp of F2, so that it and `none` change nothing.
inline constexpr int kStepsPerUnit = 16;
inline constexpr int kUnitFactor = 255;
std::array<std::uint8_t, 256> ActivationTable(Activation activation, std::uint8_t zero_point);

// F9  channel scale: (value − zero point)·factor / kUnitFactor to nearest + zero point.
std::uint8_t ScaleByFactor(std::uint8_t value, std::uint8_t zero_point, std::uint8_t factor);

// F5, F6  pools: `channels` channels from `first_channel` on of each position, to values[position][channel].
// Only positions inside the map count; the average is (sum + n/2) / n over those n; a window wholly outside
// gives the zero point.
void Pool(const Op& op, const ActivationView& input, std::uint8_t zero_point, PositionRange positions,
          int first_channel, int channels, std::uint8_t* values);

}  // namespace sushi
