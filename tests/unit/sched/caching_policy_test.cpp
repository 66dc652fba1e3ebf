#include "sushi/sched/caching_policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sched_fixtures.hpp"
#include "sushi/core/error.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {
namespace {

using testing_support::Asking;
using testing_support::Graph;
using testing_support::Row;
using testing_support::Table;
using testing_support::Us;

struct Fixture {
  explicit Fixture(LatencyTable latencies, int candidates) : table(std::move(latencies)) {
    serving = MakeServingPolicy("strict_accuracy");
    context.table = &table;
    context.serving = serving.get();
    context.period_queries = 2;
    context.first_candidate = 1;
    context.end_candidate = 1 + candidates;
    context.prefix_column.assign(static_cast<std::size_t>(table.subnets()), table.columns() - 1);
    context.swap_time = [](SubGraphId from, SubGraphId to) { return Us(from == to ? 0 : 5); };
    context.swap_cost = [](SubGraphId from, SubGraphId to) {
      return static_cast<WideInt>(Us(from == to ? 0 : 5).value());
    };
    context.service_cost = [latencies = table](int subnet, SubGraphId cached) {
      return static_cast<WideInt>(latencies.At(subnet, cached).value());
    };
  }
  LatencyTable table;
  std::unique_ptr<ServingPolicy> serving;
  CachingContext context;
};

// Columns 1–3 are candidates, 4 and 5 the prefixes of s0 and s1.
Fixture TwoSubNets() {
  Fixture fixture(Table({{75, Graph({{4, 2}, {0, 0}}), {10, 8, 9, 7, 5, 10}},
                         {80, Graph({{8, 4}, {6, 6}}), {30, 28, 20, 29, 30, 15}}},
                        {Graph({{0, 0}, {0, 0}}), Graph({{4, 2}, {0, 0}}), Graph({{6, 3}, {3, 3}}),
                         Graph({{8, 4}, {6, 6}}), Graph({{1, 1}, {0, 0}}), Graph({{1, 1}, {1, 1}})}),
                  3);
  fixture.context.prefix_column = {4, 5};
  return fixture;
}

TEST(NoCaching, IsInactiveAndStartsCold) {
  const Fixture f = TwoSubNets();
  const auto policy = MakeCachingPolicy("none", f.context);
  EXPECT_FALSE(policy->active());
  EXPECT_EQ(policy->Initial(), std::nullopt);
}

TEST(StaticCaching, LoadsTheCandidateOfLeastMeanLatencyAndKeepsIt) {
  const Fixture f = TwoSubNets();
  const auto policy = MakeCachingPolicy("static", f.context);
  EXPECT_EQ(policy->Initial(), 2);  // 36, 29, 36; the prefix column's 25 is no candidate
  EXPECT_FALSE(policy->active());
}

TEST(LastServedCaching, TakesThePrefixOfTheLastServed) {
  const Fixture f = TwoSubNets();
  const auto policy = MakeCachingPolicy("last_served", f.context);
  EXPECT_EQ(policy->Initial(), std::nullopt);
  EXPECT_EQ(policy->Decide({0, 1}, 0, {}), 5);
  EXPECT_EQ(policy->Decide({1, 0}, 5, {}), 4);
}

TEST(AvgNetCaching, TakesTheCandidateNearestToTheMeanVector) {
  const Fixture f = TwoSubNets();
  const auto policy = MakeCachingPolicy("avgnet", f.context);
  EXPECT_EQ(policy->Decide({0, 0}, 0, {}), 1);
  EXPECT_EQ(policy->Decide({1, 1}, 0, {}), 3);
  EXPECT_EQ(policy->Decide({0, 1}, 0, {}), 2);  // the mean is column 2 exactly
  EXPECT_EQ(policy->lookahead(), 0);
}

TEST(AvgNetCaching, BreaksExactTiesTowardsTheLowerColumn) {
  // The mean of (3,0) and (4,0) lies exactly between the candidates.
  const Fixture f(Table({{75, Graph({{3, 1}}), {9, 9, 9}}, {76, Graph({{4, 1}}), {9, 9, 9}}},
                        {Graph({{0, 0}}), Graph({{4, 1}}), Graph({{3, 1}})}),
                  2);
  const auto policy = MakeCachingPolicy("avgnet", f.context);
  EXPECT_EQ(policy->Decide({0, 1}, 0, {}), 1);
  EXPECT_EQ(policy->Decide({0, 0, 1}, 0, {}), 2);
  EXPECT_EQ(policy->Decide({0, 1, 1}, 0, {}), 1);
}

TEST(AvgNetCaching, DoesNotOverflowForTheLargestNetsAndPeriods) {
  constexpr int kWide = 1 << 30;
  const Fixture f(Table({{75, Graph({{kWide, kWide}}), {9, 9, 9}}},
                        {Graph({{0, 0}}), Graph({{kWide - 2, kWide}}), Graph({{kWide - 1, kWide}})}),
                  2);
  const auto policy = MakeCachingPolicy("avgnet", f.context);
  EXPECT_EQ(policy->Decide(std::vector<int>(1000, 0), 0, {}), 2);
}

TEST(OracleCaching, MinimisesSwapPlusServiceOfTheUpcomingQueries) {
  const Fixture f = TwoSubNets();
  const auto policy = MakeCachingPolicy("oracle", f.context);
  EXPECT_EQ(policy->lookahead(), 2);
  // s1 twice: keep 60, 1: 5+56, 2: 5+40, 3: 5+58.
  EXPECT_EQ(policy->Decide({0, 0}, 0, {Asking(80, 1), Asking(80, 1)}), 2);
  // s0 once: keep 10, else 5+8, 5+9, 5+7: no swap pays.
  EXPECT_EQ(policy->Decide({0, 0}, 0, {Asking(75, 1)}), 0);
  // s0 twice: keep 20, 5+16, 5+18, 5+14 = 19.
  EXPECT_EQ(policy->Decide({0, 0}, 0, {Asking(75, 1), Asking(75, 1)}), 3);
}

TEST(OracleCaching, KeepsWhatIsCachedOnATieAndAtTheEndOfTheStream) {
  Fixture f = TwoSubNets();
  f.context.swap_time = [](SubGraphId, SubGraphId) { return Us(3); };
  const auto policy = MakeCachingPolicy("oracle", f.context);
  EXPECT_EQ(policy->Decide({0, 0}, 0, {Asking(75, 1)}), 0);  // 10 against 3 + 7
  EXPECT_EQ(policy->Decide({0, 0}, 3, {}), 3);
}

TEST(CostAwareCaching, SwapsWhenWhatAnotherColumnWouldHaveSavedPassesTheSwap) {
  const Fixture f = TwoSubNets();
  const auto policy = MakeCachingPolicy("cost_aware", f.context);
  EXPECT_EQ(policy->lookahead(), 0);
  // s0: column 3 saves 3 a query against nothing, column 1 saves 2, column 2 saves 1; a swap costs 5.
  EXPECT_EQ(policy->Decide({0}, 0, {}), 0);
  EXPECT_EQ(policy->Decide({0}, 0, {}), 3);
  // s1: column 2 saves 9 a query against column 3.
  EXPECT_EQ(policy->Decide({1}, 3, {}), 2);
}

TEST(CostAwareCaching, KeepsWhatIsCachedWhenTheSwapWouldJustBePaid) {
  Fixture f = TwoSubNets();
  f.context.swap_cost = [](SubGraphId, SubGraphId) { return static_cast<WideInt>(Us(10).value()); };
  EXPECT_EQ(MakeCachingPolicy("cost_aware", f.context)->Decide({1}, 0, {}), 0);  // saves 10
  f.context.swap_cost = [](SubGraphId, SubGraphId) { return static_cast<WideInt>(Us(10).value() - 1); };
  EXPECT_EQ(MakeCachingPolicy("cost_aware", f.context)->Decide({1}, 0, {}), 2);
}

TEST(CostAwareCaching, ForgetsWhatACachedColumnWasAheadByWhenTheDemandMoves) {
  const Fixture f = TwoSubNets();
  const auto policy = MakeCachingPolicy("cost_aware", f.context);
  // A long time of s0 with column 3 must not delay column 2 once s1 is served: it saves 9 > 5 at once.
  for (int i = 0; i < 100; ++i) EXPECT_EQ(policy->Decide({0, 0}, 3, {}), 3);
  EXPECT_EQ(policy->Decide({1}, 3, {}), 2);
  // After a swap the account is new.
  EXPECT_EQ(policy->Decide({0}, 2, {}), 2);  // column 3 saves 2
}

TEST(CostAwareCaching, NeverSpendsMoreOnSwapsThanItMissedWithoutThem) {
  Random random(23);
  for (int round = 0; round < 200; ++round) {
    std::vector<Row> rows(3, Row{75, Graph({{2, 2}}), {}});
    for (Row& row : rows) {
      for (int c = 0; c < 6; ++c) row.latency_us.push_back(static_cast<int>(random.Integer(1, 20)));
    }
    const Fixture f(Table(rows, {Graph({{0, 0}}), Graph({{1, 1}}), Graph({{1, 2}}), Graph({{2, 1}}),
                                 Graph({{2, 2}}), Graph({{3, 2}})}),
                    5);
    const auto policy = MakeCachingPolicy("cost_aware", f.context);
    SubGraphId cached = 0;
    std::int64_t spent_us = 0, missed_us = 0;
    for (int query = 0; query < 200; ++query) {
      const int subnet = static_cast<int>(random.Integer(0, 2));
      const std::vector<int>& row = rows[static_cast<std::size_t>(subnet)].latency_us;
      missed_us += row[static_cast<std::size_t>(cached)] - *std::min_element(row.begin(), row.end());
      const SubGraphId next = policy->Decide({subnet}, cached, {});
      if (next != cached) spent_us += 5;
      cached = next;
    }
    EXPECT_LE(spent_us, missed_us);
  }
}

TEST(MakeCachingPolicy, KnowsNoOtherNameAndChecksItsContext) {
  Fixture f = TwoSubNets();
  EXPECT_EQ(MakeCachingPolicy("average", f.context), nullptr);
  f.context.end_candidate = 7;
  EXPECT_THROW(MakeCachingPolicy("avgnet", f.context), InternalError);
}

class EveryCachingPolicy : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registered, EveryCachingPolicy, testing::ValuesIn(CachingPolicyNames()),
                         [](const auto& test) { return test.param; });

