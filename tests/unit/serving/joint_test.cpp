#include <gtest/gtest.h>

#include "fake_profile.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;
using test::Us;

// small: 100 us, 70 %. large: 400 us, 78 %, and 40 us with column 1. A swap takes 100 us.
FakeProfile LargeLikesColumnOne(double cached_saves = 0.9, int max_batch = 1) {
  FakeProfile::FakeSubNet small{"small", 70, 100}, large{"large", 78, 400};
  large.cached_saves = cached_saves;
  return FakeProfile({{small, large}}, max_batch);
}

// The large SubNet is late as it is (400 us). After a swap it is ready after 140 us, but the swap takes at
// most half of what the request can spare when 100 ≤ (slack − 40) / 2: from a slack of 240 us on.
TEST(Joint, SwapsWhenTheQueueAllowsAndNotWhenTheSlackIsOnePicosecondTooShort) {
  const FakeProfile profile = LargeLikesColumnOne();
  FakeSystem system(profile, 1);
  system.Add(0, 240);
  const auto joint = MakeScheduler("joint", system.Context());
  const Decision swaps = system.Ask(*joint, 0);
  EXPECT_EQ(swaps.start.at(0).subnet, 1);
  EXPECT_EQ(swaps.start.at(0).cache, 1);
  const Decision stays = system.Ask(*joint, 0.000001);
  EXPECT_EQ(stays.start.at(0).subnet, 0);
  EXPECT_EQ(stays.start.at(0).cache, kEmptySubGraphId);
}

// It may take all that the request can spare: then it is in time from 140 us on.
TEST(Joint, ASwapCountsAgainstTheDeadline) {
  const FakeProfile profile = LargeLikesColumnOne();
  FakeSystem system(profile, 1);
  system.Add(0, 140);
  SchedulerSettings settings;
  settings.joint.swap_share = 1;
  const auto joint = MakeScheduler("joint", system.Context(settings));
  EXPECT_EQ(system.Ask(*joint, 0).start.at(0).cache, 1);
  EXPECT_EQ(system.Ask(*joint, 0.000001).start.at(0).cache, kEmptySubGraphId);
}

// The second request can spare slack − 40 − 100 us (the fastest SubNet): half of it are 100 us at 340 us.
// A job took 150 us for 100: a slack is worth two thirds, so the large SubNet's 400 us need 600. Without an
// accelerator that was slow, a job as profiled, and forget 0.5, a slack is worth 1 / 1.25 of itself: 500 us.
TEST(Joint, AfterASlowdownItTakesSlacksForLess) {
  const FakeProfile profile = LargeLikesColumnOne(0);
  FakeSystem system(profile, 1);
  const Request& request = system.Add(0, 10000);
  SchedulerSettings settings;
  settings.joint.forget = 0.5;
  const auto joint = MakeScheduler("joint", system.Context(settings));
  Job job;
  job.requests = {&request};
  const auto finishes = [&](double ran_us) {
    joint->Finished(system.At(0), {&job, Us(0), Us(ran_us), Us(100)});
  };
  const auto subnet_with_slack = [&](double us) { return system.Ask(*joint, 10000 - us).start.at(0).subnet; };
  EXPECT_EQ(subnet_with_slack(400), 1);
  finishes(150);
  EXPECT_EQ(subnet_with_slack(599.999), 0);
  EXPECT_EQ(subnet_with_slack(600.001), 1);
  finishes(100);
  EXPECT_EQ(subnet_with_slack(499.999), 0);
  EXPECT_EQ(subnet_with_slack(500.001), 1);
}

TEST(Joint, ASwapHasToLeaveTimeForTheRequestBehindIt) {
  const FakeProfile profile = LargeLikesColumnOne();
  FakeSystem system(profile, 1), pair(profile, 2);
  const auto joint = MakeScheduler("joint", system.Context());
  system.Add(0, 300);
  system.Add(0, 340);
  EXPECT_EQ(system.Ask(*joint, 0).start.at(0).cache, 1);
  EXPECT_EQ(system.Ask(*joint, 0.000001).start.at(0).cache, kEmptySubGraphId);
  pair.Add(0, 300);
  pair.Add(0, 301);  // another accelerator is idle: not behind
  EXPECT_EQ(pair.Ask(*MakeScheduler("joint", pair.Context()), 0.000001).start.at(0).cache, 1);
}

