#include <gtest/gtest.h>

#include "fake_profile.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;

// Four layers of 100 us that move 1 MB each: 100 us at the DRAM's 10 GB/s. So prediction = 100 + 0.5 · 100
// = 150 us and ideal = 100 · 1 MB / 150 us / 10 GB/s = 66.67 %.
FakeProfile MemoryBound() {
  FakeProfile::FakeSubNet net{"net", 70, 400};
  net.dram_bytes = 4'000'000;
  return FakeProfile({{net}});
}

// `accelerators` that all run, tenant 0 with priority 11 on 0 and tenant 1 with priority 0 on the others.
struct Contention : FakeSystem {
  Contention(const Profile& with, int accelerators, double slo_us) : FakeSystem(with, accelerators, 2) {
    owners[0].priority = 11;
    owners[1].priority = 0;
    for (int a = 0; a < accelerators; ++a) {
      AddRunning(a, {&Take(Add(0, slo_us, a == 0 ? 0 : 1))}, {0, 0, 0, 0, 0, 1}, 0);
    }
  }
};

const Throttle* Of(const Decision& decision, int accelerator) {
  for (const Throttle& throttle : decision.throttle) {
    if (throttle.accelerator == accelerator) return &throttle;
  }
  return nullptr;
}

// 10 · 400 / 40000 rounds to 0, so the scores are (1 + 11) / 4 = 3 and 1/4. Σ ideal = 200 %: excess 50.
// Σ weights = 66.67 · (3 + 1/4 + 1/4) = 233.3.
// High: 66.67 − 50 · 33.3 / 233.3 = 59.52 %; a window of 64 bursts of 64 B at 100 MHz is
// 10⁸ · 100 · 4096 / (10¹⁰ · 59.52) = 68.8 cycles. Its layer alone needs 66.67 % with perfect overlap.
// Low: 66.67 − 50 · 216.7 / 233.3 = 20.2 %, kept at 25 %: 163.84 cycles.
TEST(Moca, ThrottlesTheLowPriorityTenantToTheLeastAndHardlyTheHighOne) {
  const FakeProfile profile = MemoryBound();
  Contention system(profile, 3, 40'000);
  const auto moca = MakeScheduler("moca", system.Context());
  EXPECT_TRUE(moca->wants_layers());
  const Decision decision = system.Ask(*moca, 0);
  EXPECT_FALSE(decision.Acts());
  ASSERT_EQ(decision.throttle.size(), 3U);
  EXPECT_EQ(Of(decision, 0)->bursts, 64);
  EXPECT_EQ(Of(decision, 0)->window_cycles, 69);
  EXPECT_EQ(Of(decision, 1)->window_cycles, 164);
  EXPECT_EQ(Of(decision, 2)->window_cycles, 164);
  EXPECT_TRUE(system.Ask(*moca, 0).throttle.empty());  // told once
}

// Layers that compute 40 of 100 us: prediction = 100 + 0.5 · 40 = 120 us, ideal = 83.33 %. Σ = 250 %: excess
// 100, Σ weights = 83.33 · 3.5 = 291.7. High: 83.33 − 100 · 41.67 / 291.7 = 69.05 %: 59.3 cycles. Were time
// alone looked at, 69 as above.
TEST(Moca, ThePredictionTakesTheTimeThatTheArrayComputes) {
  FakeProfile::FakeSubNet net{"net", 70, 400};
  net.dram_bytes = 4'000'000;
  net.compute_share = 0.4;
  const FakeProfile profile({{net}});
  Contention system(profile, 3, 40'000);
  EXPECT_EQ(Of(system.Ask(*MakeScheduler("moca", system.Context()), 0), 0)->window_cycles, 60);
}

// With two, Σ ideal = 133 %.
TEST(Moca, LetsGoWhenTheDramIsNotAskedForTooMuch) {
  const FakeProfile profile = MemoryBound();
  Contention system(profile, 3, 40'000);
  const auto moca = MakeScheduler("moca", system.Context());
  system.Ask(*moca, 0);
  system.states[2].job = nullptr;
  const Decision decision = system.Ask(*moca, 100);
  ASSERT_EQ(decision.throttle.size(), 2U);
  EXPECT_EQ(Of(decision, 0)->bursts, 0);
  EXPECT_EQ(Of(decision, 1)->bursts, 0);
}

// At the edge: least excess when Σ ideal passes the limit, none when it is at it. Σ = 2 · 66.67 %.
TEST(Moca, OverloadIsMoreThanTheLimit) {
  const FakeProfile profile = MemoryBound();
  Contention system(profile, 2, 40'000);
  SchedulerSettings settings;
  settings.moca.overload_percent = 133.34;
  EXPECT_TRUE(system.Ask(*MakeScheduler("moca", system.Context(settings)), 0).throttle.empty());
  settings.moca.overload_percent = 133.33;
  EXPECT_EQ(system.Ask(*MakeScheduler("moca", system.Context(settings)), 0).throttle.size(), 2U);
  settings.moca.throttle = false;
  EXPECT_TRUE(system.Ask(*MakeScheduler("moca", system.Context(settings)), 0).throttle.empty());
}

// After two layers 200 us are left. Tenant 1's job on 1 now has 500 us: round(10 · 200 / 500) = 4, score
// 4.25; the others 3 and 0.25. Σ weights = 66.67 · 7.5 = 500.
// 0: 66.67 − 50 · 300 / 500 = 36.67 %: 111.7 cycles. 1: 66.67 − 50 · 216.7 / 500 = 45 %: 91.02 cycles.
TEST(Moca, AtABoundaryOfALayerTheScoreFollowsTheSlack) {
  const FakeProfile profile = MemoryBound();
  Contention system(profile, 3, 40'000);
  const auto moca = MakeScheduler("moca", system.Context());
  system.Ask(*moca, 0);
  for (Job& job : system.jobs) job.layers_done = 2;
  system.requests[1].deadline = test::Us(700);
  const Decision decision = system.Ask(*moca, 200);
  ASSERT_EQ(decision.throttle.size(), 2U);  // 2 stays at the least
  EXPECT_EQ(Of(decision, 0)->window_cycles, 112);
  EXPECT_EQ(Of(decision, 1)->window_cycles, 92);
}

// What is started counts at once.
TEST(Moca, AStartThatOverloadsTheDramThrottlesWithIt) {
  const FakeProfile profile = MemoryBound();
  Contention system(profile, 3, 40'000);
  system.states[2].job = nullptr;
  const auto moca = MakeScheduler("moca", system.Context());
  EXPECT_TRUE(system.Ask(*moca, 0).throttle.empty());
  system.Add(0, 40'000, 1);
  const Decision decision = system.Ask(*moca, 0);
  EXPECT_EQ(decision.start.at(0).accelerator, 2);
  EXPECT_EQ(Of(decision, 2)->window_cycles, 164);
}

// Priority 1 that has not waited: 10⁵. Priority 0: 10⁵ · wait / 400 us.
TEST(Moca, WaitingAsLongAsTheIsolatedTimeIsWorthOneStepOfPriority) {
  const FakeProfile profile = MemoryBound();
  FakeSystem system(profile, 1, 2);
  system.owners[0].priority = 0;
  const Request& patient = system.Add(0, 50'000, 0);
  const Request& fresh = system.Add(400, 1000, 1);
  const auto moca = MakeScheduler("moca", system.Context());
  EXPECT_EQ(system.Ask(*moca, 400).start.at(0).requests.at(0), &fresh);  // equal: the lower deadline
  system.requests[0].arrival = Picoseconds(-1);
  EXPECT_EQ(system.Ask(*moca, 400).start.at(0).requests.at(0), &patient);
}

}  // namespace
}  // namespace sushi
