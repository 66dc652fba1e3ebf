// Equations V1–V4 of docs/timing-model.md.
#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/accel/layer_plan.hpp"

namespace sushi {
namespace {

// One depthwise convolution from and to DRAM.
struct Depthwise {
  HardwareConfig hw;
  SuperNet net;

  Depthwise(int channels, int kernel, int map)
      : net(testing::OneConvNet({0, channels, channels, kernel, map})) {
    net.layers[0].depthwise = true;
    net.layers[0].max_channels = 1;
    net.subnets[0].ops[0].depthwise = true;
  }
  LayerPlan Plan(Rect cached = {}) const {
    const SubNet& subnet = net.subnets[0];
    return LayerPlan(hw, net, subnet.ops[0], PlaceAlone(subnet, subnet.ops[0], hw.accel), cached, {});
  }
};

TEST(DepthwisePlan, NineChannelsATileAndOnePassAWindow) {
  const auto passes = [](int channels, int kernel) {
    const Depthwise layer(channels, kernel, 10);
    const int scan = (10 + 2 * (kernel / 2)) * (10 + kernel / 2) + 23;
    return layer.Plan().TotalCycles() / scan;
  };
  EXPECT_EQ(passes(9, 3), 1);
  EXPECT_EQ(passes(10, 3), 2);
  EXPECT_EQ(passes(18, 3), 2);
  EXPECT_EQ(passes(9, 5), 4);
  EXPECT_EQ(passes(9, 7), 9);
}

TEST(DepthwisePlan, FewerKernelLanesThanChannelLanesLimitTheTile) {
  Depthwise layer(12, 3, 10);
  layer.hw.accel.dpe_array.kernels = 4;
  EXPECT_EQ(layer.Plan().units(), 3);
}

TEST(DepthwisePlan, AKernelHasOneChannelOfWeightsFetchedWithTheFirstPass) {
  const Depthwise layer(20, 5, 10);
  const LayerPlan plan = layer.Plan();
  ASSERT_EQ(plan.units(), 3);
  EXPECT_EQ(plan.UnitAt(0).fetch, Bytes(9 * 25));
  EXPECT_EQ(plan.UnitAt(2).fetch, Bytes(2 * 25));
  ASSERT_EQ(plan.UnitAt(0).shape->runs.count, 2U);
  EXPECT_EQ(plan.UnitAt(0).shape->runs.first[0].tiles, 1);
  EXPECT_EQ(plan.UnitAt(0).shape->runs.first[1].fetch_each, Bytes(0));
  EXPECT_EQ(BytesOf(layer.net, SubGraphOf(layer.net, layer.net.subnets[0])), Bytes(20 * 25));
}

TEST(DepthwisePlan, TheCachedKernelsAreNotFetched) {
  const Depthwise layer(20, 3, 10);
  const LayerPlan plan = layer.Plan({10, 1});
  EXPECT_EQ(plan.UnitAt(0).fetch, Bytes(0));
  EXPECT_EQ(plan.UnitAt(1).fetch, Bytes(8 * 9)) << "one of its nine kernels is cached";
  EXPECT_EQ(plan.UnitAt(2).fetch, Bytes(2 * 9));
}

// 3×3 of the middle of a 7×7: the first nine of 49 taps.
Depthwise CroppedTo3(int channels) {
  Depthwise layer(channels, 3, 10);
  SuperNetLayer& of = layer.net.layers[0];
  of.kernel_h = of.kernel_w = 7;
  of.max_channels = 49;
  of.centre_crop = true;
  return layer;
}

TEST(DepthwisePlan, ACroppedKernelFetchesAndHoldsItsCentreOnly) {
  const Depthwise layer = CroppedTo3(20);
  EXPECT_EQ(layer.net.layers[0].WeightBytes(), Bytes(20 * 49));
  EXPECT_EQ(SubGraphOf(layer.net, layer.net.subnets[0]).rects[0], (Rect{20, 9}));
  EXPECT_EQ(layer.Plan().UnitAt(0).fetch, Bytes(9 * 9));
  EXPECT_EQ(layer.Plan({10, 49}).UnitAt(0).fetch, Bytes(0)) << "more than its taps are cached";
  EXPECT_EQ(layer.Plan({10, 49}).UnitAt(1).fetch, Bytes(8 * 9));
  EXPECT_EQ(layer.Plan({9, 4}).UnitAt(0).fetch, Bytes(9 * 5)) << "a part of the centre is cached";
  EXPECT_EQ(layer.Plan({9, 4}).UnitAt(0).shape->cached, Bytes(9 * 4));
}

TEST(DepthwisePlan, ACroppedTilesWeightsStandBehindAllTapsOfTheTilesBefore) {
  const Depthwise layer = CroppedTo3(20);
  const LayerPlan plan = layer.Plan();
  EXPECT_EQ(plan.WeightAddress(plan.UnitAt(1)) - plan.WeightAddress(plan.UnitAt(0)), 9U * 49U);
}

TEST(DepthwisePlan, CountsTheTilesOwnLanesAndEveryPassesPartialSums) {
  const Depthwise layer(9, 5, 10);
  const LayerPlan plan = layer.Plan();
  Counters counters;
  plan.CountUnit(plan.UnitAt(0), counters);
  EXPECT_EQ(counters.useful_macs, 9 * 25 * 100);
  EXPECT_EQ(counters.events[Event::kMac], 9 * 25 * 100);
  EXPECT_EQ(counters.events[Event::kObWrite], 4 * 9 * 100 * 4);
  EXPECT_EQ(counters.events[Event::kSbRead], 4 * 9 * 100);
}

TEST(ScalePlan, ReadsTheMapAndOneFactorAChannel) {
  SuperNet net = testing::OneConvNet({0, 20, 20, 1, 8});
  SubNet& subnet = net.subnets[0];
  Op op = subnet.ops[0];
  op.kind = OpKind::kScale;
  op.supernet_layer = kNone;
  op.residual = static_cast<int>(subnet.tensors.size());
  subnet.tensors.push_back({20, 1, 1});
  HardwareConfig hw;
  const LayerPlan plan(hw, net, op, PlaceAlone(subnet, op, hw.accel), {}, {});
  EXPECT_EQ(plan.TotalCycles(), 2 * (8 * 8 + 23));
  EXPECT_EQ(plan.UnitAt(0).residual, Bytes(16));
  EXPECT_EQ(plan.UnitAt(1).residual, Bytes(4));
  Counters counters;
  for (int i = 0; i < plan.units(); ++i) plan.CountUnit(plan.UnitAt(i), counters);
  EXPECT_EQ(counters.events[Event::kVectorOp], 20 * 64);
}

}  // namespace
}  // namespace sushi
