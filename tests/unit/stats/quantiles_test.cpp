#include "sushi/stats/quantiles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr double kAsked[] = {0, 0.01, 0.5, 0.9, 0.99, 0.999, 1};

std::int64_t ExactQuantile(std::vector<std::int64_t>& values, double q) {
  return ExactQuantiles(values, {q}).front();
}

TEST(ExactQuantiles, IsTheNearestRank) {
  std::vector<std::int64_t> values = {50, 10, 40, 20, 30};
  const std::vector<std::int64_t> expected = {10, 20, 30, 30, 50, 50};
  EXPECT_EQ(ExactQuantiles(values, {0, 0.4, 0.41, 0.5, 1, 1}), expected);
  EXPECT_THROW(ExactQuantiles(values, {0.5, 0.2}), InternalError);
}

TEST(ExactQuantiles, TakesQAsTheDecimalItWasWrittenAs) {
  std::vector<std::int64_t> values;
  for (int i = 1; i <= 100; ++i) values.push_back(i);
  EXPECT_EQ(ExactQuantile(values, 0.07), 7);  // 0.07 · 100 is above 7 in binary
  EXPECT_EQ(ExactQuantile(values, 0.29), 29);
}

TEST(ExactQuantiles, OfNothingIsZero) {
  std::vector<std::int64_t> values;
  EXPECT_EQ(ExactQuantile(values, 0.5), 0);
  EXPECT_EQ(QuantileSketch().Quantile(0.5), 0);
}

TEST(QuantileSketch, IsExactBelow2048) {
  QuantileSketch sketch;
  std::vector<std::int64_t> values;
  for (std::int64_t v = 0; v < 2048; v += 3) {
    sketch.Add(v);
    values.push_back(v);
  }
  for (const double q : kAsked) EXPECT_EQ(sketch.Quantile(q), ExactQuantile(values, q)) << q;
}

TEST(QuantileSketch, IsWithinItsRelativeErrorAtAnyMagnitude) {
  std::mt19937_64 engine(7);
  for (int bits = 1; bits <= 63; ++bits) {
    QuantileSketch sketch;
    std::vector<std::int64_t> values;
    for (int i = 0; i < 500; ++i) {
      values.push_back(static_cast<std::int64_t>(engine() >> (64 - bits)));
      sketch.Add(values.back());
    }
    for (const double q : kAsked) {
      const double exact = static_cast<double>(ExactQuantile(values, q));
      const double found = static_cast<double>(sketch.Quantile(q));
      EXPECT_LE(std::abs(found - exact), exact * QuantileSketch::kRelativeError) << bits << " bits, q " << q;
    }
  }
}

TEST(QuantileSketch, KeepsTheExtremesExactly) {
  QuantileSketch sketch;
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  sketch.Add(kLargest);
  sketch.Add(123'456'789);
  EXPECT_EQ(sketch.min(), 123'456'789);
  EXPECT_EQ(sketch.max(), kLargest);
  EXPECT_EQ(sketch.count(), 2);
  EXPECT_EQ(sketch.Quantile(1.0), kLargest);
  EXPECT_EQ(sketch.Quantile(0.99), kLargest) << "the same rank";
}

TEST(QuantileSketch, CountsAWeightedValueAsThatManyValues) {
  QuantileSketch weighted, repeated;
  weighted.Add(5'000, 3);
  weighted.Add(90'000, 1);
  weighted.Add(7, 0);  // not there at all
  for (const std::int64_t v : {5'000, 5'000, 5'000, 90'000}) repeated.Add(v);
  EXPECT_EQ(weighted.count(), 4);
  EXPECT_EQ(weighted.min(), 5'000);
  for (const double q : kAsked) EXPECT_EQ(weighted.Quantile(q), repeated.Quantile(q)) << q;
}

TEST(QuantileSketch, RefusesNegativeValuesAndTreatsNanAsZero) {
  QuantileSketch sketch;
  EXPECT_THROW(sketch.Add(-1), InternalError);
  EXPECT_THROW(sketch.Add(1, -1), InternalError);
  sketch.Add(3);
  EXPECT_EQ(sketch.Quantile(std::numeric_limits<double>::quiet_NaN()), 3);
}

}  // namespace
}  // namespace sushi
