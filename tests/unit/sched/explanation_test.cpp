// The reasons of queries and caching decisions.
#include "sushi/sched/explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "sched_fixtures.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using testing_support::Asking;
using testing_support::Graph;
using testing_support::Row;
using testing_support::Table;
using testing_support::Us;
using testing_support::VectorSource;

// Costs what the table says; a swap takes 4 us.
class TableModel : public ServiceModel {
 public:
  explicit TableModel(const LatencyTable& table) : table_(table) {}
  using ServiceModel::Infer;
  InferenceResult Infer(int subnet, const SubGraph& cached, int /*batch*/) override {
    InferenceResult result;
    result.service = table_.At(subnet, table_.FindColumn(cached));
    result.total.traffic_bytes[Traffic::kWeights] = 100 - 10 * table_.FindColumn(cached);
    return result;
  }
  SwapResult Swap(const SubGraph& /*from*/, const SubGraph& /*to*/) override {
    SwapResult result;
    result.duration = Us(4);
    return result;
  }
  LayerResult RunAlone(int /*subnet*/, int /*op*/, Cycles /*host*/) override { return {}; }

 private:
  const LatencyTable& table_;
};

// Ids 5, 7, 9, …
class OddSource : public QuerySource {
 public:
  explicit OddSource(std::vector<Query> queries) : inner_(std::move(queries)) {}
  bool Next(Query& query) override {
    const bool more = inner_.Next(query);
    query.id = 5 + 2 * query.id;
    return more;
  }

 private:
  VectorSource inner_;
};

// Two SubNets; column 1 suits s0, 2 is s1's, 3 as near to s1 as 2 is.
class Explanation : public testing::Test {
 protected:
  explicit Explanation(LatencyTable table)
      : table_(std::move(table)), model_(table_), book_(model_, table_.subnets(), Columns(), false) {
    serving_ = MakeServingPolicy("strict_accuracy");
    context_.first_candidate = 1;
    context_.end_candidate = table_.columns();
    context_.prefix_column.assign(static_cast<std::size_t>(table_.subnets()), 1);
    context_.swap_time = [](SubGraphId, SubGraphId) { return Us(4); };
    context_.swap_cost = [](SubGraphId, SubGraphId) { return static_cast<WideInt>(Us(4).value()); };
    context_.service_cost = [this](int subnet, SubGraphId cached) {
      return static_cast<WideInt>(table_.At(subnet, cached).value());
    };
    context_.table = &table_;
    context_.serving = serving_.get();
  }
  Explanation()
      : Explanation(Table({{75, Graph({{2, 2}}), {10, 6, 9, 9}}, {80, Graph({{6, 6}}), {30, 29, 20, 22}}},
                          {Graph({{0, 0}}), Graph({{2, 2}}), Graph({{6, 5}}), Graph({{5, 6}})})) {}

  std::vector<SubGraphColumn> Columns() const {
    std::vector<SubGraphColumn> columns;
    for (int c = 0; c < table_.columns(); ++c) columns.push_back(table_.Column(c));
    return columns;
  }

  ExplainedStream Stream(const std::vector<Query>& queries, const std::string& caching, int period) {
    context_.period_queries = period;
    ExplainedStream stream;
    stream.table = &table_;
    stream.serving = serving_.get();
    stream.caching = [this, caching] { return MakeCachingPolicy(caching, context_); };
    stream.source = [queries] { return std::make_unique<VectorSource>(queries); };
    stream.period_queries = period;
    stream.book = &book_;
    return stream;
  }

