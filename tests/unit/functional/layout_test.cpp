#include "sushi/functional/layout.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sushi {
namespace {

using Bytes8 = std::vector<std::uint8_t>;

// 5 kernels × 3 channels × 2 taps in tiles of 2; a weight is 100·kernel + 10·channel + tap, less 128.
const WeightLayout kWeights{1000, 2, 5, 3, 2};

std::int8_t WeightAt(int k, int c, int tap) { return static_cast<std::int8_t>(40 * k + 10 * c + tap - 128); }

Bytes8 Gathered(const GatherList& list) {
  std::vector<std::int8_t> kcrs;
  for (int k = 0; k < 5; ++k) {
    for (int c = 0; c < 3; ++c) {
      for (int tap = 0; tap < 2; ++tap) kcrs.push_back(WeightAt(k, c, tap));
    }
  }
  Bytes8 bytes = kWeights.FromKcrs(kcrs);
  EXPECT_EQ(static_cast<std::int64_t>(bytes.size()), kWeights.bytes());
  DramImage image;
  image.Write(kWeights.base, bytes.data(), kWeights.bytes());
  Bytes8 out(static_cast<std::size_t>(BytesOf(list).value()));
  image.Gather(list, out.data());
  return out;
}

// Channel, tap, kernel, without the held corner.
Bytes8 Expected(int first_kernel, int kernels, int first_channel, int end_channel, int held_kernels,
                int held_channels) {
  Bytes8 out;
  for (int c = first_channel; c < end_channel; ++c) {
    for (int tap = 0; tap < 2; ++tap) {
      for (int k = 0; k < kernels; ++k) {
        if (k < held_kernels && c < held_channels) continue;
        out.push_back(static_cast<std::uint8_t>(WeightAt(first_kernel + k, c, tap)));
      }
    }
  }
  return out;
}

TEST(WeightLayout, ATileGathersWhatLiesOutsideTheHeldCorner) {
  for (const int first : {0, 2, 4}) {
    for (int kernels = 1; kernels <= std::min(2, 5 - first); ++kernels) {
      for (int held_kernels = 0; held_kernels <= kernels; ++held_kernels) {
        for (int held_channels = 0; held_channels <= 3; ++held_channels) {
          for (int begin = 0; begin < 3; ++begin) {
            EXPECT_EQ(Gathered(kWeights.TileOutside(first, kernels, begin, 3, held_kernels, held_channels)),
                      Expected(first, kernels, begin, 3, held_kernels, held_channels));
          }
        }
      }
    }
  }
}

TEST(WeightLayout, AWholeTileOutsideIsOnePiece) {
  const GatherList list = kWeights.TileOutside(2, 2, 0, 3, 0, 0);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].run, list[0].stride);
  EXPECT_EQ(list[0].address, kWeights.base + 2 * 3 * 2);
}

// 5 channels of 3 × 2 in groups of 2.
const TensorLayout kTensor{500, 2, 5, 3, 2};

Bytes8 Chw() {
  Bytes8 chw;
  for (int i = 0; i < 30; ++i) chw.push_back(static_cast<std::uint8_t>(i));
  return chw;
}

TEST(TensorLayout, GoesThereAndBack) { EXPECT_EQ(kTensor.ToChw(kTensor.FromChw(Chw())), Chw()); }

TEST(TensorLayout, RowsOfSomeChannelsUnpackToRowColumnChannel) {
  DramImage image;
  const Bytes8 bytes = kTensor.FromChw(Chw());
  image.Write(kTensor.base, bytes.data(), kTensor.bytes());
  for (int first = 0; first < 5; ++first) {
    for (int count = 1; count <= 5 - first; ++count) {
      const GatherList list = kTensor.Rows(first, count, 1, 2);
      ASSERT_EQ(BytesOf(list), Bytes(std::int64_t{count} * 2 * 2));
      Bytes8 payload(static_cast<std::size_t>(BytesOf(list).value())), out(payload.size());
      image.Gather(list, payload.data());
      kTensor.Unpack(payload.data(), first, count, 2, out.data());
      std::size_t i = 0;
      for (int y = 1; y < 3; ++y) {
        for (int x = 0; x < 2; ++x) {
          for (int c = first; c < first + count; ++c) EXPECT_EQ(out[i++], (c * 3 + y) * 2 + x);
        }
      }
    }
  }
}

TEST(TensorLayout, WholeGroupsOfAllRowsAreOneBlock) {
  EXPECT_EQ(kTensor.Rows(0, 4, 0, 3).size(), 1U);
  EXPECT_EQ(kTensor.Rows(2, 2, 0, 3).front().count, 1);  // what a write-back moves
}

}  // namespace
}  // namespace sushi
