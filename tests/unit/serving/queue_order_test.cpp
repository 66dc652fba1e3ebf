#include <gtest/gtest.h>

#include "fake_profile.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;

// Alone 100 us with 70 %, or 400 us with 78 %.
FakeProfile TwoSubNets() { return FakeProfile({{{"small", 70, 100}, {"large", 78, 400}}}); }

TEST(QueueOrder, FcfsTakesTheOldestEdfTheMostUrgentSjfTheShortest) {
  const FakeProfile profile = TwoSubNets();
  FakeSystem system(profile, 1);
  const Request& oldest = system.Add(0, 2000);
  const Request& urgent = system.Add(10, 1000);
  const Request& short_one = system.Add(20, 1500);
  system.requests[2].deadline = test::Us(330);  // only the small SubNet is ready by then
  system.waiting = {&short_one, &urgent, &oldest};
  EXPECT_EQ(system.Ask(*MakeScheduler("fcfs", system.Context()), 30).start.at(0).requests.at(0), &oldest);
  EXPECT_EQ(system.Ask(*MakeScheduler("edf", system.Context()), 30).start.at(0).requests.at(0), &short_one);
  const Decision sjf = system.Ask(*MakeScheduler("sjf", system.Context()), 30);
  EXPECT_EQ(sjf.start.at(0).requests.at(0), &short_one);
  EXPECT_EQ(sjf.start.at(0).subnet, 0);
}

TEST(QueueOrder, TheLargeSubNetIsChosenAsLongAsItIsReadyByTheDeadline) {
  const FakeProfile profile = TwoSubNets();
  FakeSystem system(profile, 1);
  system.Add(0, 1000);
  const auto edf = MakeScheduler("edf", system.Context());
  EXPECT_EQ(system.Ask(*edf, 600).start.at(0).subnet, 1);
  EXPECT_EQ(system.Ask(*edf, 600.000001).start.at(0).subnet, 0);
  EXPECT_EQ(system.Ask(*edf, 5000).start.at(0).subnet, 0);  // late anyway: the fastest
}

}  // namespace
}  // namespace sushi
