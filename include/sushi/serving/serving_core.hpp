// The serving system's bookkeeping: requests arrive, wait, are dispatched, preempted, served or dropped.
// Plain C++ that is handed the time; what runs is the executor's.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sushi/query/query.hpp"
#include "sushi/sched/caching_policy.hpp"
#include "sushi/serving/executor.hpp"
#include "sushi/serving/scheduler.hpp"

namespace sushi {

enum class Fate {
  kServed,
  kQueueFull,  // dropped on arrival
  kDropped,    // by the scheduler
  kCancelled,  // a cascade whose parent was dropped: never arrived
};
const char* Name(Fate fate);

// What became of a request.
struct RequestRecord {
  Request request;
  Fate fate = Fate::kServed;
  Picoseconds dispatched, finished;  // finished: served or dropped
  std::int64_t job = -1;
  int accelerator = -1;
  JobShape shape;
  double top1_percent = 0;
  Picoseconds service;   // of its job: on the accelerator, without swap and moving
  Picoseconds isolated;  // of its SubNet alone at level 0 on that accelerator, batch of one, nothing cached
  int preemptions = 0;
  bool Served() const { return fate == Fate::kServed; }
  bool InTime() const { return Served() && finished <= request.deadline; }
};

// What a job did from a start to its end or its preemption.
struct JobStay {
  int accelerator = 0;
  Picoseconds swap, service, moving;
  Picoseconds profiled;          // of the layers of this stay, with what the PB held then
  std::int64_t moved_bytes = 0;  // activations saved and restored
  Counters counters;             // swap's included
};

// What became of a job.
struct JobRecord {
  std::int64_t id = 0;
  int accelerator = 0;  // of the last stay, as the shape
  JobShape shape;
  Picoseconds started, finished;
  // Σ over the stays, as are the counters.
  Picoseconds swap, service, moving, profiled;
  std::int64_t moved_bytes = 0;
  int preemptions = 0;
  Counters counters, swap_counters;  // inference; swap
  std::vector<JobStay> stays;        // in their order; one more than preemptions
};

// Where a tenant's requests come from. A tenant with a parent has none.
struct TenantSource {
  std::unique_ptr<QuerySource> source;
  // Deadline from the frame's arrival; none: the query's latency_max.
  std::optional<Picoseconds> slo;
  std::optional<double> accuracy_min_percent;  // none: the query's
};

struct ServingSetup {
  const Profile* profile = nullptr;
  std::vector<Tenant> tenants;
  std::vector<int> types;  // of the accelerators
  Scheduler* scheduler = nullptr;
  // The caching policy of an accelerator and model; may be null: never asked.
  std::function<std::unique_ptr<CachingPolicy>(int accelerator, int model)> make_caching;
  std::vector<Throttle> throttles;  // to begin with
  int period_queries = 20;          // Q, of each accelerator
  std::int64_t queue_limit = 1000;  // requests that wait
  double dram_bytes_per_s = 0;
  std::int64_t burst_bytes = 64;
};

struct ServingSinks {
  std::function<void(const RequestRecord&)> request;  // in the order of their ends
  std::function<void(const JobRecord&)> job;
};

class ServingCore {
 public:
  // `sources` by tenant.
  ServingCore(const ServingSetup& setup, std::vector<TenantSource> sources, ServingSinks sinks);
  ~ServingCore();
  ServingCore(const ServingCore&) = delete;
  ServingCore& operator=(const ServingCore&) = delete;

  // The next arrival or time a scheduler asked for; none when only running jobs are left.
  std::optional<Picoseconds> NextTime() const;
  // Everything of `now`: what the executor has reported, arrivals, then decisions. Commands go to `executor`.
  void Step(Picoseconds now, const std::vector<RunEvent>& events, Executor& executor);
  // Nothing arrives, waits or runs any more.
  bool Finished() const;
  int running() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

// Runs to the end with an executor that is stepped, and says when that was. InternalError when the scheduler
// leaves requests waiting for ever.
Picoseconds RunServing(ServingCore& core, SteppedExecutor& executor);

}  // namespace sushi
