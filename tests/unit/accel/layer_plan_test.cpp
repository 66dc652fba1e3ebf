// Equations T1–T8 of docs/timing-model.md.
#include "sushi/accel/layer_plan.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using testing::ConvSpec;

// A plan of one convolution, from and to DRAM.
class PlanFixture {
 public:
  explicit PlanFixture(const ConvSpec& spec) : net_(testing::OneConvNet(spec)) {}
  PlanFixture(const ConvSpec& spec, const HardwareConfig& hardware)
      : hw(hardware), net_(testing::OneConvNet(spec)) {}

  LayerPlan Plan(Rect cached = {}) const {
    const SubNet& subnet = net_.subnets[0];
    return LayerPlan(hw, net_, subnet.ops[0], PlaceAlone(subnet, subnet.ops[0], hw.accel), cached, {});
  }

  HardwareConfig hw;

 private:
  SuperNet net_;
};

std::int64_t SumFetch(const LayerPlan& plan) {
  std::int64_t sum = 0;
  for (int i = 0; i < plan.units(); ++i) sum += plan.UnitAt(i).fetch.value();
  return sum;
}

Counters SumCounters(const LayerPlan& plan) {
  Counters counters;
  for (int i = 0; i < plan.units(); ++i) plan.CountUnit(plan.UnitAt(i), counters);
  return counters;
}

TEST(LayerPlan, TakesAKernelTileForEverySixteenKernelsAndAChannelTileForEveryNineChannels) {
  const LayerPlan exact = PlanFixture({0, 32, 18, 3, 10}).Plan();
  EXPECT_EQ(exact.units(), 2);
  EXPECT_EQ(exact.UnitAt(0).shape->tiles, 2);
  const LayerPlan one_more = PlanFixture({0, 33, 19, 3, 10}).Plan();
  EXPECT_EQ(one_more.units(), 3);
  EXPECT_EQ(one_more.UnitAt(0).shape->tiles, 3);
}

TEST(LayerPlan, APointwiseLayerFoldsNineTimesTheChannelsIntoTheTaps) {
  EXPECT_EQ(PlanFixture({0, 16, 81, 1, 10}).Plan().UnitAt(0).shape->tiles, 1);
  EXPECT_EQ(PlanFixture({0, 16, 82, 1, 10}).Plan().UnitAt(0).shape->tiles, 2);
}

TEST(LayerPlan, ALargerKernelDecomposesIntoWindowsOfThree) {
  // The 7×7 stem on an RGB image: 9 windows × 3 channels = 27 folded channels, 3 tiles.
  EXPECT_EQ(PlanFixture({0, 16, 3, 7, 20}).Plan().UnitAt(0).shape->tiles, 3);
  EXPECT_EQ(PlanFixture({0, 16, 9, 5, 20}).Plan().UnitAt(0).shape->tiles, 4);
}

TEST(LayerPlan, ScansThePaddedInputBelowItsFirstRowWhateverTheStride) {
  // (X + 2)(Y + 1) positions and 23 cycles of fill.
  EXPECT_EQ(PlanFixture({0, 16, 9, 3, 10}).Plan().UnitAt(0).tile_cycles, Cycles(12 * 11 + 23));
  EXPECT_EQ(PlanFixture({0, 16, 9, 3, 10, 2}).Plan().UnitAt(0).tile_cycles, Cycles(12 * 11 + 23));
  EXPECT_EQ(PlanFixture({0, 16, 9, 1, 10}).Plan().UnitAt(0).tile_cycles, Cycles(10 * 10 + 23));
}

TEST(LayerPlan, CompletesToTheClosedForm) {
  const LayerPlan plan = PlanFixture({0, 40, 20, 3, 12}).Plan();
  EXPECT_EQ(plan.TotalCycles(), 3 * 3 * (14 * 13 + 23));
}

TEST(LayerPlan, FetchesEveryWeightOnce) {
  for (const int kernel : {1, 3, 5, 7}) {
    EXPECT_EQ(SumFetch(PlanFixture({0, 37, 23, kernel, 10}).Plan()), 37 * 23 * kernel * kernel);
  }
}

TEST(LayerPlan, FetchesOnlyWhatLiesOutsideTheCachedRectangle) {
  const PlanFixture fixture({0, 37, 23, 3, 10});
  for (const Rect rect : {Rect{37, 23}, Rect{16, 23}, Rect{20, 23}, Rect{37, 9}, Rect{37, 10}, Rect{20, 10},
                          Rect{1, 1}, Rect{60, 60}}) {
    const std::int64_t cached = std::int64_t{std::min(rect.kernels, 37)} * std::min(rect.channels, 23) * 9;
    const LayerPlan plan = fixture.Plan(rect);
    EXPECT_EQ(SumFetch(plan), 37 * 23 * 9 - cached) << rect.kernels << "x" << rect.channels;
    const Counters counters = SumCounters(plan);
    EXPECT_EQ(counters.pb_hit_bytes, cached);
    EXPECT_EQ(counters.events[Event::kPbRead], cached);
    EXPECT_EQ(counters.events[Event::kDbWrite], 37 * 23 * 9 - cached);
  }
}

TEST(LayerPlan, ARectangleWithNoChannelsHoldsNothing) {
  EXPECT_EQ(SumFetch(PlanFixture({0, 16, 9, 3, 10}).Plan({16, 0})), 16 * 81);
}

