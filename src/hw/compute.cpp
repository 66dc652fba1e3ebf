#include "sushi/hw/compute.hpp"

#include "sushi/tlm/time.hpp"

namespace sushi {

void LayerClock::WaitUntil(Cycles cycle) const {
  const sc_core::sc_time target = origin_ + ToScTime(clock_.TimeOf(cycle));
  if (target > sc_core::sc_time_stamp()) sc_core::wait(target - sc_core::sc_time_stamp());
}

Picoseconds LayerClock::Now() const { return FromScTime(sc_core::sc_time_stamp() - origin_); }

ComputeEngine::ComputeEngine(const sc_core::sc_module_name& name, const LayerClock& clock)
    : sc_module(name), clock_(clock) {}

void ComputeEngine::RunToDrain(const Unit& unit, Cycles finish) {
  clock_.WaitUntil(DrainBegin(unit, finish));
}

void ComputeEngine::RunToFinish(Cycles finish) { clock_.WaitUntil(finish); }

}  // namespace sushi
