#include <gtest/gtest.h>

#include "fake_profile.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;
using test::Us;

// Times of batches 1 to 4: small 100, 150, 200, 250 us with 70 %; large 400, 600, 800, 1000 us with 78 %;
// with column 1 large takes half as long. Four buckets of 225 us: [100, 325) all of small: batch 4, 250 us;
// [325, 550) large of batch 1, 400 us; [550, 775) large of batch 2, 600 us; [775, 1000] large of batch 4,
// 1000 us.
FakeProfile SmallAndLarge(int models = 1) {
  const FakeProfile::FakeSubNet small{"small", 70, 100};
  FakeProfile::FakeSubNet large{"large", 78, 400};
  large.cached_saves = 0.5;
  return FakeProfile(
      std::vector<std::vector<FakeProfile::FakeSubNet>>(static_cast<std::size_t>(models), {small, large}), 4);
}

SchedulerSettings Buckets(int buckets, const std::string& batch = "any") {
  SchedulerSettings settings;
  settings.slackfit.buckets = buckets;
  settings.slackfit.batch = batch;
  return settings;
}

// What is dispatched for `waiting` requests that have `slack_us` left.
Dispatch Chosen(FakeSystem& system, double slack_us, int waiting, int buckets = 4,
                const std::string& batch = "any") {
  system.requests.clear();
  system.waiting.clear();
  for (int i = 0; i < waiting; ++i) system.Add(0, slack_us);
  const auto scheduler = MakeScheduler("slackfit", system.Context(Buckets(buckets, batch)));
  return system.Ask(*scheduler, 0).start.at(0);
}

TEST(SlackFit, TakesTheAccurateSubNetWhenIdleAndTheLargeBatchInABurst) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  system.Add(0, 700);
  const auto scheduler = MakeScheduler("slackfit", system.Context(Buckets(4)));
  const Decision idle = system.Ask(*scheduler, 0);  // slack 700: the bucket of 600 us
  EXPECT_EQ(idle.start.at(0).subnet, 1);
  EXPECT_EQ(idle.start.at(0).requests.size(), 1U);

  for (int i = 0; i < 5; ++i) system.Add(0, 700);
  const Decision burst = system.Ask(*scheduler, 400);  // they have waited: slack 300, the bucket of 250 us
  EXPECT_EQ(burst.start.at(0).subnet, 0);
  ASSERT_EQ(burst.start.at(0).requests.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(burst.start[0].requests[i], system.waiting[i]);
}

TEST(SlackFit, ABucketServesWhenItsTupleIsFasterThanTheSlackNotWhenItIsAsFast) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, 600.000001, 4).requests.size(), 2U);
  EXPECT_EQ(Chosen(system, 600, 4).requests.size(), 1U);  // the bucket below: large of batch 1, 400 us
  EXPECT_EQ(Chosen(system, 600, 4).subnet, 1);
  EXPECT_EQ(Chosen(system, 400.000001, 4).subnet, 1);
  EXPECT_EQ(Chosen(system, 400, 4).subnet, 0);
  EXPECT_EQ(Chosen(system, 1000.000001, 4).requests.size(), 4U);
  EXPECT_EQ(Chosen(system, 1000, 4).requests.size(), 2U);
}

TEST(SlackFit, BelowTheLowestBucketTheLowestBucketServes) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  for (const double slack : {250.0, 100.0, 0.0}) {
    EXPECT_EQ(Chosen(system, slack, 9).subnet, 0) << slack;
    EXPECT_EQ(Chosen(system, slack, 9).requests.size(), 4U) << slack;
  }
}

TEST(SlackFit, NothingChosenOverrunsASlackThatAnyBucketMeets) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  for (const int buckets : {1, 2, 3, 4, 9, 16, 100}) {
    // The slowest of the lowest bucket is below 100 + 900 / buckets.
    for (int slack = 101 + 900 / buckets; slack <= 1100; slack += 7) {
      const Dispatch chosen = Chosen(system, slack, 4, buckets);
      const JobShape shape{0, 0, 0, chosen.subnet, 0, static_cast<int>(chosen.requests.size())};
      EXPECT_LT(profile.Time(shape), Us(slack)) << buckets << " buckets";
    }
  }
}

// Nine buckets of 100 us: small of batch 3 takes 200 us and belongs to [200, 300), which batch 4 stands for.
// So [100, 200) has batches 1 and 2, and a slack of 220 us gets batch 2.
TEST(SlackFit, ATupleOnTheEdgeOfTwoBucketsBelongsToTheHigher) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, 220, 4, 9).requests.size(), 2U);
}

TEST(SlackFit, OfEqualBatchesTheMoreAccurateStandsForABucket) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, 5000, 4, 1).subnet, 1);  // one bucket: batch 4 of both
}

