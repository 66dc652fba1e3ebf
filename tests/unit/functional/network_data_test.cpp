#include "sushi/functional/network_data.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "builders.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

SuperNet TwoLayers(int kernels) {
  return testing::SuperNetBuilder()
      .AddSubNet("only", {{0, kernels, 30, 3, 8, 1}, {1, 20, kernels, 1, 8, 1}})
      .Build();
}

// The figures themselves: a seed must mean the same numbers on every machine and in every version.
TEST(NetworkData, ASeedMeansTheseNumbers) {
  const SuperNet net = TwoLayers(40);
  const NetworkData data(net, 1);
  const std::vector<std::int8_t>& weights = data.weights(0);
  EXPECT_EQ((std::vector<int>{weights[0], weights[1], weights[2], weights[300]}),
            (std::vector<int>{-31, -59, -35, -20}));
  const QuantParam param = data.QuantParams(0, 1).front();
  EXPECT_EQ(param.scale, 44567);
  EXPECT_EQ(param.zero_point, 104);
  EXPECT_EQ(data.ZeroPoints(0)[0], 83);
  EXPECT_EQ(data.External(0, 0)[0], 246);
}

TEST(NetworkData, ALayersNumbersDoNotDependOnAnotherLayer) {
  const SuperNet one = TwoLayers(40), other = TwoLayers(50);
  const NetworkData data(one, 3), changed(other, 3);
  EXPECT_TRUE(std::equal(data.weights(0).begin(), data.weights(0).end(), changed.weights(0).begin()));
  EXPECT_NE(data.weights(0).size(), changed.weights(0).size());
  EXPECT_EQ(data.External(0, 0), changed.External(0, 0));
}

TEST(NetworkData, WeightsUseTheirRangeAndAddUpToLittle) {
  const SuperNet net = TwoLayers(200);
  const NetworkData data(net, 1);
  const std::vector<std::int8_t>& weights = data.weights(0);
  EXPECT_LE(*std::min_element(weights.begin(), weights.end()), -120);
  EXPECT_GE(*std::max_element(weights.begin(), weights.end()), 120);
  for (int kept : {10, 30}) {  // channels that a SubNet keeps: the sum over them at a tap, of kernel 0
    int sum = 0;
    for (int c = 0; c < kept; ++c) sum += weights[static_cast<std::size_t>(c) * 9];
    EXPECT_LE(std::abs(sum), 128);
  }
}

TEST(NetworkData, APoolsOutputHasItsInputsZeroPoint) {
  SuperNet net = TwoLayers(40);
  Op pool = net.subnets[0].ops[1];
  pool.kind = OpKind::kMaxPool;
  pool.supernet_layer = kNone;
  pool.kernels = pool.channels;
  pool.input = 1;
  pool.output = 3;
  net.subnets[0].ops.push_back(pool);
  net.subnets[0].tensors.push_back(net.subnets[0].tensors[1]);
  const NetworkData data(net, 1);
  const std::vector<std::uint8_t> zero_points = data.ZeroPoints(0);
  EXPECT_EQ(zero_points[3], zero_points[1]);
  EXPECT_NE(zero_points[2], zero_points[1]);
}

TEST(NetworkData, RefusesWhatNoMemoryHolds) {
  SuperNet weights = TwoLayers(40);
  weights.layers[0].max_kernels = weights.layers[0].max_channels = kMaxChannels;  // · 9 taps: 36 GiB
  EXPECT_THROW(NetworkData(weights, 1), UserError);
  SuperNet tensors = TwoLayers(40);
  tensors.subnets[0].tensors[1] = {65, kMaxMapSize, kMaxMapSize};  // 64 would be the 16 GiB
  EXPECT_THROW(NetworkData(tensors, 1), UserError);
  tensors.subnets[0].tensors[1].channels = 64;
  EXPECT_NO_THROW(NetworkData(tensors, 1));
}

}  // namespace
}  // namespace sushi
