#include "fast_session.hpp"

#include <utility>

#include "sushi/sched/objective.hpp"

namespace sushi::app {
namespace {

Columns AllColumns(const Session& session) {
  const bool pb = session.experiment.hardware.accel.pb.capacity_kib > 0;
  return MakeColumns(session, pb, pb);
}

}  // namespace

CostSession::CostSession(const Session& session, ServiceModel& model)
    : session_(session),
      columns_(AllColumns(session)),
      book_(model, static_cast<int>(session.net.subnets.size()), columns_.columns, false) {}

FastSession::FastSession(config::Experiment experiment)
    : session_(std::move(experiment)), accelerator_(*session_.planner), costs_(session_, accelerator_) {}

std::string FastSession::KeyOf(const config::Experiment& experiment) {
  return config::CanonicalText(experiment,
                               config::WithHardwareKeys({"scheduler.candidate", "scheduler.byte_value_ps"})) +
         config::CanonicalModel(experiment);
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
