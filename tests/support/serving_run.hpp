// A whole serving run on a fake profile with the approximate engine, for tests worked out by hand.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "fake_profile.hpp"
#include "sushi/core/error.hpp"
#include "sushi/serving/fluid_executor.hpp"
#include "sushi/serving/serving_core.hpp"

namespace sushi::test {

class ListSource : public QuerySource {
 public:
  explicit ListSource(std::vector<Query> queries) : queries_(std::move(queries)) {}
  bool Next(Query& query) override {
    if (next_ == queries_.size()) return false;
    query = queries_[next_++];
    return true;
  }

 private:
  std::vector<Query> queries_;
  std::size_t next_ = 0;
};

inline Query QueryAt(double arrival_us, double slo_us, double accuracy = 0) {
  Query query;
  query.arrival = Us(arrival_us);
  query.latency_max = Us(slo_us);
  query.accuracy_min_percent = accuracy;
  return query;
}

inline TenantSource Stream(std::vector<Query> queries) {
  TenantSource from;
  from.source = std::make_unique<ListSource>(std::move(queries));
  return from;
}

// What a scheduler of a test does: a function.
class ScriptedScheduler : public Scheduler {
 public:
  std::function<void(const SystemView&, Decision&)> decide;
  bool preempts = false, layers = false;
  std::vector<JobOutcome> outcomes;
  bool preemptive() const override { return preempts; }
  bool wants_layers() const override { return layers; }
  void Decide(const SystemView& view, Decision& decision) override { decide(view, decision); }
  void Finished(const SystemView&, const JobOutcome& outcome) override { outcomes.push_back(outcome); }
};

struct ServingOutcome {
  std::vector<RequestRecord> requests;  // in the order of their ends
  std::vector<JobRecord> jobs;
  const RequestRecord& Of(int tenant, std::int64_t frame) const {
    for (const RequestRecord& record : requests) {
      if (record.request.tenant == tenant && record.request.frame == frame) return record;
    }
    throw InternalError("no such request");
  }
};

inline ServingOutcome Serve(ServingSetup setup, std::vector<TenantSource> sources, double dram_gbps = 0) {
  ServingOutcome outcome;
  ServingSinks sinks;
  sinks.request = [&](const RequestRecord& record) { outcome.requests.push_back(record); };
  sinks.job = [&](const JobRecord& record) { outcome.jobs.push_back(record); };
  FluidExecutor::Setup fluid;
  fluid.profile = setup.profile;
  fluid.types = setup.types;
  fluid.dram_bytes_per_s = dram_gbps * 1e9;
  fluid.layer_events = setup.scheduler->wants_layers();
  FluidExecutor executor(fluid);
  ServingCore core(setup, std::move(sources), std::move(sinks));
  RunServing(core, executor);
  return outcome;
}

}  // namespace sushi::test
