// What a batch costs: equations B3 and B4 of docs/timing-model.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "builders.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/dram/simple_memory.hpp"

namespace sushi {
namespace {

using testing::FastMemory;

InferenceResult InferBatch(const HardwareConfig& hw, const SuperNet& net, const SubGraph& cached, int batch,
                           int max_batch = 0) {
  PlannerOptions options;
  options.max_batch = std::max(batch, max_batch);
  const InferencePlanner planner(hw, net, options);
  return KernelFreeAccelerator(planner, std::make_unique<SimpleMemory>(hw.dram)).Infer(0, cached, batch);
}

TEST(Batch, AComputeBoundLayerOnChipIsItsTilesWithOneFillEach) {
  // The second of three layers; all is cached, so that nothing but the quantisation parameters comes from
  // DRAM.
  const SuperNet net = testing::SuperNetBuilder()
                           .AddSubNet("s", {{0, 20, 20, 3, 12}, {1, 40, 20, 3, 12}, {2, 9, 40, 3, 12}})
                           .Build();
  for (const int batch : {1, 2, 5, 8}) {
    const InferenceResult result = InferBatch(FastMemory(), net, SubGraphOf(net, net.subnets[0]), batch);
    EXPECT_EQ(result.layers[1].cycles.value(), 3 * 3 * (batch * 14 * 13 + 23)) << batch;
  }
}

TEST(Batch, APoolTakesEveryElementThroughTheVectorUnit) {
  SuperNet net = testing::SuperNetBuilder().AddSubNet("s", {{0, 20, 20, 3, 12}, {1, 9, 20, 3, 12}}).Build();
  SubNet& subnet = net.subnets[0];
  Op pool = subnet.ops[0];
  pool.kind = OpKind::kMaxPool;
  pool.supernet_layer = kNone;
  pool.input = subnet.ops[0].output;
  pool.output = static_cast<int>(subnet.tensors.size());
  subnet.tensors.push_back({20, 12, 12});
  subnet.ops[1].input = pool.output;
  subnet.ops.insert(subnet.ops.begin() + 1, pool);
  for (const int batch : {1, 6}) {
    const LayerResult layer = InferBatch(FastMemory(), net, EmptySubGraph(net), batch).layers[1];
    EXPECT_EQ(layer.cycles.value(), 2 * (batch * 14 * 13 + 23)) << batch;
    EXPECT_EQ(layer.counters.events[Event::kVectorOp], batch * 20 * 9 * 144);
  }
}

TEST(Batch, AWeightBoundLayerFetchesItsWeightsOnceAndItsIActsForEveryElement) {
  const SuperNet net = testing::OneConvNet({0, 128, 324, 1, 1});
  const InferenceResult one = InferBatch(FastMemory(), net, EmptySubGraph(net), 1);
  const InferenceResult eight = InferBatch(FastMemory(), net, EmptySubGraph(net), 8);
  EXPECT_EQ(one.total.traffic_bytes[Traffic::kWeights], 128 * 324);
  EXPECT_EQ(eight.total.traffic_bytes[Traffic::kWeights], 128 * 324);
  EXPECT_EQ(one.total.traffic_bytes[Traffic::kIActs], 324);
  EXPECT_EQ(eight.total.traffic_bytes[Traffic::kIActs], 8 * 324);
  // 68 cycles of fetching a tile still hide 8 + 23 of computing: only the last tile and the iActs are longer.
  EXPECT_LE((eight.cycles - one.cycles).value(), 7 + 8 * 324 / 32 + 9 * CeilDiv(8 * 324 / 32, 16));
}

// B4 for every op of random networks whose batch the buffers hold.
TEST(BatchProperty, WhatIsOfEveryElementGrowsWithTheBatchAndTheRestDoesNot) {
  std::int64_t scaled = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Random random(8'000'000 + seed);
    const SuperNet net = testing::RandomSuperNet(random);
    HardwareConfig hw = testing::RandomHardware(random);
    hw.accel.sb.capacity_kib = hw.accel.ob.capacity_kib = 16 * 1024;
    hw.accel.db.capacity_kib = 100;
    PlannerOptions options;
    options.max_batch = 3;
    const InferencePlanner planner(hw, net, options);
    for (int op = 0; op < static_cast<int>(net.subnets[1].ops.size()); ++op) {
      Counters one, three;
      planner.PlanOp(1, op, EmptySubGraph(net), 1).CountLayer(one);
      planner.PlanOp(1, op, EmptySubGraph(net), 3).CountLayer(three);
      for (std::size_t i = 0; i < one.events.values.size(); ++i) {
        const auto event = static_cast<Event>(i);
        const bool of_tile = event == Event::kDbRead || event == Event::kDbWrite || event == Event::kPbRead ||
                             event == Event::kQbRead || event == Event::kQbWrite;
        EXPECT_EQ(three.events[event], (of_tile ? 1 : 3) * one.events[event])
            << Name(event) << ", seed " << seed;
      }
      for (std::size_t i = 0; i < one.traffic_bytes.values.size(); ++i) {
        const auto kind = static_cast<Traffic>(i);
        const bool of_tile = kind == Traffic::kWeights || kind == Traffic::kQuantParams;
        EXPECT_EQ(three.traffic_bytes[kind], (of_tile ? 1 : 3) * one.traffic_bytes[kind])
            << Name(kind) << ", seed " << seed;
      }
      if (net.subnets[1].ops[static_cast<std::size_t>(op)].kind == OpKind::kScale) ++scaled;
    }
  }
  EXPECT_GT(scaled, 20);
}

TEST(BatchProperty, TimePerElementNeverGrowsWhereTheBuffersHoldTheBatch) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Random random(9'000'000 + seed);
    const SuperNet net = testing::RandomSuperNet(random);
    HardwareConfig hw = testing::RandomHardware(random);
    hw.dram_model = DramModel::kSimple;
    hw.accel.sb.capacity_kib = hw.accel.ob.capacity_kib = 16 * 1024;
    hw.accel.db.capacity_kib = 100;
    const SubGraph cached = testing::RandomSubGraph(net, hw.accel.pb.capacity(), random);
    const auto cycles = [&](int batch) { return InferBatch(hw, net, cached, batch, 4).cycles.value(); };
    const std::int64_t one = cycles(1), two = cycles(2);
    EXPECT_LE(two, 2 * one) << seed;
    EXPECT_LE(cycles(3), 3 * one) << seed;
    EXPECT_LE(cycles(4), 2 * two) << seed;
  }
}

}  // namespace
}  // namespace sushi
