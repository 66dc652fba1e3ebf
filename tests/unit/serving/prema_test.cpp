#include <gtest/gtest.h>

#include "fake_profile.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;
using test::Us;

// Model 0 takes 1000 us, model 1 takes 100 us; tenant t has model t.
FakeProfile LongAndShort() { return FakeProfile({{{"long", 78, 1000}}, {{"short", 70, 100}}}); }

struct Tenants : FakeSystem {
  Tenants(const Profile& with, int accelerators, std::int64_t long_priority, std::int64_t short_priority)
      : FakeSystem(with, accelerators, 2) {
    owners[0].priority = long_priority;
    owners[1].priority = short_priority;
    owners[1].model = 1;
  }
  // A request of a tenant that runs since it arrived.
  Job& Run(int accelerator, int tenant, double arrival_us) {
    const Request& request = Take(Add(arrival_us, 100'000, tenant));
    return AddRunning(accelerator, {&request}, {tenant, 0, 0, 0, 0, 1}, arrival_us);
  }
};

// Running: token 3, as it never waited: class of threshold 3. Waiting: token 1 + idle / 100 us, which is 3
// at 200 us. Then both are candidates and 100 us are less than the 800 us that are left.
TEST(Prema, ATokenCrossesTheThresholdAfterTwiceTheIsolatedTimeAndNotOnePicosecondBefore) {
  const FakeProfile profile = LongAndShort();
  Tenants system(profile, 1, 3, 1);
  system.Run(0, 0, 0);
  system.Add(0, 100'000, 1);
  const auto prema = MakeScheduler("prema", system.Context());
  const Decision before = system.Ask(*prema, 199.999999);
  EXPECT_FALSE(before.Acts());
  EXPECT_EQ(before.wake, Us(200));
  EXPECT_EQ(system.Ask(*prema, 200).preempt, std::vector<int>{0});
}

// Token 1 + 700/100 = 8 of the short one, 9 of the long one: only the long one reaches 9.
TEST(Prema, TheHigherClassGoesBeforeTheShorterTask) {
  const FakeProfile profile = LongAndShort();
  Tenants system(profile, 1, 9, 1);
  const Request& short_one = system.Add(0, 100'000, 1);
  const Request& long_one = system.Add(700, 100'000, 0);
  const auto prema = MakeScheduler("prema", system.Context());
  EXPECT_EQ(system.Ask(*prema, 700).start.at(0).requests.at(0), &long_one);
  EXPECT_EQ(system.Ask(*prema, 799.999999).start.at(0).requests.at(0), &long_one);
  EXPECT_EQ(system.Ask(*prema, 800).start.at(0).requests.at(0), &short_one);  // both at 9: the shorter
}

// All tokens are of the class of threshold 1. The job has 100 us left at 900 us.
TEST(Prema, InOneClassOnlyLessRemainingTimePreempts) {
  const FakeProfile profile = LongAndShort();
  Tenants system(profile, 1, 1, 1);
  system.Run(0, 0, 0);
  system.Add(850, 100'000, 1);
  const auto prema = MakeScheduler("prema", system.Context());
  EXPECT_EQ(system.Ask(*prema, 899.999999).preempt.size(), 1U);
  EXPECT_TRUE(system.Ask(*prema, 900).preempt.empty());
}

TEST(Prema, AHigherClassPreemptsTheShorterJobAndOneAtATime) {
  const FakeProfile profile = LongAndShort();
  Tenants system(profile, 2, 9, 1);
  Job& first = system.Run(0, 1, 0);
  system.Run(1, 1, 10);  // more is left of it: it comes last
  system.Add(20, 100'000, 0);
  system.Add(20, 100'000, 0);
  const auto prema = MakeScheduler("prema", system.Context());
  EXPECT_EQ(system.Ask(*prema, 20).preempt, std::vector<int>{1});
  first.stopping = true;
  EXPECT_TRUE(system.Ask(*prema, 20).preempt.empty());
}

// 250 us of four layers are left of the paused job after three.
TEST(Prema, APausedJobGoesOnWithWhatIsLeftOnItsTypeOnly) {
  const FakeProfile profile({{{"long", 78, 1000}}, {{"short", 70, 300}}}, 16,
                            {{PowerLevel{}}, {PowerLevel{}}});
  Tenants system(profile, 1, 1, 1);
  Job& job = system.Run(0, 0, 0);
  job.layers_done = 3;
  job.ran = Us(750);
  system.states[0].job = nullptr;
  system.paused = {&job};
  const Request& fresh = system.Add(700, 100'000, 1);
  const auto prema = MakeScheduler("prema", system.Context());
  EXPECT_EQ(system.Ask(*prema, 760).resume.at(0).job, &job);
  system.states[0].type = 1;
  const Decision other_type = system.Ask(*prema, 760);
  EXPECT_TRUE(other_type.resume.empty());
  EXPECT_EQ(other_type.start.at(0).requests.at(0), &fresh);
}

}  // namespace
}  // namespace sushi
