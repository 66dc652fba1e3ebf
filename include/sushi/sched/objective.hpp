// What is minimised when benefit is measured: time, and off-chip bytes at a stated value in time.
#pragma once

#include "sushi/accel/results.hpp"

namespace sushi {

// Picoseconds. `byte_value_ps` is the time that a byte to or from DRAM is worth (scheduler.byte_value_ps):
// 0 counts time only, a very large one bytes only.
inline WideInt ObjectiveCost(Picoseconds time, const Counters& counters, std::int64_t byte_value_ps) {
  return static_cast<WideInt>(time.value()) + static_cast<WideInt>(byte_value_ps) * counters.TrafficBytes();
}

}  // namespace sushi
