#include "sushi/functional/buffer_contents.hpp"

#include <gtest/gtest.h>

namespace sushi {
namespace {

TEST(CachedWeights, KeepsWhatBothRectanglesHoldAndClearsTheRest) {
  CachedWeights weights;
  weights.Reshape(0, {2, 3}, 2);
  for (int k = 0; k < 2; ++k) {
    for (int c = 0; c < 3; ++c) {
      for (int tap = 0; tap < 2; ++tap)
        weights.Set(0, k, c, tap, static_cast<std::int8_t>(1 + k * 6 + c * 2 + tap));
    }
  }
  weights.Reshape(0, {3, 2}, 2);
  EXPECT_EQ(weights.At(0, 1, 1, 1), 1 + 6 + 2 + 1);
  EXPECT_EQ(weights.At(0, 1, 2, 0), 0);  // dropped
  EXPECT_EQ(weights.At(0, 2, 0, 0), 0);  // not there yet
  weights.Reshape(0, {3, 3}, 2);
  EXPECT_EQ(weights.At(0, 1, 2, 0), 0);  // dropped is gone
}

TEST(CachedWeights, HoldsNothingOutsideItsRectangle) {
  CachedWeights weights;
  weights.Reshape(1, {2, 2}, 1);
  weights.Set(1, 2, 0, 0, 5);
  weights.Set(1, 0, 2, 0, 5);
  for (int k = 0; k < 3; ++k) {
    for (int c = 0; c < 3; ++c) EXPECT_EQ(weights.At(1, k, c, 0), 0);
  }
  EXPECT_EQ(weights.At(7, 0, 0, 0), 0);
}

}  // namespace
}  // namespace sushi
