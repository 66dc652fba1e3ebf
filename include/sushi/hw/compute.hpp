// The compute engines: the DPE array for convolutions, the vector unit for pools. A unit of work is
// announced when its operands are known and occupies the engine until its finish.
#pragma once

#include <systemc>

#include "sushi/accel/unit_timing.hpp"

namespace sushi {

// Where the modules are in time: cycles since the layer began.
class LayerClock {
 public:
  explicit LayerClock(const ClockDomain& clock) : clock_(clock) {}
  void Begin() { origin_ = sc_core::sc_time_stamp(); }
  void SetClock(const ClockDomain& clock) { clock_ = clock; }
  // Waits (in the caller's process) until the given edge; returns at once when it has passed.
  void WaitUntil(Cycles cycle) const;
  Picoseconds Now() const;

 private:
  ClockDomain clock_;
  sc_core::sc_time origin_;
};

class ComputeEngine : public sc_core::sc_module {
 public:
  ComputeEngine(const sc_core::sc_module_name& name, const LayerClock& clock);

  // Runs until the unit's write-back begins, and then until it finishes.
  void RunToDrain(const Unit& unit, Cycles finish);
  void RunToFinish(Cycles finish);

 private:
  const LayerClock& clock_;
};

}  // namespace sushi
