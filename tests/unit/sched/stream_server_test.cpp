#include "sushi/sched/stream_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sched_fixtures.hpp"
#include "sushi/core/error.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {
namespace {

using testing_support::Asking;
using testing_support::Graph;
using testing_support::Table;
using testing_support::Us;
using testing_support::VectorSource;

// Caches what a script says, one entry a decision; keeps the last thing when it ends.
class Scripted : public CachingPolicy {
 public:
  Scripted(std::optional<SubGraphId> initial, std::vector<SubGraphId> script, int lookahead = 0)
      : initial_(initial), script_(std::move(script)), lookahead_(lookahead) {}
  int lookahead() const override { return lookahead_; }
  std::optional<SubGraphId> Initial() override { return initial_; }
  SubGraphId Decide(const std::vector<int>& served, SubGraphId cached,
                    const std::vector<Query>& upcoming) override {
    served_seen.push_back(served);
    upcoming_seen.push_back(upcoming.size());
    if (on_decide) on_decide();
    return next_ < script_.size() ? script_[next_++] : cached;
  }
  std::vector<std::vector<int>> served_seen;
  std::vector<std::size_t> upcoming_seen;
  std::function<void()> on_decide;

 private:
  std::optional<SubGraphId> initial_;
  std::vector<SubGraphId> script_;
  int lookahead_;
  std::size_t next_ = 0;
};

class StreamServer : public testing::Test {
 protected:
  StreamServer() {
    costs_.service = [this](int subnet, SubGraphId cached) { return table_.At(subnet, cached); };
    costs_.swap = [this](SubGraphId from, SubGraphId to) {
      swaps_.push_back({from, to});
      return Us(4);
    };
  }

  std::vector<QueryRecord> Serve(const std::vector<Query>& queries, CachingPolicy& caching, int period,
                                 const std::string& policy = "strict_accuracy",
                                 LatencyBasis basis = LatencyBasis::kService) {
    VectorSource source(queries);
    std::vector<QueryRecord> records;
    ServeStream(source, table_, *MakeServingPolicy(policy), caching, period, basis, costs_,
                [&](const QueryRecord& record) { records.push_back(record); });
    return records;
  }

