// SushiAccel: the blocks and how they hang together. Instance names equal member names, so that paths in
// logs and results agree (soc.accel.dpe_array).
#pragma once

#include <systemc>

#include "sushi/hw/buffers.hpp"
#include "sushi/hw/compute.hpp"
#include "sushi/hw/controller.hpp"
#include "sushi/hw/dma_engine.hpp"
#include "sushi/hw/memory_port.hpp"

namespace sushi {

class SushiAccel : public sc_core::sc_module {
 public:
  SushiAccel(const sc_core::sc_module_name& name, const InferencePlanner& planner);

  // InternalError when a payload or a transfer is still out, or a buffer is not empty.
  void CheckIdle() const;

  LayerClock layer_clock;
  PersistentBuffer persistent_buffer;
  DynamicBuffer dynamic_buffer;
  OnChipBuffer streaming_buffer;
  OnChipBuffer line_buffer;
  OnChipBuffer output_buffer;
  OnChipBuffer quant_param_buffer;
  DmaEngine weight_dma;
  DmaEngine iact_dma;
  DmaEngine oact_dma;
  ComputeEngine dpe_array;
  ComputeEngine vector_unit;
  Controller controller;
  // Quiescing is a side band that only the built-in memory offers.
  sc_core::sc_port<MemoryControl, 1, sc_core::SC_ZERO_OR_MORE_BOUND> memory_control;
};

}  // namespace sushi
