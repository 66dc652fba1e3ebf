// What tenants ask a serving system for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sushi/core/units.hpp"

namespace sushi {

// A bound that a tenant sets on each of its requests (Dělen's conditions).
struct Condition {
  enum class Metric { kResponseTime, kAccuracy, kEnergy, kComputation };  // us, %, uJ, MMACs
  enum class Relation { kAtMost, kAtLeast };
  Metric metric = Metric::kResponseTime;
  Relation relation = Relation::kAtMost;
  double threshold = 0;
};

// Conditions in disjunctive form: one of the groups has to hold, and of it all conditions.
using Conditions = std::vector<std::vector<Condition>>;

// Who asks. Tenants share accelerators and DRAM; tenants with the same model share its weights, and requests
// of theirs may be batched.
struct Tenant {
  std::string name;
  int model = 0;              // index into the profile's models
  std::int64_t priority = 1;  // larger is more urgent
  Conditions conditions;      // empty: none
  int parent = -1;            // tenant whose frame has to be served before this one's begins; -1: none
};

// One inference that is asked for. A frame is a request of a tenant without a parent, with the same number at
// all tenants that depend on it.
struct Request {
  std::int64_t id = 0;  // in order of arrival; of those that arrive together, by tenant
  int tenant = 0;
  std::int64_t frame = 0;   // of the tenant's stream
  Picoseconds frame_start;  // when the frame's first request arrived
  Picoseconds arrival;      // of a cascade: when the parent's was served
  Picoseconds deadline;     // absolute; counted from frame_start
  double accuracy_min_percent = 0;
};

}  // namespace sushi
