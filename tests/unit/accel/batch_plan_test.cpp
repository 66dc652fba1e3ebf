// What a batch is cut into and where it lies: equations B1, B2 and B4–B7 of docs/timing-model.md.
#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/accel/inference_plan.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

AccelConfig WithStreamingBuffer(std::int64_t kib) {
  AccelConfig accel;
  accel.sb.capacity_kib = kib;
  return accel;
}

// Three 1×1 layers of 9 channels on 32×32 maps: every tensor is 9 KiB an element.
SuperNet Chain() {
  return testing::SuperNetBuilder()
      .AddSubNet("s", {{0, 9, 9, 1, 32}, {1, 9, 9, 1, 32}, {2, 9, 9, 1, 32}})
      .Build();
}

LayerPlan PlanBatch(const HardwareConfig& hw, const SuperNet& net, int batch) {
  PlannerOptions options;
  options.max_batch = batch;
  return InferencePlanner(hw, net, options).PlanOp(0, 0, EmptySubGraph(net), batch);
}

std::vector<Unit> UnitsOf(const LayerPlan& plan) {
  std::vector<Unit> units(static_cast<std::size_t>(plan.units()));
  for (int i = 0; i < plan.units(); ++i) units[static_cast<std::size_t>(i)] = plan.UnitAt(i);
  return units;
}

std::int64_t SumFetch(const LayerPlan& plan) {
  std::int64_t sum = 0;
  for (const Unit& unit : UnitsOf(plan)) sum += unit.fetch.value();
  return sum;
}

TEST(BatchPlacement, ATensorOfABatchStaysOnChipWhenAllItsElementsFitAndNotOneKibLess) {
  const SubNet subnet = Chain().subnets[0];
  const auto roomy = PlaceActivations(subnet, WithStreamingBuffer(36), 2);
  EXPECT_TRUE(roomy[1].output_on_chip) << "2 × (9 + 9) KiB";
  EXPECT_EQ(roomy[1].kept, Bytes(36 * 1024));
  const auto tight = PlaceActivations(subnet, WithStreamingBuffer(35), 2);
  EXPECT_TRUE(tight[0].output_on_chip);
  EXPECT_FALSE(tight[1].output_on_chip);
}

TEST(BatchPlacement, AStripHoldsAsManyWholeMapsAsTheStreamingBufferAndNotOneMore) {
  const SubNet subnet = testing::OneConvNet({0, 9, 9, 1, 32}).subnets[0];
  EXPECT_EQ(PlaceActivations(subnet, WithStreamingBuffer(27), 7)[0].strip_elements, 3);
  EXPECT_EQ(PlaceActivations(subnet, WithStreamingBuffer(26), 7)[0].strip_elements, 2);
  EXPECT_EQ(PlaceActivations(subnet, WithStreamingBuffer(63), 7)[0].strip_elements, 7);
  EXPECT_EQ(PlaceActivations(subnet, WithStreamingBuffer(512), 7)[0].strip_elements, 7)
      << "no more than the batch";
}

TEST(BatchPlacement, AStripHoldsAsManyElementsAsPartialSumsFitTheOutputBuffer) {
  const SubNet subnet = testing::OneConvNet({0, 16, 9, 3, 32}).subnets[0];
  AccelConfig accel;
  accel.ob.capacity_kib = 192;  // 32 · 32 · 16 · 4 bytes are 64 KiB
  EXPECT_EQ(PlaceActivations(subnet, accel, 4)[0].strip_elements, 3);
  accel.ob.capacity_kib = 191;
  EXPECT_EQ(PlaceActivations(subnet, accel, 4)[0].strip_elements, 2);
}

TEST(BatchPlacement, WhereNotOneMapFitsEveryElementIsCutAsByItself) {
  const SuperNet net = testing::OneConvNet({0, 9, 9, 1, 32});
  HardwareConfig hw;
  hw.accel.sb.capacity_kib = 8;
  const LayerPlan one = PlanBatch(hw, net, 1), three = PlanBatch(hw, net, 3);
  EXPECT_EQ(three.placement().strip_elements, 1);
  ASSERT_EQ(one.units(), 2);
  ASSERT_EQ(three.units(), 6);
  for (int i = 0; i < 6; ++i) {
    const Unit unit = three.UnitAt(i), alone = one.UnitAt(i % 2);
    EXPECT_EQ(unit.iact_load, alone.iact_load);
    EXPECT_EQ(unit.tile_cycles, alone.tile_cycles);
    const auto element = static_cast<std::uint64_t>(i / 2) * 9 * 1024;
    EXPECT_EQ(three.IActAddress(unit) - three.addresses().input,
              one.IActAddress(alone) - one.addresses().input + element);
    EXPECT_EQ(three.OActAddress(unit) - three.addresses().output,
              one.OActAddress(alone) - one.addresses().output + element);
  }
}

