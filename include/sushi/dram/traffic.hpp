// The memory by itself under synthetic traffic, as stand-alone DRAM simulators are driven: 64-byte requests
// of one requester, as many outstanding as allowed, at most one accepted a clock. Rule D22 of
// docs/timing-model.md.
#pragma once

#include <cstdint>
#include <vector>

#include "sushi/dram/channel.hpp"

namespace sushi {

enum class TrafficPattern { kSequential, kRandom, kStrided };

inline constexpr int kTrafficRequestBytes = 64;

struct TrafficConfig {
  TrafficPattern pattern = TrafficPattern::kSequential;
  std::int64_t requests = 200000;
  int outstanding = 32;  // accepted and not yet answered; writes are answered when accepted
  double write_ratio = 0;
  std::int64_t stride_bytes = 4096;  // kStrided
  std::int64_t seed = 1;             // kRandom, and which requests are writes
};

struct TrafficResult {
  DramClock clocks = 0;                // until the last data have moved
  std::int64_t reads = 0, writes = 0;  // requests
  std::int64_t latency_clocks = 0;     // Σ over reads: acceptance to the last data
  DramClock latency_p99_clocks = 0, latency_max_clocks = 0;
  DramActivity activity;

  double Seconds(const DramDeviceConfig& dram) const;
  double Gbps(const DramDeviceConfig& dram) const;           // 10^9 bytes a second
  double MeanLatencyNs(const DramDeviceConfig& dram) const;  // 0 without reads
  double RowHitRate() const;  // of column accesses: those that needed no activation of their own
};

// `logs`, when given, receives the commands of each channel. `single_steps`: every burst and command is
// stepped by itself. The results are the same.
TrafficResult RunTraffic(const DramDeviceConfig& dram, const TrafficConfig& config,
                         std::vector<std::vector<IssuedCommand>>* logs = nullptr, bool single_steps = false);

}  // namespace sushi
