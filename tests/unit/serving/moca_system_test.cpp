// MoCA on a whole system: what its throttles do to tenants that share a DRAM.
#include <gtest/gtest.h>

#include "serving_run.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::QueryAt;
using test::Serve;
using test::ServingOutcome;
using test::Stream;
using test::Us;

// Jobs of one layer of 100 us that keep the bus busy all the time. Two of the high priority, one after the
// other on one accelerator, two of the low priority beside them.
ServingOutcome Contend(bool throttle) {
  FakeProfile::FakeSubNet memory_bound{"s", 70, 100};
  memory_bound.dram_bytes = 1'000'000;
  memory_bound.layers = 1;
  memory_bound.compute_share = 0;
  const FakeProfile profile({{memory_bound}}, 1);
  std::vector<Tenant> tenants(2);
  tenants[0].priority = 9;
  SchedulerContext context;
  context.profile = &profile;
  context.tenants = &tenants;
  context.types = {0, 0, 0};
  context.settings.moca.throttle = throttle;
  const auto moca = MakeScheduler("moca", context);
  ServingSetup setup;
  setup.profile = &profile;
  setup.tenants = tenants;
  setup.types = context.types;
  setup.scheduler = moca.get();
  setup.dram_bytes_per_s = 1e10;
  std::vector<TenantSource> sources;
  sources.push_back(Stream({QueryAt(0, 1e6), QueryAt(1, 1e6)}));
  sources.push_back(Stream({QueryAt(0, 1e6), QueryAt(0, 1e6)}));
  return Serve(setup, std::move(sources), 10);
}

double FinishedUs(const ServingOutcome& out, int tenant, std::int64_t frame) {
  return static_cast<double>(out.Of(tenant, frame).finished.value()) * 1e-6;
}

// Without throttles three share the bus: all are done at 300 us, the second of the high priority alone at
// 400. With: each wants 100 %, 150 too much. Scores are 2.5 and 0.5, weights 250, 50, 50: the high priority
// may have 100 − 150 · 100/350 = 57 %, the others 25 %. It gets what they leave, half of the bus: done at 200
// us, the second at 400. The others have then had 25 % for 400 us, which is all they need.
TEST(MocaSystem, TheThrottleSavesTimeOfTheHighPriorityAndCostsTheLowOnes) {
  const ServingOutcome without = Contend(false), with = Contend(true);
  EXPECT_NEAR(FinishedUs(without, 0, 0), 300, 0.1);
  EXPECT_NEAR(FinishedUs(without, 1, 0), 300, 0.1);
  EXPECT_NEAR(FinishedUs(with, 0, 0), 200, 1);
  EXPECT_NEAR(FinishedUs(with, 0, 1), 400, 2);
  EXPECT_NEAR(FinishedUs(with, 1, 0), 400, 2);
  EXPECT_NEAR(FinishedUs(with, 1, 1), 400, 2);
}

}  // namespace
}  // namespace sushi