TEST(BatchPlan, TheLastStripHoldsWhatIsLeftOver) {
  HardwareConfig hw;
  hw.accel.sb.capacity_kib = 27;
  const LayerPlan plan = PlanBatch(hw, testing::OneConvNet({0, 9, 9, 1, 32}), 7);
  std::vector<std::int64_t> loads, cycles, drains;
  for (const Unit& unit : UnitsOf(plan)) {
    loads.push_back(unit.iact_load.value() / 1024);
    cycles.push_back(unit.tile_cycles.value());
    drains.push_back(unit.drain.value() / 1024);
  }
  EXPECT_EQ(loads, (std::vector<std::int64_t>{27, 27, 9}));
  EXPECT_EQ(cycles, (std::vector<std::int64_t>{3 * 1024 + 23, 3 * 1024 + 23, 1024 + 23}))
      << "one fill a strip";
  EXPECT_EQ(drains, (std::vector<std::int64_t>{27, 27, 9}));
}

TEST(BatchPlan, FurtherStripsPassTheWeightsAgainUnlessTheyAllStay) {
  HardwareConfig hw;
  hw.accel.sb.capacity_kib = 27;
  const SuperNet net = testing::OneConvNet({0, 64, 9, 3, 32});
  hw.accel.db.capacity_kib = 6;  // 64 · 81 = 5184 bytes fit
  EXPECT_EQ(SumFetch(PlanBatch(hw, net, 3)), 5184) << "one strip";
  EXPECT_EQ(SumFetch(PlanBatch(hw, net, 4)), 5184) << "two strips, but the weights stay";
  hw.accel.db.capacity_kib = 5;  // 5120 do not hold them
  EXPECT_EQ(SumFetch(PlanBatch(hw, net, 3)), 5184);
  EXPECT_EQ(SumFetch(PlanBatch(hw, net, 4)), 2 * 5184);
}

// B5: what strips load and kernel tiles write lies side by side and not on each other.
TEST(BatchPlan, ElementsOfAStripAreOneTransferAndNoTwoTransfersMeet) {
  HardwareConfig hw;
  hw.accel.ob.capacity_kib = 13;  // two elements of 10 · 10 · 16 · 4 bytes
  const LayerPlan plan = PlanBatch(hw, testing::OneConvNet({0, 40, 20, 3, 10}), 5);
  ASSERT_EQ(plan.placement().strip_elements, 2);
  const std::uint64_t input = 27 * 100, output = 45 * 100;  // an element, padded to whole groups (P1)
  std::uint64_t end = 0;
  for (const Unit& unit : UnitsOf(plan)) {
    const auto elements = static_cast<std::uint64_t>(unit.strip == 2 ? 1 : 2);
    if (unit.iact_load > Bytes(0)) {
      EXPECT_EQ(plan.IActAddress(unit) - plan.addresses().input,
                static_cast<std::uint64_t>(2 * unit.strip) * input);
      EXPECT_EQ(unit.iact_load.value(), static_cast<std::int64_t>(elements * input));
    }
    const std::uint64_t begin = plan.OActAddress(unit) - plan.addresses().output;
    if (unit.kernel_tile == 0) {
      EXPECT_EQ(begin, static_cast<std::uint64_t>(2 * unit.strip) * output);
    } else {
      EXPECT_EQ(begin, end) << "behind the kernel tile before it";
    }
    end = begin + static_cast<std::uint64_t>(unit.drain.value());
    EXPECT_EQ(unit.drain.value(), static_cast<std::int64_t>(elements) * unit.kernels * 100);
  }
}

