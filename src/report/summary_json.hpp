// What the summaries of `run` share.
#pragma once

#include <nlohmann/json.hpp>

#include "sushi/report/run_report.hpp"

namespace sushi::report {

template <typename Enum, typename Value>
nlohmann::ordered_json ByName(const EnumArray<Enum, Value>& values) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < values.values.size(); ++i) json[Name(static_cast<Enum>(i))] = values.values[i];
  return json;
}

double Micros(double picoseconds);
nlohmann::ordered_json TimeJson(const TimeStatistics& time, std::int64_t queries);
nlohmann::ordered_json TrafficJson(const Counters& counters);  // by kind, then the total
nlohmann::ordered_json IdentityJson(const Identity& identity);

}  // namespace sushi::report