TEST(LayerPlan, AKernelTileLargerThanABankIsCutIntoBankfuls) {
  HardwareConfig hw;
  hw.accel.db.capacity_kib = 6;  // a bank of 3 KiB holds two tiles of 1296 bytes
  const LayerPlan plan = PlanFixture({0, 16, 45, 3, 10}, hw).Plan();
  ASSERT_EQ(plan.units(), 3);
  EXPECT_EQ(plan.UnitAt(0).shape->tiles, 2);
  EXPECT_EQ(plan.UnitAt(2).shape->tiles, 1);
  EXPECT_TRUE(plan.UnitAt(0).starts_kernel_tile);
  EXPECT_FALSE(plan.UnitAt(1).starts_kernel_tile);
  EXPECT_FALSE(plan.UnitAt(1).drains);
  EXPECT_TRUE(plan.UnitAt(2).drains) << "only the last adds up all channels";
  EXPECT_EQ(SumFetch(plan), 16 * 45 * 9);
}

TEST(LayerPlan, ATileLargerThanABankIsRefused) {
  HardwareConfig hw;
  hw.accel.db.capacity_kib = 2;  // a bank of 1024 bytes
  try {
    PlanFixture({0, 16, 9, 3, 10}, hw).Plan();
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "accel.db.capacity_kib: a bank of 1024 bytes cannot hold one tile of weights of op0 (1296 bytes)");
  }
}

TEST(LayerPlan, StripsReloadTheirHaloAndFetchWeightsAgain) {
  HardwareConfig hw;
  hw.accel.sb.capacity_kib = 2;  // 7 rows of 288 bytes: five output rows a strip
  hw.accel.db.capacity_kib = 3;  // less than the 48 · 81 bytes of weights
  const LayerPlan plan = PlanFixture({0, 48, 9, 3, 32}, hw).Plan();
  const int strips = 7;  // ⌈32 / 5⌉
  ASSERT_EQ(plan.units(), 3 * strips);
  EXPECT_EQ(plan.UnitAt(0).iact_load, Bytes(6 * 288)) << "top padding is not loaded";
  EXPECT_EQ(plan.UnitAt(3).iact_load, Bytes(7 * 288)) << "five rows and one of halo either side";
  EXPECT_EQ(plan.UnitAt(4).iact_load, Bytes(0)) << "once a strip";
  EXPECT_EQ(SumFetch(plan), strips * 48 * 81);
}

TEST(LayerPlan, WeightsThatFitTheDynamicBufferStayForLaterStrips) {
  HardwareConfig hw;
  hw.accel.sb.capacity_kib = 2;
  hw.accel.db.capacity_kib = 3;  // 16 · 81 bytes fit
  EXPECT_EQ(SumFetch(PlanFixture({0, 16, 9, 3, 32}, hw).Plan()), 16 * 81);
}

TEST(LayerPlan, WindowsAndResultsAddUpOverStrips) {
  HardwareConfig whole, strips;
  strips.accel.sb.capacity_kib = 2;
  for (const int stride : {1, 2}) {
    const ConvSpec spec{0, 20, 9, 3, 32, stride};
    const Counters one = SumCounters(PlanFixture(spec, whole).Plan());
    const Counters many = SumCounters(PlanFixture(spec, strips).Plan());
    EXPECT_EQ(one.useful_macs, 20 * 81 * (32 / stride) * (32 / stride));
    EXPECT_EQ(many.useful_macs, one.useful_macs);
    EXPECT_EQ(one.events[Event::kMac], 20 * 81 * 32 * 32) << "stride gives no saving";
    EXPECT_EQ(many.events[Event::kMac], one.events[Event::kMac]);
    EXPECT_EQ(many.events[Event::kObWrite], one.events[Event::kObWrite]);
  }
}

TEST(LayerPlan, QuantisationParametersAreFetchedOnceOrInGroupsThatFit) {
  const auto bytes = [](std::int64_t kib, int kernels) {
    HardwareConfig hw;
    hw.accel.qb.capacity_kib = kib;
    const LayerPlan plan = PlanFixture({0, kernels, 9, 1, 8}, hw).Plan();
    std::vector<std::int64_t> fetches;
    for (int i = 0; i < plan.units(); ++i) {
      if (plan.UnitAt(i).quant_params > Bytes(0)) fetches.push_back(plan.UnitAt(i).quant_params.value());
    }
    return fetches;
  };
  EXPECT_EQ(bytes(16, 500), (std::vector<std::int64_t>{2500}));
  // 1 KiB holds the parameters of 12 kernel tiles of 80 bytes.
  EXPECT_EQ(bytes(1, 192), (std::vector<std::int64_t>{960}));
  EXPECT_EQ(bytes(1, 193), (std::vector<std::int64_t>{960, 5}));
  HardwareConfig none;
  none.accel.qb.capacity_kib = 0;
  EXPECT_THROW(PlanFixture({0, 16, 9, 1, 8}, none).Plan(), UserError);
}

TEST(LayerPlan, ALayerOfMoreThanATrillionCyclesIsRefused) {
  HardwareConfig hw;
  hw.accel.dpe_array.kernels = 1;
  hw.accel.dpe_array.channels = 1;
  hw.accel.sb.capacity_kib = hw.accel.lb.capacity_kib = hw.accel.ob.capacity_kib = 1 << 22;
  EXPECT_THROW(PlanFixture({0, 1000, 500, 3, 2048}, hw).Plan(), UserError);
  EXPECT_NO_THROW(PlanFixture({0, 100, 500, 3, 2048}, hw).Plan());
}

TEST(LayerPlan, WeightsLieInTheOrderTilesReadThem) {
  const LayerPlan plan = PlanFixture({0, 40, 20, 3, 12}).Plan();
  EXPECT_EQ(plan.WeightAddress(plan.UnitAt(0)), 0u);
  EXPECT_EQ(plan.WeightAddress(plan.UnitAt(1)), 16u * 20 * 9) << "contiguous with the first kernel tile";
}

}  // namespace
}  // namespace sushi
