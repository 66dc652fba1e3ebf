#include "sushi/accel/dram_throttle.hpp"

#include <gtest/gtest.h>

namespace sushi {
namespace {

constexpr Picoseconds At(std::int64_t ps) { return Picoseconds(ps); }

TEST(DramThrottle, WithoutALimitEverythingBeginsAtOnce) {
  DramThrottle throttle;
  throttle.Begin(At(5), 1000);
  EXPECT_EQ(throttle.MayBegin(At(5)), At(5));
  throttle.Set(At(0), 0, At(100));
  EXPECT_EQ(throttle.MayBegin(At(5)), At(5));
}

TEST(DramThrottle, TheBurstAfterTheLastOneAllowedWaitsForTheWindowsEnd) {
  DramThrottle throttle;
  throttle.Set(At(1000), 4, At(100));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(throttle.MayBegin(At(1010)), At(1010));
    throttle.Begin(At(1010), 1);
  }
  EXPECT_EQ(throttle.MayBegin(At(1010)), At(1100));
  EXPECT_EQ(throttle.MayBegin(At(1099)), At(1100));
  EXPECT_EQ(throttle.MayBegin(At(1100)), At(1100));
}

// 10 bursts at a limit of 4: windows 0 and 1 are full, window 2 has 2 left.
TEST(DramThrottle, ATransactionBeyondTheLimitIsBookedInTheWindowsBehind) {
  DramThrottle throttle;
  throttle.Set(At(0), 4, At(100));
  throttle.Begin(At(0), 10);
  EXPECT_EQ(throttle.MayBegin(At(1)), At(200));
  EXPECT_EQ(throttle.MayBegin(At(199)), At(200));
  throttle.Begin(At(200), 2);
  EXPECT_EQ(throttle.MayBegin(At(200)), At(300));
}

TEST(DramThrottle, TheSameLimitAgainGivesNothingAway) {
  DramThrottle throttle;
  throttle.Set(At(0), 4, At(100));
  throttle.Begin(At(10), 4);
  throttle.Set(At(50), 4, At(100));
  EXPECT_EQ(throttle.MayBegin(At(50)), At(100));
}

// 6 beyond the limit of 4 are booked when the limit becomes 3 a window of 200.
TEST(DramThrottle, AnotherLimitTakesOverWhatWasBookedBeyondTheOld) {
  DramThrottle throttle;
  throttle.Set(At(0), 4, At(100));
  throttle.Begin(At(10), 10);
  throttle.Set(At(50), 3, At(200));
  EXPECT_EQ(throttle.MayBegin(At(50)), At(450));
  throttle.Set(At(60), 0, At(0));
  EXPECT_EQ(throttle.MayBegin(At(60)), At(60));
}

TEST(DramThrottle, WhatAWindowDidNotUseIsLost) {
  DramThrottle throttle;
  throttle.Set(At(0), 4, At(100));
  throttle.Begin(At(950), 4);
  EXPECT_EQ(throttle.MayBegin(At(950)), At(1000));
}

}  // namespace
}  // namespace sushi