TEST(BatchPlan, EventsAreOfEveryElementAndWeightsOfTheTile) {
  const SuperNet net = testing::OneConvNet({0, 40, 20, 3, 12, 2});
  const auto counters = [&](int batch) {
    Counters sum;
    PlanBatch(HardwareConfig(), net, batch).CountLayer(sum);
    return sum;
  };
  const Counters one = counters(1), six = counters(6);
  for (const Event event : {Event::kMac, Event::kSbRead, Event::kSbWrite, Event::kLbRead, Event::kLbWrite,
                            Event::kObRead, Event::kObWrite}) {
    EXPECT_GT(one.events[event], 0) << Name(event);
    EXPECT_EQ(six.events[event], 6 * one.events[event]) << Name(event);
  }
  for (const Event event : {Event::kDbRead, Event::kDbWrite, Event::kQbRead, Event::kQbWrite}) {
    EXPECT_GT(one.events[event], 0) << Name(event);
    EXPECT_EQ(six.events[event], one.events[event]) << Name(event);
  }
  EXPECT_EQ(six.useful_macs, 6 * one.useful_macs);
  EXPECT_EQ(six.traffic_bytes[Traffic::kIActs], 6 * one.traffic_bytes[Traffic::kIActs]);
  EXPECT_EQ(six.traffic_bytes[Traffic::kOActs], 6 * one.traffic_bytes[Traffic::kOActs]);
  EXPECT_EQ(six.traffic_bytes[Traffic::kWeights], 40 * 20 * 9);
  EXPECT_EQ(six.traffic_bytes[Traffic::kQuantParams], 5 * 40);
  EXPECT_EQ(six.dpe_cycles[DpeState::kCompute], 6 * one.dpe_cycles[DpeState::kCompute]);
  EXPECT_EQ(six.dpe_cycles[DpeState::kFill], one.dpe_cycles[DpeState::kFill]);
}

// V5: a strip's factors of a kernel tile are one transfer, as its results are.
TEST(BatchPlan, FactorsOfAStripsElementsAreOneTransfer) {
  SuperNet net = testing::OneConvNet({0, 20, 20, 1, 10});
  SubNet& subnet = net.subnets[0];
  Op& scale = subnet.ops[0];
  scale.kind = OpKind::kScale;
  scale.supernet_layer = kNone;
  scale.residual = static_cast<int>(subnet.tensors.size());
  subnet.tensors.push_back({20, 1, 1});
  HardwareConfig hw;
  hw.accel.sb.capacity_kib = 6;  // two maps of 27 padded channels
  const LayerPlan plan = PlanBatch(hw, net, 5);
  ASSERT_EQ(plan.units(), 6) << "two kernel tiles on three strips";
  std::vector<std::int64_t> at, bytes;
  for (const Unit& unit : UnitsOf(plan)) {
    at.push_back(static_cast<std::int64_t>(plan.ResidualAddress(unit) - plan.addresses().residual));
    bytes.push_back(unit.residual.value());
  }
  EXPECT_EQ(bytes, (std::vector<std::int64_t>{2 * 16, 2 * 4, 2 * 16, 2 * 4, 16, 4}));
  EXPECT_EQ(at, (std::vector<std::int64_t>{0, 32, 54, 54 + 32, 108, 108 + 16}));
}

TEST(BatchPlan, RegionsOfABatchTouchWhenItsTensorsAreWholePages) {
  // 9 · 32 · 32 bytes an element: four are nine pages of 4096 bytes.
  const HardwareConfig hw;
  const SuperNet net = Chain();
  PlannerOptions options;
  options.max_batch = 4;
  const InferencePlanner planner(hw, net, options);
  HardwareConfig off_chip = hw;
  off_chip.accel.keep_activations_on_chip = false;
  const InferencePlanner spilled(off_chip, net, options);
  EXPECT_FALSE(spilled.PlanOp(0, 1, EmptySubGraph(net), 3).RegionsTouch());
  EXPECT_TRUE(spilled.PlanOp(0, 1, EmptySubGraph(net), 4).RegionsTouch())
      << "the input ends where the output begins";
  EXPECT_FALSE(planner.PlanOp(0, 1, EmptySubGraph(net), 4).RegionsTouch()) << "nothing of it is in DRAM";
}

TEST(BatchPlan, ARegionEndsWithTheResultsOfItsLastStrip) {
  // The residual's four elements are 18 pages, the input's nine; each is a strip.
  SuperNet net = testing::SuperNetBuilder()
                     .AddSubNet("s", {{0, 18, 9, 1, 32}, {1, 9, 18, 1, 32}, {2, 18, 9, 1, 32}})
                     .Build();
  net.subnets[0].ops[2].residual = net.subnets[0].ops[0].output;
  HardwareConfig hw;
  hw.accel.keep_activations_on_chip = false;
  hw.accel.sb.capacity_kib = 18;
  hw.accel.ob.capacity_kib = 64;
  PlannerOptions options;
  options.max_batch = 4;
  const InferencePlanner planner(hw, net, options);
  const LayerPlan plan = planner.PlanOp(0, 2, EmptySubGraph(net), 4);
  EXPECT_EQ(plan.placement().strip_elements, 1);
  EXPECT_TRUE(plan.RegionsTouch()) << "the residual ends where the input begins";
  EXPECT_FALSE(planner.PlanOp(0, 2, EmptySubGraph(net), 3).RegionsTouch());
}

