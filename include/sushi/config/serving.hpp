// The serving system that an experiment describes, ready to be built.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sushi/config/experiment.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi::config {

struct AcceleratorPlan {
  std::string name;
  HardwareConfig hardware;         // its clock is that of level 0
  std::vector<PowerLevel> levels;  // at least one; the first is the nominal one
  ThrottleConfig throttle;
};

// Exactly one of these says when frames arrive: `trace`, `periodic` or tenant.parent.
struct TenantPlan {
  Tenant tenant;
  std::optional<TraceConfig> trace;
  std::optional<PeriodicFrames> periodic;
  // From the frame's start. None: the query's latency_max; of a cascade, that of the query it began with.
  // Periodic frames without slo_us are due when the next one arrives.
  std::optional<Picoseconds> slo;
  // None: the query's; of periodic frames 0.
  std::optional<double> accuracy_min_percent;
};

struct ServingPlan {
  std::vector<AcceleratorPlan> types;
  std::vector<int> accelerators;                        // the type of each
  std::vector<std::shared_ptr<const SuperNet>> models;  // different ones, in order of first use
  std::vector<TenantPlan> tenants;
};

// Loads the models. UserError: serving.engine is none, a model that is refused, no model or trace for a
// tenant. Traces' files are not opened.
ServingPlan LoadServingPlan(const Experiment& experiment);

}  // namespace sushi::config
