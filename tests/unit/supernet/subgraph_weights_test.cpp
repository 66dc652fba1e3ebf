// The byte counts of SubGraphs against sets of single weights, on small random SuperNets: a weight is
// (layer, kernel, channel, tap), and a rectangle holds the first kernels and channels; with centre_crop taps
// stand for channels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <tuple>

#include "builders.hpp"

namespace sushi {
namespace {

using Weights = std::set<std::tuple<std::size_t, int, int, int>>;

Weights WeightsOf(const SuperNet& net, const SubGraph& g) {
  Weights weights;
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    const SuperNetLayer& layer = net.layers[i];
    const int taps = layer.centre_crop ? 1 : layer.kernel_h * layer.kernel_w;
    for (int k = 0; k < g.rects[i].kernels; ++k) {
      for (int c = 0; c < g.rects[i].channels; ++c) {
        for (int t = 0; t < taps; ++t) weights.emplace(i, k, c, t);
      }
    }
  }
  return weights;
}

std::int64_t CommonOf(const Weights& a, const Weights& b) {
  Weights common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(common, common.end()));
  return static_cast<std::int64_t>(common.size());
}

// A rectangle of any size in about half of the layers; unlike testing::RandomSubGraph not limited by
// what a buffer holds.
SubGraph AnySubGraph(const SuperNet& net, Random& random) {
  SubGraph g = EmptySubGraph(net);
  for (std::size_t i = 0; i < g.rects.size(); ++i) {
    if (random.Integer(0, 1) == 0) continue;
    g.rects[i] = {static_cast<int>(random.Integer(1, std::min(net.layers[i].max_kernels, 12))),
                  static_cast<int>(random.Integer(1, std::min(net.layers[i].max_channels, 12)))};
  }
  return g;
}

TEST(SubGraphWeights, BytesCountTheWeightsThemselves) {
  Random random(61);
  for (int round = 0; round < 40; ++round) {
    const SuperNet net = testing::RandomSuperNet(random);
    const SubGraph a = AnySubGraph(net, random);
    const SubGraph b = AnySubGraph(net, random);
    const Weights in_a = WeightsOf(net, a);
    const Weights in_b = WeightsOf(net, b);
    const std::int64_t common = CommonOf(in_a, in_b);
    const auto size_a = static_cast<std::int64_t>(in_a.size());
    EXPECT_EQ(BytesOf(net, a).value(), size_a);
    EXPECT_EQ(SharedBytes(net, a, b).value(), common);
    EXPECT_EQ(MissingBytes(net, a, b).value(), size_a - common);
    EXPECT_EQ(WeightsOf(net, Intersect(a, b)).size(), static_cast<std::size_t>(common));
    EXPECT_EQ(Contains(a, b), common == static_cast<std::int64_t>(in_b.size()));
  }
}

TEST(SubGraphWeights, TheBoundingBoxIsTheSmallestThatHoldsBoth) {
  Random random(62);
  for (int round = 0; round < 200; ++round) {
    const SuperNet net = testing::RandomSuperNet(random);
    const SubGraph a = AnySubGraph(net, random);
    const SubGraph b = AnySubGraph(net, random);
    const SubGraph box = BoundingBox(a, b);
    for (std::size_t i = 0; i < box.rects.size(); ++i) {
      if (box.rects[i] == Rect{}) continue;
      SubGraph smaller = box;
      --smaller.rects[i].kernels;
      EXPECT_FALSE(Contains(smaller, a) && Contains(smaller, b));
      smaller = box;
      --smaller.rects[i].channels;
      EXPECT_FALSE(Contains(smaller, a) && Contains(smaller, b));
    }
  }
}

TEST(SubGraphWeights, DistanceIsAMetric) {
  Random random(63);
  for (int round = 0; round < 500; ++round) {
    const SuperNet net = testing::RandomSuperNet(random);
    const SubGraph a = AnySubGraph(net, random);
    const SubGraph b = AnySubGraph(net, random);
    const SubGraph c = AnySubGraph(net, random);
    const auto distance = [](const SubGraph& x, const SubGraph& y) {
      return std::sqrt(static_cast<double>(SquaredDistance(x, y)));
    };
    EXPECT_EQ(SquaredDistance(a, b) == 0, a == b);
    EXPECT_EQ(SquaredDistance(a, b), SquaredDistance(b, a));
    EXPECT_LE(distance(a, c), distance(a, b) + distance(b, c) + 1e-9);
  }
}

TEST(SubGraphWeights, WhatASubNetAsksForLiesInTheSuperNet) {
  Random random(64);
  for (int round = 0; round < 200; ++round) {
    const SuperNet net = testing::RandomSuperNet(random);
    SubGraph whole = EmptySubGraph(net);
    for (std::size_t i = 0; i < whole.rects.size(); ++i) {
      if (net.layers[i].cacheable) whole.rects[i] = {net.layers[i].max_kernels, net.layers[i].max_channels};
    }
    for (const SubNet& subnet : net.subnets) EXPECT_TRUE(Contains(whole, SubGraphOf(net, subnet)));
  }
}

}  // namespace
}  // namespace sushi
