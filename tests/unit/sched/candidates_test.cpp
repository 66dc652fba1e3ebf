#include "sushi/sched/candidates.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sched_fixtures.hpp"

namespace sushi {
namespace {

using testing_support::Graph;
using testing_support::SyntheticSuperNet;

SubGraph BoxOf(const SuperNet& net) {
  SubGraph box = EmptySubGraph(net);
  for (const SubNet& subnet : net.subnets) box = BoundingBox(box, SubGraphOf(net, subnet));
  return box;
}

void ExpectValid(const SuperNet& net, Bytes capacity, const std::vector<SubGraphColumn>& candidates) {
  const SubGraph box = BoxOf(net);
  std::set<SubGraph> graphs;
  std::set<std::string> names;
  for (const SubGraphColumn& c : candidates) {
    EXPECT_LE(BytesOf(net, c.graph), capacity) << c.name;
    if (BytesOf(net, box) >= capacity) {
      EXPECT_GE(BytesOf(net, c.graph) * 100, capacity * 98) << c.name;
    }
    EXPECT_TRUE(Contains(box, c.graph)) << c.name;
    EXPECT_NE(c.graph, EmptySubGraph(net)) << c.name;
    EXPECT_TRUE(graphs.insert(c.graph).second) << c.name;
    EXPECT_TRUE(names.insert(c.name).second) << c.name;
    for (std::size_t i = 0; i < net.layers.size(); ++i) {
      const Rect& rect = c.graph.rects[i];
      EXPECT_EQ(rect.kernels == 0, rect.channels == 0) << c.name << " layer " << i;
      if (!net.layers[i].cacheable) {
        EXPECT_EQ(rect, Rect{}) << c.name;
      }
    }
  }
}

TEST(MakeCandidates, FillsAnyCapacityWithAsManyDistinctSubGraphsAsAskedFor) {
  const SuperNet net = SyntheticSuperNet(16, 6, 128);
  const std::int64_t box = BytesOf(net, BoxOf(net)).value();
  for (const std::int64_t capacity : {std::int64_t{300}, std::int64_t{4096}, std::int64_t{65536}, box / 20,
                                      box / 4, box / 2, box * 9 / 10, box - 1}) {
    const auto candidates = MakeCandidates(net, Bytes(capacity), 40);
    EXPECT_EQ(candidates.size(), 40u) << capacity;
    ExpectValid(net, Bytes(capacity), candidates);
  }
}

TEST(MakeCandidates, StaysWithinASubNetThatCanFillTheCapacity) {
  const SuperNet net = SyntheticSuperNet(16, 6, 128);
  for (const SubGraphColumn& c : MakeCandidates(net, Bytes(65536), 40)) {
    const SubNet& subnet = net.subnets[static_cast<std::size_t>(net.FindSubNet(c.name.substr(0, 1)))];
    EXPECT_TRUE(Contains(SubGraphOf(net, subnet), c.graph)) << c.name;
  }
}

TEST(MakeCandidates, GrowsBeyondASubNetThatFitsWhole) {
  const SuperNet net = SyntheticSuperNet(6, 4, 64);
  const SubGraph smallest = SubGraphOf(net, net.subnets[0]);
  const Bytes capacity = BytesOf(net, smallest) * 2;
  ASSERT_GT(BytesOf(net, BoxOf(net)), capacity);
  const auto candidates = MakeCandidates(net, capacity, 4);
  ExpectValid(net, capacity, candidates);
  EXPECT_EQ(candidates[0].name, "A.scaled");
  EXPECT_TRUE(Contains(candidates[0].graph, smallest));
}

TEST(MakeCandidates, IsTheWholeBoxWhenThatFits) {
  const SuperNet net = SyntheticSuperNet(6, 4, 64);
  const auto candidates = MakeCandidates(net, BytesOf(net, BoxOf(net)), 40);
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].name, "all");
  EXPECT_EQ(candidates[0].graph, BoxOf(net));
}

TEST(MakeCandidates, IsEmptyWithoutCapacityOrCount) {
  const SuperNet net = SyntheticSuperNet(6, 4, 64);
  EXPECT_TRUE(MakeCandidates(net, Bytes(0), 40).empty());
  EXPECT_TRUE(MakeCandidates(net, Bytes(4096), 0).empty());
}

TEST(MakeCandidates, WithALargerCountOnlyAppends) {
  const SuperNet net = SyntheticSuperNet(16, 6, 128);
  const auto few = MakeCandidates(net, Bytes(100'000), 9);
  const auto many = MakeCandidates(net, Bytes(100'000), 50);
  ASSERT_EQ(few.size(), 9u);
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i].name, many[i].name);
    EXPECT_EQ(few[i].graph, many[i].graph);
  }
}

TEST(MakeCandidates, EndsWhenEveryWindowIsUsed) {
  const SuperNet net = SyntheticSuperNet(2, 2, 16);
  const Bytes capacity(200);
  const auto candidates = MakeCandidates(net, capacity, 1000);
  ExpectValid(net, capacity, candidates);
  EXPECT_GT(candidates.size(), 4u);
  EXPECT_LE(candidates.size(), 2u * (2 + 6));
}

// Two 1×1 layers of 8×8 weights, one SubNet that is all of it.
SuperNet TwoSquares() {
  SuperNet net;
  net.layers = {{"a", 8, 8, 1, 1, true}, {"b", 8, 8, 1, 1, true}, {"c", 4, 8, 1, 1, false}};
  net.subnets.emplace_back();
  net.subnets[0].name = "S";
  for (int layer = 0; layer < 3; ++layer) {
    Op op;
    op.supernet_layer = layer;
    op.kernels = layer == 2 ? 4 : 8;
    op.channels = 8;
    net.subnets[0].ops.push_back(op);
  }
  return net;
}

TEST(MakeCandidates, HasTheStatedShapes) {
  const auto candidates = MakeCandidates(TwoSquares(), Bytes(80), 10);
  ASSERT_EQ(candidates.size(), 4u);
  EXPECT_EQ(candidates[0].name, "S.scaled");  // 6×6 twice is 72, and one kernel of 6 more
  EXPECT_EQ(candidates[0].graph, Graph({{7, 6}, {6, 6}, {0, 0}}));
  EXPECT_EQ(candidates[1].name, "S.kernels");
  EXPECT_EQ(candidates[1].graph, Graph({{5, 8}, {5, 8}, {0, 0}}));
  EXPECT_EQ(candidates[2].name, "S.window0");
  EXPECT_EQ(candidates[2].graph, Graph({{8, 8}, {2, 8}, {0, 0}}));
  EXPECT_EQ(candidates[3].name, "S.window1");
  EXPECT_EQ(candidates[3].graph, Graph({{2, 8}, {8, 8}, {0, 0}}));
}

TEST(PrefixThatFits, TakesWholeLayersThenCutsByKernelsAndLetsLaterLayersFill) {
  const SuperNet net = TwoSquares();
  const SubGraph wanted = Graph({{8, 8}, {6, 4}, {4, 8}});
  EXPECT_EQ(PrefixThatFits(net, wanted, Bytes(64 + 11)), Graph({{8, 8}, {2, 4}, {0, 0}}));
  EXPECT_EQ(PrefixThatFits(net, wanted, Bytes(7)), Graph({{0, 0}, {1, 4}, {0, 0}}));
  EXPECT_EQ(PrefixThatFits(net, wanted, Bytes(1000)), Graph({{8, 8}, {6, 4}, {0, 0}}));
  EXPECT_EQ(PrefixThatFits(net, wanted, Bytes(0)), EmptySubGraph(net));
}

}  // namespace
}  // namespace sushi
