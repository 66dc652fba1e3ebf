// clipper, infaas, max_acc, max_batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_profile.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;

// {SubNet, requests} of what is dispatched for `waiting` requests that have `slack_us` left.
std::pair<int, int> Chosen(const std::string& scheduler, FakeSystem& system, double slack_us, int waiting,
                           const SchedulerSettings& settings = {}, double accuracy = 0) {
  system.requests.clear();
  system.waiting.clear();
  for (int i = 0; i < waiting; ++i) system.Add(0, slack_us, 0, accuracy);
  const Decision decision = system.Ask(*MakeScheduler(scheduler, system.Context(settings)), 0);
  const Dispatch& start = decision.start.at(0);
  return {start.subnet, static_cast<int>(start.requests.size())};
}

using Pair = std::pair<int, int>;

// Times of batches 1 to 4: small 100, 150, 200, 250 us; large 400, 600, 800, 1000 us.
FakeProfile SmallAndLarge() { return FakeProfile({{{"small", 70, 100}, {"large", 78, 400}}}, 4); }

TEST(MaxAcc, TheMostAccurateThatIsFasterThanTheSlackThenTheLargestBatch) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("max_acc", system, 700, 4), Pair(1, 2));
  EXPECT_EQ(Chosen("max_acc", system, 600, 4), Pair(1, 1));  // as fast as the slack is not faster
  EXPECT_EQ(Chosen("max_acc", system, 400.000001, 4), Pair(1, 1));
  EXPECT_EQ(Chosen("max_acc", system, 400, 4), Pair(0, 4));
  EXPECT_EQ(Chosen("max_acc", system, 150, 4), Pair(0, 1));
  EXPECT_EQ(Chosen("max_acc", system, 100, 4), Pair(0, 1));  // none: the fastest
}

TEST(MaxBatch, TheLargestBatchThatIsFasterThanTheSlackThenTheMostAccurate) {
  const FakeProfile profile = SmallAndLarge();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("max_batch", system, 700, 4), Pair(0, 4));
  EXPECT_EQ(Chosen("max_batch", system, 1000, 4), Pair(0, 4));
  EXPECT_EQ(Chosen("max_batch", system, 1000.000001, 4), Pair(1, 4));
  EXPECT_EQ(Chosen("max_batch", system, 250, 4), Pair(0, 3));
  EXPECT_EQ(Chosen("max_batch", system, 100, 4), Pair(0, 1));  // none: the fastest
  EXPECT_EQ(Chosen("max_batch", system, 1001, 1), Pair(1, 1));
}

// Of the middle one by accuracy, b, batches of 1 to 4 take 200, 300, 400, 500 us.
FakeProfile Three() { return FakeProfile({{{"c", 78, 400}, {"a", 70, 100}, {"b", 74, 200}}}, 4); }

TEST(Clipper, OneSubNetAndTheLargestBatchThatIsReadyByTheHeadsDeadline) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("clipper", system, 400, 4), Pair(2, 3));
  EXPECT_EQ(Chosen("clipper", system, 399.999999, 4), Pair(2, 2));
  EXPECT_EQ(Chosen("clipper", system, 400, 2), Pair(2, 2));
  EXPECT_EQ(Chosen("clipper", system, 199, 4), Pair(2, 1));
  EXPECT_EQ(Chosen("clipper", system, 9000, 9), Pair(2, 4));
}

TEST(Clipper, TheSubNetIsTheNamedOneOrTheMiddleOfThoseThereAre) {
  SchedulerSettings settings;
  settings.clipper.subnet = "large";
  const FakeProfile profile({{{"small", 70, 100}, {"large", 78, 400}}, {{"tiny", 60, 10}}}, 4);
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("clipper", system, 5000, 1, settings), Pair(1, 1));
  EXPECT_EQ(Chosen("clipper", system, 5000, 1), Pair(0, 1));  // of two the less accurate
  system.owners[0].model = 1;
  EXPECT_EQ(Chosen("clipper", system, 5000, 1, settings), Pair(0, 1));  // this model has no "large"
}

TEST(Clipper, ASubNetThatNoModelHasIsTheUsersError) {
  SchedulerSettings settings;
  settings.clipper.subnet = "larg";
  const FakeProfile profile = SmallAndLarge();
  const FakeSystem system(profile, 1);
  try {
    MakeScheduler("clipper", system.Context(settings));
    FAIL() << "accepted";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("scheduler.clipper.subnet"));
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'large'?"));
  }
}

// Alone: small 100 us, 10 uJ; middle 200 us, 5 uJ; large 400 us, 30 uJ.
FakeProfile ByEnergy() {
  return FakeProfile({{{"small", 70, 100, 0.5, 0, 1000, 10},
                       {"middle", 74, 200, 0.5, 0, 1000, 5},
                       {"large", 78, 400, 0.5, 0, 1000, 30}}},
                     4);
}

TEST(Infaas, TheCheapestThatMeetsAccuracyAndDeadlineElseTheFastest) {
  const FakeProfile profile = ByEnergy();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("infaas", system, 5000, 1), Pair(1, 1));
  EXPECT_EQ(Chosen("infaas", system, 200, 1), Pair(1, 1));
  EXPECT_EQ(Chosen("infaas", system, 199.999999, 1), Pair(0, 1));
  EXPECT_EQ(Chosen("infaas", system, 5000, 1, {}, 74), Pair(1, 1));
  EXPECT_EQ(Chosen("infaas", system, 5000, 1, {}, 74.1), Pair(2, 1));
  EXPECT_EQ(Chosen("infaas", system, 399, 1, {}, 74.1), Pair(0, 1));  // large is late
  EXPECT_EQ(Chosen("infaas", system, 5000, 1, {}, 79), Pair(0, 1));   // none is accurate enough
}

// Of middle, batches of 1 to 4 take 200, 300, 400, 500 us.
TEST(Infaas, TheLargestBatchThatIsReadyByTheHeadsDeadline) {
  const FakeProfile profile = ByEnergy();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("infaas", system, 400, 4), Pair(1, 3));
  EXPECT_EQ(Chosen("infaas", system, 399.999999, 4), Pair(1, 2));
  EXPECT_EQ(Chosen("infaas", system, 50, 4), Pair(0, 1));  // late anyway
}

TEST(Infaas, NobodyJoinsABatchOfASubNetThatIsNotAccurateEnoughForThem) {
  const FakeProfile profile = ByEnergy();
  FakeSystem system(profile, 1);
  const Request& head = system.Add(0, 5000, 0, 0);
  system.Add(0, 5001, 0, 75);
  const Request& modest = system.Add(0, 5002, 0, 74);
  const std::vector<const Request*> expected = {&head, &modest};
  EXPECT_EQ(system.Ask(*MakeScheduler("infaas", system.Context()), 0).start.at(0).requests, expected);
}

}  // namespace
}  // namespace sushi
