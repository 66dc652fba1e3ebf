#include <iostream>

#include "commands.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/config/shipped.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/command_checker.hpp"
#include "sushi/report/dram_report.hpp"

namespace sushi::app {
namespace {

TrafficPattern PatternNamed(const std::string& name) {
  if (name == "sequential") return TrafficPattern::kSequential;
  if (name == "random") return TrafficPattern::kRandom;
  if (name == "strided") return TrafficPattern::kStrided;
  throw UserError("--pattern: no pattern '" + name.substr(0, 60) + "'" +
                  DidYouMean(name, {"sequential", "random", "strided"}) +
                  ", expected sequential, random or strided");
}

// Commands are kept only for checking: 10^8 of them would fill the memory.
constexpr std::int64_t kMostChecked = 5'000'000;

}  // namespace

void Dram(const DramOptions& options) {
  std::vector<std::string> sets = options.sets;
  if (!options.address_map.empty()) sets.push_back("memory.controller.address_map=" + options.address_map);
  const config::Experiment experiment =
      config::LoadExperiment({config::FindPreset("configs/memory", options.memory)}, sets);
  if (experiment.hardware.dram_model != DramModel::kBankLevel) {
    throw UserError(options.memory.substr(0, 200) +
                    ": describes no bank-level memory (dram.model: bank_level)");
  }
  TrafficConfig traffic = options.traffic;
  traffic.pattern = PatternNamed(options.pattern);
  if (!(traffic.write_ratio >= 0 && traffic.write_ratio <= 1))
    throw UserError("--write-ratio: expected a number from 0 to 1");
  if (traffic.stride_bytes % kTrafficRequestBytes != 0)
    throw UserError("--stride-bytes: must be a multiple of " + std::to_string(kTrafficRequestBytes));
  if (options.check && traffic.requests > kMostChecked)
    throw UserError("--check: at most " + std::to_string(kMostChecked) + " requests can be checked");
  const DramDeviceConfig& dram = experiment.hardware.memory;
  std::vector<std::vector<IssuedCommand>> logs;
  const TrafficResult result = RunTraffic(dram, traffic, options.check ? &logs : nullptr);
  for (const auto& log : logs) {
    const std::string violation = FindViolation(dram, log);
    if (!violation.empty()) throw InternalError("the controller broke a timing rule: " + violation);
  }
  const report::DramReport report{&dram, &traffic, &result, options.pattern, options.check};
  if (options.json) {
    std::cout << report::DramJson(report).dump(2) << '\n';
  } else {
    report::PrintDram(report, std::cout);
  }
}

}  // namespace sushi::app
