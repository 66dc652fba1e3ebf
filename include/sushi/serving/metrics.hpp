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
  std::int64_t issued = 0, served = 0, in_time = 0;
  std::int64_t queue_full = 0, dropped = 0, cancelled = 0;
  std::int64_t accuracy_met = 0;  // served at least as accurately as asked for
  double in_time_top1_sum = 0;    // of requests served in time
  double served_top1_sum = 0;
  TimeStatistics response, waiting, service;  // of the served
  double slowdown_sum = 0;                    // S3: Σ response / isolated
  double progress_sum = 0;                    // S2: Σ isolated / response
  double energy_pj = 0;                       // dynamic, its share of batches
  double worst_energy_pj = 0;                 // S7: as the costliest SubNet, batch of one
  std::vector<std::int64_t> served_as;        // per SubNet of its model

  // S1: of all that were issued, dropped and cancelled ones included.
  double Attainment() const {
    return issued == 0 ? 1 : static_cast<double>(in_time) / static_cast<double>(issued);
  }
  double ViolationRate() const { return 1 - Attainment(); }
  double InTimeTop1() const { return in_time == 0 ? 0 : in_time_top1_sum / static_cast<double>(in_time); }
  double ServedTop1() const { return served == 0 ? 0 : served_top1_sum / static_cast<double>(served); }
  double NormalisedProgress() const { return served == 0 ? 0 : progress_sum / static_cast<double>(served); }
};

struct AcceleratorMetrics {
  std::int64_t jobs = 0, requests = 0, swaps = 0, preemptions = 0;
  std::int64_t busy_ps = 0;  // swaps and moving included
  std::int64_t swap_ps = 0, moving_ps = 0;
  std::int64_t stall_ps = 0;  // S9: service beyond the profile's
  std::int64_t moved_bytes = 0;
  double dynamic_pj = 0, static_pj = 0;
};

struct ServingMetrics {
  std::vector<TenantMetrics> tenants;
  TenantMetrics all;
  std::vector<AcceleratorMetrics> accelerators;
  Picoseconds makespan;  // first arrival to last end
  Counters counters;     // inferences, swaps, saved and restored activations
  double mean_batch = 0;
  double throughput_per_s = 0;  // served, over the makespan
  double goodput_per_s = 0;     // in time
  double stp = 0;               // S2: Σ over tenants of mean normalised progress
  double antt = 0;              // S3: mean slowdown
  double fairness = 0;          // S4: least over greatest progress of a tenant
  double ux_cost = 0;           // S7: Σ violation rates × Σ normalised energies
  double dynamic_pj = 0, static_pj = 0, background_pj = 0;
  double EnergyPj() const { return dynamic_pj + static_pj + background_pj; }
  double EnergyDelayPjS() const;  // S8: energy a served request × mean response
  double utilisation = 0;         // S6: busy over makespan, mean over the accelerators
  double dram_utilisation = 0;    // bytes over peak × makespan
};

class MetricsCollector {
 public:
  // `keep_times`: exact quantiles.
  MetricsCollector(const ServingMachine& machine, std::vector<Tenant> tenants, bool keep_times);
  ~MetricsCollector();
  ServingSinks Sinks();
  // What the memory did besides, for its background energy.
  ServingMetrics Finish(const MemoryActivity& activity);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sushi
