// SushiAccel: the blocks and how they hang together. Instance names equal member names, so that paths in
// logs and results agree (soc.accel.dpe_array).
#pragma once

#include <memory>
#include <systemc>

#include "sushi/functional/data_path.hpp"
#include "sushi/hw/buffers.hpp"
#include "sushi/hw/compute.hpp"
#include "sushi/hw/controller.hpp"
#include "sushi/hw/dma_engine.hpp"
#include "sushi/hw/memory_port.hpp"

namespace sushi {

class SushiAccel : public sc_core::sc_module {
 public:
  // With `functional` data move; `observer` is told what happens. Both may be null and outlive the module.
  SushiAccel(const sc_core::sc_module_name& name, const InferencePlanner& planner,
             const FunctionalRun* functional = nullptr, ActivityObserver* observer = nullptr);

  // InternalError when a payload or a transfer is still out, or a buffer is not empty.
  void CheckIdle() const;

  LayerClock layer_clock;
  PersistentBuffer persistent_buffer;
  DynamicBuffer dynamic_buffer;
  FilledBuffer<ActivationStore> streaming_buffer;
  FilledBuffer<std::vector<std::int16_t>> line_buffer;
  FilledBuffer<std::vector<std::int32_t>> output_buffer;
  FilledBuffer<QuantParamBytes> quant_param_buffer;
  DmaEngine weight_dma;
  DmaEngine iact_dma;
  DmaEngine oact_dma;
  ComputeEngine dpe_array;
  ComputeEngine vector_unit;
  ActivityObserver* observer;
  const FunctionalRun* functional;      // null: timing only
  std::unique_ptr<DataPath> data_path;  // null: timing only
  Controller controller;
  // Quiescing is a side band that only the built-in memory offers.
  sc_core::sc_port<MemoryControl, 1, sc_core::SC_ZERO_OR_MORE_BOUND> memory_control;
};

}  // namespace sushi
