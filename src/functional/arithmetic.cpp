#include "sushi/functional/arithmetic.hpp"

#include <string>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// Four kernels at a time: each value of the window is loaded once for them. Products of 16-bit numbers
// added in 32 bits are what SIMD units have an instruction for.
void FourDots(const std::int16_t* window, const std::int16_t* weights, std::int64_t length,
              std::int32_t* sums) {
  const std::int16_t* w0 = weights;
  const std::int16_t* w1 = w0 + length;
  const std::int16_t* w2 = w1 + length;
  const std::int16_t* w3 = w2 + length;
  std::int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (std::int64_t i = 0; i < length; ++i) {
    const std::int32_t x = window[i];
    s0 += x * w0[i];
    s1 += x * w1[i];
    s2 += x * w2[i];
    s3 += x * w3[i];
  }
  sums[0] += s0;
  sums[1] += s1;
  sums[2] += s2;
  sums[3] += s3;
}

void OneDot(const std::int16_t* window, const std::int16_t* weights, std::int64_t length, std::int32_t* sum) {
  std::int32_t s = 0;
  for (std::int64_t i = 0; i < length; ++i) s += std::int32_t{window[i]} * weights[i];
  *sum += s;
}

// The nearest integer, halves towards +∞.
int RoundedDivide(int numerator, int denominator) {
  const int doubled = 2 * numerator + denominator;
  const int quotient = doubled / (2 * denominator);
  return doubled % (2 * denominator) < 0 ? quotient - 1 : quotient;
}

struct Span {
  int begin = 0, end = 0;
};

// The part of a pool's window that lies inside the map.
Span Inside(int start, int kernel, int size) { return {std::max(start, 0), std::min(start + kernel, size)}; }

}  // namespace

void CheckAccumulators(const SuperNet& net) {
  for (const SubNet& subnet : net.subnets) {
    for (const Op& op : subnet.ops) {
      if (op.kind != OpKind::kConv) continue;
      const std::int64_t products = std::int64_t{op.WeightChannels()} * op.kernel_h * op.kernel_w;
      if (products <= kMostProducts) continue;
      throw UserError(subnet.name + "." + op.name + ": adds " + std::to_string(products) +
                      " products for a result; int32 holds the sum of " + std::to_string(kMostProducts) +
                      " for sure, so it cannot run with --functional");
    }
  }
}

void BuildWindows(const Op& op, const ActivationView& input, std::uint8_t padding, PositionRange positions,
                  int first_channel, int channels, std::vector<std::int16_t>& windows) {
  const std::int64_t length = std::int64_t{channels} * op.kernel_h * op.kernel_w;
  windows.resize(static_cast<std::size_t>(length * positions.count));
  std::int16_t* out = windows.data();
  for (std::int64_t p = positions.first; p < positions.first + positions.count; ++p) {
    const int top = static_cast<int>(p / op.OutW()) * op.stride_h - op.pad_h;
    const int left = static_cast<int>(p % op.OutW()) * op.stride_w - op.pad_w;
    for (int r = 0; r < op.kernel_h; ++r) {
      const bool row = input.HasRow(top + r);
      for (int s = 0; s < op.kernel_w; ++s, out += channels) {
        if (!row || left + s < 0 || left + s >= input.width) {
          std::fill(out, out + channels, padding);
        } else {
          const std::uint8_t* in = input.At(top + r, left + s) + first_channel;
          std::copy(in, in + channels, out);
        }
      }
    }
  }
}

void Accumulate(const std::int16_t* windows, std::int64_t positions, const std::int16_t* weights, int kernels,
                std::int64_t length, std::int32_t* sums) {
  int k = 0;
  for (; k + 4 <= kernels; k += 4) {
    for (std::int64_t p = 0; p < positions; ++p)
      FourDots(windows + p * length, weights + k * length, length, sums + p * kernels + k);
  }
  for (; k < kernels; ++k) {
    for (std::int64_t p = 0; p < positions; ++p)
      OneDot(windows + p * length, weights + k * length, length, sums + p * kernels + k);
  }
}

void AccumulateDepthwise(const std::int16_t* windows, std::int64_t positions, const std::int16_t* weights,
                         int kernels, int taps, std::int32_t* sums) {
  for (std::int64_t p = 0; p < positions; ++p, sums += kernels) {
    for (int tap = 0; tap < taps; ++tap, windows += kernels) {
      for (int k = 0; k < kernels; ++k) sums[k] += std::int32_t{windows[k]} * weights[k * taps + tap];
    }
  }
}

std::array<std::uint8_t, 256> ActivationTable(Activation activation, std::uint8_t zero_point) {
  std::array<std::uint8_t, 256> table{};
  for (int q = 0; q < 256; ++q) {
    // 3 and 6 of the hard functions in steps of the input.
    const int x = q - zero_point;
    const int gate = std::clamp(x + 3 * kStepsPerUnit, 0, 6 * kStepsPerUnit);
    int value = q;
    if (activation == Activation::kHSwish) value = RoundedDivide(x * gate, 6 * kStepsPerUnit) + zero_point;
    if (activation == Activation::kHSigmoid) value = RoundedDivide(kUnitFactor * gate, 6 * kStepsPerUnit);
    table[static_cast<std::size_t>(q)] = ClampToByte(value);
  }
  return table;
}

std::uint8_t ScaleByFactor(std::uint8_t value, std::uint8_t zero_point, std::uint8_t factor) {
  return ClampToByte(RoundedDivide((value - zero_point) * factor, kUnitFactor) + zero_point);
}

void Pool(const Op& op, const ActivationView& input, std::uint8_t zero_point, PositionRange positions,
          int first_channel, int channels, std::uint8_t* values) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(channels));
  for (std::int64_t p = positions.first; p < positions.first + positions.count; ++p, values += channels) {
    const Span rows = Inside(static_cast<int>(p / op.OutW()) * op.stride_h - op.pad_h, op.kernel_h, op.in_h);
    const Span columns =
        Inside(static_cast<int>(p % op.OutW()) * op.stride_w - op.pad_w, op.kernel_w, op.in_w);
    const std::int64_t n =
        std::int64_t{std::max(rows.end - rows.begin, 0)} * std::max(columns.end - columns.begin, 0);
    std::fill(result.begin(), result.end(), 0);
    for (int y = rows.begin; y < rows.end; ++y) {
      for (int x = columns.begin; x < columns.end; ++x) {
        const std::uint8_t* in = input.At(y, x) + first_channel;
        for (std::size_t c = 0; c < result.size(); ++c) {
          result[c] =
              op.kind == OpKind::kMaxPool ? std::max<std::int64_t>(result[c], in[c]) : result[c] + in[c];
        }
      }
    }
    for (std::size_t c = 0; c < result.size(); ++c) {
      std::int64_t value = zero_point;
      if (n > 0) value = op.kind == OpKind::kMaxPool ? result[c] : (result[c] + n / 2) / n;
      values[c] = static_cast<std::uint8_t>(value);
    }
  }
}

}  // namespace sushi
