// Policies of somebody else's beside the built-in ones.
#include <gmock/gmock.h>

#include "sched_fixtures.hpp"
#include "sushi/core/error.hpp"
#include "sushi/sched/caching_policy.hpp"

namespace sushi {
namespace {

using ::testing::Contains;

class AlwaysTheLast : public ServingPolicy {
 public:
  Choice Choose(const Query&, SubGraphId, const LatencyTable& table) const override {
    return {table.subnets() - 1, ChoiceReason::kFastestFallback, 0};
  }
};

class KeepsWhatIsCached : public CachingPolicy {
 public:
  SubGraphId Decide(const std::vector<int>&, SubGraphId cached, const std::vector<Query>&) override {
    return cached;
  }
};

std::unique_ptr<ServingPolicy> MakeTheLast() { return std::make_unique<AlwaysTheLast>(); }
std::unique_ptr<CachingPolicy> MakeKeeper(const CachingContext&) {
  return std::make_unique<KeepsWhatIsCached>();
}

TEST(Registry, AServingPolicyFromOutsideIsOneOfThem) {
  ASSERT_EQ(MakeServingPolicy("the_last"), nullptr);
  RegisterServingPolicy("the_last", MakeTheLast);
  EXPECT_EQ(ServingPolicyNames().back(), "the_last");
  EXPECT_THAT(ServingPolicyNames(), Contains("strict_latency"));
  const LatencyTable table = testing_support::Table(
      {{75, testing_support::Graph({{1, 1}}), {10}}, {76, testing_support::Graph({{2, 2}}), {20}}},
      {testing_support::Graph({{0, 0}})});
  EXPECT_EQ(MakeServingPolicy("the_last")->Choose({}, 0, table).subnet, 1);
}

TEST(Registry, ACachingPolicyFromOutsideIsOneOfThemAndItsContextIsChecked) {
  RegisterCachingPolicy("keeper", MakeKeeper);
  EXPECT_EQ(CachingPolicyNames().back(), "keeper");
  EXPECT_THROW(MakeCachingPolicy("keeper", {}), InternalError);  // no table
  const LatencyTable table = testing_support::Table({{75, testing_support::Graph({{1, 1}}), {10}}},
                                                    {testing_support::Graph({{0, 0}})});
  CachingContext context;
  context.table = &table;
  EXPECT_EQ(MakeCachingPolicy("keeper", context)->Decide({}, 0, {}), 0);
}

TEST(Registry, ANameThatIsTakenOrNotPlainOrMakesNothingIsRefused) {
  EXPECT_THROW(RegisterServingPolicy("strict_latency", MakeTheLast), InternalError);
  EXPECT_THROW(RegisterCachingPolicy("avgnet", MakeKeeper), InternalError);
  EXPECT_THROW(RegisterServingPolicy("", MakeTheLast), InternalError);
  EXPECT_THROW(RegisterServingPolicy("Mine", MakeTheLast), InternalError);
  EXPECT_THROW(RegisterServingPolicy("a, b", MakeTheLast), InternalError);
  EXPECT_THROW(RegisterServingPolicy("nothing", nullptr), InternalError);
  EXPECT_EQ(MakeServingPolicy("nothing"), nullptr);
}

}  // namespace
}  // namespace sushi
