#include "sushi/serving/weight_search.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace sushi {
namespace {

// (1/4 + 2/5) · (30/60 + 10/40); who asked for nothing does not count.
TEST(UxCost, IsTheSumOfViolationRatesTimesTheSumOfNormalisedEnergies) {
  EXPECT_DOUBLE_EQ(UxCost({{4, 1, 30, 60}, {0, 0, 0, 0}, {5, 2, 10, 40}}), (0.25 + 0.4) * 0.75);
}

TEST(UxCost, AZeroRateCountsAsHalfAViolation) { EXPECT_DOUBLE_EQ(UxCost({{4, 0, 30, 60}}), 0.125 * 0.5); }

int WindowsToConverge(WeightSearch& search, double alpha, double beta) {
  int windows = 0;
  for (; !search.converged(); ++windows) {
    search.Tell(std::pow(search.alpha() - alpha, 2) + std::pow(search.beta() - beta, 2));
  }
  return windows;
}

// (1, 1) → (0.5, 1) → (0.5, 1.5); none is better with reach 1/2, 1/4, 1/8. Five windows a step.
TEST(WeightSearch, FindsTheLeastCostInFiveSteps) {
  WeightSearch search(1, 1, 0.5);
  EXPECT_EQ(WindowsToConverge(search, 0.5, 1.5), 25);
  EXPECT_DOUBLE_EQ(search.alpha(), 0.5);
  EXPECT_DOUBLE_EQ(search.beta(), 1.5);
  search.Tell(100);
  EXPECT_DOUBLE_EQ(search.alpha(), 0.5);
}

// Neighbours outside of [0, 2] are moved to the border, and not tried twice: three windows at a corner.
TEST(WeightSearch, StaysInside) {
  WeightSearch search(2, 0, 0.5);
  EXPECT_EQ(WindowsToConverge(search, 3, -1), 15);
  EXPECT_DOUBLE_EQ(search.alpha(), 2);
  EXPECT_DOUBLE_EQ(search.beta(), 0);
}

TEST(WeightSearch, OnTiesTheCentreStays) {
  WeightSearch search(1, 1, 0.5);
  while (!search.converged()) search.Tell(7);
  EXPECT_DOUBLE_EQ(search.alpha(), 1);
  EXPECT_DOUBLE_EQ(search.beta(), 1);
}

}  // namespace
}  // namespace sushi