// With column 1 large takes 200, 300, 400, 500 us: buckets of 100 us, [300, 400) has large of batch 2 only.
TEST(SlackFit, TuplesAreThoseOfTheColumnThatIsCachedForTheHeadsModel) {
  const FakeProfile profile = SmallAndLarge(2);
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, 301, 4).subnet, 0);
  system.states[0].cached = 1;
  EXPECT_EQ(Chosen(system, 301, 4).subnet, 1);
  EXPECT_EQ(Chosen(system, 301, 4).requests.size(), 2U);
  system.states[0].cached_model = 1;  // of another model: no use to this one
  EXPECT_EQ(Chosen(system, 301, 4).subnet, 0);
}

TEST(SlackFit, TuplesAreThoseOfTheAcceleratorsType) {
  FakeProfile profile({{{"small", 70, 100}, {"large", 78, 400}}}, 4, {{PowerLevel{}}, {PowerLevel{}}});
  profile.type_speed = {1, 4};
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, 301, 4).subnet, 0);
  system.states[0].type = 1;  // large of batch 4 takes 250 us
  EXPECT_EQ(Chosen(system, 301, 4).subnet, 1);
  EXPECT_EQ(Chosen(system, 301, 4).requests.size(), 4U);
}

TEST(SlackFit, ABatchHasRequestsOfTheHeadsModelOnly) {
  const FakeProfile profile = SmallAndLarge(2);
  FakeSystem system(profile, 1, 3);
  system.owners[1].model = 1;
  const Request& head = system.Add(0, 300, 0);
  system.Add(0, 301, 1);
  const Request& same_model = system.Add(0, 302, 2);
  const auto scheduler = MakeScheduler("slackfit", system.Context(Buckets(4)));
  const std::vector<const Request*> expected = {&head, &same_model};
  EXPECT_EQ(system.Ask(*scheduler, 0).start.at(0).requests, expected);
}

// Three wait and have 900 us left. By the published rule batch 4 of large, 1000 us, stands for [775, 1000],
// which is too slow, so the bucket below serves: batch 2, 600 us. Without batches of four it is batch 3, 800
// us.
TEST(SlackFit, ByDefaultTuplesOfMoreRequestsThanWaitAreLeftOut) {
  EXPECT_EQ(SchedulerSettings{}.slackfit.batch, "waiting");
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, 900, 3, 4, "any").requests.size(), 2U);
  EXPECT_EQ(Chosen(system, 900, 3, 4, "waiting").requests.size(), 3U);
  EXPECT_EQ(Chosen(system, 900, 4, 4, "waiting").requests.size(), 2U);
}

// Two buckets of 450 us: [100, 550) has all of small and large alone, [550, 1000] large of 2 to 4. A lone
// request with 500 us left: by the published rule batch 4 of small stands for the lower bucket. Of batches of
// one, large does.
TEST(SlackFit, ALoneRequestIsServedByTheSmallSubNetOnlyByTheRuleAsPublished) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, 500, 1, 2, "any").subnet, 0);
  EXPECT_EQ(Chosen(system, 500, 1, 2, "waiting").subnet, 1);
  EXPECT_EQ(Chosen(system, 500, 4, 2, "waiting").subnet, 0);
  EXPECT_EQ(Chosen(system, 500, 4, 2, "waiting").requests.size(), 4U);
}

// Of three that wait two are of the head's model: batch 2 of small, as for two, not 3.
TEST(SlackFit, RequestsOfOtherModelsDoNotCountAsWaiting) {
  const FakeProfile profile = SmallAndLarge(2);
  FakeSystem system(profile, 1, 2);
  system.owners[1].model = 1;
  system.Add(0, 620, 0);
  system.Add(0, 630, 1);
  system.Add(0, 640, 0);
  // One bucket: of at most two large of 2, 600 us; of three large of 3, 800 us, which is not in time.
  const auto scheduler = MakeScheduler("slackfit", system.Context(Buckets(1, "waiting")));
  const Dispatch start = system.Ask(*scheduler, 0).start.at(0);
  EXPECT_EQ(start.requests.size(), 2U);
  EXPECT_EQ(start.requests[1], system.waiting[2]);
}

TEST(SlackFit, SettingsMakeSense) {
  const FakeProfile profile = SmallAndLarge();
  const FakeSystem system(profile, 1);
  EXPECT_THROW(MakeScheduler("slackfit", system.Context(Buckets(0))), UserError);
  EXPECT_THROW(MakeScheduler("slackfit", system.Context(Buckets(4, "all"))), UserError);
}

}  // namespace
}  // namespace sushi
