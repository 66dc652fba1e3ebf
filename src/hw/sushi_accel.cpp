#include "sushi/hw/sushi_accel.hpp"

#include "sushi/core/error.hpp"

namespace sushi {

SushiAccel::SushiAccel(const sc_core::sc_module_name& name, const InferencePlanner& planner,
                       const FunctionalRun* functional_run, ActivityObserver* activity_observer)
    : sc_module(name),
      layer_clock(ClockDomain(planner.hw().accel.clock_mhz)),
      persistent_buffer("persistent_buffer", planner.hw().accel.pb.capacity(), planner.net()),
      dynamic_buffer("dynamic_buffer", planner.hw().accel.db.capacity(),
                     planner.hw().accel.db_ping_pong ? 2 : 1),
      streaming_buffer("streaming_buffer", planner.hw().accel.sb.capacity()),
      line_buffer("line_buffer", planner.hw().accel.lb.capacity()),
      output_buffer("output_buffer", planner.hw().accel.ob.capacity()),
      quant_param_buffer("quant_param_buffer", planner.hw().accel.qb.capacity()),
      weight_dma("weight_dma", ClockDomain(planner.hw().accel.clock_mhz), &Counters::weight_dma_busy_cycles,
                 DmaId::kWeight, activity_observer),
      iact_dma("iact_dma", ClockDomain(planner.hw().accel.clock_mhz), &Counters::iact_dma_busy_cycles,
               DmaId::kIAct, activity_observer),
      oact_dma("oact_dma", ClockDomain(planner.hw().accel.clock_mhz), &Counters::oact_dma_busy_cycles,
               DmaId::kOAct, activity_observer),
      dpe_array("dpe_array", layer_clock),
      vector_unit("vector_unit", layer_clock),
      observer(activity_observer),
      functional(functional_run),
      controller("controller", planner, *this),
      memory_control("memory_control") {
  if (functional == nullptr) return;
  data_path = std::make_unique<DataPath>(
      planner, *functional,
      BufferContents{persistent_buffer.contents, dynamic_buffer.contents, streaming_buffer.contents,
                     line_buffer.contents, output_buffer.contents, quant_param_buffer.contents});
}

void SushiAccel::CheckIdle() const {
  for (const DmaEngine* dma : {&weight_dma, &iact_dma, &oact_dma}) {
    if (dma->outstanding() != 0 || dma->pool().outstanding() != 0) {
      throw InternalError(std::string(dma->name()) + ": transfers outstanding at the end");
    }
  }
  if (dynamic_buffer.filled() != 0) throw InternalError("dynamic_buffer: not empty at the end");
}

}  // namespace sushi
