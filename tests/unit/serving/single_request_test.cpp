// strict_accuracy, strict_latency, fastswitch, delen: oldest request first, batch of one.
#include <gtest/gtest.h>

#include "fake_profile.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;
using test::Us;

// The SubNet for one request that arrived at 0 with this SLO.
int Chosen(const std::string& scheduler, FakeSystem& system, double now_us, double slo_us,
           double accuracy = 0, const SchedulerSettings& settings = {}) {
  system.requests.clear();
  system.waiting.clear();
  system.Add(0, slo_us, 0, accuracy);
  return system.Ask(*MakeScheduler(scheduler, system.Context(settings)), now_us).start.at(0).subnet;
}

// 100, 200, 400 us; 10, 20, 40 uJ; 1, 2, 4 MMACs. Column 1 saves 0, ½ and ¼ of the time.
FakeProfile Three() {
  return FakeProfile({{{"small", 70, 100, 0.5, 0, 1000, 10, 4, 1'000'000},
                       {"middle", 74, 200, 0.5, 0.5, 1000, 20, 4, 2'000'000},
                       {"large", 78, 400, 0.5, 0.25, 1000, 40, 4, 4'000'000}}});
}

TEST(SingleRequest, TheOldestIsServedFirstAloneWhateverItsDeadline) {
  const FakeProfile profile = Three();
  for (const char* name : {"strict_accuracy", "strict_latency", "fastswitch", "alert", "delen"}) {
    FakeSystem system(profile, 1);
    const Request& oldest = system.Add(0, 9000);
    system.Add(1, 1000);
    const std::vector<const Request*> expected = {&oldest};
    EXPECT_EQ(system.Ask(*MakeScheduler(name, system.Context()), 10).start.at(0).requests, expected) << name;
  }
}

TEST(Strict, AccuracyTakesTheFastestThatIsAccurateEnoughWithWhatIsCached) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("strict_accuracy", system, 0, 50, 74), 1);  // however late
  EXPECT_EQ(Chosen("strict_accuracy", system, 0, 50, 74.1), 2);
  EXPECT_EQ(Chosen("strict_accuracy", system, 0, 50, 79), 2);  // none: the most accurate
  EXPECT_EQ(Chosen("strict_accuracy", system, 0, 50), 0);
  system.states[0].cached = 1;  // small and middle take 100 us: the more accurate
  EXPECT_EQ(Chosen("strict_accuracy", system, 0, 50), 1);
}

TEST(Strict, LatencyTakesTheMostAccurateThatIsFastEnoughWithWhatIsCached) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("strict_latency", system, 0, 399.999999, 78), 1);
  EXPECT_EQ(Chosen("strict_latency", system, 0, 400), 2);
  EXPECT_EQ(Chosen("strict_latency", system, 0, 50), 0);  // none: the fastest
  system.states[0].cached = 1;                            // large takes 300 us
  EXPECT_EQ(Chosen("strict_latency", system, 0, 300), 2);
}

TEST(Strict, OnTheBasisOfServiceWaitingIsNotCountedOnThatOfResponseItIs) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  SchedulerSettings response;
  response.strict.basis = "response";
  EXPECT_EQ(Chosen("strict_latency", system, 200, 400), 2);
  EXPECT_EQ(Chosen("strict_latency", system, 200, 400, 0, response), 1);
  EXPECT_EQ(Chosen("strict_latency", system, 200.000001, 400, 0, response), 0);
  EXPECT_EQ(Chosen("strict_latency", system, 900, 400, 0, response), 0);
  response.strict.basis = "latency";
  EXPECT_THROW(MakeScheduler("strict_latency", system.Context(response)), UserError);
}

TEST(FastSwitch, OfThoseThatMeetBothTargetsTheOneThatReusesMost) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("fastswitch", system, 0, 5000), 2);  // nothing is cached: the most accurate
  system.states[0].cached = 1;                          // 100, 100 and 300 us: shares 1, ½, ¾
  EXPECT_EQ(Chosen("fastswitch", system, 0, 5000), 1);
  EXPECT_EQ(Chosen("fastswitch", system, 0, 300, 75), 2);         // middle is not accurate enough
  EXPECT_EQ(Chosen("fastswitch", system, 0, 299.999999, 75), 1);  // nor large fast: most accurate in time
  EXPECT_EQ(Chosen("fastswitch", system, 1, 100), 0);             // none is ready: the fastest, the first
  system.states[0].cached_model = 1;                              // of another model
  EXPECT_EQ(Chosen("fastswitch", system, 0, 5000), 2);
}

