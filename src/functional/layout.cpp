#include "sushi/functional/layout.hpp"

#include <algorithm>

#include "sushi/supernet/supernet.hpp"

namespace sushi {
namespace {

std::size_t Index(std::int64_t i) { return static_cast<std::size_t>(i); }

// Calls f(first channel, channels, channels of the whole group) for every group that the range touches.
template <typename F>
void ForEachGroup(const TensorLayout& tensor, int first_channel, int count, F f) {
  for (int c = first_channel; c < first_channel + count;) {
    const int begin = c / tensor.group * tensor.group;
    const int size = std::min(tensor.group, tensor.channels - begin);
    const int taken = std::min(begin + size, first_channel + count) - c;
    f(c, taken, size);
    c += taken;
  }
}

}  // namespace

std::vector<std::uint8_t> WeightLayout::FromKcrs(const std::vector<std::int8_t>& kcrs) const {
  std::vector<std::uint8_t> out;
  out.reserve(kcrs.size());
  const std::int64_t kernel_bytes = std::int64_t{max_channels} * taps;
  for (int first = 0; first < max_kernels; first += lanes) {
    const int kernels = std::min(lanes, max_kernels - first);
    for (std::int64_t i = 0; i < kernel_bytes; ++i) {
      const std::int64_t from =
          centre_crop_side > 0 ? CentreFirstTap(static_cast<int>(i), centre_crop_side) : i;
      for (int k = 0; k < kernels; ++k)
        out.push_back(static_cast<std::uint8_t>(kcrs[Index((first + k) * kernel_bytes + from)]));
    }
  }
  return out;
}

GatherList WeightLayout::TileOutside(int first_kernel, int kernels, int first_channel, int end_channel,
                                     int held_kernels, int held_channels) const {
  const std::int64_t pitch = std::min(lanes, max_kernels - first_kernel);
  const std::int64_t tile = std::int64_t{first_kernel} * max_channels * taps;
  GatherList list;
  const auto add = [&](int begin, int end, int skip) {
    if (begin >= end || skip >= kernels) return;
    list.push_back({base + static_cast<std::uint64_t>(tile + std::int64_t{begin} * taps * pitch + skip),
                    kernels - skip, std::int64_t{end - begin} * taps, pitch});
  };
  const int border = std::clamp(held_channels, first_channel, end_channel);
  add(first_channel, border, held_kernels);
  add(border, end_channel, 0);
  return list;
}

GatherList TensorLayout::Rows(int first_channel, int count, int first_row, int rows) const {
  GatherList list;
  const std::int64_t map = std::int64_t{height} * width, skipped = std::int64_t{first_row} * width;
  const std::int64_t positions = std::int64_t{rows} * width;
  ForEachGroup(*this, first_channel, count, [&](int c, int taken, int size) {
    const int begin = c / group * group;
    const std::uint64_t address =
        base + static_cast<std::uint64_t>(begin * map + skipped * size + (c - begin));
    if (taken < size) {
      list.push_back({address, taken, positions, size});
    } else if (!list.empty() && list.back().run == positions * size && list.back().stride == size * map) {
      ++list.back().count;
    } else {
      list.push_back({address, positions * size, 1, size * map});
    }
  });
  return list;
}

void TensorLayout::Unpack(const std::uint8_t* bytes, int first_channel, int count, int rows,
                          std::uint8_t* out) const {
  ForEachGroup(*this, first_channel, count, [&](int c, int taken, int) {
    std::uint8_t* to = out + (c - first_channel);
    for (std::int64_t p = 0; p < std::int64_t{rows} * width; ++p, to += count, bytes += taken) {
      std::copy(bytes, bytes + taken, to);
    }
  });
}

std::vector<std::uint8_t> TensorLayout::FromChw(const std::vector<std::uint8_t>& chw) const {
  std::vector<std::uint8_t> out;
  out.reserve(chw.size());
  const std::int64_t map = std::int64_t{height} * width;
  ForEachGroup(*this, 0, channels, [&](int c, int taken, int) {
    for (std::int64_t p = 0; p < map; ++p) {
      for (int i = 0; i < taken; ++i) out.push_back(chw[Index((c + i) * map + p)]);
    }
  });
  return out;
}

std::vector<std::uint8_t> TensorLayout::ToChw(const std::vector<std::uint8_t>& bytes) const {
  std::vector<std::uint8_t> hwc(bytes.size());
  Unpack(bytes.data(), 0, channels, height, hwc.data());
  return HwcToChw(hwc, channels);
}

std::vector<std::uint8_t> HwcToChw(const std::vector<std::uint8_t>& hwc, int channels) {
  std::vector<std::uint8_t> chw(hwc.size());
  const std::int64_t map = static_cast<std::int64_t>(hwc.size()) / channels;
  for (std::int64_t p = 0; p < map; ++p) {
    for (int c = 0; c < channels; ++c) chw[Index(c * map + p)] = hwc[Index(p * channels + c)];
  }
  return chw;
}

}  // namespace sushi
