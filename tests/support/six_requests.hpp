// A serving run of six requests told by hand, and what is needed to tell others.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fake_profile.hpp"
#include "sushi/serving/metrics.hpp"

namespace sushi::test {

// Model 0 has two SubNets, model 1 has one; level 1 is slower and saves.
inline FakeProfile TwoModels() {
  FakeProfile::FakeSubNet small{"small", 70, 100}, big{"big", 80, 200}, other{"other", 75, 400};
  small.energy_uj = 0.001;
  big.energy_uj = 0.002;
  other.energy_uj = 0.0007;
  PowerLevel nominal, slow;
  nominal.active_mw = 2;
  nominal.idle_mw = 1;
  slow.clock_mhz = 50;
  slow.energy_scale = 0.25;
  slow.active_mw = 0.5;
  slow.idle_mw = 0.25;
  return FakeProfile({{small, big}, {other}}, 4, {{nominal, slow}});
}

inline EnergyTable MacAndDram() {
  EnergyTable table;
  table.entries[Event::kMac].pj = 1;
  table.entries[Event::kDramRead].pj = 10;
  table.entries[Event::kDramRefresh].pj = 7;
  return table;
}

inline Counters Work(std::int64_t macs, Traffic kind, std::int64_t bytes) {
  Counters counters;
  counters.events[Event::kMac] = macs;
  counters.events[Event::kDramRead] = bytes;
  counters.traffic_bytes[kind] = bytes;
  return counters;
}

struct MetricsBench {
  explicit MetricsBench(int tenants = 2, int accelerators = 2) {
    setup.profile = &profile;
    setup.tenants.resize(static_cast<std::size_t>(tenants));
    for (int t = 0; t < tenants; ++t) setup.tenants[static_cast<std::size_t>(t)].model = t;
    setup.types.assign(static_cast<std::size_t>(accelerators), 0);
    setup.energy = &energy;
    setup.dram_bytes_per_s = 1e6;
  }
  ServingMetrics Of(const std::function<void(const ServingSinks&)>& tell, const MemoryActivity& memory = {}) {
    MetricsCollector collector(setup);
    tell(collector.Sinks());
    return collector.Finish(memory);
  }

  FakeProfile profile = TwoModels();
  EnergyTable energy = MacAndDram();
  MetricsSetup setup;
};

inline RequestRecord Asked(int tenant, double arrival_us, double deadline_us, double accuracy = 0) {
  RequestRecord record;
  record.request.tenant = tenant;
  record.request.arrival = record.request.frame_start = Us(arrival_us);
  record.request.deadline = Us(deadline_us);
  record.request.accuracy_min_percent = accuracy;
  return record;
}

inline RequestRecord Lost(RequestRecord record, Fate fate, double at_us) {
  record.fate = fate;
  record.dispatched = record.finished = Us(at_us);
  return record;
}

inline RequestRecord Served(RequestRecord record, const JobRecord& job, double top1, double isolated_us) {
  record.fate = Fate::kServed;
  record.dispatched = job.started;
  record.finished = job.finished;
  record.job = job.id;
  record.accelerator = job.accelerator;
  record.shape = job.shape;
  record.top1_percent = top1;
  record.service = job.service;
  record.isolated = Us(isolated_us);
  record.preemptions = job.preemptions;
  return record;
}

inline JobStay Stay(int accelerator, double swap_us, double service_us, double moving_us, double profiled_us,
                    const Counters& counters) {
  JobStay stay;
  stay.accelerator = accelerator;
  stay.swap = Us(swap_us);
  stay.service = Us(service_us);
  stay.moving = Us(moving_us);
  stay.profiled = Us(profiled_us);
  stay.counters = counters;
  return stay;
}

inline JobRecord JobOf(std::int64_t id, const JobShape& shape, double started_us, double finished_us,
                       const std::vector<JobStay>& stays) {
  JobRecord job;
  job.id = id;
  job.shape = shape;
  job.started = Us(started_us);
  job.finished = Us(finished_us);
  job.stays = stays;
  job.preemptions = static_cast<int>(stays.size()) - 1;
  job.accelerator = stays.back().accelerator;
  for (const JobStay& stay : stays) job.service += stay.service;
  return job;
}

// Six requests of two tenants. Of a: two in a batch on accelerator 0 from 100 to 350 us, swap of 50 us first;
// the second is late; one finds the queue full, one is dropped. Of b: one runs on accelerator 1 from 0 to 110
// us, is preempted and goes on, on accelerator 0, from 350 to 700 us; one is cancelled.
inline void TellSix(const ServingSinks& sinks) {
  sinks.request(Lost(Asked(0, 60, 400), Fate::kQueueFull, 60));
  sinks.request(Lost(Asked(0, 70, 190), Fate::kDropped, 200));
  sinks.request(Lost(Asked(1, 200, 900), Fate::kCancelled, 200));
  Counters batch = Work(1000, Traffic::kWeights, 200);
  batch += Work(0, Traffic::kSwap, 100);
  const JobRecord first = JobOf(1, {0, 0, 0, 1, 1, 2}, 100, 350, {Stay(0, 50, 200, 0, 180, batch)});
  sinks.job(first);
  sinks.request(Served(Asked(0, 0, 350, 85), first, 80, 200));  // at its deadline
  sinks.request(Served(Asked(0, 50, 349, 80), first, 80, 200));
  const JobRecord second = JobOf(0, {1, 0, 0, 0, 0, 1}, 0, 700,
                                 {Stay(1, 0, 100, 10, 100, Work(400, Traffic::kWeights, 0)),
                                  Stay(0, 0, 340, 10, 300, Work(800, Traffic::kIActs, 20))});
  sinks.job(second);
  sinks.request(Served(Asked(1, 0, 1000, 75), second, 75, 400));
}

}  // namespace sushi::test
