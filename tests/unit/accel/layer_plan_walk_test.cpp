// A layer's units reached in different ways are the same, on random hardware and networks.
#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/accel/inference_plan.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

void ExpectSameUnit(const LayerPlan& plan, const Unit& a, const Unit& b, const std::string& where) {
  EXPECT_EQ(a.index, b.index) << where;
  EXPECT_EQ(a.strip, b.strip) << where;
  EXPECT_EQ(a.kernel_tile, b.kernel_tile) << where;
  EXPECT_EQ(a.kernels, b.kernels) << where;
  EXPECT_EQ(a.shape->first_channel, b.shape->first_channel) << where;
  EXPECT_EQ(a.shape->tiles, b.shape->tiles) << where;
  EXPECT_EQ(a.shape->fetch, b.shape->fetch) << where;
  EXPECT_EQ(a.shape->cached, b.shape->cached) << where;
  EXPECT_EQ(a.shape->link, b.shape->link) << where;
  EXPECT_EQ(a.fetch, b.fetch) << where;
  EXPECT_EQ(a.quant_params, b.quant_params) << where;
  EXPECT_EQ(a.iact_load, b.iact_load) << where;
  EXPECT_EQ(a.residual, b.residual) << where;
  EXPECT_EQ(a.drain, b.drain) << where;
  EXPECT_EQ(a.tile_cycles, b.tile_cycles) << where;
  EXPECT_EQ(a.starts_kernel_tile, b.starts_kernel_tile) << where;
  EXPECT_EQ(a.drains, b.drains) << where;
  EXPECT_EQ(plan.WeightAddress(a), plan.WeightAddress(b)) << where;
}

void ExpectAdvanceWalks(const LayerPlan& plan, const std::string& where) {
  Unit unit = plan.UnitAt(0);
  for (int i = 1; i < plan.units(); ++i) {
    plan.Advance(unit);
    ExpectSameUnit(plan, unit, plan.UnitAt(i), where + ", unit " + std::to_string(i));
  }
}

void ExpectCountsOfUnits(const LayerPlan& plan, const std::string& where) {
  Counters sum, layer;
  for (int i = 0; i < plan.units(); ++i) {
    const Unit unit = plan.UnitAt(i);
    plan.CountUnit(unit, sum);
    sum.traffic_bytes[Traffic::kWeights] += unit.fetch.value();
    sum.traffic_bytes[Traffic::kQuantParams] += unit.quant_params.value();
    sum.traffic_bytes[Traffic::kIActs] += unit.iact_load.value();
    sum.traffic_bytes[Traffic::kResiduals] += unit.residual.value();
    sum.traffic_bytes[Traffic::kOActs] += unit.drain.value();
  }
  plan.CountLayer(layer);
  EXPECT_TRUE(layer == sum) << where;
}

template <typename Expect>
void ForRandomPlans(Expect expect) {
  int plans = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    Random random(7'000'000 + i);
    const HardwareConfig hw = testing::RandomHardware(random);
    const SuperNet net = testing::RandomSuperNet(random);
    try {
      PlannerOptions options;
      options.max_batch = 4;
      const InferencePlanner planner(hw, net, options);
      const int batch = 1 + static_cast<int>(i % 4);
      const SubGraph cached = testing::RandomSubGraph(net, hw.accel.pb.capacity(), random);
      for (int s = 0; s < static_cast<int>(net.subnets.size()); ++s) {
        for (int op = 0; op < static_cast<int>(planner.subnet(s).ops.size()); ++op) {
          expect(planner, s, op, cached, batch, "case " + std::to_string(i) + ", op " + std::to_string(op));
          ++plans;
        }
      }
    } catch (const UserError&) {
      continue;
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GE(plans, 500);
}

TEST(LayerPlanProperty, AdvanceGoesThroughTheUnitsInOrder) {
  ForRandomPlans(
      [](const InferencePlanner& planner, int s, int op, const SubGraph& cached, int batch,
         const std::string& where) { ExpectAdvanceWalks(planner.PlanOp(s, op, cached, batch), where); });
}

TEST(LayerPlanProperty, TheLayersCountsAreTheSumOfItsUnits) {
  ForRandomPlans(
      [](const InferencePlanner& planner, int s, int op, const SubGraph& cached, int batch,
         const std::string& where) { ExpectCountsOfUnits(planner.PlanOp(s, op, cached, batch), where); });
}

TEST(LayerPlanProperty, APlanRecachedIsTheOneMadeForThatRectangle) {
  ForRandomPlans([](const InferencePlanner& planner, int s, int op, const SubGraph& cached, int batch,
                    const std::string& where) {
    const LayerPlan made = planner.PlanOp(s, op, cached, batch);
    LayerPlan recached = planner.PlanOp(s, op, EmptySubGraph(planner.net()), batch);
    recached.Recache(made.cached());
    ASSERT_EQ(recached.units(), made.units()) << where;
    for (int i = 0; i < made.units(); ++i)
      ExpectSameUnit(made, recached.UnitAt(i), made.UnitAt(i), where + ", unit " + std::to_string(i));
    recached.Recache(Rect{});
    EXPECT_EQ(recached.units(), planner.PlanOp(s, op, EmptySubGraph(planner.net()), batch).units()) << where;
  });
}

}  // namespace
}  // namespace sushi
