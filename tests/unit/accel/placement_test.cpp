// Equations P1–P4 of docs/timing-model.md.
#include "sushi/accel/placement.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using testing::ConvSpec;

// Three 1×1 layers of 9 channels on 32×32 maps: every tensor is 9 KiB.
SubNet Chain() {
  return testing::SuperNetBuilder()
      .AddSubNet("s", {{0, 9, 9, 1, 32}, {1, 9, 9, 1, 32}, {2, 9, 9, 1, 32}})
      .Build()
      .subnets[0];
}

AccelConfig WithStreamingBuffer(std::int64_t kib) {
  AccelConfig accel;
  accel.sb.capacity_kib = kib;
  return accel;
}

TEST(Placement, ChannelsArePaddedToWholeGroups) {
  EXPECT_EQ(PaddedBytes({9, 32, 32}, AccelConfig()), Bytes(9 * 1024));
  EXPECT_EQ(PaddedBytes({10, 32, 32}, AccelConfig()), Bytes(18 * 1024));
  EXPECT_EQ(PaddedBytes({3, 2, 5}, AccelConfig()), Bytes(90));
}

TEST(Placement, ATensorStaysOnChipWhenInputAndOutputFitTogetherAndNotOneKibLess) {
  const auto roomy = PlaceActivations(Chain(), WithStreamingBuffer(18), 1);
  EXPECT_FALSE(roomy[0].input_on_chip) << "the image comes from DRAM";
  EXPECT_TRUE(roomy[0].output_on_chip);
  EXPECT_TRUE(roomy[1].input_on_chip);
  EXPECT_TRUE(roomy[1].output_on_chip);
  EXPECT_FALSE(roomy[2].output_on_chip) << "the result goes to DRAM";
  const auto tight = PlaceActivations(Chain(), WithStreamingBuffer(17), 1);
  EXPECT_TRUE(tight[0].output_on_chip);
  EXPECT_FALSE(tight[1].output_on_chip) << "9 + 9 KiB do not fit 17";
}

TEST(Placement, AKeyForcesActivationsOffChip) {
  AccelConfig accel = WithStreamingBuffer(512);
  accel.keep_activations_on_chip = false;
  for (const OpPlacement& place : PlaceActivations(Chain(), accel, 1)) {
    EXPECT_FALSE(place.input_on_chip || place.output_on_chip || place.residual_on_chip);
  }
}

TEST(Placement, AResidualOccupiesTheBufferUntilItIsAdded) {
  SubNet subnet = Chain();
  subnet.ops[2].residual = subnet.ops[0].output;
  const auto places = PlaceActivations(subnet, WithStreamingBuffer(26), 1);
  EXPECT_TRUE(places[2].residual_on_chip);
  EXPECT_EQ(places[1].kept, Bytes(18 * 1024)) << "the residual and op 1's output";
  // Below 18 KiB the residual was there first and op 1's output is spilled.
  const auto tight = PlaceActivations(subnet, WithStreamingBuffer(17), 1);
  EXPECT_TRUE(tight[2].residual_on_chip);
  EXPECT_FALSE(tight[1].output_on_chip);
}

TEST(Placement, TheInputIsCutIntoStripsThatFit) {
  const SubNet subnet = testing::OneConvNet({0, 16, 9, 3, 32}).subnets[0];
  // A row is 9 · 32 = 288 bytes: 1 KiB holds 3 rows, one output row; 2 KiB hold 7 rows, five.
  EXPECT_EQ(PlaceAlone(subnet, subnet.ops[0], WithStreamingBuffer(1)).strip_out_rows, 1);
  EXPECT_EQ(PlaceAlone(subnet, subnet.ops[0], WithStreamingBuffer(2)).strip_out_rows, 5);
  EXPECT_EQ(PlaceAlone(subnet, subnet.ops[0], WithStreamingBuffer(9)).strip_out_rows, 32);
}

TEST(Placement, PartialSumsOfAStripFitTheOutputBuffer) {
  const SubNet subnet = testing::OneConvNet({0, 16, 9, 3, 32}).subnets[0];
  AccelConfig accel;
  accel.ob.capacity_kib = 64;  // 32 · 32 · 16 · 4 bytes exactly
  EXPECT_EQ(PlaceAlone(subnet, subnet.ops[0], accel).strip_out_rows, 32);
  accel.ob.capacity_kib = 63;
  EXPECT_EQ(PlaceAlone(subnet, subnet.ops[0], accel).strip_out_rows, 31);
}

TEST(Placement, ABufferThatCannotHoldOneRowIsRefusedByName) {
  const SubNet subnet = testing::OneConvNet({0, 16, 36, 3, 32}).subnets[0];
  const auto message = [&](const AccelConfig& accel) {
    try {
      PlaceAlone(subnet, subnet.ops[0], accel);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(message(WithStreamingBuffer(3)),
            "accel.sb.capacity_kib: 3 KiB cannot hold the smallest input strip of only.op0 (4 KiB)");
  AccelConfig accel;
  accel.ob.capacity_kib = 1;
  EXPECT_EQ(message(accel),
            "accel.ob.capacity_kib: 1 KiB cannot hold one row of partial sums of only.op0 (2 KiB)");
  accel.ob.capacity_kib = 2;
  accel.lb.capacity_kib = 0;
  EXPECT_EQ(message(accel), "accel.lb.capacity_kib: 0 KiB cannot hold three input rows of only.op0 (1 KiB)");
}

}  // namespace
}  // namespace sushi
