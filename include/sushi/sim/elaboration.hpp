// One elaboration: host, SushiAccel, arbiter and DRAM port, and the only sc_start in the code base.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tlm>

#include "sushi/accel/activity.hpp"
#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/service_model.hpp"
#include "sushi/dram/memory.hpp"
#include "sushi/functional/data_path.hpp"

namespace sushi {

// Elaborates the system and runs `body` in the host's process; every call of the ServiceModel it is given
// is simulated, back to back. What `body` throws comes out here. SystemC elaborates once a process.
// With `functional` data move through the same transactions, and `observer` is told what happens; cycles and
// counters are the same.
void RunInElaboration(const InferencePlanner& planner, std::unique_ptr<Memory> memory,
                      const std::function<void(ServiceModel&)>& body,
                      const FunctionalRun* functional = nullptr, ActivityObserver* observer = nullptr);

// A DRAM simulator of the user's own: a module with a TLM-2.0 target socket (AT base protocol). One request
// waits for END_REQ at a time; responses may come in any order; TileExtension may be ignored. The time of
// BEGIN_RESP is taken for the time of all the data.
class ExternalMemory {
 public:
  virtual ~ExternalMemory() = default;
  virtual tlm::tlm_base_target_socket_b<>& target_socket() = 0;
};

// The same with a memory that `make` creates during elaboration, behind the arbiter. It is not quiesced
// between layers.
void RunInElaboration(const InferencePlanner& planner,
                      const std::function<std::unique_ptr<ExternalMemory>()>& make,
                      const std::function<void(ServiceModel&)>& body,
                      const FunctionalRun* functional = nullptr, ActivityObserver* observer = nullptr);

std::string SystemCVersion();

}  // namespace sushi
