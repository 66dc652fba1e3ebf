// What stands between the serving system's host and one accelerator: runs what it is given, layer by layer,
// and reports.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <systemc>
#include <vector>

#include "sushi/accel/dram_throttle.hpp"
#include "sushi/hw/sushi_accel.hpp"
#include "sushi/serving/executor.hpp"
#include "sushi/serving/machine.hpp"

namespace sushi {

class AcceleratorServer : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(AcceleratorServer);

  // `report` is called in this module's process.
  AcceleratorServer(const sc_core::sc_module_name& name, const ServingMachine& machine, int index,
                    bool layer_events, std::function<void(const RunEvent&)> report);

  // The accelerator is idle.
  void Begin(const Run& run);
  void StopAtLayer() { stop_ = true; }
  void SetThrottle(std::int64_t bursts, std::int64_t window_cycles);

  std::exception_ptr failure() const { return failure_; }

  SushiAccel accel;

 private:
  void Loop();
  void Serve();
  void RunLayers(RunEvent& sums);
  void Move(Bytes bytes, bool save, RunEvent& sums);

  const ServingMachine& machine_;
  int index_;
  bool layer_events_;
  std::function<void(const RunEvent&)> report_;
  DramThrottle throttle_;
  std::int64_t throttle_bursts_ = 0, throttle_cycles_ = 0;
  Run run_;
  bool stop_ = false;
  sc_core::sc_event begin_;
  std::exception_ptr failure_;
};

}  // namespace sushi
