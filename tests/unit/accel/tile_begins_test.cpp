// U2 tile by tile must end where U2 says at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "builders.hpp"
#include "sushi/accel/inference_plan.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// A unit of three equal tiles of which the middle run fetches nothing.
struct ThreeTiles {
  std::vector<TileRun> runs{{1, Bytes(8), Cycles(10)}, {1, Bytes(0), Cycles(0)}, {1, Bytes(8), Cycles(10)}};
  UnitShape shape;
  Unit unit;
  ThreeTiles() {
    shape.tiles = 3;
    shape.runs = {runs.data(), runs.size()};
    shape.fetch = Bytes(16);
    shape.link = Cycles(20);
    unit.shape = &shape;
    unit.fetch = shape.fetch;
    unit.tile_cycles = Cycles(4);
  }
};

std::vector<Cycles> Begins(const Unit& unit, Cycles start, const UnitFetch& fetch, bool streaming) {
  std::vector<Cycles> begins{Cycles(99)};  // replaced
  TileBegins(unit, start, fetch, streaming, begins);
  return begins;
}

TEST(TileBegins, ATileWaitsForItsOwnPartOfATransfer) {
  const ThreeTiles three;
  const UnitFetch fetch{{Cycles(100), Cycles(120)}};  // parts there at 110 and 120
  EXPECT_EQ(Begins(three.unit, Cycles(105), fetch, true),
            (std::vector<Cycles>{Cycles(110), Cycles(114), Cycles(120)}));
}

TEST(TileBegins, ATransferATileIsTakenTileByTile) {
  const ThreeTiles three;
  const UnitFetch fetch{{Cycles(100), Cycles(103)}, {Cycles(103), Cycles(130)}};
  EXPECT_EQ(Begins(three.unit, Cycles(101), fetch, true),
            (std::vector<Cycles>{Cycles(103), Cycles(107), Cycles(130)}));
}

TEST(TileBegins, ASingleBankWaitsForAll) {
  const ThreeTiles three;
  const UnitFetch fetch{{Cycles(100), Cycles(120)}};
  EXPECT_EQ(Begins(three.unit, Cycles(105), fetch, false),
            (std::vector<Cycles>{Cycles(120), Cycles(124), Cycles(128)}));
}

TEST(TileBegins, WhatIsThereIsNotWaitedFor) {
  const ThreeTiles three;
  const std::vector<Cycles> at_once{Cycles(120), Cycles(124), Cycles(128)};
  EXPECT_EQ(Begins(three.unit, Cycles(120), {{Cycles(100), Cycles(120)}}, true), at_once);
  EXPECT_EQ(Begins(three.unit, Cycles(120), {}, true), at_once);
}

// Random layers with transfers that come at random.
TEST(TileBegins, EndWhereComputeFinishSays) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const SuperNet net = testing::RandomSuperNet(random);
    const HardwareConfig hw = testing::RandomHardware(random);
    try {
      const InferencePlanner planner(hw, net);
      const SubGraph cached = testing::RandomSubGraph(net, hw.accel.pb.capacity(), random);
      const LayerPlan plan = planner.PlanOp(0, 0, cached);
      std::vector<FetchPart> parts;
      for (int i = 0; i < std::min(plan.units(), 20); ++i) {
        const Unit unit = plan.UnitAt(i);
        FetchPartsOf(plan, unit, hw.granularity, parts);
        UnitFetch fetch;
        Cycles free(random.Integer(0, 299));
        for (const FetchPart& part : parts) {
          fetch.push_back({free, free + part.link + Cycles(random.Integer(0, 49))});
          free = fetch.back().done;
        }
        const Cycles start(random.Integer(0, 599));
        for (const bool streaming : {false, true}) {
          const std::vector<Cycles> begins = Begins(unit, start, fetch, streaming);
          ASSERT_EQ(begins.size(), static_cast<std::size_t>(unit.shape->tiles));
          EXPECT_EQ((begins.back() + unit.tile_cycles).value(),
                    ComputeFinish(unit, start, fetch, streaming).value());
          ++compared;
        }
      }
    } catch (const UserError&) {
      continue;
    }
  }
  EXPECT_GT(compared, 1000);
}

}  // namespace
}  // namespace sushi
