#include "sushi/energy/energy.hpp"

#include "sushi/core/error.hpp"

namespace sushi {

const char* Name(EnergyComponent component) {
  switch (component) {
    case EnergyComponent::kDpeArray:
      return "dpe_array";
    case EnergyComponent::kVectorUnit:
      return "vector_unit";
    case EnergyComponent::kPersistentBuffer:
      return "persistent_buffer";
    case EnergyComponent::kDynamicBuffer:
      return "dynamic_buffer";
    case EnergyComponent::kStreamingBuffer:
      return "streaming_buffer";
    case EnergyComponent::kLineBuffer:
      return "line_buffer";
    case EnergyComponent::kOutputBuffer:
      return "output_buffer";
    case EnergyComponent::kQuantParamBuffer:
      return "quant_param_buffer";
    case EnergyComponent::kDram:
      return "dram";
    case EnergyComponent::kStatic:
      return "static";
    case EnergyComponent::kCount:
      break;
  }
  return "?";
}

EnergyComponent ComponentOf(Event event) {
  switch (event) {
    case Event::kMac:
      return EnergyComponent::kDpeArray;
    case Event::kVectorOp:
      return EnergyComponent::kVectorUnit;
    case Event::kPbRead:
    case Event::kPbWrite:
      return EnergyComponent::kPersistentBuffer;
    case Event::kDbRead:
    case Event::kDbWrite:
      return EnergyComponent::kDynamicBuffer;
    case Event::kSbRead:
    case Event::kSbWrite:
      return EnergyComponent::kStreamingBuffer;
    case Event::kLbRead:
    case Event::kLbWrite:
      return EnergyComponent::kLineBuffer;
    case Event::kObRead:
    case Event::kObWrite:
      return EnergyComponent::kOutputBuffer;
    case Event::kQbRead:
    case Event::kQbWrite:
      return EnergyComponent::kQuantParamBuffer;
    case Event::kDramRead:
    case Event::kDramWrite:
    case Event::kDramActivate:
    case Event::kDramRefresh:
    case Event::kDramOpenClocks:
    case Event::kDramClosedClocks:
      return EnergyComponent::kDram;
    case Event::kCount:
      break;
  }
  throw InternalError("no component for an event");
}

double EnergyBreakdown::TotalPj() const {
  double sum = 0;
  for (const double component : pj.values) sum += component;
  return sum;
}

DramBreakdown DramEnergyOf(const EnergyTable& table, const Counters& counters) {
  const auto count = [&](Event event) { return static_cast<double>(counters.events[event]); };
  const auto pj = [&](Event event) { return count(event) * table.entries[event].pj; };
  DramBreakdown parts;
  parts.activate_pj = pj(Event::kDramActivate);
  parts.refresh_pj = pj(Event::kDramRefresh);
  parts.background_pj = pj(Event::kDramOpenClocks) + pj(Event::kDramClosedClocks);
  parts.io_pj = (count(Event::kDramRead) + count(Event::kDramWrite)) * table.dram_io_pj_per_byte;
  parts.read_pj = pj(Event::kDramRead) - count(Event::kDramRead) * table.dram_io_pj_per_byte;
  parts.write_pj = pj(Event::kDramWrite) - count(Event::kDramWrite) * table.dram_io_pj_per_byte;
  return parts;
}

EnergyBreakdown EnergyOf(const EnergyTable& table, const Counters& counters, Picoseconds elapsed) {
  EnergyBreakdown energy;
  for (std::size_t i = 0; i < counters.events.values.size(); ++i) {
    const auto event = static_cast<Event>(i);
    energy.pj[ComponentOf(event)] += static_cast<double>(counters.events[event]) * table.entries[event].pj;
  }
  // 1 mW · 1 ps = 10^-15 J = 10^-3 pJ.
  energy.pj[EnergyComponent::kStatic] = table.static_power_mw * static_cast<double>(elapsed.value()) * 1e-3;
  return energy;
}

}  // namespace sushi
