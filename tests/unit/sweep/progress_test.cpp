#include "sushi/sweep/progress.hpp"

#include <gtest/gtest.h>

namespace sushi::sweep {
namespace {

RunProgress At(std::int64_t done, std::int64_t failed, std::int64_t total, double elapsed_s,
               double per_second) {
  return {done, failed, total, elapsed_s, per_second};
}

TEST(ProgressLine, ShowsBarCountsRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine(At(420, 0, 1000, 12, 35), 72),
            "[===============>                     ]  42 % 420/1000, 35.0/s, ETA 0:17");
}

TEST(ProgressLine, NamesFailures) {
  const std::string line = ProgressLine(At(417, 3, 1000, 12, 350), 200);
  EXPECT_EQ(line, "[================>                       ]  42 % 420/1000, 350/s, ETA 0:02, 3 failed");
}

TEST(ProgressLine, NeverExceedsTheWidthAndNeverIsEmpty) {
  for (int width = 0; width < 130; ++width) {
    const std::string line = ProgressLine(At(123456, 789, 1000000, 1e5, 0.01), width);
    EXPECT_FALSE(line.empty());
    if (width >= 5) {
      EXPECT_LE(static_cast<int>(line.size()), width) << line;
    }
  }
}

TEST(ProgressLine, AHundredPercentIsOnlyTheEnd) {
  EXPECT_NE(ProgressLine(At(9999, 0, 10000, 1, 1), 60).find(" 99 %"), std::string::npos);
  EXPECT_NE(ProgressLine(At(10000, 0, 10000, 65, 1), 60).find("100 % 10000/10000, 1.0/s, took 1:05"),
            std::string::npos);
  EXPECT_NE(ProgressLine(At(0, 0, 0, 0, 0), 60).find("100 %"), std::string::npos);
}

TEST(ProgressLine, TimeLeftIsUnknownWithoutARate) {
  EXPECT_NE(ProgressLine(At(0, 0, 10, 0, 0), 60).find("ETA -:--"), std::string::npos);
  EXPECT_LT(SecondsLeft(At(0, 0, 10, 0, 0)), 0);
  EXPECT_EQ(SecondsLeft(At(4, 1, 10, 5, 0.5)), 10);
  EXPECT_EQ(SecondsLeft(At(9, 1, 10, 5, 0)), 0);
}

TEST(DurationText, ChangesUnitAtItsEdges) {
  EXPECT_EQ(DurationText(0), "0:00");
  EXPECT_EQ(DurationText(59.4), "0:59");
  EXPECT_EQ(DurationText(59.6), "1:00");
  EXPECT_EQ(DurationText(3599), "59:59");
  EXPECT_EQ(DurationText(3600), "1:00:00");
  EXPECT_EQ(DurationText(86399), "23:59:59");
  EXPECT_EQ(DurationText(86400), "1d 00:00:00");
}

TEST(RateMeter, IsExactForASteadyRateFromTheFirstUpdateOn) {
  RateMeter meter;
  EXPECT_EQ(meter.per_second(), 0);
  for (int i = 1; i <= 50; ++i) {
    meter.Update(i * 0.1, i * 20);
    EXPECT_NEAR(meter.per_second(), 200, 1e-6);
  }
}

TEST(RateMeter, FollowsAChangeWithinHalfAMinute) {
  RateMeter meter;
  for (int i = 1; i <= 600; ++i) meter.Update(i * 0.1, i * 100);  // 1000 a second for a minute
  for (int i = 1; i <= 300; ++i) meter.Update(60 + i * 0.1, 60'000 + i);
  EXPECT_NEAR(meter.per_second(), 10, 60);
  EXPECT_GT(meter.per_second(), 10);
}

}  // namespace
}  // namespace sushi::sweep
