#include <gtest/gtest.h>

#include "fake_profile.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;

// 100 us on type 0, 200 us on type 1, which therefore is half the resources.
FakeProfile BigAndSmall() {
  return FakeProfile({{{"net", 70, 100}}}, 16, {{PowerLevel{}}, {PowerLevel{}}}, {1, 0.5});
}

// Two accelerators: 0 is big, 1 is small.
struct BigSmallSystem : FakeSystem {
  explicit BigSmallSystem(const Profile& with) : FakeSystem(with, 2) { states[1].type = 1; }
};

// Slack 300 us, half the resources do: 1/150. Slack 190 us, only all of them do: 1/190. Two picoseconds above
// twice 190 us the order changes.
TEST(Planaria, TheHighestPriorityPerSlackAndNeededResourcesIsFirstOnTheSmallestTypeThatDoes) {
  const FakeProfile profile = BigAndSmall();
  BigSmallSystem system(profile);
  const Request& tight = system.Add(0, 190);
  const Request& modest = system.Add(0, 300);
  const auto planaria = MakeScheduler("planaria", system.Context());
  const Decision first = system.Ask(*planaria, 0);
  EXPECT_EQ(first.start.at(0).requests.at(0), &modest);
  EXPECT_EQ(first.start.at(0).accelerator, 1);
  system.requests[1].deadline = test::Us(380.000002);
  const Decision other = system.Ask(*planaria, 0);
  EXPECT_EQ(other.start.at(0).requests.at(0), &tight);
  EXPECT_EQ(other.start.at(0).accelerator, 0);
}

TEST(Planaria, ATypeDoesWhenItIsReadyExactlyAtTheDeadline) {
  const FakeProfile profile = BigAndSmall();
  BigSmallSystem system(profile);
  system.Add(0, 200);
  const auto planaria = MakeScheduler("planaria", system.Context());
  EXPECT_EQ(system.Ask(*planaria, 0).start.at(0).accelerator, 1);
  EXPECT_EQ(system.Ask(*planaria, 0.000001).start.at(0).accelerator, 0);
}

TEST(Planaria, TheLargestIdleTypeServesWhoNeedsMore) {
  const FakeProfile profile = BigAndSmall();
  BigSmallSystem system(profile);
  const Request& running = system.Take(system.Add(0, 500));
  system.AddRunning(0, {&running}, {}, 0);
  system.Add(0, 190);
  const auto planaria = MakeScheduler("planaria", system.Context());
  EXPECT_EQ(system.Ask(*planaria, 0).start.at(0).accelerator, 1);
}

// Priority 2 doubles the score: 2/400 against 1/250, both on the small type.
TEST(Planaria, PriorityWeighsAndWhoIsLateComesLast) {
  const FakeProfile profile = BigAndSmall();
  BigSmallSystem system(profile);
  system.owners.resize(2);
  system.owners[1].priority = 2;
  const Request& near = system.Add(0, 250);
  const Request& important = system.Add(0, 400, 1);
  const auto planaria = MakeScheduler("planaria", system.Context());
  EXPECT_EQ(system.Ask(*planaria, 0).start.at(0).requests.at(0), &important);
  EXPECT_EQ(system.Ask(*planaria, 400).start.at(0).requests.at(0), &near);  // both late: by deadline
  const Request& on_time = system.Add(400, 5000);
  EXPECT_EQ(system.Ask(*planaria, 400).start.at(0).requests.at(0), &on_time);
}

}  // namespace
}  // namespace sushi
