// One elaboration of a serving system: a host with the scheduler, accelerators, and the DRAM that they share.
#pragma once

#include <memory>

#include "sushi/dram/memory.hpp"
#include "sushi/serving/machine.hpp"
#include "sushi/serving/serving_core.hpp"

namespace sushi {

// Runs `core` to its end; what it throws comes out here. The memory is never quiesced: layers, inferences and
// accelerators meet in it as they come. Returns what it did besides moving data.
MemoryActivity RunServingInElaboration(const ServingMachine& machine, std::unique_ptr<Memory> memory,
                                       ServingCore& core, bool layer_events);

}  // namespace sushi
