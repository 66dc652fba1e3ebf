#include "fast_session.hpp"

#include <utility>

#include "sushi/sched/objective.hpp"

namespace sushi::app {
namespace {

constexpr std::size_t kMostResults = 200'000;  // of layers, kept for later points: about 100 MB

Columns AllColumns(const Session& session) {
  const bool pb = session.experiment.hardware.accel.pb.capacity_kib > 0;
  return MakeColumns(session, pb, pb);
}

}  // namespace

CostSession::CostSession(const Session& session, ServiceModel& model)
    : session_(session),
      columns_(AllColumns(session)),
      book_(model, static_cast<int>(session.net.subnets.size()), columns_.columns, false) {}

FastSession::FastSession(config::Experiment experiment, std::shared_ptr<LayerCosts> costs)
    : session_(std::move(experiment), std::move(costs)),
      accelerator_(*session_.planner, session_.layer_costs),
      costs_(session_, accelerator_) {}

CostSession& FastSessions::For(const config::Experiment& experiment) {
  std::string key = config::CanonicalText(
      experiment, config::WithHardwareKeys({"scheduler.candidate", "scheduler.byte_value_ps"}));
  key += config::CanonicalModel(experiment);
  if (session_ == nullptr || key != key_) {
    session_.reset();
    session_ = std::make_unique<FastSession>(experiment, CostsFor(experiment));
    key_ = std::move(key);
  }
  return session_->costs();
}

std::shared_ptr<LayerCosts> FastSessions::CostsFor(const config::Experiment& experiment) {
  std::size_t results = 0;
  for (const auto& [key, costs] : costs_) results += costs->results;
  if (results > kMostResults) costs_.clear();
  const std::string key = config::CanonicalText(experiment, config::WithHardwareKeys(), "accel.pb.") +
                          config::CanonicalModel(experiment);
  std::shared_ptr<LayerCosts>& costs = costs_[key];
  if (costs == nullptr) costs = std::make_shared<LayerCosts>();
  return costs;
}

const LatencyTable& CostSession::table() {
  if (table_ == nullptr) {
    table_ = std::make_unique<LatencyTable>(BuildLatencyTable(net(), columns_.columns, book_));
  }
  return *table_;
}

SubGraphId CostSession::BestFor(int subnet) {
  const std::int64_t byte_value_ps = session_.experiment.scheduler.byte_value_ps;
  const auto cost = [&](SubGraphId id) {
    const InferenceResult& known = book_.KnownInference(subnet, id);
    return ObjectiveCost(known.service, known.total, byte_value_ps);
  };
  SubGraphId best = kEmptySubGraphId;
  for (SubGraphId id = columns_.first_candidate; id < columns_.end_candidate; ++id) {
    if (cost(id) < cost(best)) best = id;
  }
  return best;
}

}  // namespace sushi::app
