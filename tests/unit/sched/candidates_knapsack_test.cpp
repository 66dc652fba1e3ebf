// Candidates by measured benefit per byte.
#include <gtest/gtest.h>

#include <algorithm>

#include "builders.hpp"
#include "sched_fixtures.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/dram/simple_memory.hpp"
#include "sushi/sched/candidates.hpp"

namespace sushi {
namespace {

HardwareConfig WithPb(std::int64_t kib) {
  HardwareConfig hw;
  hw.accel.pb.capacity_kib = kib;
  return hw;
}

std::vector<SubGraphColumn> Make(const HardwareConfig& hw, const SuperNet& net, std::int64_t byte_value_ps,
                                 int count = 40) {
  return MakeKnapsackCandidates(hw, net, byte_value_ps, count);
}

Picoseconds Service(const HardwareConfig& hw, const SuperNet& net, int subnet, const SubGraph& cached) {
  const InferencePlanner planner(hw, net);
  return KernelFreeAccelerator(planner, std::make_unique<SimpleMemory>(hw.dram))
      .Infer(subnet, cached)
      .service;
}

// Layer 0 computes long on its 32×32 maps, layer 1 only waits for weights on 1×1; each has 72 KiB.
SuperNet ComputeBoundThenFetchBound() {
  return testing::SuperNetBuilder()
      .AddSubNet("small", {{0, 64, 64, 3, 32}, {1, 64, 64, 3, 1}})
      .AddSubNet("large", {{0, 128, 64, 3, 32}, {1, 128, 64, 3, 1}})
      .Build();
}

TEST(MakeKnapsackCandidates, FitsFillsAndIsDistinct) {
  const SuperNet net = ComputeBoundThenFetchBound();
  for (const std::int64_t kib : {1, 5, 20, 60, 100, 140}) {
    const auto candidates = Make(WithPb(kib), net, 60);
    ASSERT_GE(candidates.size(), 1u);
    SubGraph box = EmptySubGraph(net);
    for (const SubNet& subnet : net.subnets) box = BoundingBox(box, SubGraphOf(net, subnet));
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const Bytes bytes = BytesOf(net, candidates[i].graph);
      EXPECT_LE(bytes, Bytes(kib * 1024)) << candidates[i].name;
      EXPECT_GE(bytes * 100, Bytes(kib * 1024) * 98) << candidates[i].name;
      EXPECT_TRUE(Contains(box, candidates[i].graph)) << candidates[i].name;
      for (std::size_t j = 0; j < i; ++j) EXPECT_NE(candidates[i].graph, candidates[j].graph);
    }
  }
}

// Depthwise layers with and without shared taps, squeeze-excite.
TEST(MakeKnapsackCandidates, LikeWindowsFitAndStayInTheBoxForRandomNetworks) {
  int made = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const SuperNet net = testing::RandomSuperNet(random);
    const HardwareConfig hw = WithPb(random.Integer(1, 8));
    SubGraph box = EmptySubGraph(net);
    for (const SubNet& subnet : net.subnets) box = BoundingBox(box, SubGraphOf(net, subnet));
    std::vector<SubGraphColumn> columns = Make(hw, net, 60);
    for (const SubGraphColumn& column : MakeCandidates(net, hw.accel.pb.capacity(), 20)) {
      columns.push_back(column);
    }
    for (const SubGraphColumn& column : columns) {
      EXPECT_LE(BytesOf(net, column.graph), hw.accel.pb.capacity()) << column.name;
      EXPECT_TRUE(Contains(box, column.graph)) << column.name;
    }
    made += static_cast<int>(columns.size());
  }
  EXPECT_GT(made, 60);
}

TEST(MakeKnapsackCandidates, CachesTheLayerThatWaitsForItsWeights) {
  const SuperNet net = ComputeBoundThenFetchBound();
  const auto candidates = Make(WithPb(36), net, 0);
  ASSERT_GE(candidates.size(), 2u);
  EXPECT_EQ(candidates[0].name, "small-large.knapsack");
  EXPECT_EQ(candidates[1].name, "small.knapsack");
  // A tile of layer 1 computes in 29 cycles and is fetched in 68, so most of it is worth caching; of layer
  // 0 only the first tile is, whose fetch nothing hides.
  const Rect hides = candidates[1].graph.rects[0], waits = candidates[1].graph.rects[1];
  EXPECT_GT(waits.kernels * waits.channels, hides.kernels * hides.channels);
  const Picoseconds by_benefit = Service(WithPb(36), net, 0, candidates[1].graph);
  for (const SubGraphColumn& column : MakeCandidates(net, Bytes(36 * 1024), 40)) {
    EXPECT_LE(by_benefit, Service(WithPb(36), net, 0, column.graph)) << column.name;
  }
}

TEST(MakeKnapsackCandidates, ALargeByteValueMakesEveryCachedByteASavedByte) {
  const SuperNet net = ComputeBoundThenFetchBound();
  const HardwareConfig hw = WithPb(36);
  const InferencePlanner planner(hw, net);
  KernelFreeAccelerator accelerator(planner, std::make_unique<SimpleMemory>(hw.dram));
  const auto candidates = Make(hw, net, 1'000'000);
  for (int subnet = 0; subnet < 2; ++subnet) {
    const SubGraph& cached = candidates[static_cast<std::size_t>(1 + subnet)].graph;
    EXPECT_EQ(accelerator.Infer(subnet, cached).total.pb_hit_bytes, BytesOf(net, cached).value());
  }
}

TEST(MakeKnapsackCandidates, ComeInTheStatedOrderAndALargerCountOnlyAppends) {
  const SuperNet net = testing::SuperNetBuilder()
                           .AddSubNet("a", {{0, 64, 64, 3, 1}, {1, 32, 64, 3, 9}})
                           .AddSubNet("b", {{0, 96, 64, 3, 1}, {1, 64, 96, 3, 9}})
                           .AddSubNet("c", {{0, 128, 128, 3, 1}, {1, 80, 128, 3, 9}})
                           .Build();
  const auto all = Make(WithPb(30), net, 60);
  std::vector<std::string> names;
  for (const SubGraphColumn& column : all) names.push_back(column.name);
  const std::vector<std::string> order = {"a-c.knapsack", "a.knapsack",   "b.knapsack",
                                          "c.knapsack",   "a-b.knapsack", "b-c.knapsack"};
  auto next = order.begin();
  for (const std::string& name : names) {  // equal ones are dropped
    next = std::find(next, order.end(), name);
    ASSERT_NE(next, order.end()) << name;
    ++next;
  }
  const auto few = Make(WithPb(30), net, 60, 2);
  ASSERT_EQ(few.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(few[i].graph, all[i].graph);
}

TEST(MakeKnapsackCandidates, IsTheWholeBoxWhenThatFitsAndNothingWithoutRoom) {
  const SuperNet net = ComputeBoundThenFetchBound();
  ASSERT_EQ(Make(WithPb(144), net, 60).size(), 1u);
  EXPECT_EQ(Make(WithPb(144), net, 60)[0].name, "all");
  EXPECT_TRUE(Make(WithPb(0), net, 60).empty());
  EXPECT_TRUE(Make(WithPb(144), net, 60, 0).empty());
}

TEST(MakeKnapsackCandidates, NeverHoldsTheClassifier) {
  SuperNet net = ComputeBoundThenFetchBound();
  net.layers[1].cacheable = false;
  for (const SubGraphColumn& column : Make(WithPb(20), net, 60)) EXPECT_EQ(column.graph.rects[1], Rect{});
}

}  // namespace
}  // namespace sushi