SubGraph RandomGraph(Random& random) {
  std::vector<Rect> rects;
  for (int layer = 0; layer < 4; ++layer) {
    rects.push_back({static_cast<int>(random.Integer(0, 3)), static_cast<int>(random.Integer(0, 3))});
  }
  return Graph(rects);
}

Fixture RandomFixture(Random& random) {
  const int candidates = static_cast<int>(random.Integer(0, 5));
  std::vector<Row> rows;
  const std::int64_t subnets = random.Integer(1, 4);
  for (std::int64_t s = 0; s < subnets; ++s) {
    Row row{static_cast<double>(random.Integer(75, 77)), RandomGraph(random), {}};
    for (int c = 0; c < candidates + 2; ++c) row.latency_us.push_back(static_cast<int>(random.Integer(1, 9)));
    rows.push_back(row);
  }
  std::vector<SubGraph> graphs = {Graph(std::vector<Rect>(4))};
  for (int c = 0; c < candidates + 1; ++c) graphs.push_back(RandomGraph(random));
  return Fixture(Table(rows, graphs), candidates);
}

TEST_P(EveryCachingPolicy, IsDeterministicAndAnswersWithColumnsOfTheTable) {
  Random random(17);
  for (int round = 0; round < 500; ++round) {
    const Fixture f = RandomFixture(random);
    const auto first = MakeCachingPolicy(GetParam(), f.context);
    const auto second = MakeCachingPolicy(GetParam(), f.context);
    SubGraphId cached = first->Initial().value_or(kEmptySubGraphId);
    EXPECT_EQ(second->Initial().value_or(kEmptySubGraphId), cached);
    for (int decision = 0; decision < 5; ++decision) {
      std::vector<int> served;
      std::vector<Query> upcoming;
      for (int q = 0; q < 2; ++q) {
        served.push_back(static_cast<int>(random.Integer(0, f.table.subnets() - 1)));
        if (first->lookahead() > q) upcoming.push_back(Asking(76, 1));
      }
      const SubGraphId next = first->Decide(served, cached, upcoming);
      EXPECT_EQ(second->Decide(served, cached, upcoming), next);
      ASSERT_GE(next, 0);
      ASSERT_LT(next, f.table.columns());
      cached = next;
    }
  }
}

