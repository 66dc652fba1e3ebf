#include <gtest/gtest.h>

#include "fake_profile.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;
using test::Us;

SchedulerSettings Weights(double alpha, double beta) {
  SchedulerSettings settings;
  settings.dream.alpha = alpha;
  settings.dream.beta = beta;
  return settings;
}

FakeProfile SmallAndLarge(double cached_saves = 0) {
  FakeProfile::FakeSubNet small{"small", 70, 100}, large{"large", 78, 400};
  small.cached_saves = cached_saves;
  return FakeProfile({{small, large}});
}

// The small SubNet takes 100 us; the large one would be late long before.
TEST(Dream, DropsOnlyFramesThatAreBoundToMiss) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  const Request& tight = system.Add(0, 1000);
  const Request& ample = system.Add(0, 5000);
  const auto dream = MakeScheduler("dream", system.Context());
  EXPECT_TRUE(system.Ask(*dream, 900).drop.empty());
  EXPECT_EQ(system.Ask(*dream, 900.000001).drop, std::vector<const Request*>{&tight});
  system.Take(tight);
  EXPECT_EQ(system.Ask(*dream, 900.000001).start.at(0).requests.at(0), &ample);
}

// With the SubGraph cached it takes 60 us: only then is a miss certain.
TEST(Dream, WhatACachedSubGraphCouldSaveIsNotBoundToMiss) {
  const FakeProfile profile = SmallAndLarge(0.4);
  FakeSystem system(profile, 1);
  system.Add(0, 1000);
  const auto dream = MakeScheduler("dream", system.Context());
  EXPECT_TRUE(system.Ask(*dream, 940).drop.empty());
  EXPECT_EQ(system.Ask(*dream, 940.000001).drop.size(), 1U);
}

TEST(Dream, KeepsLateFramesWhenDroppingIsOff) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  system.Add(0, 1000);
  SchedulerSettings settings;
  settings.dream.drop_frames = false;
  const Decision decision = system.Ask(*MakeScheduler("dream", system.Context(settings)), 2000);
  EXPECT_TRUE(decision.drop.empty());
  EXPECT_EQ(decision.start.size(), 1U);
}

// All have 1000 us. Six others as the small SubNet take 600 us and leave 400 us: the large one. Seven leave
// 300 us. Two accelerators leave 2 · 1000 − 700.
TEST(Dream, TheLargeVariantServesWhileTheQueueLeavesTimeForIt) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1), pair(profile, 2);
  const auto dream = MakeScheduler("dream", system.Context());
  for (int i = 0; i < 7; ++i) system.Add(0, 1000);
  EXPECT_EQ(system.Ask(*dream, 0).start.at(0).subnet, 1);
  system.Add(0, 1000);
  EXPECT_EQ(system.Ask(*dream, 0).start.at(0).subnet, 0);
  SchedulerSettings settings;
  settings.dream.switch_variants = false;
  EXPECT_EQ(system.Ask(*MakeScheduler("dream", system.Context(settings)), 0).start.at(0).subnet, 1);
  for (int i = 0; i < 8; ++i) pair.Add(0, 1000);
  EXPECT_EQ(pair.Ask(*MakeScheduler("dream", pair.Context()), 0).start.at(0).subnet, 1);
}

// to_go is 100 us. Patient: urgency 100/1000, starvation 1000/100. Urgent: 100/500 and 0. So the patient one
// is first when 0.1 + 10 α > 0.2.
TEST(Dream, AlphaWeighsStarvationAgainstUrgency) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  const Request& patient = system.Add(0, 2000);
  const Request& urgent = system.Add(1000, 500);
  EXPECT_EQ(system.Ask(*MakeScheduler("dream", system.Context(Weights(0.0099, 0))), 1000)
                .start.at(0)
                .requests.at(0),
            &urgent);
  EXPECT_EQ(system.Ask(*MakeScheduler("dream", system.Context(Weights(0.0101, 0))), 1000)
                .start.at(0)
                .requests.at(0),
            &patient);
}

// 100 us of the short task by 500 us: 0.2. 400 us of the long one by 1000 us: 0.4. With the mean of 250 us
// for both: 0.5 and 0.25.
TEST(Dream, UrgencyFavoursLongTasksUnlessItIsNotWeighed) {
  const FakeProfile profile({{{"short", 70, 100}}, {{"long", 70, 400}}});
  FakeSystem system(profile, 1, 2);
  system.owners[1].model = 1;
  const Request& soon = system.Add(0, 500, 0);
  const Request& large = system.Add(0, 1000, 1);
  SchedulerSettings settings = Weights(0, 0);
  EXPECT_EQ(system.Ask(*MakeScheduler("dream", system.Context(settings)), 0).start.at(0).requests.at(0),
            &large);
  settings.dream.weigh_urgency = false;
  EXPECT_EQ(system.Ask(*MakeScheduler("dream", system.Context(settings)), 0).start.at(0).requests.at(0),
            &soon);
}

// Type 0: 100 us, 10 uJ; type 1: 200 us, 1 uJ. to_go 150 us, slack 1500 us, mean energy 5.5 uJ.
// Type 0: 0.1 · 1.5 + 0.55 β; type 1: 0.1 · 0.75 + 5.5 β: the second above β = 0.075 / 4.95 = 0.01515.
TEST(Dream, BetaWeighsEnergyAgainstTheFasterAccelerator) {
  const FakeProfile profile({{{"net", 70, 100}}}, 16, {{PowerLevel{100, 1}}, {PowerLevel{100, 0.1}}},
                            {1, 0.5});
  FakeSystem system(profile, 2);
  system.states[1].type = 1;
  system.Add(0, 1500);
  EXPECT_EQ(
      system.Ask(*MakeScheduler("dream", system.Context(Weights(0, 0.0151))), 0).start.at(0).accelerator, 0);
  EXPECT_EQ(
      system.Ask(*MakeScheduler("dream", system.Context(Weights(0, 0.0152))), 0).start.at(0).accelerator, 1);
}

TEST(Dream, OfAlikeAcceleratorsTheOneThatHoldsWhatHelpsServes) {
  const FakeProfile profile = SmallAndLarge(0.4);
  FakeSystem system(profile, 3);
  system.states[1].cached = 1;
  system.Add(0, 150);
  EXPECT_EQ(system.Ask(*MakeScheduler("dream", system.Context()), 0).start.at(0).accelerator, 1);
}

// From (0, 0) the first window keeps the centre; the second tries α = 1. Then the patient one of the case
// above is first. A window ends with the first decision after its length, if a request has ended in it.
TEST(Dream, ProbesANeighbourWithEachWindowInWhichARequestEnded) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  SchedulerSettings settings = Weights(0, 0);
  settings.dream.step = 1;
  settings.dream.window_ms = 1;
  const auto dream = MakeScheduler("dream", system.Context(settings));
  const Request& patient = system.Add(0, 20'000);
  const Request& urgent = system.Add(9000, 5000);
  EXPECT_EQ(system.Ask(*dream, 9000).start.at(0).requests.at(0), &urgent);  // nothing ended
  const Request& served = system.Take(system.Add(0, 500));
  Job job;
  job.requests = {&served};
  dream->Finished(system.At(9000), {&job, Us(100), Us(100), Us(100)});
  EXPECT_EQ(system.Ask(*dream, 9000).start.at(0).requests.at(0), &patient);
}

}  // namespace
}  // namespace sushi
