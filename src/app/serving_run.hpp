// A serving system and its requests, as an experiment describes them, on either engine.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "session.hpp"
#include "sushi/config/serving.hpp"
#include "sushi/serving/metrics.hpp"

namespace sushi::app {

class ServingRun {
 public:
  // UserError when the experiment lacks what a serving system needs, or a trace or model is refused.
  explicit ServingRun(const config::Experiment& experiment);
  ServingRun(const ServingRun&) = delete;
  ServingRun& operator=(const ServingRun&) = delete;

  struct Options {
    config::ServingEngine engine = config::ServingEngine::kApproximate;
    bool keep_times = true;              // exact quantiles
    std::int64_t seed_offset = 0;        // added to the generators' seeds
    std::optional<std::int64_t> frames;  // of each tenant's stream, the first ones; none: all
    ServingSinks sinks;                  // told besides what is counted
  };
  // A tenant's stream's: tenants with the same seed would ask at the same times.
  static std::uint64_t SeedOf(const config::TraceConfig& trace, std::size_t tenant);
  // Only one call in a process may be on the SystemC engine.
  ServingMetrics Serve(const Options& options);

  const config::ServingPlan& plan() const { return plan_; }
  const ServingMachine& machine() const { return *machine_; }
  const std::string& caching() const { return caching_; }
  const std::vector<Tenant>& tenants() const { return tenants_; }

 private:
  std::vector<SubGraphColumn> ColumnsOf(int model, int type);
  std::unique_ptr<CachingPolicy> MakeCachingOf(int accelerator, int model) const;
  ServingSetup Setup(Scheduler& scheduler) const;
  std::unique_ptr<Scheduler> MakeSchedulerOf() const;
  std::vector<TenantSource> Sources(const Options& options) const;

  const config::Experiment& experiment_;
  config::ServingPlan plan_;
  std::string caching_;
  std::vector<std::vector<Columns>> columns_;  // by model, type
  std::vector<Tenant> tenants_;
  std::unique_ptr<ServingPolicy> forecast_;  // what the oracle takes future requests to be served by
  std::unique_ptr<ServingMachine> machine_;
};

}  // namespace sushi::app
