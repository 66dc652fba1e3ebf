#include "sushi/sched/serving_policy.hpp"

#include <gtest/gtest.h>

#include "sched_fixtures.hpp"
#include "sushi/core/error.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {
namespace {

using testing_support::Asking;
using testing_support::Graph;
using testing_support::Row;
using testing_support::Table;

// s0 75 %: 10 us, 9 cached; s1 76 %: 20, 12; s2 78 %: 19, 30; s3 78 %: 25, 30.
LatencyTable FourSubNets() {
  return Table({{75, Graph({{1, 1}}), {10, 9}},
                {76, Graph({{2, 2}}), {20, 12}},
                {78, Graph({{3, 3}}), {19, 30}},
                {78, Graph({{4, 4}}), {25, 30}}},
               {Graph({{0, 0}}), Graph({{1, 1}})});
}

void ExpectChoice(const Choice& choice, int subnet, ChoiceReason reason, int feasible) {
  EXPECT_EQ(choice.subnet, subnet);
  EXPECT_EQ(choice.reason, reason);
  EXPECT_EQ(choice.feasible, feasible);
}

TEST(StrictAccuracy, TakesTheFastestThatIsAccurateEnoughUnderWhatIsCached) {
  const LatencyTable table = FourSubNets();
  const auto policy = MakeServingPolicy("strict_accuracy");
  ExpectChoice(policy->Choose(Asking(76, 1), 0, table), 2, ChoiceReason::kFastestFeasible, 3);
  ExpectChoice(policy->Choose(Asking(76, 1), 1, table), 1, ChoiceReason::kFastestFeasible, 3);
  ExpectChoice(policy->Choose(Asking(75, 1), 0, table), 0, ChoiceReason::kFastestFeasible, 4);
  ExpectChoice(policy->Choose(Asking(78, 1), 1, table), 2, ChoiceReason::kFastestFeasible, 2);
}

TEST(StrictAccuracy, FallsBackToTheMostAccurate) {
  const auto policy = MakeServingPolicy("strict_accuracy");
  ExpectChoice(policy->Choose(Asking(78.01, 99), 0, FourSubNets()), 2, ChoiceReason::kMostAccurateFallback,
               0);
}

TEST(StrictLatency, TakesTheMostAccurateThatIsFastEnoughUnderWhatIsCached) {
  const LatencyTable table = FourSubNets();
  const auto policy = MakeServingPolicy("strict_latency");
  ExpectChoice(policy->Choose(Asking(0, 19), 0, table), 2, ChoiceReason::kMostAccurateFeasible, 2);
  ExpectChoice(policy->Choose(Asking(0, 19), 1, table), 1, ChoiceReason::kMostAccurateFeasible, 2);
  ExpectChoice(policy->Choose(Asking(0, 18), 0, table), 0, ChoiceReason::kMostAccurateFeasible, 1);
  ExpectChoice(policy->Choose(Asking(0, 25), 0, table), 2, ChoiceReason::kMostAccurateFeasible, 4);
}

TEST(StrictLatency, FallsBackToTheFastest) {
  const auto policy = MakeServingPolicy("strict_latency");
  ExpectChoice(policy->Choose(Asking(0, 8), 1, FourSubNets()), 0, ChoiceReason::kFastestFallback, 0);
}

TEST(MakeServingPolicy, KnowsNoOtherName) { EXPECT_EQ(MakeServingPolicy("strict"), nullptr); }

class EveryServingPolicy : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registered, EveryServingPolicy, testing::ValuesIn(ServingPolicyNames()),
                         [](const auto& test) { return test.param; });

// Few distinct values, so that ties are frequent.
LatencyTable RandomTable(Random& random) {
  std::vector<Row> rows;
  const std::int64_t subnets = random.Integer(1, 7);
  for (std::int64_t i = 0; i < subnets; ++i) {
    Row row{static_cast<double>(random.Integer(75, 78)), Graph({{1, 1}}), {}};
    for (int c = 0; c < 3; ++c) row.latency_us.push_back(static_cast<int>(random.Integer(10, 13)));
    rows.push_back(row);
  }
  return Table(rows, {Graph({{0, 0}}), Graph({{1, 1}}), Graph({{1, 2}})});
}

TEST_P(EveryServingPolicy, IsDeterministicAlwaysAnswersAndBreaksTiesAsItsContractSays) {
  Random random(5);
  const auto first = MakeServingPolicy(GetParam());
  const auto second = MakeServingPolicy(GetParam());
  for (int round = 0; round < 3000; ++round) {
    const LatencyTable table = RandomTable(random);
    const Query query = Asking(static_cast<double>(random.Integer(74, 80)), random.Integer(-2, 15));
    const auto cached = static_cast<SubGraphId>(random.Integer(0, 2));
    const Choice choice = first->Choose(query, cached, table);
    const Choice again = second->Choose(query, cached, table);
    ExpectChoice(again, choice.subnet, choice.reason, choice.feasible);
    ASSERT_GE(choice.subnet, 0);
    ASSERT_LT(choice.subnet, table.subnets());
    ASSERT_GE(choice.feasible, 0);
    ASSERT_LE(choice.feasible, table.subnets());
    for (int other = 0; other < table.subnets(); ++other) {
      const bool same_latency = table.At(other, cached) == table.At(choice.subnet, cached);
      const bool same_accuracy = table.Top1Percent(other) == table.Top1Percent(choice.subnet);
      if (same_latency) {
        EXPECT_LE(table.Top1Percent(other), table.Top1Percent(choice.subnet));
      }
      if (same_accuracy) {
        EXPECT_GE(table.At(other, cached), table.At(choice.subnet, cached));
      }
      if (same_latency && same_accuracy) {
        EXPECT_GE(other, choice.subnet);
      }
    }
  }
}

TEST(LatencyTable, FindsColumnsByTheirGraph) {
  const LatencyTable table = FourSubNets();
  EXPECT_EQ(table.FindColumn(Graph({{0, 0}})), kEmptySubGraphId);
  EXPECT_EQ(table.FindColumn(Graph({{1, 1}})), 1);
  EXPECT_EQ(table.FindColumn(Graph({{1, 2}})), kNone);
}

TEST(LatencyTable, RefusesAnythingButTheEmptySubGraphFirst) {
  EXPECT_THROW(Table({{75, Graph({{1, 1}}), {1}}}, {Graph({{1, 1}})}), InternalError);
  EXPECT_THROW(LatencyTable({"a"}, {75, 76}, {Graph({})}, {{"empty", Graph({})}}), InternalError);
  EXPECT_THROW(LatencyTable({"a"}, {75}, {Graph({})}, {}), InternalError);
}

}  // namespace
}  // namespace sushi
