// Simulated time is integer picoseconds; this is the only place where it meets sc_time.
#pragma once

#include <systemc>

#include "sushi/core/units.hpp"

namespace sushi {

inline sc_core::sc_time ToScTime(Picoseconds time) {
  return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(time.value()));  // resolution is 1 ps
}
inline Picoseconds FromScTime(const sc_core::sc_time& time) { return Picoseconds(time.value()); }

}  // namespace sushi
