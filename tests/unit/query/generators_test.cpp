#include "sushi/query/generators.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

std::vector<Query> All(const GeneratorConfig& config) {
  std::vector<Query> queries;
  const std::unique_ptr<QuerySource> source = MakeGenerator(config);
  for (Query query; source->Next(query);) queries.push_back(query);
  return queries;
}

GeneratorConfig ConfigOf(const std::string& kind, std::uint64_t seed, std::int64_t queries) {
  GeneratorConfig config;
  config.kind = kind;
  config.seed = seed;
  config.queries = queries;
  config.accuracy_low_percent = 75.0;  // the golden values below are for these ranges
  config.accuracy_high_percent = 79.8;
  config.latency_low_us = 10000;
  config.latency_high_us = 90000;
  return config;
}

struct Golden {
  std::int64_t arrival_ps;
  double accuracy;
  std::int64_t latency_ps;
};

void ExpectGolden(const std::vector<Query>& queries, const std::vector<Golden>& golden) {
  ASSERT_EQ(queries.size(), golden.size());
  for (std::size_t i = 0; i < golden.size(); ++i) {
    EXPECT_EQ(queries[i].id, static_cast<std::int64_t>(i));
    EXPECT_EQ(queries[i].arrival.value_or(Picoseconds(-1)).value(), golden[i].arrival_ps) << i;
    EXPECT_EQ(queries[i].accuracy_min_percent, golden[i].accuracy) << i;
    EXPECT_EQ(queries[i].latency_max.value(), golden[i].latency_ps) << i;
  }
}

