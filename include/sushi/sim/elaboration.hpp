// One elaboration: host, SushiAccel, arbiter and DRAM port, and the only sc_start in the code base.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/service_model.hpp"
#include "sushi/dram/memory.hpp"
#include "sushi/functional/data_path.hpp"

namespace sushi {

// Elaborates the system and runs `body` in the host's process; every call of the ServiceModel it is given
// is simulated, back to back. What `body` throws comes out here. SystemC elaborates once a process.
// With `functional` data move through the same transactions; cycles and counters are the same.
void RunInElaboration(const InferencePlanner& planner, std::unique_ptr<Memory> memory,
                      const std::function<void(ServiceModel&)>& body,
                      const FunctionalRun* functional = nullptr);

std::string SystemCVersion();

}  // namespace sushi
