// Equations L1–L4 and the clock of docs/timing-model.md.
#include "sushi/accel/dma_link.hpp"

#include <gtest/gtest.h>

namespace sushi {
namespace {

const ClockDomain k100MHz(100);

AxiConfig Zcu104() { return AxiConfig(); }

TEST(ClockDomain, AnEdgeIsReachedAtItsTimeAndNotAPicosecondBefore) {
  for (const std::int64_t mhz : {1, 3, 7, 100, 300, 333, 10000}) {
    const ClockDomain clock(mhz);
    for (std::int64_t n = 0; n < 1000; ++n) {
      const Picoseconds edge = clock.TimeOf(Cycles(n));
      EXPECT_EQ(clock.EdgeAtOrAfter(edge), Cycles(n)) << mhz;
      EXPECT_EQ(clock.EdgeAtOrAfter(edge + Picoseconds(1)), Cycles(n + 1)) << mhz;
      if (n > 0) {
        EXPECT_EQ(clock.EdgeAtOrAfter(edge - Picoseconds(1)), Cycles(n)) << mhz;
      }
    }
  }
}

TEST(ClockDomain, RoundingDoesNotAccumulate) {
  const ClockDomain clock(300);
  EXPECT_EQ(clock.TimeOf(Cycles(1)), Picoseconds(3334));
  EXPECT_EQ(clock.TimeOf(Cycles(3)), Picoseconds(10'000));
  EXPECT_EQ(clock.TimeOf(Cycles(300'000'000)), Picoseconds(1'000'000'000'000));
}

TEST(LinkSpeed, AWeightTileOfTheZcu104Takes68Cycles) {
  // 1296 bytes = 81 beats, 41 on the busier of two ports, in 3 bursts: 41 + 3 · 9.
  EXPECT_EQ(LinkSpeed(Zcu104(), 2, Picoseconds(0), k100MHz).TransferCycles(Bytes(1296)), Cycles(68));
}

TEST(LinkSpeed, IActsOfTheZcu104ComeAtTwoGigabytesASecond) {
  const Bytes mebibyte(1 << 20);
  const double cycles =
      static_cast<double>(LinkSpeed(Zcu104(), 2, Picoseconds(0), k100MHz).TransferCycles(mebibyte).value());
  EXPECT_NEAR(static_cast<double>(mebibyte.value()) / cycles, 2 * 16 * 16 / 25.0, 0.01);  // bytes a cycle
}

TEST(LinkSpeed, StartsAnotherBurstAfterSixteenBeatsAndNotBefore) {
  const LinkSpeed one_port(Zcu104(), 1, Picoseconds(0), k100MHz);
  EXPECT_EQ(one_port.TransferCycles(Bytes(1)), Cycles(1 + 9));
  EXPECT_EQ(one_port.TransferCycles(Bytes(256)), Cycles(16 + 9));
  EXPECT_EQ(one_port.TransferCycles(Bytes(257)), Cycles(17 + 2 * 9));
  EXPECT_EQ(one_port.TransferCycles(Bytes(0)), Cycles(0));
}

TEST(LinkSpeed, FewOutstandingBurstsLetThePortRunDry) {
  AxiConfig axi = Zcu104();
  // A burst's round trip is 34 + 16 = 50 cycles: two in flight give one every 25, which the gap allows.
  axi.max_outstanding_bursts = 2;
  EXPECT_EQ(LinkSpeed(axi, 1, Picoseconds(340'000), k100MHz).TransferCycles(Bytes(256)), Cycles(25));
  EXPECT_EQ(LinkSpeed(axi, 1, Picoseconds(350'000), k100MHz).TransferCycles(Bytes(256)), Cycles(26));
  axi.max_outstanding_bursts = 1;
  EXPECT_EQ(LinkSpeed(axi, 1, Picoseconds(340'000), k100MHz).TransferCycles(Bytes(256)), Cycles(50));
}

MemoryTiming Timing(std::int64_t first_ps, std::int64_t done_ps) {
  MemoryTiming timing;
  timing.first_data = Picoseconds(first_ps);
  timing.done = Picoseconds(done_ps);
  return timing;
}

TEST(DmaLink, BeginsAtTheFirstEdgeWithDataAndLastsAsLongAsThePortsNeed) {
  DmaLink link(k100MHz);
  const LinkTransfer transfer = link.Deliver(Timing(10'001, 20'000), Cycles(7));
  EXPECT_EQ(transfer.start, Cycles(2));
  EXPECT_EQ(transfer.done, Cycles(9));
}

TEST(DmaLink, CannotEndBeforeTheMemoryHas) {
  DmaLink link(k100MHz);
  EXPECT_EQ(link.Deliver(Timing(0, 90'001), Cycles(7)).done, Cycles(10));
}

TEST(DmaLink, ServesTransfersOneAfterTheOther) {
  DmaLink link(k100MHz);
  link.Deliver(Timing(0, 0), Cycles(7));
  EXPECT_EQ(link.Deliver(Timing(60'000, 60'000), Cycles(5)).start, Cycles(7));
  EXPECT_EQ(link.Deliver(Timing(130'000, 130'000), Cycles(5)).start, Cycles(13));
  link.Reset();
  EXPECT_EQ(link.Deliver(Timing(0, 0), Cycles(5)).start, Cycles(0));
}

TEST(DmaLink, WriteBackWaitsForTheLastResult) {
  DmaLink link(k100MHz);
  EXPECT_EQ(link.Deliver(Timing(0, 0), Cycles(5), Cycles(4)).done, Cycles(5));
  link.Reset();
  EXPECT_EQ(link.Deliver(Timing(0, 0), Cycles(5), Cycles(6)).done, Cycles(6));
}

}  // namespace
}  // namespace sushi
