// What `sushisim dram` says about a memory under synthetic traffic.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>

#include "sushi/dram/traffic.hpp"

namespace sushi::report {

struct DramReport {
  const DramDeviceConfig* dram = nullptr;
  const TrafficConfig* traffic = nullptr;
  const TrafficResult* result = nullptr;
  std::string pattern;
  bool checked = false;  // the commands have been replayed through the checker
};

nlohmann::ordered_json DramJson(const DramReport& report);
void PrintDram(const DramReport& report, std::ostream& out);

}  // namespace sushi::report
