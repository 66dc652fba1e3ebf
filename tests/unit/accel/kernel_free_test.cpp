// The kernel-free driver against closed forms, bounds and monotonicity.
#include "sushi/accel/kernel_free.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/simple_memory.hpp"

namespace sushi {
namespace {

using testing::FastMemory;

InferenceResult InferOnce(const HardwareConfig& hw, const SuperNet& net, const SubGraph& cached,
                          int subnet = 0) {
  const InferencePlanner planner(hw, net);
  return KernelFreeAccelerator(planner, std::make_unique<SimpleMemory>(hw.dram)).Infer(subnet, cached);
}

TEST(KernelFree, AComputeBoundLayerIsLoadingThenTiles) {
  // K 40, C 20 on 24×24: iActs of 27 channels load first, 3 × 3 tiles follow, the result leaves with the
  // last of them (a cycle or two later: the memory is not infinitely fast).
  const SuperNet net = testing::OneConvNet({0, 40, 20, 3, 24});
  const InferenceResult result = InferOnce(FastMemory(), net, EmptySubGraph(net));
  const std::int64_t beats = 27 * 24 * 24 / 16 / 2;  // a port
  const std::int64_t load = beats + CeilDiv(beats, 16) * 9;
  const std::int64_t closed_form = load + 9 * (26 * 25 + 23);
  EXPECT_GE(result.cycles.value(), closed_form);
  EXPECT_LE(result.cycles.value(), closed_form + 2);
}

TEST(KernelFree, AFetchBoundLayerTakesAsLongAsItsWeights) {
  // 1×1 maps compute in 24 cycles, fetch in 68: 8 × 4 tiles of 1296 bytes and the last tile's computing.
  const SuperNet net = testing::OneConvNet({0, 128, 324, 1, 1});
  const InferenceResult result = InferOnce(FastMemory(), net, EmptySubGraph(net));
  const std::int64_t quant_params = 5 * 128 / 32 + CeilDiv(5 * 128 / 32, 16) * 9;
  const std::int64_t closed_form = 8 * 4 * 68 + quant_params + 24;
  EXPECT_NEAR(static_cast<double>(result.cycles.value()), static_cast<double>(closed_form), 3);
}

TEST(KernelFree, WithEverythingCachedOnlyTilesRemain) {
  HardwareConfig hw = FastMemory();
  const SuperNet net = testing::OneConvNet({0, 128, 324, 1, 1});
  const InferenceResult result = InferOnce(hw, net, SubGraphOf(net, net.subnets[0]));
  EXPECT_EQ(result.total.traffic_bytes[Traffic::kWeights], 0);
  EXPECT_EQ(result.total.pb_hit_bytes, 128 * 324);
  EXPECT_LE(result.cycles.value(), 8 * 4 * 24 + 60)
      << "tiles, loading of 324 bytes and quantisation parameters";
}

TEST(KernelFree, TheHostsCallIsPaidByEveryLayer) {
  const SuperNet net = testing::SuperNetBuilder().AddSubNet("s", {{0, 9, 9, 1, 8}, {1, 9, 9, 1, 8}}).Build();
  HardwareConfig hw = FastMemory();
  const std::int64_t without = InferOnce(hw, net, EmptySubGraph(net)).cycles.value();
  hw.host.layer_call_us = 2.5;
  EXPECT_EQ(InferOnce(hw, net, EmptySubGraph(net)).cycles.value(), without + 2 * 250);
}

TEST(KernelFree, ASubGraphLargerThanThePersistentBufferIsRefused) {
  HardwareConfig hw;
  hw.accel.pb.capacity_kib = 1;
  const SuperNet net = testing::OneConvNet({0, 128, 9, 3, 4});
  EXPECT_THROW(InferOnce(hw, net, SubGraphOf(net, net.subnets[0])), UserError);
}

TEST(KernelFree, ASwapFetchesOnlyWhatIsNew) {
  HardwareConfig hw = FastMemory();
  const SuperNet net = testing::OneConvNet({0, 64, 36, 3, 8});
  const InferencePlanner planner(hw, net);
  KernelFreeAccelerator accelerator(planner, std::make_unique<SimpleMemory>(hw.dram));
  SubGraph half = EmptySubGraph(net), whole = SubGraphOf(net, net.subnets[0]);
  half.rects[0] = {32, 36};
  const SwapResult first = accelerator.Swap(EmptySubGraph(net), half);
  const SwapResult second = accelerator.Swap(half, whole);
  EXPECT_EQ(first.total.traffic_bytes[Traffic::kSwap], 32 * 36 * 9);
  EXPECT_EQ(second.total.traffic_bytes[Traffic::kSwap], 32 * 36 * 9);
  EXPECT_EQ(second.total.events[Event::kPbWrite], 32 * 36 * 9);
  EXPECT_EQ(accelerator.Swap(whole, whole).cycles, Cycles(0));
  EXPECT_EQ(accelerator.Swap(whole, half).cycles, Cycles(0)) << "dropping costs nothing";
  EXPECT_GE(first.cycles.value(), 32 * 36 * 9 / 32) << "two ports of 16 bytes";
}

// Calls `body` with random cases that the hardware can run.
template <typename Body>
void ForRandomCases(std::uint64_t seed, int cases, Body body) {
  int ran = 0;
  for (int i = 0; i < cases; ++i) {
    Random random(seed * 1000 + static_cast<std::uint64_t>(i));
    const SuperNet net = testing::RandomSuperNet(random);
    HardwareConfig hw = testing::RandomHardware(random);
    hw.dram_model = DramModel::kSimple;  // what holds of every memory is tested on modules and driver
    const SubGraph cached = testing::RandomSubGraph(net, hw.accel.pb.capacity(), random);
    try {
      const InferencePlanner check(hw, net);
    } catch (const UserError&) {
      continue;
    }
    body(hw, net, cached);
    ++ran;
  }
  EXPECT_GE(ran, cases / 3);
}

TEST(KernelFreeProperty, MoreBandwidthIsNeverSlower) {
  ForRandomCases(1, 300, [](const HardwareConfig& hw, const SuperNet& net, const SubGraph& cached) {
    HardwareConfig faster = hw;
    faster.dram.peak_gbps = hw.dram.peak_gbps * 1.37;
    HardwareConfig nearer = hw;
    nearer.dram.latency_ns = hw.dram.latency_ns / 2;
    nearer.dram.row_jump_ns = hw.dram.row_jump_ns / 2;
    for (int s = 0; s < 2; ++s) {
      const Cycles base = InferOnce(hw, net, cached, s).cycles;
      EXPECT_LE(InferOnce(faster, net, cached, s).cycles, base);
      EXPECT_LE(InferOnce(nearer, net, cached, s).cycles, base);
    }
  });
}

TEST(KernelFreeProperty, APersistentBufferOfZeroEqualsAnEmptyOne) {
  ForRandomCases(2, 150, [](const HardwareConfig& hw, const SuperNet& net, const SubGraph&) {
    HardwareConfig none = hw;
    none.accel.pb.capacity_kib = 0;
    const InferenceResult with = InferOnce(hw, net, EmptySubGraph(net));
    const InferenceResult without = InferOnce(none, net, EmptySubGraph(net));
    EXPECT_EQ(with.cycles, without.cycles);
    EXPECT_TRUE(with.total == without.total);
  });
}

TEST(KernelFreeProperty, WeightsAreFetchedOrHitAndNothingElse) {
  ForRandomCases(3, 150, [](const HardwareConfig& hw, const SuperNet& net, const SubGraph& cached) {
    const InferenceResult cold = InferOnce(hw, net, EmptySubGraph(net));
    const InferenceResult warm = InferOnce(hw, net, cached);
    for (std::size_t i = 0; i < warm.layers.size(); ++i) {
      const Counters& c = warm.layers[i].counters;
      // Where re-fetching for strips stops because the rest now fits the DB, less is fetched still.
      EXPECT_LE(c.traffic_bytes[Traffic::kWeights] + c.pb_hit_bytes,
                cold.layers[i].counters.traffic_bytes[Traffic::kWeights]);
      EXPECT_EQ(c.events[Event::kMac], cold.layers[i].counters.events[Event::kMac]);
    }
  });
}

TEST(KernelFreeProperty, NoLayerBeatsComputeOrTraffic) {
  ForRandomCases(4, 300, [](const HardwareConfig& hw, const SuperNet& net, const SubGraph& cached) {
    const InferenceResult result = InferOnce(hw, net, cached, 1);
    const double cycle_ns = 1000.0 / static_cast<double>(hw.accel.clock_mhz);
    for (std::size_t i = 0; i < result.layers.size(); ++i) {
      const LayerResult& layer = result.layers[i];
      const Counters& c = layer.counters;
      const double cycles = static_cast<double>(layer.cycles.value());
      const std::int64_t macs_a_cycle =
          std::int64_t{hw.accel.dpe_array.kernels} * hw.accel.dpe_array.channels * 9;
      EXPECT_GE(cycles * static_cast<double>(macs_a_cycle), static_cast<double>(c.useful_macs));
      const double moved = static_cast<double>(c.events[Event::kDramRead] + c.events[Event::kDramWrite]);
      EXPECT_GE(cycles * cycle_ns * hw.dram.peak_gbps, moved * 0.999999);
      const double port = static_cast<double>(hw.accel.axi.beat_bytes);
      EXPECT_GE(
          cycles * port * hw.accel.axi.weight_ports,
          static_cast<double>(c.traffic_bytes[Traffic::kWeights] + c.traffic_bytes[Traffic::kQuantParams]));
      EXPECT_GE(cycles * port * hw.accel.axi.oact_ports,
                static_cast<double>(c.traffic_bytes[Traffic::kOActs]));
    }
  });
}

// M2, M4, T5: what can make a layer slower with some of its weights cached, and nothing else.
TEST(KernelFreeProperty, CachingNeverSlowsALayerWhenTilesFitABankAndJumpsAreFree) {
  ForRandomCases(5, 300, [](HardwareConfig hw, const SuperNet& net, const SubGraph& cached) {
    hw.dram.row_jump_ns = 0;
    hw.dram.burst_bytes = 1;
    hw.accel.db.capacity_kib = 4096;  // any kernel tile is one unit
    for (int s = 0; s < 2; ++s) {
      const InferenceResult cold = InferOnce(hw, net, EmptySubGraph(net), s);
      const InferenceResult warm = InferOnce(hw, net, cached, s);
      for (std::size_t i = 0; i < cold.layers.size(); ++i) {
        EXPECT_LE(warm.layers[i].cycles, cold.layers[i].cycles);
      }
    }
  });
}

// Requests of weights and parameters, when both plans have the same units; else 0.
int RequestsOfSameUnits(const LayerPlan& cold, const LayerPlan& warm, Granularity granularity) {
  if (cold.units() != warm.units()) return 0;
  int requests = 0;
  std::vector<FetchPart> parts;
  for (int i = 0; i < warm.units(); ++i) {
    const Unit unit = warm.UnitAt(i);
    if (unit.shape->tiles != cold.UnitAt(i).shape->tiles) return 0;
    FetchPartsOf(warm, unit, granularity, parts);
    requests += static_cast<int>(parts.size()) + (unit.quant_params > Bytes(0) ? 1 : 0);
  }
  return requests;
}

TEST(KernelFreeProperty, WithTheSameUnitsCachingCostsAtMostARowJumpAndABurstARequest) {
  ForRandomCases(6, 300, [](const HardwareConfig& hw, const SuperNet& net, const SubGraph& cached) {
    const InferencePlanner planner(hw, net);
    const InferenceResult cold = InferOnce(hw, net, EmptySubGraph(net));
    const InferenceResult warm = InferOnce(hw, net, cached);
    for (std::size_t i = 0; i < cold.layers.size(); ++i) {
      const int op = static_cast<int>(i);
      const int requests = RequestsOfSameUnits(planner.PlanOp(0, op, EmptySubGraph(net)),
                                               planner.PlanOp(0, op, cached), hw.granularity);
      if (requests == 0) continue;
      const double gap_ns = static_cast<double>(hw.dram.row_jump_ns) +
                            static_cast<double>(hw.dram.burst_bytes) / hw.dram.peak_gbps;
      const double allowed = 1 + requests * gap_ns * static_cast<double>(hw.accel.clock_mhz) / 1000;
      EXPECT_LE(static_cast<double>((warm.layers[i].cycles - cold.layers[i].cycles).value()), allowed);
    }
  });
}

TEST(KernelFree, ACachedTileCanLeaveALastUnitTooShortToHideTheNextFetch) {
  // A bank holds two tiles of 1296 bytes. Of ten tiles a kernel tile makes five units of two. With one of
  // them cached the first unit has three and the last one: 65 cycles of it must hide a fetch of two, 136
  // cycles.
  HardwareConfig hw = FastMemory();
  hw.dram.burst_bytes = 1;
  hw.accel.db.capacity_kib = 6;
  const SuperNet net = testing::OneConvNet({0, 32, 90, 3, 5});
  SubGraph cached = EmptySubGraph(net);
  cached.rects[0] = {16, 9};
  const InferencePlanner planner(hw, net);
  EXPECT_EQ(planner.PlanOp(0, 0, EmptySubGraph(net)).UnitAt(4).shape->tiles, 2);
  EXPECT_EQ(planner.PlanOp(0, 0, cached).UnitAt(0).shape->tiles, 3);
  EXPECT_EQ(planner.PlanOp(0, 0, cached).UnitAt(4).shape->tiles, 1);
  const Cycles cold = InferOnce(hw, net, EmptySubGraph(net)).cycles, warm = InferOnce(hw, net, cached).cycles;
  EXPECT_GT(warm, cold);
  EXPECT_LE((warm - cold).value(), 2 * 68 - 65) << "what of a fetch can come to lie bare";
}

}  // namespace
}  // namespace sushi