  std::string ErrorOf(const std::function<void()>& call) {
    try {
      call();
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }

  LatencyTable table_;
  TableModel model_;
  ServiceBook book_;
  std::unique_ptr<ServingPolicy> serving_;
  CachingContext context_;
};

const Query kSmall = Asking(70, 8), kLarge = Asking(80, 25);

TEST_F(Explanation, OfTheFirstQueryKnowsOfNoDecision) {
  const auto [query, decision] = ExplainQuery(Stream({kSmall, kSmall, kSmall}, "avgnet", 2), 0);
  EXPECT_FALSE(decision.has_value());
  EXPECT_FALSE(query.residence.has_value());
  EXPECT_EQ(query.next_decision, 1);
  EXPECT_EQ(query.record.cached, kEmptySubGraphId);
  EXPECT_EQ(query.nothing.response, query.record.response);
  EXPECT_EQ(query.best.cached, 1);
  EXPECT_EQ(query.best.service, Us(6));
}

TEST_F(Explanation, OfTheQueryBeforeTheFirstDecisionTakesEffectStillKnowsOfNone) {
  const auto before = ExplainQuery(Stream({kSmall, kSmall, kSmall}, "avgnet", 2), 1);
  EXPECT_FALSE(before.decision.has_value());
  EXPECT_EQ(before.query.next_decision, 1) << "its own";
  const auto after = ExplainQuery(Stream({kSmall, kSmall, kSmall}, "avgnet", 2), 2);
  ASSERT_TRUE(after.decision.has_value());
  EXPECT_EQ(after.decision->number, 1);
  EXPECT_EQ(after.decision->after, 1);
  EXPECT_EQ(after.decision->next, 2);
  EXPECT_EQ(after.query.next_decision, std::nullopt) << "the stream ends before";
}

TEST_F(Explanation, IsOfTheFirstSwapUnlessAsked) {
  EXPECT_EQ(ExplainQuery(Stream({kSmall, kSmall, kSmall}, "avgnet", 2), {}).query.record.query.id, 2);
  EXPECT_EQ(ExplainQuery(Stream({kSmall, kSmall, kSmall}, "none", 2), {}).query.record.query.id, 0);
  EXPECT_EQ(ExplainQuery(Stream({kSmall, kSmall}, "static", 2), {}).query.record.query.id, 0);
}

TEST_F(Explanation, CountsWhatTheCachedSubGraphHasSavedSinceItCame) {
  const auto stream = Stream({kSmall, kSmall, kSmall, kLarge, kSmall, kSmall}, "avgnet", 2);
  const auto paid = ExplainQuery(stream, 2).query;
  EXPECT_EQ(paid.record.swap, Us(4));
  EXPECT_EQ(paid.residence->since_query, 2);
  EXPECT_EQ(paid.residence->decided_after, 1);
  EXPECT_EQ(paid.residence->queries, 1);
  EXPECT_EQ(paid.residence->saved_ps, Us(4).value());  // 10 − 6
  const auto later = ExplainQuery(stream, 3).query;
  EXPECT_EQ(later.residence->since_query, 2);
  EXPECT_EQ(later.residence->swap, Us(4));
  EXPECT_EQ(later.residence->queries, 2);
  EXPECT_EQ(later.residence->saved_ps, Us(5).value());  // and 30 − 29
}

TEST_F(Explanation, OfADecisionThatChangesNothingHasNoSwap) {
  const auto decision = ExplainDecision(Stream(std::vector<Query>(5, kSmall), "avgnet", 2), 3);
  EXPECT_EQ(decision.number, 2);
  EXPECT_EQ(decision.before, 1);
  EXPECT_EQ(decision.chosen, 1);
  EXPECT_EQ(decision.swap.duration, Us(0));
  EXPECT_EQ(decision.service_before, decision.service_chosen);
}

TEST_F(Explanation, OfADecisionSaysWhatThePeriodWouldHaveTaken) {
  const auto decision = ExplainDecision(Stream({kSmall, kSmall, kLarge}, "avgnet", 2), 1);
  EXPECT_EQ(decision.before, kEmptySubGraphId);
  EXPECT_EQ(decision.chosen, 1);
  EXPECT_THAT(decision.served, testing::ElementsAre(2, 0));
  EXPECT_EQ(decision.service_before, Us(20));
  EXPECT_EQ(decision.service_chosen, Us(12));
  EXPECT_EQ(decision.bytes_before, 200);
  EXPECT_EQ(decision.bytes_chosen, 180);
  EXPECT_EQ(decision.swap.duration, Us(4));
}

TEST_F(Explanation, OfTheDecisionAfterTheLastQueryHasNoQueryToPay) {
  const auto decision = ExplainDecision(Stream({kSmall, kSmall}, "avgnet", 2), 1);
  EXPECT_EQ(decision.chosen, 1);
  EXPECT_EQ(decision.next, std::nullopt);
}

TEST_F(Explanation, RanksEqualScoresTowardsTheLowerColumn) {
  const auto decision = ExplainDecision(Stream({kLarge, kLarge}, "avgnet", 2), 1);
  const auto& weighed = decision.rationale.weighed;
  EXPECT_EQ(weighed[1].cost, weighed[2].cost);
  EXPECT_DOUBLE_EQ(weighed[1].values[0], 1);
  EXPECT_EQ(decision.chosen, 2);
  EXPECT_THAT(Ranking(decision.rationale, 3), testing::ElementsAre(1, 2, 0)) << "avgnet minds no swap";
  EXPECT_EQ(decision.rationale.wanted[0][0], 6);
}

TEST(Ranking, PutsWhatIsCachedFirstAmongEqualsWhereThePolicyKeepsIt) {
  CachingRationale rationale;
  rationale.weighed = {{3, 5, {}}, {1, 5, {}}, {2, 5, {}}, {4, 4, {}}};
  EXPECT_THAT(Ranking(rationale, 3), testing::ElementsAre(3, 1, 2, 0));
  rationale.keeps_on_tie = true;
  EXPECT_THAT(Ranking(rationale, 3), testing::ElementsAre(3, 0, 1, 2));
}

TEST_F(Explanation, OfStaticCachingIsTakenBeforeTheFirstQuery) {
  const auto [query, decision] = ExplainQuery(Stream({kSmall, kLarge}, "static", 1), 1);
  ASSERT_TRUE(decision.has_value());
  EXPECT_EQ(decision->number, 0);
  EXPECT_EQ(decision->after, std::nullopt);
  EXPECT_EQ(decision->next, 0);
  EXPECT_EQ(decision->chosen, 2);  // 35, 29, 31
  EXPECT_DOUBLE_EQ(decision->rationale.weighed[1].values[0], 14.5);
  EXPECT_EQ(query.next_decision, std::nullopt);
  EXPECT_EQ(query.residence->since_query, 0);
  EXPECT_EQ(query.residence->decided_after, std::nullopt);
}

TEST_F(Explanation, OfTheOracleSeesTheQueriesThatFollowAndKeepsOnATie) {
  // Keeping costs 10, column 1 4 + 6: a tie. Two queries: 20 against 16.
  const auto tie = ExplainDecision(Stream({kSmall, kSmall}, "oracle", 1), 0);
  EXPECT_EQ(tie.rationale.weighed[0].cost, tie.rationale.weighed[1].cost);
  EXPECT_EQ(tie.chosen, kEmptySubGraphId);
  const auto two = ExplainDecision(Stream(std::vector<Query>(4, kSmall), "oracle", 2), 1);
  EXPECT_THAT(two.rationale.weighed[1].values, testing::ElementsAre(4, 12, 16));
  EXPECT_EQ(two.chosen, 1);
}

TEST_F(Explanation, WithResponsesAsTheBasisTakesWaitingAndSwapOffTheBudget) {
  serving_ = MakeServingPolicy("strict_latency");
  std::vector<Query> queries{kSmall, kSmall, Asking(70, 10)};
  for (Query& query : queries) query.arrival = Us(0);
  auto stream = Stream(queries, "static", 1);
  stream.serving = serving_.get();
  stream.basis = LatencyBasis::kResponse;
  const auto first = ExplainQuery(stream, 0).query;
  EXPECT_EQ(first.budget, Us(4));  // 8 less the swap
  const auto third = ExplainQuery(stream, 2).query;
  EXPECT_EQ(third.record.waiting, Us(22));  // 4 + 9 + 9
  EXPECT_EQ(third.budget, Us(-12));
  EXPECT_THAT(third.rationale.feasible, testing::ElementsAre(false, false));
  stream.basis = LatencyBasis::kService;
  EXPECT_THAT(ExplainQuery(stream, 2).query.rationale.feasible, testing::ElementsAre(true, false));
}

TEST_F(Explanation, NamesTheRangeWhenThereIsNoSuchQuery) {
  auto stream = Stream({kSmall, kSmall, kSmall}, "avgnet", 2);
  EXPECT_THAT(ErrorOf([&] { ExplainQuery(stream, 3); }),
              testing::HasSubstr("--query: expected a query of the stream, 0 to 2, found 3"));
  EXPECT_THAT(ErrorOf([&] { ExplainDecision(stream, -1); }),
              testing::HasSubstr("first query is 0, found -1"));
  stream.source = [] { return std::make_unique<OddSource>(std::vector<Query>(3, kSmall)); };
  EXPECT_THAT(ErrorOf([&] { ExplainQuery(stream, 6); }), testing::HasSubstr("neighbours are 5 and 7"));
  EXPECT_EQ(ExplainQuery(stream, 7).query.position, 1);
  stream.source = [] { return std::make_unique<VectorSource>(std::vector<Query>{}); };
  EXPECT_THAT(ErrorOf([&] { ExplainQuery(stream, {}); }), testing::HasSubstr("has no queries"));
}

TEST_F(Explanation, NamesTheDecisionsAroundAQueryThatNoneFollows) {
  const auto around = Stream(std::vector<Query>(6, kSmall), "avgnet", 2);
  EXPECT_THAT(ErrorOf([&] { ExplainDecision(around, 2); }), testing::HasSubstr("near here 1 and 3, found 2"));
  EXPECT_THAT(ErrorOf([&] { ExplainDecision(around, 0); }), testing::HasSubstr("near here 1, found 0"));
  EXPECT_THAT(ErrorOf([&] { ExplainDecision(Stream({kSmall}, "static", 1), 0); }),
              testing::HasSubstr("no caching decision follows any query"));
}

// Columns and SubNets of few different sizes and times, so that scores are often equal.
LatencyTable RandomTable(std::mt19937& random) {
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  std::vector<Row> rows;
  for (int s = 0; s < 3; ++s) {
    Row row{70.0 + s, Graph({{1 + below(3), 1 + below(3)}, {below(2), below(2)}}), {}};
    for (int c = 0; c < 6; ++c) row.latency_us.push_back(10 + below(4));
    rows.push_back(row);
  }
  std::vector<SubGraph> graphs{Graph({{0, 0}, {0, 0}})};
  for (int c = 1; c < 6; ++c) graphs.push_back(Graph({{c, 1 + below(3)}, {below(3), below(3)}}));
  return Table(rows, graphs);
}

// Explanation with another table in every test.
class Explained : public Explanation {
 public:
  explicit Explained(const LatencyTable& table) : Explanation(table) {}
  void TestBody() override {}
  using Explanation::Stream;
};

std::vector<QueryRecord> RecordsOf(const ExplainedStream& stream) {
  std::vector<QueryRecord> records;
  ServiceCosts costs;
  costs.service = [&](int subnet, SubGraphId cached) { return stream.table->At(subnet, cached); };
  costs.swap = [](SubGraphId, SubGraphId) { return Us(4); };
  const auto policy = stream.caching();
  const auto source = stream.source();
  ServeStream(*source, *stream.table, *stream.serving, *policy, stream.period_queries, stream.basis, costs,
              [&](const QueryRecord& record) { records.push_back(record); });
  return records;
}

// That the best ranked column is what was decided is checked in the code for each explanation.
void ExpectSameAsServed(const ExplainedStream& stream) {
  const std::vector<QueryRecord> records = RecordsOf(stream);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto [query, decision] = ExplainQuery(stream, records[i].query.id);
    EXPECT_EQ(query.record.choice.subnet, records[i].choice.subnet);
    EXPECT_EQ(query.record.cached, records[i].cached);
    EXPECT_EQ(query.record.response, records[i].response);
    const auto feasible = std::count(query.rationale.feasible.begin(), query.rationale.feasible.end(), true);
    EXPECT_EQ(feasible, records[i].choice.feasible);
    if (!decision) continue;
    EXPECT_EQ(decision->chosen, records[i].cached);
    if (decision->next == records[i].query.id) {
      EXPECT_EQ(decision->before, records[i].cached_before);
    }
  }
}

