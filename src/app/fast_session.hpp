// A hardware and model on the fast engine, without the kernel (its cycles are the same,
// docs/architecture.md), and what is known of it: shared by the points of a study that differ in neither.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "session.hpp"
#include "sushi/accel/fast_accelerator.hpp"
#include "sushi/sched/service_book.hpp"

namespace sushi::app {

// What a hardware and model cost, asked of any engine.
class CostSession {
 public:
  // Both must outlive it.
  CostSession(const Session& session, ServiceModel& model);

  const SuperNet& net() const { return session_.net; }
  const HardwareConfig& hardware() const { return session_.experiment.hardware; }
  const Columns& columns() const { return columns_; }  // candidates, and what last_served caches
  ServiceBook& book() { return book_; }
  const LatencyTable& table();
  // The candidate (or nothing) of least ObjectiveCost for one SubNet.
  SubGraphId BestFor(int subnet);

 private:
  const Session& session_;
  Columns columns_;
  ServiceBook book_;
  std::unique_ptr<LatencyTable> table_;
};

class FastSession {
 public:
  FastSession(config::Experiment experiment, std::shared_ptr<LayerCosts> costs);
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
  std::shared_ptr<LayerCosts> CostsFor(const config::Experiment& experiment);

  std::unique_ptr<FastSession> session_;  // of the point before
  std::string key_;
  std::map<std::string, std::shared_ptr<LayerCosts>> costs_;
};

}  // namespace sushi::app
