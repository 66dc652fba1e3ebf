// Energy = Σ counter × coefficient, coefficients from a table file that names node and source per
// entry. A component without an entry is an error (UserError when the table is loaded).
#pragma once

#include <string>
#include <vector>

#include "sushi/accel/hardware.hpp"
#include "sushi/accel/results.hpp"

namespace sushi {

// One coefficient: `pj` per counted unit (a MAC, a vector op, a byte).
struct EnergyEntry {
  double pj = 0;
  int node_nm = 0;
  std::string source;
  bool assumed = false;
};

struct EnergyTable {
  std::string name;
  EnumArray<Event, EnergyEntry> entries;
  double static_power_mw = 0;
  double dram_io_pj_per_byte =
      0;  // the part of kDramRead and kDramWrite that the bus takes; bank-level memory only
};

enum class EnergyComponent : std::size_t {
  kDpeArray,
  kVectorUnit,
  kPersistentBuffer,
  kDynamicBuffer,
  kStreamingBuffer,
  kLineBuffer,
  kOutputBuffer,
  kQuantParamBuffer,
  kDram,
  kStatic,
  kCount
};
const char* Name(EnergyComponent component);
EnergyComponent ComponentOf(Event event);

// Picojoules by component; the total is their sum in enum order.
struct EnergyBreakdown {
  EnumArray<EnergyComponent, double> pj;
  double TotalPj() const;
};

// The DRAM's energy by what it did; sums to EnergyComponent::kDram. With the simple memory all of it is read
// or write.
struct DramBreakdown {
  double activate_pj = 0, read_pj = 0, write_pj = 0, refresh_pj = 0, background_pj = 0, io_pj = 0;
};
DramBreakdown DramEnergyOf(const EnergyTable& table, const Counters& counters);

EnergyBreakdown EnergyOf(const EnergyTable& table, const Counters& counters, Picoseconds elapsed);

}  // namespace sushi
