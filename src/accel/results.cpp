#include "sushi/accel/results.hpp"

namespace sushi {

const char* Name(Traffic kind) {
  switch (kind) {
    case Traffic::kWeights:
      return "weights";
    case Traffic::kQuantParams:
      return "quant_params";
    case Traffic::kIActs:
      return "iacts";
    case Traffic::kOActs:
      return "oacts";
    case Traffic::kResiduals:
      return "residuals";
    case Traffic::kSwap:
      return "pb_swap";
    case Traffic::kCount:
      break;
  }
  return "?";
}

const char* Name(Event event) {
  switch (event) {
    case Event::kMac:
      return "mac";
    case Event::kVectorOp:
      return "vector_op";
    case Event::kPbRead:
      return "pb_read";
    case Event::kPbWrite:
      return "pb_write";
    case Event::kDbRead:
      return "db_read";
    case Event::kDbWrite:
      return "db_write";
    case Event::kSbRead:
      return "sb_read";
    case Event::kSbWrite:
      return "sb_write";
    case Event::kLbRead:
      return "lb_read";
    case Event::kLbWrite:
      return "lb_write";
    case Event::kObRead:
      return "ob_read";
    case Event::kObWrite:
      return "ob_write";
    case Event::kQbRead:
      return "qb_read";
    case Event::kQbWrite:
      return "qb_write";
    case Event::kDramRead:
      return "dram_read";
    case Event::kDramWrite:
      return "dram_write";
    case Event::kDramActivate:
      return "dram_activates";
    case Event::kDramRefresh:
      return "dram_refreshes";
    case Event::kDramOpenClocks:
      return "dram_open_clocks";
    case Event::kDramClosedClocks:
      return "dram_closed_clocks";
    case Event::kCount:
      break;
  }
  return "?";
}

const char* Name(DpeState state) {
  switch (state) {
    case DpeState::kCompute:
      return "compute";
    case DpeState::kFill:
      return "fill";
    case DpeState::kWaitWeights:
      return "wait_weights";
    case DpeState::kWaitIActs:
      return "wait_iacts";
    case DpeState::kWaitOperand:
      return "wait_operand";
    case DpeState::kWaitDrain:
      return "wait_drain";
    case DpeState::kVectorUnit:
      return "vector_unit";
    case DpeState::kHost:
      return "host";
    case DpeState::kCount:
      break;
  }
  return "?";
}

void Counters::AddScaled(const Counters& other, std::int64_t times) {
  traffic_bytes.AddScaled(other.traffic_bytes, times);
  events.AddScaled(other.events, times);
  dpe_cycles.AddScaled(other.dpe_cycles, times);
  pb_hit_bytes += other.pb_hit_bytes * times;
  useful_macs += other.useful_macs * times;
  weight_dma_busy_cycles += other.weight_dma_busy_cycles * times;
  iact_dma_busy_cycles += other.iact_dma_busy_cycles * times;
  oact_dma_busy_cycles += other.oact_dma_busy_cycles * times;
  dram_busy_ps += other.dram_busy_ps * times;
  dram_transactions += other.dram_transactions * times;
}

void CountMemoryAccess(Traffic kind, Bytes bytes, bool write, const MemoryTiming& timing,
                       Counters& counters) {
  counters.traffic_bytes[kind] += bytes.value();
  counters.events[write ? Event::kDramWrite : Event::kDramRead] += timing.moved.value();
  ++counters.dram_transactions;
}

void CountMemoryActivity(const MemoryActivity& activity, Counters& counters) {
  counters.dram_busy_ps += activity.busy_ps;
  counters.events[Event::kDramActivate] += activity.activates;
  counters.events[Event::kDramRefresh] += activity.refreshes;
  counters.events[Event::kDramOpenClocks] += activity.open_clocks;
  counters.events[Event::kDramClosedClocks] += activity.closed_clocks;
}

void AddLayer(const LayerResult& layer, const ClockDomain& clock, InferenceResult& result) {
  result.cycles += layer.cycles;
  result.service += clock.TimeOf(layer.cycles);
  result.total += layer.counters;
  result.layers.push_back(layer);
}

std::int64_t Counters::TrafficBytes() const {
  std::int64_t sum = 0;
  for (const std::int64_t bytes : traffic_bytes.values) sum += bytes;
  return sum;
}

bool operator==(const Counters& a, const Counters& b) {
  return a.traffic_bytes == b.traffic_bytes && a.events == b.events && a.dpe_cycles == b.dpe_cycles &&
         a.pb_hit_bytes == b.pb_hit_bytes && a.useful_macs == b.useful_macs &&
         a.weight_dma_busy_cycles == b.weight_dma_busy_cycles &&
         a.iact_dma_busy_cycles == b.iact_dma_busy_cycles &&
         a.oact_dma_busy_cycles == b.oact_dma_busy_cycles && a.dram_busy_ps == b.dram_busy_ps &&
         a.dram_transactions == b.dram_transactions;
}

}  // namespace sushi
