#include <gtest/gtest.h>

#include "serving_run.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::Us;

// One layer of 100 us that moves `bytes`; the bus takes 100 ps a byte, 10^10 bytes a second.
FakeProfile OfBytes(std::vector<std::int64_t> bytes) {
  std::vector<std::vector<FakeProfile::FakeSubNet>> models(1);
  for (const std::int64_t count : bytes) {
    FakeProfile::FakeSubNet subnet{"s", 70, 100};
    subnet.dram_bytes = count;
    subnet.layers = 1;
    models[0].push_back(subnet);
  }
  return FakeProfile(models);
}

FluidExecutor ExecutorOf(const Profile& profile, int accelerators) {
  FluidExecutor::Setup setup;
  setup.profile = &profile;
  setup.types.assign(static_cast<std::size_t>(accelerators), 0);
  setup.dram_bytes_per_s = 1e10;
  return FluidExecutor(setup);
}

Run RunOf(int subnet) {
  Run run;
  run.shape.subnet = subnet;
  return run;
}

std::vector<RunEvent> AllOf(FluidExecutor& executor) {
  std::vector<RunEvent> events;
  while (const auto next = executor.NextEvent()) executor.AdvanceTo(*next, events);
  return events;
}

// 500,000 bytes keep the bus busy for 50 of the 100 us.
TEST(FluidExecutor, WhatFitsTheBusTogetherIsNotSlowedDown) {
  const FakeProfile profile = OfBytes({500'000, 500'000});
  FluidExecutor executor = ExecutorOf(profile, 2);
  executor.Begin(Us(0), 0, RunOf(0));
  executor.Begin(Us(0), 1, RunOf(1));
  for (const RunEvent& event : AllOf(executor)) EXPECT_EQ(event.at, Us(100));
  EXPECT_EQ(executor.stall_ps()[0], 0);
}

// 40 and 80 us of bus in 100 us: the small one gets its 0.4, the other 0.6 of what it wants 0.8 of until the
// first is done at 100 us: 75 us of its 100 are done, the rest goes at full speed.
TEST(FluidExecutor, ABusThatIsTooSmallIsSharedMaxMinFairly) {
  const FakeProfile profile = OfBytes({400'000, 800'000});
  FluidExecutor executor = ExecutorOf(profile, 2);
  executor.Begin(Us(0), 0, RunOf(0));
  executor.Begin(Us(0), 1, RunOf(1));
  const std::vector<RunEvent> events = AllOf(executor);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].accelerator, 0);
  EXPECT_EQ(events[0].at, Us(100));
  EXPECT_NEAR(static_cast<double>(events[1].at.value()), 125e6, 2);
  EXPECT_NEAR(static_cast<double>(executor.stall_ps()[1]), 25e6, 2);
}

// 64 bursts of 64 bytes in 100 cycles at 100 MHz are 4.096e9 bytes a second, 0.4096 of the bus; 0.8 is
// wanted.
// Half of the 50 us of bus time is waited for, and the other keeps the bus busy for half of the time: 25 us
// wait 0.5 / (2 · 0.5) of themselves.
TEST(FluidExecutor, TransfersThatTheArrayWaitsForQueueBehindThoseOfOthers) {
  FakeProfile profile = OfBytes({500'000});
  profile.exposed_share = 0.5;
  FluidExecutor executor = ExecutorOf(profile, 2);
  executor.Begin(Us(0), 0, RunOf(0));
  executor.Begin(Us(0), 1, RunOf(0));
  for (const RunEvent& event : AllOf(executor))
    EXPECT_NEAR(static_cast<double>(event.at.value()), 112.5e6, 2);
  executor.Begin(Us(200), 0, RunOf(0));
  EXPECT_EQ(AllOf(executor).at(0).at, Us(300));  // alone
}

TEST(FluidExecutor, AThrottleLimitsTheShareOfOneAndLeavesTheRestToOthers) {
  const FakeProfile profile = OfBytes({800'000});
  FluidExecutor executor = ExecutorOf(profile, 2);
  executor.SetThrottle(Us(0), 0, 64, 100);
  executor.Begin(Us(0), 0, RunOf(0));
  executor.Begin(Us(0), 1, RunOf(0));
  const std::vector<RunEvent> events = AllOf(executor);
  // The other has 0.5904 of 0.8 until it is done.
  EXPECT_EQ(events[0].accelerator, 1);
  EXPECT_NEAR(static_cast<double>(events[0].at.value()), 100e6 * 0.8 / 0.5904, 2);
  EXPECT_NEAR(static_cast<double>(events[1].at.value()), 100e6 * 0.8 / 0.4096, 2);
}

TEST(FluidExecutor, AThrottleThatLeavesEnoughChangesNothing) {
  const FakeProfile profile = OfBytes({400'000});
  FluidExecutor executor = ExecutorOf(profile, 1);
  executor.SetThrottle(Us(0), 0, 64, 100);
  executor.Begin(Us(0), 0, RunOf(0));
  EXPECT_EQ(AllOf(executor).at(0).at, Us(100));
}

}  // namespace
}  // namespace sushi
