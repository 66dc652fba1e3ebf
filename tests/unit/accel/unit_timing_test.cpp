// Equations U1–U5 of docs/timing-model.md, each at its edge.
#include "sushi/accel/unit_timing.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"

namespace sushi {
namespace {

// A unit of `tiles` channel tiles of `p` cycles, the last `fetching` of which fetch 100 bytes in 10 cycles.
struct MadeUnit {
  std::vector<TileRun> runs;
  UnitShape shape;
  Unit unit;

  MadeUnit(int tiles, int fetching, std::int64_t p) {
    shape.tiles = tiles;
    if (tiles > fetching) runs.push_back({tiles - fetching, Bytes(0), Cycles(0)});
    if (fetching > 0) runs.push_back({fetching, Bytes(100), Cycles(10)});
    shape.runs = {runs.data(), runs.size()};
    shape.fetch = Bytes(100 * fetching);
    shape.link = Cycles(10 * fetching);
    unit.shape = &shape;
    unit.fetch = shape.fetch;
    unit.tile_cycles = Cycles(p);
  }
};

LinkTransfer Link(std::int64_t start, std::int64_t done) { return {Cycles(start), Cycles(done)}; }

TEST(UnitStart, WaitsForTheLatestOfUnitOutputBufferAndInputs) {
  EXPECT_EQ(UnitStart({Cycles(7), Cycles(5), Cycles(6)}), Cycles(7));
  EXPECT_EQ(UnitStart({Cycles(7), Cycles(8), Cycles(6)}), Cycles(8));
  EXPECT_EQ(UnitStart({Cycles(7), Cycles(8), Cycles(9)}), Cycles(9));
}

TEST(ComputeFinish, AUnitWithoutFetchTakesItsTiles) {
  const MadeUnit made(5, 0, 20);
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(3), UnitFetch{}, true), Cycles(103));
}

TEST(ComputeFinish, FetchHiddenBehindComputeCostsNothingAndOneCycleLaterOneCycle) {
  // The first tile arrives at its tenth cycle: ready when computing starts at 10, not when it starts at 9.
  const MadeUnit made(5, 5, 20);
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(10), {Link(0, 50)}, true), Cycles(110));
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(9), {Link(0, 50)}, true), Cycles(110));
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(11), {Link(0, 50)}, true), Cycles(111));
}

TEST(ComputeFinish, AFetchBoundUnitEndsOneTileAfterItsLastWeights) {
  const MadeUnit made(5, 5, 8);  // 8 cycles to compute, 10 to fetch
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(0), {Link(0, 50)}, true), Cycles(50 + 8));
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(0), {Link(4, 54)}, true), Cycles(54 + 8));
}

TEST(ComputeFinish, CachedTilesHideTheFetchOfTheOthers) {
  const MadeUnit made(5, 2, 20);  // three cached tiles take 60 cycles, two arrive by 20
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(0), {Link(0, 20)}, true), Cycles(100));
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(0), {Link(50, 70)}, true), Cycles(100))
      << "the fourth at 60, just in time";
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(0), {Link(51, 71)}, true), Cycles(101));
}

TEST(ComputeFinish, ChannelTileTransactionsGiveTheSameAsOneForTheUnit) {
  for (const std::int64_t p : {5, 9, 10, 11, 30}) {
    for (const std::int64_t start : {0, 5, 10, 25}) {
      const MadeUnit made(6, 4, p);
      UnitFetch parts;
      for (int i = 0; i < 4; ++i) parts.push_back(Link(3 + 10 * i, 13 + 10 * i));
      EXPECT_EQ(ComputeFinish(made.unit, Cycles(start), parts, true),
                ComputeFinish(made.unit, Cycles(start), {Link(3, 43)}, true))
          << p << " " << start;
    }
  }
}

TEST(ComputeFinish, ASlowMemoryStretchesArrivalsEvenly) {
  const MadeUnit made(5, 5, 8);
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(0), {Link(0, 100)}, true), Cycles(108));
  // The first of five arrives at 20: five tiles of 30 cycles follow without a gap.
  const MadeUnit slow(5, 5, 30);
  EXPECT_EQ(ComputeFinish(slow.unit, Cycles(0), {Link(0, 100)}, true), Cycles(20 + 150));
}

TEST(ComputeFinish, WithOneBankComputingWaitsForTheWholeUnit) {
  const MadeUnit made(5, 5, 20);
  EXPECT_EQ(ComputeFinish(made.unit, Cycles(0), {Link(0, 50)}, false), Cycles(50 + 100));
}

TEST(WithOperands, AreNeededWhenTheLastTileBeginsAndNotBefore) {
  const MadeUnit made(5, 0, 20);
  EXPECT_EQ(WithOperands(made.unit, Cycles(100), Cycles(80)), Cycles(100));
  EXPECT_EQ(WithOperands(made.unit, Cycles(100), Cycles(81)), Cycles(101));
}

TEST(DrainBegin, IsTheLastTilesBegin) {
  const MadeUnit made(5, 0, 20);
  EXPECT_EQ(DrainBegin(made.unit, Cycles(100)), Cycles(80));
}

TEST(FetchParts, CoverTheUnitOnceAtEitherGranularity) {
  const SuperNet net = testing::OneConvNet({0, 16, 30, 3, 10});
  const SubNet& subnet = net.subnets[0];
  const HardwareConfig hw;
  const LayerPlan plan(hw, net, subnet.ops[0], PlaceAlone(subnet, subnet.ops[0], hw.accel), {16, 12}, {});
  std::vector<FetchPart> whole, tiles;
  FetchPartsOf(plan, plan.UnitAt(0), Granularity::kKernelTile, whole);
  FetchPartsOf(plan, plan.UnitAt(0), Granularity::kChannelTile, tiles);
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_EQ(tiles.size(), 3u) << "the first of four channel tiles is cached";
  Bytes bytes;
  Cycles link;
  for (const FetchPart& part : tiles) {
    bytes += part.bytes;
    link += part.link;
  }
  EXPECT_EQ(bytes, whole[0].bytes);
  EXPECT_EQ(bytes, Bytes(16 * 18 * 9));
  EXPECT_EQ(link, whole[0].link);
}

}  // namespace
}  // namespace sushi
