#include "sushi/accel/dma_link.hpp"

#include <algorithm>

namespace sushi {

LinkSpeed::LinkSpeed(const AxiConfig& axi, int ports, Picoseconds latency, const ClockDomain& clock)
    : beat_bytes_(axi.beat_bytes), burst_beats_(axi.burst_beats), ports_(ports) {
  const std::int64_t round_trip = clock.EdgeAtOrAfter(latency).value() + burst_beats_;
  gap_ = std::max<std::int64_t>(axi.burst_gap_cycles,
                                CeilDiv(round_trip, axi.max_outstanding_bursts) - burst_beats_);
}

}  // namespace sushi
