#include "sushi/query/trace_stats.hpp"

#include <gtest/gtest.h>

#include "sushi/query/generators.hpp"

namespace sushi {
namespace {

TraceSummary SummaryOf(const std::vector<double>& arrivals_s, const std::vector<double>& accuracies = {}) {
  TraceStats stats;
  for (std::size_t i = 0; i < arrivals_s.size(); ++i) {
    Query query;
    query.arrival = Picoseconds(static_cast<std::int64_t>(arrivals_s[i] * 1e12));
    query.accuracy_min_percent = i < accuracies.size() ? accuracies[i] : 70;
    query.latency_max = Picoseconds(1'000'000 * (static_cast<std::int64_t>(i) + 1));
    stats.Add(query);
  }
  return stats.Finish();
}

TEST(TraceStats, RatesGapsAndWindowsOfASmallStreamByHand) {
  // Gaps 0.5, 0.5, 3: mean 4/3, mean square 19/6 → CV² 19/6 · 9/16 − 1. Windows 2, 1, 0, 0 and the last one.
  const ArrivalSummary a = *SummaryOf({10, 10.5, 11, 14}).arrivals;
  EXPECT_EQ(a.first, Picoseconds(10'000'000'000'000));
  EXPECT_EQ(a.last, Picoseconds(14'000'000'000'000));
  EXPECT_DOUBLE_EQ(*a.mean_rate_qps, 0.75);
  EXPECT_DOUBLE_EQ(*a.gap_cv2, 19.0 / 6 * 9 / 16 - 1);
  EXPECT_EQ(a.peak_queries, 2);
  EXPECT_DOUBLE_EQ(*a.dispersion, (5.0 / 4 - 9.0 / 16) / 0.75);
}

TEST(TraceStats, AWindowOfOneSecondHoldsItsBeginningAndNotItsEnd) {
  EXPECT_EQ(SummaryOf({0, 0.5, 1}).arrivals->peak_queries, 2);
  EXPECT_EQ(SummaryOf({0, 0.5, 0.999}).arrivals->peak_queries, 3);
  EXPECT_EQ(SummaryOf({0, 1, 1.1, 1.2}).arrivals->peak_queries, 3);  // the last window counts as well
}

TEST(TraceStats, WhatIsNotDefinedIsNotInvented) {
  const TraceSummary one = SummaryOf({5});
  EXPECT_FALSE(one.arrivals->mean_rate_qps);
  EXPECT_FALSE(one.arrivals->gap_cv2);
  EXPECT_FALSE(one.arrivals->dispersion);
  EXPECT_FALSE(one.accuracy_percent.lag1);
  EXPECT_FALSE(SummaryOf({5, 5, 5}).arrivals->mean_rate_qps);
  EXPECT_EQ(SummaryOf({5, 5, 5}).arrivals->peak_queries, 3);
  EXPECT_FALSE(SummaryOf({0, 1.5}).arrivals->dispersion);  // one whole window
  EXPECT_TRUE(SummaryOf({0, 2}).arrivals->dispersion);
  TraceStats closed;
  closed.Add({});
  EXPECT_FALSE(closed.Finish().arrivals);
}

TEST(TraceStats, EqualTargetsHaveNoAutocorrelationAndOthersTheTextbooks) {
  EXPECT_FALSE(SummaryOf({0, 1, 2}, {0.1, 0.1, 0.1}).accuracy_percent.lag1);
  // Mean 3: deviations −2, 0, 1, 1.
  const TargetSummary accuracy = SummaryOf({0, 1, 2, 3}, {1, 3, 4, 4}).accuracy_percent;
  EXPECT_DOUBLE_EQ(*accuracy.lag1, 1.0 / 6);
  EXPECT_EQ(accuracy.low, 1);
  EXPECT_EQ(accuracy.high, 4);
  EXPECT_DOUBLE_EQ(accuracy.mean, 3);
  const TargetSummary latency = SummaryOf({0, 1, 2, 3}).latency_us;  // 1, 2, 3, 4
  EXPECT_DOUBLE_EQ(*latency.lag1, 0.25);
  EXPECT_DOUBLE_EQ(latency.mean, 2.5);
}

// Six standard errors: of the lag-1 autocorrelation of independent values 1/√n, of a Poisson stream's index
// of dispersion over w windows √(2/w).
TEST(TraceStats, APoissonStreamOfIndependentTargetsLooksLikeOne) {
  GeneratorConfig config;
  config.kind = "uniform";
  config.queries = 100'000;
  config.arrival_rate_qps = 50;
  const auto source = MakeGenerator(config);
  TraceStats stats;
  for (Query query; source->Next(query);) stats.Add(query);
  const TraceSummary summary = stats.Finish();
  EXPECT_NEAR(*summary.arrivals->dispersion, 1, 6 * 0.0316);
  EXPECT_NEAR(*summary.arrivals->gap_cv2, 1, 6 * 0.0063);
  EXPECT_NEAR(*summary.accuracy_percent.lag1, 0, 6 * 0.0032);
}

TEST(TraceStats, PhasesAreMoreLocalThanUniformTargets) {
  GeneratorConfig config;
  const auto source = MakeGenerator(config);
  TraceStats stats;
  for (Query query; source->Next(query);) stats.Add(query);
  EXPECT_GT(*stats.Finish().accuracy_percent.lag1, 0.9);
}

}  // namespace
}  // namespace sushi
