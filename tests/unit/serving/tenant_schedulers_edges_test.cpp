#include <gtest/gtest.h>

#include "fake_profile.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;

class TenantSchedulerEdges : public ::testing::TestWithParam<const char*> {
 protected:
  FakeProfile profile_{{{{"small", 70, 100}, {"large", 78, 400}}}};
};

TEST_P(TenantSchedulerEdges, NothingWaitsNothingIsDone) {
  FakeSystem system(profile_, 2);
  const Decision decision = system.Ask(*MakeScheduler(GetParam(), system.Context()), 10);
  EXPECT_FALSE(decision.Acts());
  EXPECT_FALSE(decision.wake);
}

TEST_P(TenantSchedulerEdges, OneRequestGoesToOneOfThreeIdleAccelerators) {
  FakeSystem system(profile_, 3);
  const Request& request = system.Add(0, 1000);
  const auto scheduler = MakeScheduler(GetParam(), system.Context());
  const Decision decision = system.Ask(*scheduler, 0);
  ASSERT_EQ(decision.start.size(), 1U);
  EXPECT_EQ(decision.start[0].requests, std::vector<const Request*>{&request});
  EXPECT_EQ(decision.start[0].accelerator, 0);
  EXPECT_EQ(decision.start[0].subnet, 1);  // there is time for the more accurate one
  system.AddRunning(0, {&system.Take(request)}, {0, 0, 0, 1, 0, 1}, 0);
  EXPECT_FALSE(system.Ask(*scheduler, 0).Acts());
}

TEST_P(TenantSchedulerEdges, AllRunNothingIsStarted) {
  FakeSystem system(profile_, 1);
  system.AddRunning(0, {&system.Take(system.Add(0, 1000))}, {}, 0);
  system.Add(0, 1000);
  EXPECT_TRUE(system.Ask(*MakeScheduler(GetParam(), system.Context()), 10).start.empty());
}

INSTANTIATE_TEST_SUITE_P(All, TenantSchedulerEdges,
                         ::testing::Values("prema", "planaria", "moca", "dream", "joint"));

}  // namespace
}  // namespace sushi
