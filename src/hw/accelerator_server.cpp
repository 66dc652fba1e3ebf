#include "sushi/hw/accelerator_server.hpp"

#include <utility>

#include "sushi/tlm/time.hpp"

namespace sushi {

AcceleratorServer::AcceleratorServer(const sc_core::sc_module_name& name, const ServingMachine& machine,
                                     int index, bool layer_events,
                                     std::function<void(const RunEvent&)> report)
    : sc_module(name),
      accel("accel", machine.planner(index, 0, 0)),
      machine_(machine),
      index_(index),
      layer_events_(layer_events),
      report_(std::move(report)) {
  const HardwareConfig& hw = machine.planner(index, 0, 0).hw();
  const AxiConfig& axi = hw.accel.axi;
  const auto share = [&](DmaEngine& dma, int ports) {
    DmaEngine::Sharing sharing;
    sharing.throttle = &throttle_;
    sharing.burst_bytes = machine.burst_bytes();
    sharing.window =
        Bytes(std::int64_t{ports} * axi.max_outstanding_bursts * axi.burst_beats * axi.beat_bytes);
    dma.Share(sharing);
  };
  share(accel.weight_dma, axi.weight_ports);
  share(accel.iact_dma, axi.iact_ports);
  share(accel.oact_dma, axi.oact_ports);
  SC_THREAD(Loop);
}

void AcceleratorServer::Begin(const Run& run) {
  run_ = run;
  stop_ = false;
  SetThrottle(throttle_bursts_, throttle_cycles_);  // windows are cycles of the level's clock
  begin_.notify(sc_core::SC_ZERO_TIME);
}

void AcceleratorServer::SetThrottle(std::int64_t bursts, std::int64_t window_cycles) {
  throttle_bursts_ = bursts;
  throttle_cycles_ = window_cycles;
  const ClockDomain clock(machine_.planner(index_, run_.shape.model, run_.shape.level).hw().accel.clock_mhz);
  throttle_.Set(FromScTime(sc_core::sc_time_stamp()), bursts, clock.TimeOf(Cycles(window_cycles)));
}

void AcceleratorServer::Loop() {
  try {
    for (;;) {
      wait(begin_);
      Serve();
    }
  } catch (const sc_core::sc_unwind_exception&) {
    throw;  // the kernel's own, to end the process
  } catch (...) {
    failure_ = std::current_exception();
    sc_core::sc_stop();
  }
}

void AcceleratorServer::Serve() {
  const JobShape& shape = run_.shape;
  const LatencyTable& table = machine_.profile().table(shape.model, shape.type);
  Controller& controller = accel.controller;
  RunEvent sums;
  sums.accelerator = index_;
  controller.Use(machine_.planner(index_, shape.model, shape.level),
                 table.Column(run_.swap ? run_.swap_from : shape.cached).graph);
  if (run_.swap) {
    const SwapResult swap = controller.Swap(table.Column(shape.cached).graph);
    sums.swap = swap.duration;
    sums.swap_counters = swap.total;
  }
  if (run_.restore > Bytes(0)) {
    Move(run_.restore, false, sums);
    sums.restored_bytes = run_.restore.value();
  }
  RunLayers(sums);
  report_(sums);
}

void AcceleratorServer::RunLayers(RunEvent& sums) {
  const JobShape& shape = run_.shape;
  const InferencePlanner& planner = machine_.planner(index_, shape.model, shape.level);
  const Cycles host = planner.HostCycles(planner.hw().host.layer_call_us);
  const ClockDomain clock(planner.hw().accel.clock_mhz);
  const SubGraph& cached = accel.controller.cached();
  const int layers = static_cast<int>(planner.subnet(shape.subnet).ops.size());
  for (int layer = run_.first_layer; layer < layers; ++layer) {
    const LayerResult result = accel.controller.RunLayer(
        machine_.Plan(index_, shape.model, shape.level, shape.subnet, layer, shape.batch, cached), host,
        layer);
    sums.service += clock.TimeOf(result.cycles);
    sums.counters += result.counters;
    sums.layers_done = layer + 1;
    sums.at = FromScTime(sc_core::sc_time_stamp());
    if (layer + 1 == layers) break;
    if (stop_) {
      const Bytes kept = planner.KeptAfter(shape.subnet, layer, shape.batch);
      if (kept > Bytes(0)) Move(kept, true, sums);
      sums.saved_bytes = kept.value();
      sums.at = FromScTime(sc_core::sc_time_stamp());
      sums.kind = RunEvent::Kind::kStopped;
      return;
    }
    if (!layer_events_) continue;
    RunEvent event;
    event.kind = RunEvent::Kind::kLayer;
    event.accelerator = index_;
    event.at = sums.at;
    event.layers_done = layer + 1;
    report_(event);
  }
  sums.kind = RunEvent::Kind::kFinished;
}

void AcceleratorServer::Move(Bytes bytes, bool save, RunEvent& sums) {
  const SwapResult moved = accel.controller.MoveActivations(bytes, save);
  sums.moving += moved.duration;
  sums.counters += moved.total;
}

}  // namespace sushi
