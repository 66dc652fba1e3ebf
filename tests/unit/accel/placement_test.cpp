// Equations P1–P4 of docs/timing-model.md.
#include "sushi/accel/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "builders.hpp"
#include "sushi/accel/inference_plan.hpp"
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

TEST(Placement, TheLastStripHasRoomForTheRowsThatTheStrideLeavesOver) {
  // Rows of 144 bytes, 7 in 1 KiB; every second one is read, and the array scans the eighth, too.
  const SubNet even = testing::OneConvNet({0, 9, 18, 1, 8, 2}).subnets[0];
  EXPECT_EQ(PlaceAlone(even, even.ops[0], WithStreamingBuffer(1)).strip_out_rows, 3);
  const SubNet odd = testing::OneConvNet({0, 9, 18, 1, 7, 2}).subnets[0];
  EXPECT_EQ(PlaceAlone(odd, odd.ops[0], WithStreamingBuffer(1)).strip_out_rows, 4) << "none is left over";
  // Rows of 576 bytes: one fits 1 KiB, but the last strip needs two.
  const SubNet wide = testing::OneConvNet({0, 9, 72, 1, 8, 2}).subnets[0];
  EXPECT_THROW(PlaceAlone(wide, wide.ops[0], WithStreamingBuffer(1)), UserError);
  EXPECT_EQ(PlaceAlone(wide, wide.ops[0], WithStreamingBuffer(2)).strip_out_rows, 1);
}

// Rows from the first output row's first to the last one's last, or to the end of the map.
int RowsOfStrip(const Op& op, int begin, int rows) {
  const bool last = begin + rows >= op.OutH();
  const int end = last ? op.in_h + op.pad_h : (begin + rows - 1) * op.stride_h + op.kernel_h;
  return std::min(end, op.in_h + op.pad_h) - std::max(begin * op.stride_h, op.pad_h);
}

int MostRowsOfAnyStrip(const Op& op, int rows) {
  int most = 0;
  for (int begin = 0; begin < op.OutH(); begin += rows) most = std::max(most, RowsOfStrip(op, begin, rows));
  return most;
}

Op SmallOp(int kernel, int stride, int pad, int in_h, bool ceil_mode) {
  Op op;
  op.kind = ceil_mode ? OpKind::kMaxPool : OpKind::kConv;
  op.ceil_mode = ceil_mode;
  op.kernels = op.channels = 9;
  op.kernel_h = kernel;
  op.kernel_w = 1;
  op.stride_h = stride;
  op.pad_h = pad;
  op.in_h = in_h;
  op.in_w = 1;
  return op;
}

template <typename Visit>
void ForEverySmallOp(const Visit& visit) {
  for (int kernel = 1; kernel <= 5; ++kernel) {
    for (int stride = 1; stride <= 5; ++stride) {
      for (int pad = 0; pad < kernel; ++pad) {
        for (int in_h = std::max(1, kernel - 2 * pad); in_h <= 12; ++in_h) {
          visit(SmallOp(kernel, stride, pad, in_h, false));
          if (2 * pad <= kernel) visit(SmallOp(kernel, stride, pad, in_h, true));
        }
      }
    }
  }
}

TEST(Placement, AStripIsTheLargestThatFitsAndNoStripLoadsMore) {
  SubNet subnet;
  subnet.name = "s";
  int cut = 0, refused = 0;
  ForEverySmallOp([&](const Op& small) {
    for (int room = 1; room < small.in_h; ++room) {
      Op op = small;
      op.in_w = 1024 / 9 / room;  // 1 KiB holds as many rows
      if (1024 / (9 * op.in_w) != room) continue;
      op.pad_w = 0;
      op.kernel_w = 1;
      int rows = 0;
      try {
        rows = PlaceAlone(subnet, op, WithStreamingBuffer(1)).strip_out_rows;
      } catch (const UserError&) {
        ++refused;
        EXPECT_GT(std::max(op.kernel_h, MostRowsOfAnyStrip(op, 1)), room);
        continue;
      }
      ++cut;
      EXPECT_LE(MostRowsOfAnyStrip(op, rows), room);
      const int more = rows + 1;  // but the first strip's padding is not counted on
      if (rows < op.OutH()) {
        EXPECT_GT(std::max((more - 1) * op.stride_h + op.kernel_h, MostRowsOfAnyStrip(op, more)), room);
      }
    }
  });
  EXPECT_GT(cut, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(Placement, NoUnitOfAnyBatchHoldsMoreThanTheStreamingBufferBesideWhatIsKept) {
  Random random(1);
  HardwareConfig hw;
  hw.accel.pb.capacity_kib = 0;
  int beside_kept = 0;
  for (int i = 0; i < 3000; ++i) {
    const SuperNet net = testing::RandomSuperNet(random);
    hw.accel.sb.capacity_kib = random.Integer(1, 24);
    PlannerOptions options;
    options.max_batch = 3;
    std::unique_ptr<InferencePlanner> planner;
    try {
      planner = std::make_unique<InferencePlanner>(hw, net, options);
    } catch (const UserError&) {
      continue;
    }
    for (int batch = 1; batch <= 3; ++batch) {
      for (int op = 0; op < static_cast<int>(net.subnets[0].ops.size()); ++op) {
        const LayerPlan plan = planner->PlanOp(0, op, EmptySubGraph(net), batch);
        const OpPlacement& place = plan.placement();
        beside_kept += place.kept > Bytes(0) && !place.input_on_chip;
        for (int unit = 0; unit < plan.units(); ++unit)
          ASSERT_LE(plan.StreamingBytes(plan.UnitAt(unit)), hw.accel.sb.capacity());
      }
    }
  }
  EXPECT_GT(beside_kept, 100);
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
