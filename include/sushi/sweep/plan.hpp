// The plan as a store keeps it, so that its results can be read without the sweep's file.
//
//   plan.json   title, objectives, columns, where the sweep came from, and hashes
//   points.tsv  a line each point in plan order: id, then the cells of the axes; \\, \t, \n and \r are escaped
#pragma once

#include <string>
#include <vector>

#include "sushi/sweep/merge.hpp"
#include "sushi/sweep/store.hpp"

namespace sushi::sweep {

struct Plan {
  std::string title;
  std::vector<std::string> objectives;  // as written
  SweepTable table;
  std::string source;             // the sweep's file, for people
  std::vector<std::string> sets;  // --set
};

// Both files atomically, plan.json last. Nothing when the store has the same points with the same columns.
// StorageError, UserError.
void WritePlan(const Store& store, const Plan& plan);
// UserError when the two do not belong together (points.tsv was changed, or is being written).
Plan ReadPlan(const Store& store);

}  // namespace sushi::sweep
