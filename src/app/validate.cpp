#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "session.hpp"
#include "sushi/config/shipped.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/report/validation_report.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi::app {

void Validate(const ValidateOptions& options) {
  std::vector<std::string> files{config::FindPreset("configs/hardware", options.hardware),
                                 config::FindPreset("models", options.model)};
  if (!options.memory.empty()) files.push_back(config::FindPreset("configs/memory", options.memory));
  const Session session(files, options.sets);
  const HardwareConfig& hw = session.experiment.hardware;
  report::ValidationReport report;
  report.hardware = &hw;
  report.net = &session.net;
  report.measured = ReadMeasuredCsv(options.measured, session.net);
  const Cycles host = session.planner->HostCycles(hw.host.board_layer_call_us);
  const ClockDomain clock(hw.accel.clock_mhz);
  std::vector<LayerMeasurement> measurements;
  RunInElaboration(*session.planner, MakeMemory(hw), [&](ServiceModel& model) {
    for (const MeasuredLayer& layer : report.measured) {
      const Cycles cycles = model.RunAlone(layer.subnet, layer.op, host).cycles;
      report.simulated_us.push_back(static_cast<double>(clock.TimeOf(cycles).value()) / 1e6);
      measurements.push_back({layer.subnet, layer.op, layer.latency_us});
    }
  });
  report.held_out = LeaveOneSubNetOut(hw, session.net, measurements);
  if (options.json) {
    std::cout << report::ValidationJson(report).dump(2) << '\n';
  } else {
    report::PrintValidation(report, std::cout);
  }
}

}  // namespace sushi::app
