// The host of a serving system: hands the time and what accelerators report to the core, and its commands to
// them.
#pragma once

#include <exception>
#include <systemc>
#include <vector>

#include "sushi/hw/accelerator_server.hpp"
#include "sushi/serving/serving_core.hpp"

namespace sushi {

class ServingHost : public sc_core::sc_module, private Executor {
 public:
  SC_HAS_PROCESS(ServingHost);

  ServingHost(const sc_core::sc_module_name& name, ServingCore& core,
              std::vector<AcceleratorServer*>& accelerators);

  void Report(const RunEvent& event);
  std::exception_ptr failure() const { return failure_; }
  bool finished() const { return finished_; }

 private:
  void Run();
  void Serve();
  void WaitForNext();
  void Begin(Picoseconds now, int accelerator, const sushi::Run& run) override;
  void StopAtLayer(Picoseconds now, int accelerator) override;
  void SetThrottle(Picoseconds now, int accelerator, std::int64_t bursts,
                   std::int64_t window_cycles) override;

  ServingCore& core_;
  std::vector<AcceleratorServer*>& accelerators_;
  std::vector<RunEvent> reports_, events_;
  sc_core::sc_event reported_;
  std::exception_ptr failure_;
  bool finished_ = false;
};

}  // namespace sushi