  // s0 75 %, s1 80 %; column 1 suits s0, column 2 suits s1.
  LatencyTable table_ = Table({{75, Graph({{1, 1}}), {10, 6, 10}}, {80, Graph({{2, 2}}), {30, 29, 20}}},
                              {Graph({{0, 0}}), Graph({{1, 1}}), Graph({{2, 2}})});
  ServiceCosts costs_;
  std::vector<std::pair<SubGraphId, SubGraphId>> swaps_;
};

Query At(Query query, std::int64_t arrival_us) {
  query.arrival = Us(arrival_us);
  return query;
}

TEST_F(StreamServer, InClosedLoopResponsesAddUpToTheMakespan) {
  Scripted caching(std::nullopt, {1, 2, 0, 1});
  const std::vector<Query> queries = {Asking(75, 99), Asking(80, 99), Asking(75, 99), Asking(80, 99),
                                      Asking(80, 99), Asking(75, 99), Asking(75, 99)};
  Picoseconds clock;
  for (const QueryRecord& r : Serve(queries, caching, 2)) {
    EXPECT_EQ(r.arrival, clock);
    EXPECT_EQ(r.waiting, Us(0));
    EXPECT_EQ(r.response, r.swap + r.service);
    clock += r.response;
  }
  // 10+30 | 4+6+29 | 4+20+10 | 4+10
  EXPECT_EQ(clock, Us(127));
}

TEST_F(StreamServer, InOpenLoopWaitingFollowsLindleysRecursion) {
  Random random(3);
  std::vector<Query> queries;
  std::int64_t at = 0;
  for (int i = 0; i < 500; ++i) {
    at += random.Integer(0, 40);
    queries.push_back(At(Asking(random.Integer(0, 1) == 0 ? 75 : 80, 99), at));
  }
  Scripted caching(1, {2, 1, 2, 1, 2, 1, 2});
  const std::vector<QueryRecord> records = Serve(queries, caching, 50);
  ASSERT_EQ(records.size(), queries.size());
  EXPECT_EQ(records[0].waiting, Us(0));
  int waited = 0, idle = 0;
  for (std::size_t i = 1; i < records.size(); ++i) {
    const Picoseconds gap = records[i].arrival - records[i - 1].arrival;
    EXPECT_EQ(records[i].waiting, std::max(Us(0), records[i - 1].response - gap)) << i;
    EXPECT_EQ(records[i].arrival, *queries[i].arrival);
    (records[i].waiting > Us(0) ? waited : idle) += 1;
  }
  EXPECT_GT(waited, 50);
  EXPECT_GT(idle, 50);
}

TEST_F(StreamServer, ASwapIsChargedToTheNextQueryAlone) {
  Scripted caching(std::nullopt, {1, 1});
  const std::vector<QueryRecord> r = Serve(std::vector<Query>(6, Asking(75, 99)), caching, 2);
  const std::int64_t swap_us[] = {0, 0, 4, 0, 0, 0};
  const SubGraphId before[] = {0, 0, 0, 1, 1, 1}, during[] = {0, 0, 1, 1, 1, 1};
  for (std::size_t i = 0; i < r.size(); ++i) {
    EXPECT_EQ(r[i].swap, Us(swap_us[i])) << i;
    EXPECT_EQ(r[i].cached_before, before[i]) << i;
    EXPECT_EQ(r[i].cached, during[i]) << i;
    EXPECT_EQ(r[i].service, Us(during[i] == 1 ? 6 : 10)) << i;
  }
}

TEST_F(StreamServer, ASwapWaitsForTheNextDispatchEvenWhenTheAcceleratorIsIdle) {
  Scripted caching(std::nullopt, {1});
  const auto r = Serve({At(Asking(75, 99), 0), At(Asking(75, 99), 1000)}, caching, 1);
  EXPECT_EQ(r[1].waiting, Us(0));
  EXPECT_EQ(r[1].swap, Us(4));
  EXPECT_EQ(r[1].response, Us(10));
}

TEST_F(StreamServer, ATrailingSwapIsNeverMade) {
  Scripted caching(std::nullopt, {1, 2});
  Serve(std::vector<Query>(4, Asking(75, 99)), caching, 2);
  EXPECT_EQ(caching.served_seen.size(), 2u);
  EXPECT_EQ(swaps_, (std::vector<std::pair<SubGraphId, SubGraphId>>{{0, 1}}));
}

TEST_F(StreamServer, TheInitialSubGraphIsChargedToTheFirstQuery) {
  Scripted caching(2, {});
  const auto r = Serve({Asking(80, 99), Asking(80, 99)}, caching, 9);
  EXPECT_EQ(r[0].swap, Us(4));
  EXPECT_EQ(r[0].cached_before, kEmptySubGraphId);
  EXPECT_EQ(r[0].cached, 2);
  EXPECT_EQ(r[1].swap, Us(0));
}

TEST_F(StreamServer, TheSubNetIsChosenUnderWhatIsCachedWhileItIsServed) {
  Scripted caching(std::nullopt, {2});
  const auto r = Serve({Asking(0, 20), Asking(0, 20)}, caching, 1, "strict_latency");
  EXPECT_EQ(r[0].choice.subnet, 0);
  EXPECT_EQ(r[1].choice.subnet, 1);  // 20 us under column 2
}

TEST_F(StreamServer, EachDecisionSeesExactlyTheSubNetsOfItsPeriod) {
  Scripted caching(std::nullopt, {});
  Serve({Asking(75, 99), Asking(80, 99), Asking(80, 99), Asking(80, 99), Asking(75, 99)}, caching, 2);
  EXPECT_EQ(caching.served_seen, (std::vector<std::vector<int>>{{0, 1}, {1, 1}}));
}

TEST_F(StreamServer, LooksAheadNoFurtherThanAskedAndFewerAtTheEnd) {
  VectorSource source(std::vector<Query>(10, Asking(75, 99)));
  Scripted caching(std::nullopt, {}, 3);
  std::size_t served = 0;
  caching.on_decide = [&] { EXPECT_LE(source.given(), served + 3); };
  ServeStream(source, table_, *MakeServingPolicy("strict_accuracy"), caching, 4, LatencyBasis::kService,
              costs_, [&](const QueryRecord& record) {
                EXPECT_EQ(record.query.id, static_cast<std::int64_t>(served));
                ++served;
              });
  EXPECT_EQ(served, 10u);
  EXPECT_EQ(caching.upcoming_seen, (std::vector<std::size_t>{3, 2}));
}

TEST_F(StreamServer, AnOverlappingLookaheadKeepsTheOrder) {
  VectorSource source(std::vector<Query>(50, Asking(75, 99)));
  Scripted caching(std::nullopt, {}, 7);
  std::int64_t served = 0;
  ServeStream(source, table_, *MakeServingPolicy("strict_accuracy"), caching, 2, LatencyBasis::kService,
              costs_, [&](const QueryRecord& record) { EXPECT_EQ(record.query.id, served++); });
  EXPECT_EQ(served, 50);
}

TEST_F(StreamServer, ViolationsAreStrictAndUseServiceByDefault) {
  Scripted caching(std::nullopt, {});
  const auto r = Serve({Asking(75, 10), Asking(75, 9), Asking(80, 30), Asking(80.1, 99)}, caching, 9);
  const bool late[] = {false, true, false, false};
  const bool inaccurate[] = {false, false, false, true};
  for (std::size_t i = 0; i < r.size(); ++i) {
    EXPECT_EQ(r[i].latency_violated, late[i]) << i;
    EXPECT_EQ(r[i].accuracy_violated, inaccurate[i]) << i;
  }
  EXPECT_EQ(r[3].top1_percent, 80);
}

TEST_F(StreamServer, WithResponseAsTheBasisWaitingAndSwapComeOutOfTheBudget) {
  Scripted caching(2, {});
  const std::vector<Query> queries = {At(Asking(0, 24), 0), At(Asking(0, 24), 10), At(Asking(0, 19), 10)};
  const auto r = Serve(queries, caching, 9, "strict_latency", LatencyBasis::kResponse);
  EXPECT_EQ(r[0].choice.subnet, 1);  // 4 + 20
  EXPECT_FALSE(r[0].latency_violated);
  EXPECT_EQ(r[1].choice.subnet, 0);  // 14 waited, 10 left
  EXPECT_FALSE(r[1].latency_violated);
  EXPECT_EQ(r[2].choice.feasible, 0);  // 24 waited
  EXPECT_TRUE(r[2].latency_violated);
  EXPECT_EQ(r[2].query.latency_max, Us(19));  // the record keeps what was asked
}

TEST_F(StreamServer, TheOracleIsNoWorseThanNoCachingOverItsWindow) {
  CachingContext context;
  const auto serving = MakeServingPolicy("strict_accuracy");
  context.table = &table_;
  context.serving = serving.get();
  context.period_queries = 3;
  context.first_candidate = 1;
  context.end_candidate = 3;
  context.swap_time = [](SubGraphId, SubGraphId) { return Us(4); };
  const std::vector<Query> queries(6, Asking(80, 99));
  const auto total = [&](const std::string& name) {
    Picoseconds sum;
    for (const QueryRecord& r : Serve(queries, *MakeCachingPolicy(name, context), 3)) sum += r.response;
    return sum;
  };
  EXPECT_EQ(total("none"), Us(180));
  EXPECT_EQ(total("oracle"), Us(154));  // 90 + 4 + 60
}

TEST_F(StreamServer, RefusesStreamsLongerThanTimeCanCount) {
  costs_.service = [](int, SubGraphId) { return Picoseconds(4'000'000'000'000'000'000); };
  Scripted caching(std::nullopt, {});
  EXPECT_THROW(Serve(std::vector<Query>(3, Asking(75, 1)), caching, 1), UserError);
}

TEST_F(StreamServer, RefusesColumnsThatDoNotExist) {
  Scripted caching(3, {});
  EXPECT_THROW(Serve({Asking(75, 1)}, caching, 1), InternalError);
}

}  // namespace
}  // namespace sushi
