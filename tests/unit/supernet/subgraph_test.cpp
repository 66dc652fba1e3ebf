// The algebra of SubGraphs as properties over random rectangles of the OFA SuperNet.
#include "sushi/supernet/subgraph.hpp"

#include <gtest/gtest.h>

#include <random>

#include "ofa_fixture.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

class SubGraphAlgebra : public ::testing::Test {
 protected:
  // Modulo on the engine's own numbers: std distributions differ between libraries.
  SubGraph Random() {
    SubGraph g = EmptySubGraph(net_);
    for (std::size_t i = 0; i < g.rects.size(); ++i) {
      if (!net_.layers[i].cacheable || engine_() % 4 == 0) continue;
      g.rects[i].kernels =
          1 + static_cast<int>(engine_() % static_cast<unsigned>(net_.layers[i].max_kernels));
      g.rects[i].channels =
          1 + static_cast<int>(engine_() % static_cast<unsigned>(net_.layers[i].max_channels));
    }
    return g;
  }

  static constexpr int kRounds = 500;
  SuperNet net_ = ExpandSpace(OfaSpace());
  std::mt19937_64 engine_{20230617};
};

TEST_F(SubGraphAlgebra, IntersectionAndBoundingBoxCommute) {
  for (int i = 0; i < kRounds; ++i) {
    const SubGraph a = Random();
    const SubGraph b = Random();
    EXPECT_EQ(Intersect(a, b), Intersect(b, a));
    EXPECT_EQ(BoundingBox(a, b), BoundingBox(b, a));
    EXPECT_EQ(SharedBytes(net_, a, b), SharedBytes(net_, b, a));
  }
}

TEST_F(SubGraphAlgebra, IntersectionAndBoundingBoxAreIdempotentAndAssociative) {
  for (int i = 0; i < kRounds; ++i) {
    const SubGraph a = Random();
    const SubGraph b = Random();
    const SubGraph c = Random();
    EXPECT_EQ(Intersect(a, a), a);
    EXPECT_EQ(BoundingBox(a, a), a);
    EXPECT_EQ(Intersect(Intersect(a, b), c), Intersect(a, Intersect(b, c)));
    EXPECT_EQ(BoundingBox(BoundingBox(a, b), c), BoundingBox(a, BoundingBox(b, c)));
  }
}

TEST_F(SubGraphAlgebra, SharedAndMissingBytesAddUpToTheWhole) {
  for (int i = 0; i < kRounds; ++i) {
    const SubGraph a = Random();
    const SubGraph b = Random();
    EXPECT_EQ(SharedBytes(net_, a, b) + MissingBytes(net_, a, b), BytesOf(net_, a));
    EXPECT_EQ(MissingBytes(net_, a, a), Bytes(0));
    EXPECT_EQ(MissingBytes(net_, a, EmptySubGraph(net_)), BytesOf(net_, a));
  }
}

TEST_F(SubGraphAlgebra, IntersectionLiesInBothAndBoundingBoxHoldsBoth) {
  for (int i = 0; i < kRounds; ++i) {
    const SubGraph a = Random();
    const SubGraph b = Random();
    EXPECT_TRUE(Contains(a, Intersect(a, b)));
    EXPECT_TRUE(Contains(b, Intersect(a, b)));
    EXPECT_TRUE(Contains(BoundingBox(a, b), a));
    EXPECT_TRUE(Contains(BoundingBox(a, b), b));
    EXPECT_EQ(Contains(a, b), Intersect(a, b) == b);
    EXPECT_EQ(Contains(a, b), MissingBytes(net_, b, a) == Bytes(0));
  }
}

TEST_F(SubGraphAlgebra, DistanceIsSymmetricAndZeroOnlyBetweenEquals) {
  for (int i = 0; i < kRounds; ++i) {
    const SubGraph a = Random();
    const SubGraph b = Random();
    EXPECT_EQ(SquaredDistance(a, b), SquaredDistance(b, a));
    EXPECT_EQ(SquaredDistance(a, a), 0);
    EXPECT_EQ(SquaredDistance(a, b) == 0, a == b);
  }
}

TEST_F(SubGraphAlgebra, DistanceSumsTheSquaresOfBothSides) {
  SubGraph a = EmptySubGraph(net_);
  SubGraph b = a;
  a.rects[3] = {10, 20};
  b.rects[3] = {7, 24};
  b.rects[5] = {1, 2};
  EXPECT_EQ(SquaredDistance(a, b), 9 + 16 + 1 + 4);
}

TEST_F(SubGraphAlgebra, BytesAreKernelsTimesChannelsTimesTaps) {
  SubGraph g = EmptySubGraph(net_);
  EXPECT_EQ(BytesOf(net_, g), Bytes(0));
  g.rects[3] = {16, 9};  // 1×1
  g.rects[4] = {16, 9};  // 3×3
  EXPECT_EQ(BytesOf(net_, g), Bytes(16 * 9 * (1 + 9)));
}

TEST_F(SubGraphAlgebra, SubGraphOfASubNetLeavesTheClassifierOut) {
  const SubNet subnet = ExpandSubNet(OfaSpace(), net_, LargestChoice());
  const SubGraph g = SubGraphOf(net_, subnet);
  EXPECT_EQ(g.rects.back(), Rect{});
  EXPECT_EQ(BytesOf(net_, g), subnet.ConvWeightBytes());
}

TEST_F(SubGraphAlgebra, SubGraphsOfDifferentSuperNetsAreAnInternalError) {
  SubGraph other;
  other.rects.resize(3);
  EXPECT_THROW(Intersect(other, EmptySubGraph(net_)), InternalError);
  EXPECT_THROW(BytesOf(net_, other), InternalError);
}

}  // namespace
}  // namespace sushi