// Large was served: 400 us without column 1, 200 us with it. The queue never allows a swap, but one that
// takes less than 200 us pays off within one job.
TEST(Joint, ASwapThatJobsLikeTheRecentOnesPayBackIsMade) {
  FakeProfile profile = LargeLikesColumnOne(0.5);
  FakeSystem system(profile, 1);
  SchedulerSettings settings;
  settings.joint.swap_share = 0;
  settings.joint.horizon_jobs = 1;
  Job job;
  job.shape = {0, 0, 0, 1, 0, 1};
  system.Add(0, 100'000);
  for (const double swap_us : {199.999999, 200.0}) {
    profile.swap_time = Us(swap_us);
    const auto joint = MakeScheduler("joint", system.Context(settings));
    EXPECT_EQ(system.Ask(*joint, 0).start.at(0).cache, kEmptySubGraphId);  // nothing served yet
    joint->Finished(system.At(0), {&job, Us(0), Us(0), Us(0)});
    EXPECT_EQ(system.Ask(*joint, 0).start.at(0).cache, swap_us < 200 ? 1 : 0);
  }
}

// Small gains nothing from column 1. One large job, then small ones with weight 1/2: E = 400, 250, 175 us
// without and 200, 150, 125 us with column 1. The swap takes 60 us: it pays while E differs by more.
TEST(Joint, OldJobsAreForgotten) {
  FakeProfile profile = LargeLikesColumnOne(0.5);
  profile.swap_time = Us(60);
  FakeSystem system(profile, 1);
  SchedulerSettings settings;
  settings.joint.swap_share = 0;
  settings.joint.horizon_jobs = 1;
  settings.joint.average = 0.5;
  const auto joint = MakeScheduler("joint", system.Context(settings));
  system.Add(0, 100'000);
  Job large, small;
  large.shape = {0, 0, 0, 1, 0, 1};
  joint->Finished(system.At(0), {&large, Us(0), Us(0), Us(0)});
  joint->Finished(system.At(0), {&small, Us(0), Us(0), Us(0)});
  EXPECT_EQ(system.Ask(*joint, 0).start.at(0).cache, 1);
  joint->Finished(system.At(0), {&small, Us(0), Us(0), Us(0)});
  EXPECT_EQ(system.Ask(*joint, 0).start.at(0).cache, kEmptySubGraphId);
}

TEST(Joint, TheAcceleratorThatHoldsWhatServesBestIsPreferred) {
  const FakeProfile profile = LargeLikesColumnOne();
  FakeSystem system(profile, 3);
  system.states[2].cached = 1;
  system.Add(0, 1000);
  const Decision decision = system.Ask(*MakeScheduler("joint", system.Context()), 0);
  EXPECT_EQ(decision.start.at(0).accelerator, 2);
  EXPECT_EQ(decision.start.at(0).cache, 1);
}

// A PB that holds a SubGraph of another model holds nothing for this one.
TEST(Joint, WhatIsHeldOfAnotherModelDoesNotHelp) {
  FakeProfile::FakeSubNet net{"net", 78, 400};
  net.cached_saves = 0.9;
  const FakeProfile profile({{net}, {net}}, 1);
  FakeSystem system(profile, 2);
  system.states[0].cached = 1;
  system.states[0].cached_model = 1;
  system.states[1].cached = 1;
  system.Add(0, 200);
  EXPECT_EQ(system.Ask(*MakeScheduler("joint", system.Context()), 0).start.at(0).accelerator, 1);
}

// Time(B) = 100 (1 + B)/2 or 400 (1 + B)/2: 100, 150, 200, 250 and 400, 600, 800, 1000 us. Buckets of
// (1000 − 100)/2 = 450 us: only the last three of large are in the upper one.
TEST(Joint, TakesTheHighestBucketThenTheLargestBatchThatWaits) {
  const FakeProfile profile = LargeLikesColumnOne(0, 4);
  FakeSystem system(profile, 1);
  SchedulerSettings settings;
  settings.joint.buckets = 2;
  const auto joint = MakeScheduler("joint", system.Context(settings));
  system.Add(0, 800);
  EXPECT_EQ(system.Ask(*joint, 0).start.at(0).subnet, 1);  // one waits: in the lower bucket the more accurate
  for (int i = 0; i < 3; ++i) system.Add(0, 900);
  const Decision upper = system.Ask(*joint, 0);
  EXPECT_EQ(upper.start.at(0).subnet, 1);
  EXPECT_EQ(upper.start.at(0).requests.size(), 3U);  // 800 us are all there is
  const Decision still_upper = system.Ask(*joint, 200);
  EXPECT_EQ(still_upper.start.at(0).requests.size(), 2U);
  const Decision lower = system.Ask(*joint, 200.000001);  // the lower: four of the small one
  EXPECT_EQ(lower.start.at(0).subnet, 0);
  EXPECT_EQ(lower.start.at(0).requests.size(), 4U);
  const Decision late = system.Ask(*joint, 5000);
  EXPECT_EQ(late.start.at(0).subnet, 0);
  EXPECT_EQ(late.start.at(0).requests.size(), 4U);
}

// Four wait and two accelerators are idle: two each.
TEST(Joint, IdleAcceleratorsShareWhatWaits) {
  const FakeProfile profile = LargeLikesColumnOne(0, 4);
  FakeSystem system(profile, 2);
  for (int i = 0; i < 4; ++i) system.Add(0, 5000);
  EXPECT_EQ(system.Ask(*MakeScheduler("joint", system.Context()), 0).start.at(0).requests.size(), 2U);
}

// Requests of another model in between are not batched with the head's.
TEST(Joint, ABatchIsOfTheHeadsModel) {
  FakeProfile::FakeSubNet net{"net", 78, 400};
  const FakeProfile profile({{net}, {net}}, 4);
  FakeSystem system(profile, 1, 2);
  system.owners[1].model = 1;
  const Request& head = system.Add(0, 5000);
  system.Add(0, 5001, 1);
  const Request& last = system.Add(0, 5002);
  const Decision decision = system.Ask(*MakeScheduler("joint", system.Context()), 0);
  EXPECT_EQ(decision.start.at(0).requests, (std::vector<const Request*>{&head, &last}));
}

}  // namespace
}  // namespace sushi
