// One DMA engine's way to the memory: `ports` AXI ports side by side. Equations L1–L4 of
// docs/timing-model.md. Plain arithmetic and one piece of state: when the link is free again.
#pragma once

#include <algorithm>

#include "sushi/accel/hardware.hpp"
#include "sushi/dram/memory.hpp"

namespace sushi {

// How long a descriptor keeps the ports busy.
class LinkSpeed {
 public:
  // `latency` is the memory's: with few outstanding bursts a port runs dry waiting for it.
  LinkSpeed(const AxiConfig& axi, int ports, Picoseconds latency, const ClockDomain& clock);
  LinkSpeed(const HardwareConfig& hw, int ports)
      : LinkSpeed(hw.accel.axi, ports, hw.MemoryLatency(), ClockDomain(hw.accel.clock_mhz)) {}

  // L1  beats a port = ⌈⌈bytes/beat⌉ / ports⌉
  // L2  cycles = beats a port + ⌈beats a port / burst⌉ · gap
  // L3  gap = max(burst_gap, ⌈(latency + burst) / outstanding⌉ − burst)
  Cycles TransferCycles(Bytes bytes) const;

 private:
  std::int64_t beat_bytes_, burst_beats_, ports_, gap_;
};

// When a transfer occupied the link, in cycles since the layer began. Data arrive evenly in between.
struct LinkTransfer {
  Cycles start, done;
};

// A link serves its transfers in the order they are handed over.
class DmaLink {
 public:
  explicit DmaLink(const ClockDomain& clock) : clock_(clock) {}

  // L4  start = max(first_data↑, free); done = max(start + cycles, memory done↑, not_before); ↑ rounds
  // up to the next clock edge. `not_before`: write-back cannot end before the array has produced it.
  LinkTransfer Deliver(const MemoryTiming& memory, Cycles cycles, Cycles not_before = Cycles(0));
  void Reset() { free_ = Cycles(0); }
  Cycles free() const { return free_; }
  void Shift(Cycles time) { free_ += time; }

 private:
  ClockDomain clock_;
  Cycles free_;
};

inline Cycles LinkSpeed::TransferCycles(Bytes bytes) const {
  const std::int64_t beats = CeilDiv(CeilDiv(bytes.value(), beat_bytes_), ports_);
  return Cycles(beats + CeilDiv(beats, burst_beats_) * gap_);
}

inline LinkTransfer DmaLink::Deliver(const MemoryTiming& memory, Cycles cycles, Cycles not_before) {
  LinkTransfer transfer;
  transfer.start = std::max(clock_.EdgeAtOrAfter(memory.first_data), free_);
  transfer.done = std::max({transfer.start + cycles, clock_.EdgeAtOrAfter(memory.done), not_before});
  free_ = transfer.done;
  return transfer;
}

}  // namespace sushi
