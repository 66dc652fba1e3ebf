#include <gtest/gtest.h>

#include <cmath>

#include "fake_profile.hpp"
#include "sushi/core/error.hpp"
#include "sushi/serving/slowdown_filter.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;
using test::Us;

// α = R = Q0 = K0 = ½, μ0 = 1: P0 = ¼.
//   z 2:   Q = max(½, ¼ + 0) = ½          y = 1  K = 0.75/1.25 = 0.6  μ = 1.6          P = 0.4·0.75 = 0.3
//   z 4.6: Q = max(½, ¼ + ½·0.6²) = ½     y = 3  K = 0.8/1.3 = 8/13   μ = 1.6 + 24/13  P = 5/13·0.8 = 4/13
//   z = μ: Q = ¼ + ½·(24/13)² = ¼ + 288/169  y = 0                    μ stays
TEST(SlowdownFilter, FollowsTheRecursionStepByStep) {
  AlertSettings settings;
  settings.alpha = settings.r = settings.q0 = settings.k0 = 0.5;
  SlowdownFilter filter(settings);
  EXPECT_DOUBLE_EQ(filter.mean(), 1);
  EXPECT_DOUBLE_EQ(filter.deviation(), std::sqrt(0.75));
  filter.Observe(2);
  EXPECT_DOUBLE_EQ(filter.process_noise(), 0.5);
  EXPECT_DOUBLE_EQ(filter.gain(), 0.6);
  EXPECT_DOUBLE_EQ(filter.mean(), 1.6);
  EXPECT_DOUBLE_EQ(filter.error(), 0.3);
  filter.Observe(4.6);
  EXPECT_DOUBLE_EQ(filter.process_noise(), 0.5);
  EXPECT_DOUBLE_EQ(filter.gain(), 8.0 / 13);
  EXPECT_DOUBLE_EQ(filter.mean(), 1.6 + 24.0 / 13);
  EXPECT_DOUBLE_EQ(filter.error(), 4.0 / 13);
  filter.Observe(filter.mean());
  EXPECT_DOUBLE_EQ(filter.process_noise(), 0.25 + 288.0 / 169);
  EXPECT_DOUBLE_EQ(filter.mean(), 1.6 + 24.0 / 13);
  EXPECT_DOUBLE_EQ(filter.deviation(), std::sqrt(filter.error() + filter.process_noise()));
}

TEST(SlowdownFilter, ASteadySlowdownIsLearnt) {
  SlowdownFilter filter{AlertSettings{}};
  for (int i = 0; i < 20; ++i) filter.Observe(2.5);
  EXPECT_NEAR(filter.mean(), 2.5, 1e-9);
}

// A filter that is certain and learns nothing: μ = 1, σ = 10^-6.
AlertSettings Certain(const std::string& objective = "energy") {
  AlertSettings settings;
  settings.objective = objective;
  settings.q0 = 1e-12;
  settings.k0 = 1;
  return settings;
}

Dispatch Chosen(FakeSystem& system, const AlertSettings& settings, double slack_us, double accuracy = 0) {
  system.requests.clear();
  system.waiting.clear();
  system.Add(0, slack_us, 0, accuracy);
  SchedulerSettings all;
  all.alert = settings;
  return system.Ask(*MakeScheduler("alert", system.Context(all)), 0).start.at(0);
}

FakeProfile::FakeSubNet Spending(const std::string& name, double top1, double us, double uj) {
  FakeProfile::FakeSubNet subnet{name, top1, us};
  subnet.energy_uj = uj;
  return subnet;
}

// Defaults: σ = √(0.05 + 0.1) = 0.39. Of 1200 us, large takes 400 ± 155 us: in time for certain, and 78 % is
// enough. A job that takes four times as long (K = 0.993) makes μ 3.98: large would take 1592 us, so small. A
// job as profiled brings μ back to 1.00, but Q is 0.03 + 0.7·2.98² = 6.2 and σ 2.5: large is in time with
// Pr[400 ± 1000 ≤ 1200] = 0.79, 61 %, so small still. Q then falls by α a job, to 0.1.
TEST(Alert, BacksOffWhenTheSlowdownGrowsStaysCautiousAndReturns) {
  const FakeProfile profile({{Spending("small", 70, 100, 10), Spending("large", 78, 400, 40)}});
  FakeSystem system(profile, 1);
  system.Add(0, 1200, 0, 75);
  const auto alert = MakeScheduler("alert", system.Context());
  const auto finish = [&](double times) {
    alert->Finished(system.At(0), {nullptr, Us(0), Us(100 * times), Us(100)});
  };
  const auto chosen = [&] { return system.Ask(*alert, 0).start.at(0).subnet; };
  EXPECT_EQ(chosen(), 1);
  finish(4);
  EXPECT_EQ(chosen(), 0);
  finish(1);
  EXPECT_EQ(chosen(), 0);
  for (int i = 0; i < 8; ++i) finish(1);
  EXPECT_EQ(chosen(), 1);
}