TEST(BatchPlanner, WhatABatchKeepsOnChipAfterAnOpIsWhatALaterOneReads) {
  SuperNet net = Chain();
  PlannerOptions options;
  options.max_batch = 2;
  const auto kept = [&](std::int64_t sb_kib, int batch) {
    HardwareConfig hw;
    hw.accel.sb.capacity_kib = sb_kib;
    const InferencePlanner planner(hw, net, options);
    std::vector<std::int64_t> kib;
    for (int op = 0; op < 3; ++op) kib.push_back(planner.KeptAfter(0, op, batch).value() / 1024);
    return kib;
  };
  EXPECT_EQ(kept(36, 1), (std::vector<std::int64_t>{9, 9, 0}));
  EXPECT_EQ(kept(36, 2), (std::vector<std::int64_t>{18, 18, 0}));
  EXPECT_EQ(kept(35, 2), (std::vector<std::int64_t>{18, 0, 0})) << "the second tensor was spilled";
  net.subnets[0].ops[2].residual = net.subnets[0].ops[0].output;
  EXPECT_EQ(kept(36, 2), (std::vector<std::int64_t>{18, 36, 0})) << "and the residual";
}

TEST(BatchPlanner, BatchesItWasNotMadeForAreRefused) {
  const HardwareConfig hw;
  const SuperNet net = Chain();
  PlannerOptions options;
  const InferencePlanner planner(hw, net, options);
  EXPECT_EQ(planner.max_batch(), 1);
  EXPECT_NO_THROW(planner.PlanOp(0, 0, EmptySubGraph(net), 1));
  EXPECT_THROW(planner.PlanOp(0, 0, EmptySubGraph(net), 2), InternalError);
  EXPECT_THROW(planner.PlanOp(0, 0, EmptySubGraph(net), 0), InternalError);
  for (const int wrong : {0, -1, kMostBatch + 1}) {
    options.max_batch = wrong;
    EXPECT_THROW(InferencePlanner(hw, net, options), UserError) << wrong;
  }
  options.max_batch = kMostBatch;
  EXPECT_NO_THROW(InferencePlanner(hw, net, options));
}

TEST(CheckMemoryHolds, NotOneByteMoreThanABankLevelMemoryHas) {
  HardwareConfig hw;
  hw.dram_model = DramModel::kBankLevel;
  const auto bytes = static_cast<std::uint64_t>(hw.memory.organization.CapacityBytes());
  EXPECT_NO_THROW(CheckMemoryHolds(hw, bytes));
  EXPECT_THROW(CheckMemoryHolds(hw, bytes + 1), UserError);
  hw.dram_model = DramModel::kSimple;
  EXPECT_NO_THROW(CheckMemoryHolds(hw, bytes + 1)) << "has no end";
}

TEST(BatchPlanner, InstancesShareTheWeightsAndHaveActivationsOfTheirOwn) {
  const HardwareConfig hw;
  const SuperNet net = Chain();
  PlannerOptions options;
  options.max_batch = 3;
  options.instances = 2;
  options.first_address = 12345;
  const InferencePlanner first(hw, net, options);
  options.instance = 1;
  const InferencePlanner second(hw, net, options);
  EXPECT_GE(first.WeightBase(0), 12345U);
  EXPECT_EQ(first.WeightBase(2), second.WeightBase(2));
  const Op& op = net.subnets[0].ops[0];
  EXPECT_EQ(first.AddressesOf(0, op).quant_params, second.AddressesOf(0, op).quant_params);
  const auto tensor = static_cast<std::uint64_t>(3 * 9 * 1024);
  EXPECT_GE(first.TensorBase(1) - first.TensorBase(0), tensor) << "a batch of three";
  EXPECT_LE(first.TensorBase(3) + tensor, second.TensorBase(0));
  EXPECT_LE(second.TensorBase(3) + tensor, second.end_address());
  EXPECT_EQ(first.end_address(), second.end_address());
  // Of different arrays: what the largest needs.
  HardwareConfig wide = hw;
  wide.accel.dpe_array.channels = 16;
  options.region_bytes = ActivationBytes(wide, net, 3);
  EXPECT_GT(options.region_bytes, ActivationBytes(hw, net, 3));
  const InferencePlanner narrow(hw, net, options), beside(wide, net, options);
  EXPECT_EQ(narrow.TensorBase(0), beside.TensorBase(0));
  EXPECT_EQ(narrow.end_address(), beside.end_address());
  options.region_bytes = ActivationBytes(hw, net, 3) - 1;
  EXPECT_THROW(InferencePlanner(hw, net, options), InternalError);
}

}  // namespace
}  // namespace sushi