// Middle takes 100 us of 200 with the resident column, small 50 us as ever.
TEST(FastSwitch, ASubNetThatIsReadyAtTheDeadlineMeetsItOnePicosecondLaterNot) {
  const FakeProfile profile({{{"small", 70, 50}, {"middle", 74, 200, 0.5, 0.5}}});
  FakeSystem system(profile, 1);
  system.states[0].cached = 1;
  EXPECT_EQ(Chosen("fastswitch", system, 0, 100), 1);
  EXPECT_EQ(Chosen("fastswitch", system, 0, 99.999999), 0);
}

using Metric = Condition::Metric;
using Relation = Condition::Relation;

TEST(Delen, TheMostAccurateThatSatisfiesTheTenantsCondition) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  const auto chosen = [&](Metric metric, Relation relation, double threshold, double now_us = 0) {
    system.owners[0].conditions = {{{metric, relation, threshold}}};
    return Chosen("delen", system, now_us, 1);
  };
  EXPECT_EQ(chosen(Metric::kResponseTime, Relation::kAtMost, 200), 1);
  EXPECT_EQ(chosen(Metric::kResponseTime, Relation::kAtMost, 199.999999), 0);
  EXPECT_EQ(chosen(Metric::kResponseTime, Relation::kAtMost, 300, 200), 0);  // 200 us of it have passed
  EXPECT_EQ(chosen(Metric::kResponseTime, Relation::kAtMost, 400, 200), 1);
  EXPECT_EQ(chosen(Metric::kEnergy, Relation::kAtMost, 20), 1);
  EXPECT_EQ(chosen(Metric::kEnergy, Relation::kAtMost, 19.9), 0);
  EXPECT_EQ(chosen(Metric::kComputation, Relation::kAtMost, 2), 1);
  EXPECT_EQ(chosen(Metric::kComputation, Relation::kAtMost, 1.9), 0);
  EXPECT_EQ(chosen(Metric::kAccuracy, Relation::kAtMost, 74), 1);
  EXPECT_EQ(chosen(Metric::kAccuracy, Relation::kAtLeast, 74), 2);
}

TEST(Delen, OneGroupOfConditionsHasToHoldAndOfItAll) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  // Large satisfies the accuracy of the first group but takes 400 us; only small satisfies the second.
  system.owners[0].conditions = {
      {{Metric::kAccuracy, Relation::kAtLeast, 75}, {Metric::kResponseTime, Relation::kAtMost, 300}},
      {{Metric::kEnergy, Relation::kAtMost, 10}}};
  EXPECT_EQ(Chosen("delen", system, 0, 1), 0);
  system.owners[0].conditions[0][1].threshold = 400;
  EXPECT_EQ(Chosen("delen", system, 0, 1), 2);
}

TEST(Delen, NoneSatisfiesTheFewestBrokenConditionsThenTheFastest) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  // Broken: small 2 (accuracies), middle 1 (the higher accuracy), large 1 (energy): middle is faster.
  system.owners[0].conditions = {{{Metric::kAccuracy, Relation::kAtLeast, 74},
                                  {Metric::kAccuracy, Relation::kAtLeast, 78},
                                  {Metric::kEnergy, Relation::kAtMost, 20}}};
  EXPECT_EQ(Chosen("delen", system, 0, 1), 1);
  // The nearest group counts: small breaks one of a second group, too, and is the fastest.
  system.owners[0].conditions.push_back({{Metric::kComputation, Relation::kAtMost, 0.5}});
  EXPECT_EQ(Chosen("delen", system, 0, 1), 0);
}

TEST(Delen, ATenantWithoutConditionsAsksForTheRequestsAccuracyAndDeadline) {
  const FakeProfile profile = Three();
  FakeSystem system(profile, 1);
  EXPECT_EQ(Chosen("delen", system, 0, 400), 2);
  EXPECT_EQ(Chosen("delen", system, 0, 399.999999), 1);
  EXPECT_EQ(Chosen("delen", system, 1, 100, 74), 1);  // small breaks two, middle and large the deadline
}

}  // namespace
}  // namespace sushi
