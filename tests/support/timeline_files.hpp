// What `run --timeline` and --out have written, read for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "process.hpp"

namespace sushi::testing {

using Json = nlohmann::json;

inline std::int64_t Ps(const Json& micros) { return std::llround(micros.get<double>() * 1e6); }

inline std::vector<Json> Events(const Json& file, const std::string& phase) {
  std::vector<Json> events;
  for (const Json& event : file["traceEvents"]) {
    if (event["ph"] == phase) events.push_back(event);
  }
  return events;
}

inline std::map<std::string, int> Lanes(const Json& file) {
  std::map<std::string, int> lanes;
  for (const Json& event : Events(file, "M")) {
    if (event["name"] == "thread_name") lanes[event["args"]["name"]] = event["tid"];
  }
  return lanes;
}

using Row = std::map<std::string, std::string>;

inline std::vector<Row> ReadCsv(const std::filesystem::path& path) {
  std::istringstream in(ReadFile(path));
  std::string line, cell;
  std::getline(in, line);
  std::vector<std::string> header;
  for (std::istringstream cells(line); std::getline(cells, cell, ',');) header.push_back(cell);
  std::vector<Row> rows;
  while (std::getline(in, line)) {
    Row row;
    std::size_t column = 0;
    for (std::istringstream cells(line); std::getline(cells, cell, ',');) row[header.at(column++)] = cell;
    rows.push_back(row);
  }
  return rows;
}

inline std::int64_t PsOf(const Row& row, const std::string& column) {
  return std::llround(std::stod(row.at(column)) * 1e6);
}

// Cycles of the query's layers by state, from layers.csv.
inline std::map<std::string, std::int64_t> StatesOf(const Scratch& scratch, const std::string& query) {
  std::map<std::string, std::int64_t> cycles;
  for (const Row& served : ReadCsv(scratch.dir() / "r" / "queries.csv")) {
    if (served.at("query") != query) continue;
    for (const Row& layer : ReadCsv(scratch.dir() / "r" / "layers.csv")) {
      if (layer.at("subnet") != served.at("subnet") ||
          layer.at("cached_subgraph") != served.at("cached_subgraph"))
        continue;
      for (const char* state : {"compute", "fill", "wait_weights", "wait_iacts", "wait_operand", "wait_drain",
                                "vector_unit", "host"}) {
        cycles[state] += std::stoll(layer.at(std::string(state) + "_cycles"));
      }
    }
  }
  return cycles;
}

inline constexpr std::int64_t kPeriodPs = 10'000;  // tiny runs at 100 MHz

}  // namespace sushi::testing
