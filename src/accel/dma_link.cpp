#include "sushi/accel/dma_link.hpp"

#include <algorithm>

namespace sushi {

LinkSpeed::LinkSpeed(const AxiConfig& axi, int ports, Picoseconds latency, const ClockDomain& clock)
    : beat_bytes_(axi.beat_bytes), burst_beats_(axi.burst_beats), ports_(ports) {
  const std::int64_t round_trip = clock.EdgeAtOrAfter(latency).value() + burst_beats_;
  gap_ = std::max<std::int64_t>(axi.burst_gap_cycles,
                                CeilDiv(round_trip, axi.max_outstanding_bursts) - burst_beats_);
}

Cycles LinkSpeed::TransferCycles(Bytes bytes) const {
  const std::int64_t beats = CeilDiv(CeilDiv(bytes.value(), beat_bytes_), ports_);
  return Cycles(beats + CeilDiv(beats, burst_beats_) * gap_);
}

LinkTransfer DmaLink::Deliver(const MemoryTiming& memory, Cycles cycles, Cycles not_before) {
  LinkTransfer transfer;
  transfer.start = std::max(clock_.EdgeAtOrAfter(memory.first_data), free_);
  transfer.done = std::max({transfer.start + cycles, clock_.EdgeAtOrAfter(memory.done), not_before});
  free_ = transfer.done;
  return transfer;
}

}  // namespace sushi
