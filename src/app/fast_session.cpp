#include "fast_session.hpp"

#include <utility>

#include "sushi/sched/objective.hpp"

namespace sushi::app {
namespace {

constexpr std::size_t kMostResults = 200'000;  // of layers, kept for later points: about 100 MB
constexpr std::size_t kMostStreams = 64;       // remembered for one hardware

Columns AllColumns(const Session& session) {
  const bool pb = session.experiment.hardware.accel.pb.capacity_kib > 0;
  return MakeColumns(session, pb, pb);
}

}  // namespace

CostSession::CostSession(const Session& session, ServiceModel& model, std::shared_ptr<SharedCosts> shared,
                         std::shared_ptr<StreamCache> streams)
    : session_(session),
      columns_(AllColumns(session)),
      book_(model, static_cast<int>(session.net.subnets.size()), columns_.columns, false),
      shared_(std::move(shared)),
      streams_(std::move(streams)) {}

StreamResult CostSession::Serve(const config::Experiment& experiment, const std::string& caching) {
  const auto stream = streams_->Open(experiment);
  return ServeOnce(experiment, *stream, caching, columns_, book_, table(), true, nullptr);
}

const StreamResult& CostSession::WithoutPb(const config::Experiment& experiment) {
  const std::string key =
      config::CanonicalText(experiment, {"trace.", "scheduler.policy", "scheduler.latency_basis"});
  const auto known = shared_->without_pb.find(key);
  if (known != shared_->without_pb.end()) return known->second;
  if (shared_->without_pb.size() >= kMostStreams) shared_->without_pb.clear();
  return shared_->without_pb.emplace(key, Serve(experiment, "none")).first->second;
}

FastSession::FastSession(config::Experiment experiment, const std::shared_ptr<SharedCosts>& shared,
                         std::shared_ptr<StreamCache> streams)
    : session_(std::move(experiment), shared->net, shared->layers),
      accelerator_(*session_.planner, session_.layer_costs),
      costs_(session_, accelerator_, shared, std::move(streams)) {}

CostSession& FastSessions::For(const config::Experiment& experiment) {
  std::string key = config::CanonicalText(
      experiment, config::WithHardwareKeys({"scheduler.candidate", "scheduler.byte_value_ps"}));
  key += config::CanonicalModel(experiment);
  if (session_ == nullptr || key != key_) {
    session_.reset();
    session_ = std::make_unique<FastSession>(experiment, SharedBy(experiment), streams_);
    key_ = std::move(key);
  }
  return session_->costs();
}

std::shared_ptr<SharedCosts> FastSessions::SharedBy(const config::Experiment& experiment) {
  std::size_t results = 0;
  for (const auto& [key, shared] : shared_) results += shared->layers->results;
  if (results > kMostResults) shared_.clear();
  std::string model = config::CanonicalModel(experiment);
  const std::string key = config::CanonicalText(experiment, config::WithHardwareKeys(), "accel.pb.") + model;
  const auto known = shared_.find(key);
  if (known != shared_.end()) return known->second;
  if (net_ == nullptr || model != model_) {
    net_ = LoadNet(experiment);
    model_ = std::move(model);
  }
  const auto shared = std::make_shared<SharedCosts>();
  shared->net = net_;
  return shared_.emplace(key, shared).first->second;
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
