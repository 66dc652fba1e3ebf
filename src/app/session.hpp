// What every command needs: the experiment, its SuperNet and the plans, checked before anything runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/layer_costs.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/core/error.hpp"
#include "sushi/report/run_report.hpp"
#include "sushi/sched/caching_policy.hpp"

namespace sushi::app {

struct Session {
  config::Experiment experiment;
  std::shared_ptr<const SuperNet> owned_net;
  const SuperNet& net;
  std::unique_ptr<InferencePlanner> planner;
  std::shared_ptr<LayerCosts> layer_costs;
  report::Identity identity;  // trace_hash is the run's to fill in

  Session(const std::vector<std::string>& files, const std::vector<std::string>& sets);
  // `known` is the experiment's SuperNet if it is at hand.
  explicit Session(config::Experiment resolved, std::shared_ptr<const SuperNet> known = nullptr,
                   std::shared_ptr<LayerCosts> costs = std::make_shared<LayerCosts>());
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

// For commands that look at one accelerator and one SuperNet: says that sections accelerators and tenants, if
// there are any, are not what it shows.
void WarnOfServingSystem(const config::Experiment& experiment, const std::string& command);

// A message "KEY: …" from who knows which key is to blame, with the place where the experiment sets it.
UserError WithOrigin(const config::Experiment& experiment, const UserError& error);

std::shared_ptr<const SuperNet> LoadNet(const config::Experiment& experiment);

// The columns of SushiAbs that the experiment's caching policy may cache.
struct Columns {
  std::vector<SubGraphColumn> columns;  // [0] is the empty SubGraph
  int first_candidate = 1, end_candidate = 1;
  std::vector<SubGraphId> prefix_column;  // per SubNet
};

Columns MakeColumns(const Session& session, bool candidates, bool prefixes);
Columns MakeColumns(const HardwareConfig& hw, const SuperNet& net, const config::SchedulerConfig& scheduler,
                    bool candidates, bool prefixes, const std::shared_ptr<LayerCosts>& costs);
// Those that the experiment's own caching policy may cache.
Columns RunColumns(const Session& session);
// SushiAbs from scheduler.table_file, if there is one.
std::optional<LatencyTable> LoadedTable(const Session& session, const Columns& columns);

}  // namespace sushi::app