// What these seeds gave when the generators were written; every compiler has to give the same.
TEST(Generators, AreTheSameEverywhere) {
  ExpectGolden(All(ConfigOf("phases", 1, 3)),
               {{-1, 75.16, 19'024'298'000}, {-1, 75.03, 17'017'962'000}, {-1, 76.09, 19'415'043'000}});
  ExpectGolden(All(ConfigOf("uniform", 2, 3)),
               {{-1, 79.34, 78'018'891'000}, {-1, 78.76, 84'025'368'000}, {-1, 76.21, 20'870'866'000}});
  ExpectGolden(All(ConfigOf("random_walk", 3, 3)),
               {{-1, 77.68, 25'661'100'000}, {-1, 77.73, 24'432'052'000}, {-1, 77.75, 23'322'473'000}});
}

TEST(Generators, GiveTheSamePoissonArrivalsEverywhere) {
  GeneratorConfig config = ConfigOf("uniform", 4, 3);
  config.arrival_rate_qps = 15;
  ExpectGolden(All(config), {{45'215'969'082, 78.77, 46'306'380'000},
                             {97'259'049'884, 77.85, 14'984'789'000},
                             {140'764'390'062, 77.63, 14'510'912'000}});
}

class EveryGenerator : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registered, EveryGenerator, testing::ValuesIn(GeneratorKinds()),
                         [](const auto& test) { return test.param; });

TEST_P(EveryGenerator, GivesTheSameStreamForTheSameSeedAndAnotherForAnother) {
  const std::vector<Query> a = All(ConfigOf(GetParam(), 11, 200));
  const std::vector<Query> b = All(ConfigOf(GetParam(), 11, 200));
  const std::vector<Query> c = All(ConfigOf(GetParam(), 12, 200));
  int different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].accuracy_min_percent, b[i].accuracy_min_percent);
    EXPECT_EQ(a[i].latency_max, b[i].latency_max);
    different += a[i].latency_max != c[i].latency_max;
  }
  EXPECT_GT(different, 190);
}

TEST_P(EveryGenerator, StaysInItsRangesOnItsGridAndCountsFromZero) {
  GeneratorConfig config = ConfigOf(GetParam(), 5, 3000);
  config.step_fraction = 1;
  config.phase_queries = 7;
  std::int64_t expected_id = 0;
  for (const Query& query : All(config)) {
    EXPECT_EQ(query.id, expected_id++);
    EXPECT_FALSE(query.arrival.has_value());
    EXPECT_GE(query.accuracy_min_percent, 75.0);
    EXPECT_LE(query.accuracy_min_percent, 79.8);
    EXPECT_EQ(query.accuracy_min_percent, std::round(query.accuracy_min_percent * 100) / 100);
    EXPECT_GE(query.latency_max, Picoseconds(10'000'000'000));
    EXPECT_LE(query.latency_max, Picoseconds(90'000'000'000));
    EXPECT_EQ(query.latency_max.value() % 1000, 0);
  }
  EXPECT_EQ(expected_id, 3000);
}

TEST_P(EveryGenerator, HasTheSameTargetsAtAnyArrivalRate) {
  GeneratorConfig config = ConfigOf(GetParam(), 9, 100);
  const std::vector<Query> closed = All(config);
  config.arrival_rate_qps = 100;
  const std::vector<Query> open = All(config);
  for (std::size_t i = 0; i < closed.size(); ++i) {
    EXPECT_EQ(closed[i].accuracy_min_percent, open[i].accuracy_min_percent);
    EXPECT_EQ(closed[i].latency_max, open[i].latency_max);
  }
}

TEST_P(EveryGenerator, AcceptsRangesOfOneValueAndPhasesOfOneQuery) {
  GeneratorConfig config = ConfigOf(GetParam(), 1, 20);
  config.accuracy_low_percent = config.accuracy_high_percent = 100;
  config.latency_low_us = config.latency_high_us = 0.001;
  config.phase_queries = 1;
  for (const Query& query : All(config)) {
    EXPECT_EQ(query.accuracy_min_percent, 100);
    EXPECT_EQ(query.latency_max, Picoseconds(1000));
  }
}

TEST(PhasesGenerator, AlternatesBetweenBothEndsForHalfToOneAndAHalfOfTheMeanLength) {
  GeneratorConfig config = ConfigOf("phases", 3, 5000);
  config.phase_queries = 100;
  std::vector<int> lengths;
  bool last_high = true;
  for (const Query& query : All(config)) {
    const bool high = query.accuracy_min_percent > 77.4;
    EXPECT_EQ(high, query.latency_max > Picoseconds(50'000'000'000));
    if (high != last_high) lengths.push_back(0);
    ++lengths.back();
    last_high = high;
  }
  lengths.pop_back();  // the stream's end cuts it
  EXPECT_GT(lengths.size(), 30u);
  for (const int length : lengths) {
    EXPECT_GE(length, 50);
    EXPECT_LE(length, 150);
  }
}

TEST(RandomWalkGenerator, NeverStepsFurtherThanItsFraction) {
  GeneratorConfig config = ConfigOf("random_walk", 3, 2000);
  config.step_fraction = 0.01;
  const std::vector<Query> queries = All(config);
  for (std::size_t i = 1; i < queries.size(); ++i) {
    const std::int64_t step = queries[i].latency_max.value() - queries[i - 1].latency_max.value();
    EXPECT_LE(std::abs(step), 800'001'000);
  }
}

TEST(PoissonArrivals, HaveTheRateAskedForAndNeverGoBack) {
  GeneratorConfig config = ConfigOf("uniform", 8, 20000);
  config.arrival_rate_qps = 15;
  Picoseconds last;
  for (const Query& query : All(config)) {
    EXPECT_GE(*query.arrival, last);
    last = *query.arrival;
  }
  EXPECT_NEAR(20000 / (static_cast<double>(last.value()) * 1e-12), 15, 0.4);
}

TEST(PoissonArrivals, BeyondWhatATraceMayHoldAreRefused) {
  GeneratorConfig config = ConfigOf("uniform", 8, 1000);
  config.arrival_rate_qps = 1e-5;
  EXPECT_THROW(All(config), UserError);
}

TEST(Random, ExponentialHasItsMeanAndVariance) {
  Random random(1);
  double sum = 0, squares = 0;
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.Exponential(3);
    EXPECT_GE(x, 0);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 3, 0.05);
  EXPECT_NEAR(squares / kDraws, 18, 0.6);
}

TEST(Random, NormalHasItsMomentsAndTails) {
  Random random(2);
  double sum = 0, squares = 0;
  int beyond_two = 0;
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.Normal();
    sum += x;
    squares += x * x;
    beyond_two += std::abs(x) > 2;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
  EXPECT_NEAR(static_cast<double>(beyond_two) / kDraws, 0.0455, 0.003);
}

TEST(Random, IntegerIsInclusiveAndEven) {
  Random random(3);
  int counts[6] = {};
  for (int i = 0; i < 60'000; ++i) ++counts[random.Integer(-2, 3) + 2];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

std::string ErrorOf(const GeneratorConfig& config) {
  try {
    MakeGenerator(config);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(MakeGenerator, NamesTheKeyThatIsWrong) {
  GeneratorConfig config;
  config.accuracy_low_percent = 80;
  EXPECT_EQ(ErrorOf(config), "accuracy_low_percent: expected at most accuracy_high_percent");
  config = {};
  config.queries = 0;
  EXPECT_EQ(ErrorOf(config), "queries: expected at least 1");
  config = {};
  config.latency_low_us = 0;
  EXPECT_EQ(ErrorOf(config), "latency_low_us: expected at least 0.001");
  config = {};
  config.step_fraction = std::nan("");
  EXPECT_EQ(ErrorOf(config), "step_fraction: expected a number from 0 to 1");
  config = {};
  config.kind = "unifrom";
  EXPECT_EQ(MakeGenerator(config), nullptr);
}

}  // namespace
}  // namespace sushi
