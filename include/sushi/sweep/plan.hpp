// The plan as a store keeps it, so that its results can be read without the sweep's file.
//
//   plan.json   title, objectives, columns, where the sweep came from, and its fingerprint
//   points.tsv  fingerprint and a hash of what follows; then a line each point in plan order: id, and the
//   cells
//               of the axes. \\, \t, \n and \r stand for themselves
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sushi/sweep/merge.hpp"
#include "sushi/sweep/store.hpp"

namespace sushi::sweep {

struct Plan {
  std::string title;
  std::vector<std::string> objectives;  // as written
  SweepColumns columns;
  std::int64_t points = 0;
  std::string fingerprint;        // equal ones mean equal ids in equal order
  std::string source;             // the sweep's file
  std::vector<std::string> sets;  // --set
};

nlohmann::ordered_json PlanJson(const Plan& plan);  // plan.json

// These write atomically: StorageError, UserError.
void WritePlan(const Store& store, const Plan& plan);
void WritePoints(const Store& store, const Plan& plan, const SweepTable& table);

Plan ReadPlan(const Store& store);  // UserError
bool HasPoints(const Store& store, const Plan& plan);
// Nothing when the store has no points, not all of them, or another plan's.
std::optional<SweepTable> ReadPoints(const Store& store, const Plan& plan);

}  // namespace sushi::sweep
