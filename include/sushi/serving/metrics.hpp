// What is reported about a serving run: per tenant and for all. Definitions: docs/serving.md, S-numbers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sushi/energy/energy.hpp"
#include "sushi/serving/machine.hpp"
#include "sushi/serving/serving_core.hpp"
#include "sushi/stats/time_collector.hpp"

namespace sushi {

struct TenantMetrics {
  // S0: issued = served + queue_full + dropped + cancelled.
  std::int64_t issued = 0, served = 0, in_time = 0;
  std::int64_t queue_full = 0, dropped = 0, cancelled = 0;
  std::int64_t accuracy_met = 0;  // served at least as accurately as asked for
  double in_time_top1_sum = 0;    // of requests served in time
  double served_top1_sum = 0;
  TimeStatistics response, waiting, service;  // S11: of the served
  double slowdown_sum = 0;                    // Σ response / isolated, of the served
  double progress_sum = 0;                    // Σ isolated / response; 0 of what is not served
  double energy_pj = 0;                       // dynamic, its share of batches
  double dram_bytes = 0;                      // asked for, its share of batches
  double worst_energy_pj = 0;                 // S5: of all issued
  std::vector<std::int64_t> served_as;        // per SubNet of its model; empty for all tenants together

  // S1
  double Attainment() const {
    return issued == 0 ? 1 : static_cast<double>(in_time) / static_cast<double>(issued);
  }
  double ViolationRate() const { return 1 - Attainment(); }
  // S6
  double InTimeTop1() const { return in_time == 0 ? 0 : in_time_top1_sum / static_cast<double>(in_time); }
  double ServedTop1() const { return served == 0 ? 0 : served_top1_sum / static_cast<double>(served); }
  // S2
  double NormalisedProgress() const { return issued == 0 ? 0 : progress_sum / static_cast<double>(issued); }
  // S3
  double MeanSlowdown() const { return served == 0 ? 0 : slowdown_sum / static_cast<double>(served); }
};

struct AcceleratorMetrics {
  std::int64_t jobs = 0, requests = 0;  // that ended here
  std::int64_t swaps = 0, preemptions = 0;
  std::int64_t busy_ps = 0;  // S8: swaps and moving included
  std::int64_t swap_ps = 0, moving_ps = 0;
  std::int64_t stall_ps = 0;  // S10
  std::int64_t moved_bytes = 0;
  std::int64_t dram_bytes = 0;  // asked for
  double dynamic_pj = 0, static_pj = 0;
};

struct ServingMetrics {
  std::vector<TenantMetrics> tenants;
  TenantMetrics all;
  std::vector<AcceleratorMetrics> accelerators;
  bool exact_quantiles = true;
  Picoseconds makespan;  // first arrival to last end
  Counters counters;     // inferences, swaps, saved and restored activations
  double mean_batch = 0;
  double offered_per_s = 0;  // S12: issued, over the time from the first frame to the last; 0 for one instant
  double capacity_per_s = 0;                                // S12
  double throughput_per_s = 0;                              // S12: served, over the makespan
  double goodput_per_s = 0;                                 // S12: in time
  double stp = 0;                                           // S2
  double antt = 0;                                          // S3
  double fairness = 0;                                      // S4
  double ux_cost = 0;                                       // S5
  double dynamic_pj = 0, static_pj = 0, background_pj = 0;  // S13
  double EnergyPj() const { return dynamic_pj + static_pj + background_pj; }
  double EnergyPerServedPj() const {
    return all.served == 0 ? 0 : EnergyPj() / static_cast<double>(all.served);
  }
  double EnergyDelayPjS() const;  // S7
  double utilisation = 0;         // S8
  double dram_utilisation = 0;    // S9
  std::int64_t StallPs() const;   // S10
};

struct MetricsSetup {
  const Profile* profile = nullptr;
  std::vector<Tenant> tenants;
  std::vector<int> types;  // of the accelerators
  const EnergyTable* energy = nullptr;
  double dram_bytes_per_s = 0;
  bool keep_times = true;  // exact quantiles, 24 bytes a request
};

class MetricsCollector {
 public:
  explicit MetricsCollector(MetricsSetup setup);
  MetricsCollector(const ServingMachine& machine, std::vector<Tenant> tenants, bool keep_times);
  ~MetricsCollector();
  // A job is told before the requests in it, as the core does.
  ServingSinks Sinks();
  // What the memory did besides, for its background energy. Once.
  ServingMetrics Finish(const MemoryActivity& activity);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// S12: requests a second that the accelerators (by type) serve with the fastest SubNets at the fastest level
// in the largest batches, nothing cached, each a mix of tenants as `issued`, and that the DRAM has the bytes
// for.
double ServingCapacityPerS(const Profile& profile, const std::vector<int>& types,
                           const std::vector<Tenant>& tenants, const std::vector<std::int64_t>& issued,
                           double dram_bytes_per_s);

}  // namespace sushi