TEST(Alert, AMeanTimeOfTheWholeSlackIsInTimeOnePicosecondMoreIsNot) {
  const FakeProfile profile({{Spending("small", 70, 100, 40), Spending("large", 78, 400, 10)}});
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, Certain(), 400).subnet, 1);
  EXPECT_EQ(Chosen(system, Certain(), 399.999999).subnet, 0);
}

// Large is as slow as the slack: in time with probability ½. It is cheaper and serves if that is enough.
TEST(Alert, ALateResultCountsWithTheAccuracyOfFailure) {
  const FakeProfile profile({{Spending("small", 70, 100, 40), Spending("large", 78, 400, 10)}});
  FakeSystem system(profile, 1);
  AlertSettings settings = Certain();
  EXPECT_EQ(Chosen(system, settings, 400, 39).subnet, 1);  // 78/2
  EXPECT_EQ(Chosen(system, settings, 400, 39.1).subnet, 0);
  settings.failure_accuracy_percent = 40;
  EXPECT_EQ(Chosen(system, settings, 400, 59).subnet, 1);  // 78/2 + 40/2
  EXPECT_EQ(Chosen(system, settings, 400, 59.1).subnet, 0);
}

// Level 1 takes 200 us instead of 100 and 5 uJ instead of 10.
FakeProfile TwoLevels(double active_mw, double idle_mw) {
  const PowerLevel nominal{100, 1, active_mw, idle_mw}, slow{50, 0.5, active_mw, idle_mw};
  return FakeProfile({{Spending("only", 70, 100, 10)}}, 1, {{nominal, slow}});
}

TEST(Alert, ThePowerLevelOfLeastEnergyThatIsInTime) {
  const FakeProfile profile = TwoLevels(0, 0);
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, Certain(), 1000).level, 1);
  EXPECT_EQ(Chosen(system, Certain(), 200).level, 1);
  EXPECT_EQ(Chosen(system, Certain(), 199.999999).level, 0);
}

// Of 1000 us with 100 mW while active, 0 while idle: 10 + 10 against 5 + 20 uJ, racing wins. With 100 mW
// while idle, too: 10 + 10 + 90 against 5 + 20 + 80 uJ, the slow one wins.
TEST(Alert, StaticPowerCountsWhileActiveAndWhileIdleUntilTheDeadline) {
  const FakeProfile racing = TwoLevels(100, 0), steady = TwoLevels(100, 100);
  FakeSystem with_racing(racing, 1), with_steady(steady, 1);
  EXPECT_EQ(Chosen(with_racing, Certain(), 1000).level, 0);
  EXPECT_EQ(Chosen(with_steady, Certain(), 1000).level, 1);
}

TEST(Alert, ObjectiveErrorTakesTheMostAccurateWithinTheEnergyBudget) {
  const FakeProfile profile({{Spending("small", 70, 100, 10), Spending("large", 78, 400, 40)}});
  FakeSystem system(profile, 1);
  AlertSettings settings = Certain("error");
  EXPECT_EQ(Chosen(system, settings, 1000).subnet, 1);  // no budget
  settings.energy_budget_uj = 41;                       // μ is 1 up to rounding
  EXPECT_EQ(Chosen(system, settings, 1000).subnet, 1);
  settings.energy_budget_uj = 39;
  EXPECT_EQ(Chosen(system, settings, 1000).subnet, 0);
}

TEST(Alert, InfeasibleTheDeadlineIsKeptBeforeAccuracyAndAccuracyBeforePower) {
  const FakeProfile profile({{Spending("small", 70, 100, 10), Spending("large", 78, 400, 40)}});
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen(system, Certain(), 1000, 90).subnet, 1);  // the most accurate in time
  EXPECT_EQ(Chosen(system, Certain(), 300, 75).subnet, 0);   // large would be late
  EXPECT_EQ(Chosen(system, Certain(), 50, 75).subnet, 0);    // both are late: the fastest
  const FakeProfile dear({{Spending("large", 78, 400, 10), Spending("small", 70, 100, 40)}});
  FakeSystem other(dear, 1);
  EXPECT_EQ(Chosen(other, Certain(), 50).subnet, 1);  // whatever it spends
  AlertSettings settings = Certain("error");
  settings.energy_budget_uj = 5;
  EXPECT_EQ(Chosen(system, settings, 1000).subnet, 1);  // the budget is given up
  EXPECT_EQ(Chosen(system, settings, 50).subnet, 0);
}

TEST(Alert, AnObjectiveThatThereIsNotIsTheUsersError) {
  const FakeProfile profile({{Spending("only", 70, 100, 10)}});
  FakeSystem system(profile, 1);
  EXPECT_THROW(Chosen(system, Certain("speed"), 1000), UserError);
}

TEST(Alert, AFilterWithoutAnyNoiseIsRefused) {
  const FakeProfile profile({{{"small", 70, 100}}});
  const FakeSystem system(profile, 1);
  SchedulerSettings settings;
  settings.alert.r = settings.alert.q0 = 0;
  EXPECT_THROW(MakeScheduler("alert", system.Context(settings)), UserError);
  settings.alert.r = 1e-9;
  EXPECT_NO_THROW(MakeScheduler("alert", system.Context(settings)));
}

}  // namespace
}  // namespace sushi
