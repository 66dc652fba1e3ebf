#include "sushi/functional/arithmetic.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr std::int32_t kOne = 1 << kScaleFractionBits;

TEST(Requantise, RoundsHalvesUp) {
  const QuantParam half{kOne / 2, 100};
  EXPECT_EQ(Requantise(3, half), 102);  // 1.5 → 2
  EXPECT_EQ(Requantise(-3, half), 99);  // -1.5 → -1
  EXPECT_EQ(Requantise(-4, half), 98);
  const QuantParam below{kOne / 2 - 1, 100};
  EXPECT_EQ(Requantise(1, below), 100);  // just under a half
}

TEST(Requantise, ClampsAfterTheZeroPoint) {
  EXPECT_EQ(Requantise(255, {kOne, 0}), 255);
  EXPECT_EQ(Requantise(256, {kOne, 0}), 255);
  EXPECT_EQ(Requantise(256, {kOne, -1}), 255);
  EXPECT_EQ(Requantise(-1, {kOne, 0}), 0);
  EXPECT_EQ(Requantise(-1, {kOne, 1}), 0);
  EXPECT_EQ(Requantise(0, {kOne, -128}), 0);
}

TEST(Requantise, HoldsTheLargestProduct) {
  EXPECT_EQ(Requantise(INT32_MAX, {INT32_MAX, 0}), 255);
  EXPECT_EQ(Requantise(INT32_MIN, {INT32_MAX, 127}), 0);
  EXPECT_EQ(Requantise(INT32_MIN, {INT32_MIN, 127}), 255);
}

TEST(AddResidual, TakesTheOperandsZeroPointAwayAndClamps) {
  EXPECT_EQ(AddResidual(100, 90, 80), 110);
  EXPECT_EQ(AddResidual(250, 90, 80), 255);
  EXPECT_EQ(AddResidual(5, 70, 80), 0);
}

TEST(CheckAccumulators, RefusesTheFirstDepthThatCouldOverflow) {
  testing::ConvSpec spec;
  spec.kernel = 1;
  spec.in = 1;
  spec.channels = 65793;  // beyond kMaxChannels, but the rule is about the sum
  EXPECT_NO_THROW(CheckAccumulators(testing::OneConvNet(spec)));
  EXPECT_LE(std::int64_t{spec.channels} * 255 * 128, INT32_MAX);
  ++spec.channels;
  EXPECT_THROW(CheckAccumulators(testing::OneConvNet(spec)), UserError);
  EXPECT_GT(std::int64_t{spec.channels} * 255 * 128, INT32_MAX);
}

// One channel, the values 1…size².
struct Map {
  explicit Map(int size) {
    for (int i = 0; i < size * size; ++i) bytes.push_back(static_cast<std::uint8_t>(i + 1));
    view = {bytes.data(), 1, 0, size, size};
  }
  std::vector<std::uint8_t> bytes;
  ActivationView view;
};

Op Square(OpKind kind, int in, int kernel, int stride, int pad) {
  Op op;
  op.kind = kind;
  op.kernels = op.channels = 1;
  op.in_h = op.in_w = in;
  op.kernel_h = op.kernel_w = kernel;
  op.stride_h = op.stride_w = stride;
  op.pad_h = op.pad_w = pad;
  return op;
}

TEST(BuildWindows, PutsThePaddingValueOutsideTheMap) {
  const Map map(3);
  std::vector<std::int16_t> windows;
  BuildWindows(Square(OpKind::kConv, 3, 3, 1, 1), map.view, 77, {0, 1}, 0, 1, windows);
  EXPECT_EQ(windows, (std::vector<std::int16_t>{77, 77, 77, 77, 1, 2, 77, 4, 5}));
}

TEST(BuildWindows, StepsByTheStride) {
  const Map map(5);
  std::vector<std::int16_t> windows;
  BuildWindows(Square(OpKind::kConv, 5, 3, 2, 0), map.view, 0, {3, 1}, 0, 1, windows);
  EXPECT_EQ(windows, (std::vector<std::int16_t>{13, 14, 15, 18, 19, 20, 23, 24, 25}));
}

TEST(Accumulate, AddsToWhatIsThereForEveryKernel) {
  const std::vector<std::int16_t> windows = {1, 2, 3, 4};                        // 2 positions of 2
  const std::vector<std::int16_t> weights = {1, 0, 0, 1, 1, 1, -1, 2, 10, 100};  // 5 kernels
  std::vector<std::int32_t> sums(10, 1000);
  Accumulate(windows.data(), 2, weights.data(), 5, 2, sums.data());
  EXPECT_EQ(sums, (std::vector<std::int32_t>{1001, 1002, 1003, 1003, 1210, 1003, 1004, 1007, 1005, 1430}));
}

std::vector<int> Pooled(const Op& op, const Map& map) {
  std::vector<std::uint8_t> values(static_cast<std::size_t>(op.OutH() * op.OutW()));
  Pool(op, map.view, 42, {0, static_cast<std::int64_t>(values.size())}, 0, 1, values.data());
  return {values.begin(), values.end()};
}