TEST(Explanations, AreOfWhatIsServedForEveryPolicyAndQuery) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    Explained explained(RandomTable(random));
    std::vector<Query> queries;
    for (int i = 0; i < 13; ++i) {
      queries.push_back(Asking(70 + static_cast<int>(random() % 4), 9 + static_cast<int>(random() % 6)));
    }
    for (const std::string& caching : CachingPolicyNames()) {
      for (const std::string& serving : ServingPolicyNames()) {
        const auto policy = MakeServingPolicy(serving);
        auto stream = explained.Stream(queries, caching, 1 + static_cast<int>(seed % 4));
        stream.serving = policy.get();
        stream.basis = seed % 2 == 0 ? LatencyBasis::kService : LatencyBasis::kResponse;
        ExpectSameAsServed(stream);
      }
    }
  }
}

TEST_F(Explanation, GivesAvgNetsDistanceAsTheEuclideanOne) {
  const auto decision = ExplainDecision(Stream({kSmall, kLarge, kLarge}, "avgnet", 3), 2);
  const double mean = (2 + 6 + 6) / 3.0;
  for (const WeighedColumn& weighed : decision.rationale.weighed) {
    const Rect& rect = table_.Column(weighed.column).graph.rects[0];
    EXPECT_NEAR(weighed.values[0], std::hypot(rect.kernels - mean, rect.channels - mean), 1e-12);
  }
}

