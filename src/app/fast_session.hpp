// A hardware and model on the fast engine, without the kernel (its cycles are the same,
// docs/architecture.md), and what is known of it: shared by the points of a study that differ in neither.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "serve.hpp"
#include "session.hpp"
#include "sushi/accel/fast_accelerator.hpp"
#include "sushi/sched/service_book.hpp"

namespace sushi::app {

// What points have in common whose hardware differs at most in the size of the PB, and whose model is the
// same.
struct SharedCosts {
  std::shared_ptr<const SuperNet> net;
  std::shared_ptr<LayerCosts> layers = std::make_shared<LayerCosts>();
  std::map<std::string, StreamResult> without_pb;  // by the keys of the stream and its serving
};

// What a hardware and model cost, asked of any engine.
class CostSession {
 public:
  // Session and model must outlive it.
  CostSession(const Session& session, ServiceModel& model,
              std::shared_ptr<SharedCosts> shared = std::make_shared<SharedCosts>(),
              std::shared_ptr<StreamCache> streams = std::make_shared<StreamCache>());

  const SuperNet& net() const { return session_.net; }
  const HardwareConfig& hardware() const { return session_.experiment.hardware; }
  const std::shared_ptr<const SuperNet>& shared_net() const { return session_.owned_net; }
  const std::shared_ptr<LayerCosts>& layer_costs() const { return session_.layer_costs; }
  const Columns& columns() const { return columns_; }  // candidates, and what last_served caches
  ServiceBook& book() { return book_; }
  const LatencyTable& table();
  // The candidate (or nothing) of least ObjectiveCost for one SubNet.
  SubGraphId BestFor(int subnet);
  // The experiment's stream, with the caching policy of that name.
  StreamResult Serve(const config::Experiment& experiment, const std::string& caching);
  const StreamResult& WithoutPb(const config::Experiment& experiment);

 private:
  const Session& session_;
  Columns columns_;
  ServiceBook book_;
  std::unique_ptr<LatencyTable> table_;
  std::shared_ptr<SharedCosts> shared_;
  std::shared_ptr<StreamCache> streams_;
};

class FastSession {
 public:
  FastSession(config::Experiment experiment, const std::shared_ptr<SharedCosts>& shared,
              std::shared_ptr<StreamCache> streams);
  FastSession(const FastSession&) = delete;
  FastSession& operator=(const FastSession&) = delete;

  CostSession& costs() { return costs_; }

 private:
  Session session_;
  FastAccelerator accelerator_;
  CostSession costs_;
};

// The sessions of one point after the other: what two of them have in common is simulated once.
class FastSessions {
 public:
  CostSession& For(const config::Experiment& experiment);

 private:
  std::shared_ptr<SharedCosts> SharedBy(const config::Experiment& experiment);

  std::unique_ptr<FastSession> session_;  // of the point before
  std::string key_;
  std::map<std::string, std::shared_ptr<SharedCosts>> shared_;
  std::string model_;  // of the last SharedCosts made, and its SuperNet
  std::shared_ptr<const SuperNet> net_;
  std::shared_ptr<StreamCache> streams_ = std::make_shared<StreamCache>();
};

}  // namespace sushi::app
