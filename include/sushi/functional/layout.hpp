// Where each byte of weights and activations lies in DRAM, and in what order descriptors move them.
// docs/functional.md, "Where the bytes lie".
#pragma once

#include <cstdint>
#include <vector>

#include "sushi/functional/dram_image.hpp"

namespace sushi {

// Weights of a SuperNet layer, in the order in which tiles read them: kernel tile, channel, tap, kernel. With
// centre_crop the taps stand for channels, as in its rectangles (supernet.hpp).
struct WeightLayout {
  std::uint64_t base = 0;
  int lanes = 16;  // kernels of a full kernel tile
  int max_kernels = 0, max_channels = 0;
  int taps = 1;              // kernel height × width; 1 with centre_crop
  int centre_crop_side = 0;  // of the kernel; 0 for other layers

  std::int64_t bytes() const { return std::int64_t{max_kernels} * max_channels * taps; }
  // The weights given in KCRS order, in the order of the layout.
  std::vector<std::uint8_t> FromKcrs(const std::vector<std::int8_t>& kcrs) const;
  // Of one kernel tile: kernels [first_kernel, +kernels) × channels [first_channel, end_channel), less the
  // first `held_kernels` of them × channels below `held_channels`. Order: channel, tap, kernel.
  GatherList TileOutside(int first_kernel, int kernels, int first_channel, int end_channel, int held_kernels,
                         int held_channels) const;
};

// An activation: groups of channels one after the other, in a group row, column, channel. A group is what
// one kernel tile of the op that makes the tensor writes, so write-back is contiguous.
struct TensorLayout {
  std::uint64_t base = 0;
  int group = 1;  // channels
  int channels = 0, height = 0, width = 0;

  std::int64_t bytes() const { return std::int64_t{channels} * height * width; }
  // Channels [first_channel, +count) of rows [first_row, +rows): group (or what is cut of it) by group.
  GatherList Rows(int first_channel, int count, int first_row, int rows) const;
  // Bytes in the order of Rows() to row, column, channel with `count` channels.
  void Unpack(const std::uint8_t* bytes, int first_channel, int count, int rows, std::uint8_t* out) const;
  // A whole tensor given as channel, row, column, in the order of the layout; and back.
  std::vector<std::uint8_t> FromChw(const std::vector<std::uint8_t>& chw) const;
  std::vector<std::uint8_t> ToChw(const std::vector<std::uint8_t>& bytes) const;
};

// Row, column, channel to channel, row, column.
std::vector<std::uint8_t> HwcToChw(const std::vector<std::uint8_t>& hwc, int channels);

}  // namespace sushi
