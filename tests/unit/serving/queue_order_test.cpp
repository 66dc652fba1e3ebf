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
  const Request& oldest = system.Add(0, 2000, 0, 75);
  const Request& urgent = system.Add(10, 1000, 0, 75);
  const Request& short_one = system.Add(20, 1500);  // content with the small SubNet
  EXPECT_EQ(system.Ask(*MakeScheduler("fcfs", system.Context()), 30).start.at(0).requests.at(0), &oldest);
  EXPECT_EQ(system.Ask(*MakeScheduler("edf", system.Context()), 30).start.at(0).requests.at(0), &urgent);
  const Decision sjf = system.Ask(*MakeScheduler("sjf", system.Context()), 30);
  EXPECT_EQ(sjf.start.at(0).requests.at(0), &short_one);
  EXPECT_EQ(sjf.start.at(0).subnet, 1);  // served as well as time allows all the same
}

// Both models' requests ask for 70 %: 100 us and 90 us. The slack does not matter: with 95 us left only the
// second model's SubNet is ready, with 5 us none.
TEST(QueueOrder, AJobIsAsLongAsTheFastestSubNetWithTheAccuracyAskedFor) {
  const FakeProfile profile({{{"small", 70, 100}, {"large", 78, 400}}, {{"other", 70, 90}}});
  FakeSystem system(profile, 1, 2);
  system.owners[1].model = 1;
  const Request& urgent = system.Add(0, 95, 0, 70);
  const Request& shorter = system.Add(0, 5000, 1, 70);
  const auto sjf = MakeScheduler("sjf", system.Context());
  EXPECT_EQ(system.Ask(*sjf, 0).start.at(0).requests.at(0), &shorter);
  system.requests[1].accuracy_min_percent = 99;  // none has it: the most accurate counts
  EXPECT_EQ(system.Ask(*sjf, 0).start.at(0).requests.at(0), &shorter);
  system.requests[0].accuracy_min_percent = 70.01;  // 400 us
  EXPECT_EQ(system.Ask(*sjf, 0).start.at(0).requests.at(0), &shorter);
  system.Take(shorter);
  const Request& as_long = system.Add(0, 20, 0, 78);
  EXPECT_EQ(system.Ask(*sjf, 0).start.at(0).requests.at(0), &as_long);  // equal: the lower deadline
  EXPECT_NE(&as_long, &urgent);
}

// A less accurate SubNet may be the slower one: then 60 % takes as long as 70 %.
TEST(QueueOrder, ALessAccurateAndSlowerSubNetMakesNoJobLonger) {
  const FakeProfile profile({{{"slow", 60, 500}, {"small", 70, 100}, {"large", 78, 400}}});
  FakeSystem system(profile, 1);
  const Request& first = system.Add(0, 1000, 0, 70);
  const Request& second = system.Add(0, 2000, 0, 60);
  const auto sjf = MakeScheduler("sjf", system.Context());
  EXPECT_EQ(system.Ask(*sjf, 0).start.at(0).requests.at(0), &first);  // equal
  system.requests[0].accuracy_min_percent = 71;
  EXPECT_EQ(system.Ask(*sjf, 0).start.at(0).requests.at(0), &second);
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