TEST(ActivationTable, HSwishIsZeroUpToMinusThreeAndTheInputFromThreeOn) {
  for (const int z : {48, 100, 127}) {
    const auto table = ActivationTable(Activation::kHSwish, static_cast<std::uint8_t>(z));
    const auto at = [&](int q) { return int{table[static_cast<std::size_t>(q)]}; };
    EXPECT_EQ(at(z), z);
    EXPECT_EQ(at(z - 48), z) << "-3";
    EXPECT_EQ(at(z - 47), z) << "-47/96 rounds to 0";
    EXPECT_EQ(at(z - 46), z - 1) << "-92/96";
    EXPECT_EQ(at(z - 24), z - 6) << "the least, at -1.5";
    EXPECT_EQ(at(z + 47), z + 47) << "46.51";
    EXPECT_EQ(at(z + 46), z + 45) << "45.04";
    EXPECT_EQ(at(z + 48), z + 48) << "3";
    EXPECT_EQ(at(0), z);
    EXPECT_EQ(at(255), 255);
  }
  EXPECT_EQ(int{ActivationTable(Activation::kHSwish, 3)[0]}, 2) << "-3·45/96 = -1.41";
  EXPECT_EQ(int{ActivationTable(Activation::kHSwish, 255)[255]}, 255);
}

TEST(ActivationTable, HSigmoidGoesFrom0AtMinusThreeTo255AtThree) {
  for (const int z : {48, 100, 127}) {
    const auto table = ActivationTable(Activation::kHSigmoid, static_cast<std::uint8_t>(z));
    const auto at = [&](int q) { return int{table[static_cast<std::size_t>(q)]}; };
    EXPECT_EQ(at(z), 128) << "127.5 rounds up";
    EXPECT_EQ(at(z - 48), 0);
    EXPECT_EQ(at(z - 47), 3) << "255/96";
    EXPECT_EQ(at(z + 47), 252);
    EXPECT_EQ(at(z + 48), 255);
    EXPECT_EQ(at(0), 0);
    EXPECT_EQ(at(255), 255);
  }
  EXPECT_EQ(int{ActivationTable(Activation::kHSigmoid, 0)[0]}, 128) << "nothing is below zero";
  EXPECT_EQ(int{ActivationTable(Activation::kHSigmoid, 255)[255]}, 128) << "nothing is above zero";
}

TEST(ActivationTable, ReluAndNoneChangeNothing) {
  for (const Activation activation : {Activation::kRelu, Activation::kNone}) {
    const auto table = ActivationTable(activation, 100);
    for (std::size_t q = 0; q < table.size(); ++q) EXPECT_EQ(table[q], q);
  }
}

TEST(ScaleByFactor, RoundsHalvesUpAroundTheZeroPoint) {
  EXPECT_EQ(ScaleByFactor(200, 100, 255), 200);
  EXPECT_EQ(ScaleByFactor(200, 100, 0), 100);
  EXPECT_EQ(ScaleByFactor(103, 100, 43), 101) << "129/255 = 0.506";
  EXPECT_EQ(ScaleByFactor(103, 100, 42), 100) << "126/255 = 0.494";
  EXPECT_EQ(ScaleByFactor(97, 100, 43), 99);
  EXPECT_EQ(ScaleByFactor(0, 100, 255), 0);
}

TEST(Pool, AveragesRoundHalvesUp) {
  const Map map(2);  // 1 2 3 4: 2.5
  EXPECT_EQ(Pooled(Square(OpKind::kAveragePool, 2, 2, 2, 0), map), std::vector<int>{3});
}

TEST(Pool, CountsOnlyPositionsInsideTheMap) {
  const Map map(3);
  Op op = Square(OpKind::kAveragePool, 3, 2, 2, 0);
  op.ceil_mode = true;  // 1 2 4 5 | 3 6 | 7 8 | 9
  EXPECT_EQ(Pooled(op, map), (std::vector<int>{3, 5, 8, 9}));
  EXPECT_EQ(Pooled(Square(OpKind::kAveragePool, 3, 3, 2, 1), map), (std::vector<int>{3, 4, 6, 7}));
}

TEST(Pool, PaddingNeverWinsAMaximum) {
  const Map map(3);
  EXPECT_EQ(Pooled(Square(OpKind::kMaxPool, 3, 3, 2, 1), map), (std::vector<int>{5, 6, 8, 9}));
}

TEST(Pool, AWindowOutsideTheMapGivesTheZeroPoint) {
  const Map map(2);
  Op op = Square(OpKind::kMaxPool, 2, 1, 3, 0);
  op.ceil_mode = true;
  EXPECT_EQ(Pooled(op, map), (std::vector<int>{1, 42, 42, 42}));
}

}  // namespace
}  // namespace sushi
