// Energy of DRAM commands from data-sheet currents. Equations E3–E9 of docs/timing-model.md.
#pragma once

#include "sushi/dram/channel.hpp"

namespace sushi {

// Picojoules, all devices of a rank together.
struct DramCoefficients {
  double activate = 0;      // E3, with the precharge that follows
  double read_byte = 0;     // E4, in the devices
  double write_byte = 0;    // E5
  double refresh = 0;       // E6, of a rank
  double open_clock = 0;    // E7, a rank with a row open, a clock
  double closed_clock = 0;  // E8, a rank without
  double io_byte = 0;       // E9, on the bus
};

DramCoefficients CoefficientsOf(const DramDeviceConfig& dram);

struct DramEnergy {
  double activate_pj = 0, read_pj = 0, write_pj = 0, refresh_pj = 0, background_pj = 0, io_pj = 0;
  double TotalPj() const { return activate_pj + read_pj + write_pj + refresh_pj + background_pj + io_pj; }
};

DramEnergy EnergyOf(const DramDeviceConfig& dram, const DramActivity& activity);

}  // namespace sushi