TEST_P(EveryCachingPolicy, PrefersTheLowerOfTwoColumnsThatAreAlike) {
  // Columns 1–3 are one SubGraph; only what the policy has cached already may win over column 1.
  const SubGraph graph = Graph({{2, 2}});
  const Fixture f(Table({{75, graph, {9, 3, 3, 3}}}, {Graph({{0, 0}}), graph, graph, graph}), 3);
  const auto policy = MakeCachingPolicy(GetParam(), f.context);
  EXPECT_LE(policy->Initial().value_or(0), 1);
  if (!policy->active() || GetParam() == "last_served") return;
  EXPECT_EQ(policy->Decide({0, 0}, 0, {Asking(75, 1), Asking(75, 1)}), 1);
}

TEST_P(EveryCachingPolicy, NeverFailsWithoutCandidates) {
  const Fixture f(Table({{75, Graph({{2, 2}}), {9, 3}}}, {Graph({{0, 0}}), Graph({{1, 1}})}), 0);
  const auto policy = MakeCachingPolicy(GetParam(), f.context);
  EXPECT_EQ(policy->Initial(), std::nullopt);
  const SubGraphId next = policy->Decide({0, 0}, 0, {Asking(75, 1)});
  EXPECT_EQ(next, GetParam() == "last_served" ? 1 : 0);
}

}  // namespace
}  // namespace sushi