// A policy of one's own that says nothing of its reasons.
class Silent : public CachingPolicy {
 public:
  SubGraphId Decide(const std::vector<int>& /*served*/, SubGraphId /*cached*/,
                    const std::vector<Query>& /*upcoming*/) override {
    return 3;
  }
};

// One whose reasons are not those of its decision.
class Liar : public Silent {
 public:
  CachingRationale Explain(const std::vector<int>& /*served*/, SubGraphId /*cached*/,
                           const std::vector<Query>& /*upcoming*/) const override {
    CachingRationale rationale;
    rationale.weighed = {{1, 1, {}}, {3, 2, {}}};
    return rationale;
  }
};

TEST_F(Explanation, OfAPolicyThatGivesNoReasonsIsItsDecision) {
  auto stream = Stream({kSmall, kSmall}, "none", 1);
  stream.caching = [] { return std::make_unique<Silent>(); };
  const auto decision = ExplainDecision(stream, 0);
  EXPECT_EQ(decision.chosen, 3);
  EXPECT_TRUE(decision.rationale.rule.empty());
}

TEST_F(Explanation, ThatDoesNotLeadToTheDecisionIsAnError) {
  auto stream = Stream({kSmall, kSmall}, "none", 1);
  stream.caching = [] { return std::make_unique<Liar>(); };
  EXPECT_THROW(ExplainDecision(stream, 0), InternalError);
}

}  // namespace
}  // namespace sushi
