#include "session.hpp"

#include <algorithm>
#include <utility>

#include "log.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/report/latency_table_file.hpp"
#include "sushi/sched/candidates.hpp"
#include "sushi/sched/service_book.hpp"

namespace sushi::app {
namespace {

std::unique_ptr<InferencePlanner> MakePlanner(const config::Experiment& experiment, const SuperNet& net) {
  try {
    auto planner = std::make_unique<InferencePlanner>(experiment.hardware, net);
    CheckMemoryHolds(experiment.hardware, planner->end_address());
    return planner;
  } catch (const UserError& error) {
    throw WithOrigin(experiment, error);
  }
}

std::vector<SubGraphColumn> CandidatesOf(const HardwareConfig& hw, const SuperNet& net,
                                         const config::SchedulerConfig& scheduler,
                                         const std::shared_ptr<LayerCosts>& costs) {
  const int count = static_cast<int>(scheduler.candidates);
  if (scheduler.candidate_source == config::CandidateSource::kWindows) {
    return MakeCandidates(net, hw.accel.pb.capacity(), count);
  }
  return MakeKnapsackCandidates(hw, net, scheduler.byte_value_ps, count, costs);
}

}  // namespace

UserError WithOrigin(const config::Experiment& experiment, const UserError& error) {
  const std::string message = error.what();
  const config::Node* origin = config::FindOrigin(experiment, message.substr(0, message.find(':')));
  return origin == nullptr ? error : UserError(origin->mark, "", message);
}

Session::Session(const std::vector<std::string>& files, const std::vector<std::string>& sets)
    : Session(config::LoadExperiment(files, sets)) {}

void WarnOfServingSystem(const config::Experiment& experiment, const std::string& command) {
  const config::ServingConfig& serving = experiment.serving;
  const bool tenants = std::any_of(serving.tenants.begin(), serving.tenants.end(),
                                   [](const config::TenantEntry& tenant) { return tenant.model != nullptr; });
  if (serving.types.empty() && !tenants) return;
  Warn(command +
       " takes the accelerator of `accel` and the model of `supernet`; what the sections accelerators and " +
       "tenants say is left out");
}

std::shared_ptr<const SuperNet> LoadNet(const config::Experiment& experiment) {
  config::RequireSupernet(experiment);
  return std::make_shared<const SuperNet>(config::LoadSuperNet(experiment.supernet));
}

Session::Session(config::Experiment resolved, std::shared_ptr<const SuperNet> known,
                 std::shared_ptr<LayerCosts> costs)
    : experiment(std::move(resolved)),
      owned_net(known == nullptr ? LoadNet(experiment) : std::move(known)),
      net(*owned_net),
      layer_costs(std::move(costs)) {
  planner = MakePlanner(experiment, net);
  identity.hardware_hash = config::HashText(config::CanonicalText(experiment, config::WithHardwareKeys()));
  identity.model_hash = config::HashText(config::CanonicalModel(experiment));
}

Columns MakeColumns(const HardwareConfig& hw, const SuperNet& net, const config::SchedulerConfig& scheduler,
                    bool candidates, bool prefixes, const std::shared_ptr<LayerCosts>& costs) {
  const Bytes capacity = hw.accel.pb.capacity();
  Columns columns;
  columns.columns.push_back({"empty", EmptySubGraph(net)});
  if (candidates) {
    for (SubGraphColumn& column : CandidatesOf(hw, net, scheduler, costs))
      columns.columns.push_back(std::move(column));
  }
  columns.end_candidate = static_cast<int>(columns.columns.size());
  if (!prefixes) return columns;
  for (const SubNet& subnet : net.subnets) {
    const SubGraph graph = PrefixThatFits(net, SubGraphOf(net, subnet), capacity);
    const auto found = std::find_if(columns.columns.begin(), columns.columns.end(),
                                    [&](const SubGraphColumn& column) { return column.graph == graph; });
    columns.prefix_column.push_back(static_cast<SubGraphId>(found - columns.columns.begin()));
    if (found == columns.columns.end()) columns.columns.push_back({subnet.name + ".prefix", graph});
  }
  return columns;
}

Columns MakeColumns(const Session& session, bool candidates, bool prefixes) {
  return MakeColumns(session.experiment.hardware, session.net, session.experiment.scheduler, candidates,
                     prefixes, session.layer_costs);
}

Columns RunColumns(const Session& session) {
  const bool pb = session.experiment.hardware.accel.pb.capacity_kib > 0;
  const std::string& caching = session.experiment.scheduler.caching;
  return MakeColumns(session, pb && caching != "none" && caching != "last_served",
                     pb && caching == "last_served");
}

std::optional<LatencyTable> LoadedTable(const Session& session, const Columns& columns) {
  const std::string& file = session.experiment.scheduler.table_file;
  if (file.empty()) return std::nullopt;
  LatencyTable table = EmptyLatencyTable(session.net, columns.columns);
  report::LoadTable(file, session.identity, table);
  return table;
}

}  // namespace sushi::app
