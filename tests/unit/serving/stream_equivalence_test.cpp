// One accelerator, batches of one, SUSHI's policies: the serving system is the stream server.
#include <gtest/gtest.h>

#include "serving_run.hpp"
#include "sushi/query/generators.hpp"
#include "sushi/sched/stream_server.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::Us;

// Holds column 1, then nothing, then column 1, …
class Alternates : public CachingPolicy {
 public:
  SubGraphId Decide(const std::vector<int>& served, SubGraphId cached, const std::vector<Query>&) override {
    return served.front() == 0 ? cached : 1 - cached;
  }
};

std::vector<Query> RandomQueries(Random& random, int count) {
  std::vector<Query> queries;
  Picoseconds at;
  for (int i = 0; i < count; ++i) {
    at += Picoseconds(random.Integer(0, 400'000'000));
    Query query;
    query.id = i;
    query.arrival = at;
    query.accuracy_min_percent = random.Uniform(68, 82);
    query.latency_max = Picoseconds(random.Integer(50'000'000, 900'000'000));
    queries.push_back(query);
  }
  return queries;
}

class StreamEquivalence : public ::testing::TestWithParam<const char*> {};

TEST_P(StreamEquivalence, EveryRequestIsServedAsTheStreamServerServesIt) {
  Random random(7);
  std::vector<FakeProfile::FakeSubNet> subnets{{"a", 70, 100}, {"b", 75, 200}, {"c", 80, 300}};
  subnets[1].cached_saves = 0.5;
  const FakeProfile profile({subnets}, 1);
  const std::vector<Query> queries = RandomQueries(random, 500);

  std::vector<QueryRecord> expected;
  test::ListSource source(queries);
  Alternates caching;
  ServiceCosts costs;
  costs.service = [&](int subnet, SubGraphId cached) { return profile.Time({0, 0, 0, subnet, cached, 1}); };
  costs.swap = [&](SubGraphId from, SubGraphId to) { return profile.Swap(0, 0, 0, from, to).time; };
  ServeStream(source, profile.table(0, 0), *MakeServingPolicy(GetParam()), caching, 3, LatencyBasis::kService,
              costs, [&](const QueryRecord& record) { expected.push_back(record); });

  const std::vector<Tenant> tenants(1);
  SchedulerContext context;
  context.profile = &profile;
  context.tenants = &tenants;
  context.types = {0};
  const auto scheduler = MakeScheduler(GetParam(), context);
  ServingSetup setup;
  setup.profile = &profile;
  setup.tenants = tenants;
  setup.types = {0};
  setup.scheduler = scheduler.get();
  setup.make_caching = [](int, int) { return std::make_unique<Alternates>(); };
  setup.period_queries = 3;
  std::vector<TenantSource> sources;
  sources.push_back(test::Stream(queries));
  const test::ServingOutcome out = test::Serve(setup, std::move(sources));

  ASSERT_EQ(out.requests.size(), expected.size());
  int swaps = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(out.requests[i].shape.subnet, expected[i].choice.subnet) << i;
    EXPECT_EQ(out.requests[i].shape.cached, expected[i].cached) << i;
    EXPECT_EQ(out.requests[i].finished, expected[i].arrival + expected[i].response) << i;
    EXPECT_EQ(out.jobs[i].swap, expected[i].swap) << i;
    swaps += expected[i].swap > Picoseconds(0);
  }
  EXPECT_GT(swaps, 10);  // else this compares little
}

INSTANTIATE_TEST_SUITE_P(Policies, StreamEquivalence, ::testing::Values("strict_accuracy", "strict_latency"));

}  // namespace
}  // namespace sushi
