// Equations M1–M4 of docs/timing-model.md.
#include "sushi/dram/simple_memory.hpp"

#include <gtest/gtest.h>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

MemoryTiming Serve(Memory& memory, Picoseconds now, const MemoryRequest& request) {
  return memory.Finish(memory.Submit(now, request));
}

// 1 GB/s is 1 ns a byte: 64-byte bursts take 64 ns.
SimpleDramConfig OneGigabyteASecond() {
  SimpleDramConfig config;
  config.peak_gbps = 1;
  config.burst_bytes = 64;
  config.latency_ns = 100;
  config.row_jump_ns = 30;
  return config;
}

std::int64_t Ns(Picoseconds time) { return time.value() / 1000; }

TEST(SimpleMemory, AReadPaysJumpLatencyAndTransfer) {
  SimpleMemory memory(OneGigabyteASecond());
  const MemoryTiming timing = Serve(memory, Picoseconds(5000), {0, Bytes(128), false});
  EXPECT_EQ(Ns(timing.start), 5);
  EXPECT_EQ(Ns(timing.first_data), 5 + 30 + 100);
  EXPECT_EQ(Ns(timing.done), 5 + 30 + 100 + 128);
  EXPECT_EQ(timing.moved, Bytes(128));
}

TEST(SimpleMemory, AWriteIsPostedAndPaysNoLatency) {
  SimpleMemory memory(OneGigabyteASecond());
  const MemoryTiming timing = Serve(memory, Picoseconds(0), {0, Bytes(64), true});
  EXPECT_EQ(Ns(timing.first_data), 30);
  EXPECT_EQ(Ns(timing.done), 30 + 64);
}

TEST(SimpleMemory, IsFreeWhenTheTransferIsOverAndNotBefore) {
  // The first read holds the data path until 30 + 64 = 94 ns; its latency does not.
  SimpleMemory memory(OneGigabyteASecond());
  Serve(memory, Picoseconds(0), {0, Bytes(64), false});
  EXPECT_EQ(Serve(memory, Picoseconds(93'999), {64, Bytes(64), false}).start, Picoseconds(94'000));
  SimpleMemory other(OneGigabyteASecond());
  Serve(other, Picoseconds(0), {0, Bytes(64), false});
  EXPECT_EQ(Serve(other, Picoseconds(94'001), {64, Bytes(64), false}).start, Picoseconds(94'001));
}

TEST(SimpleMemory, OnlyTheNextAddressIsContiguous) {
  SimpleMemory memory(OneGigabyteASecond());
  Serve(memory, Picoseconds(0), {0, Bytes(64), false});
  const MemoryTiming next = Serve(memory, Picoseconds(1'000'000), {64, Bytes(64), false});
  EXPECT_EQ(Ns(next.first_data - next.start), 100);
  const MemoryTiming jump = Serve(memory, Picoseconds(2'000'000), {129, Bytes(64), false});
  EXPECT_EQ(Ns(jump.first_data - jump.start), 130);
}

TEST(SimpleMemory, MovesWholeBurstsAndSharesOneBetweenContiguousRequests) {
  SimpleMemory memory(OneGigabyteASecond());
  EXPECT_EQ(Serve(memory, Picoseconds(0), {0, Bytes(1), false}).moved, Bytes(64));
  EXPECT_EQ(Serve(memory, Picoseconds(0), {1, Bytes(63), false}).moved, Bytes(0)) << "same burst";
  EXPECT_EQ(Serve(memory, Picoseconds(0), {64, Bytes(65), false}).moved, Bytes(128));
  EXPECT_EQ(Serve(memory, Picoseconds(0), {127, Bytes(2), false}).moved, Bytes(128))
      << "not contiguous: both";
}

TEST(SimpleMemory, SplittingAContiguousReadMovesAsMuch) {
  SimpleMemory whole(OneGigabyteASecond()), split(OneGigabyteASecond());
  const Bytes at_once = Serve(whole, Picoseconds(0), {0, Bytes(1296 * 7), false}).moved;
  Bytes sum;
  for (std::uint64_t tile = 0; tile < 7; ++tile) {
    sum += Serve(split, Picoseconds(0), {tile * 1296, Bytes(1296), false}).moved;
  }
  EXPECT_EQ(sum, at_once);
}

TEST(SimpleMemory, QuiesceForgetsTheOpenRowAndTheTime) {
  SimpleMemory memory(OneGigabyteASecond());
  const MemoryTiming first = Serve(memory, Picoseconds(7000), {0, Bytes(64), false});
  memory.Quiesce();
  const MemoryTiming again = Serve(memory, Picoseconds(7000), {64, Bytes(64), false});
  EXPECT_EQ(again.first_data, first.first_data) << "contiguous, but the row was closed";
}

TEST(SimpleMemory, RefusesToGoBackInTime) {
  SimpleMemory memory(OneGigabyteASecond());
  Serve(memory, Picoseconds(1000), {0, Bytes(64), false});
  EXPECT_NO_THROW(Serve(memory, Picoseconds(1000), {0, Bytes(64), false}));
  EXPECT_THROW(Serve(memory, Picoseconds(999), {0, Bytes(64), false}), InternalError);
  EXPECT_THROW(Serve(memory, Picoseconds(1000), {0, Bytes(0), false}), InternalError);
}

TEST(SimpleMemory, NeverBeatsItsPeak) {
  // ⌈ ⌉ of an uneven bandwidth: 64 bytes at 16.8 GB/s are 3809.5 ps.
  SimpleDramConfig config;
  SimpleMemory memory(config);
  const MemoryTiming timing = Serve(memory, Picoseconds(0), {0, Bytes(64), true});
  EXPECT_EQ((timing.done - timing.first_data).value(), 3810);
}

}  // namespace
}  // namespace sushi
