// Which request runs where, as what, and when: the contract of serving schedulers. One .cpp per scheduler in
// src/serving/schedulers, registered in src/serving/registry.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sushi/serving/profile.hpp"
#include "sushi/serving/request.hpp"
#include "sushi/serving/scheduler_settings.hpp"

namespace sushi {

// Work that has been dispatched and is not finished.
struct Job {
  std::int64_t id = 0;  // in order of first dispatch
  std::vector<const Request*> requests;
  JobShape shape;  // on the accelerator where it runs; `cached` is what it began with
  int accelerator = 0;
  Picoseconds started;    // first dispatch
  Picoseconds ran;        // on accelerators so far, swaps and restores included; without the present run
  Picoseconds resumed;    // when the present run began
  int layers_done = 0;    // of the profile's layers; known at boundaries that were reported
  bool stopping = false;  // preempted, finishing its layer
};

struct AcceleratorState {
  int type = 0;
  int level = 0;
  const Job* job = nullptr;  // null: idle
  // What its PB holds, or will when a swap that was decided is carried out at the next dispatch. The SubGraph
  // belongs to a model; for other models the PB is empty.
  int cached_model = 0;
  SubGraphId cached = kEmptySubGraphId;
  SubGraphId CachedFor(int model) const { return model == cached_model ? cached : kEmptySubGraphId; }
};

// What there is to see at a decision. Everything is in a stated order, so that ties need no identity.
struct SystemView {
  Picoseconds now;
  const std::vector<const Request*>* waiting = nullptr;  // by deadline, then id
  const std::vector<const Job*>* paused = nullptr;       // preempted, by id
  const std::vector<AcceleratorState>* accelerators = nullptr;
  const std::vector<Tenant>* tenants = nullptr;
  const Profile* profile = nullptr;
  double dram_bytes_per_s = 0;  // the shared DRAM's peak
  std::int64_t burst_bytes = 64;
};

struct Dispatch {
  int accelerator = 0;                   // idle
  std::vector<const Request*> requests;  // waiting, of one model, at most max_batch()
  int subnet = 0;
  int level = 0;
  std::optional<SubGraphId> cache;  // to hold from now on, whatever the caching policy says
};

// A paused job goes on with its next layer, on an accelerator of the type where it began.
struct Resume {
  int accelerator = 0;
  const Job* job = nullptr;
};

// At most `bursts` DRAM bursts begin in each window of `window_cycles` of the accelerator's clock; 0: no
// limit.
struct Throttle {
  int accelerator = 0;
  std::int64_t bursts = 0, window_cycles = 0;
};

struct Decision {
  std::vector<const Request*> drop;  // waiting; they will never be served
  std::vector<int> preempt;          // accelerators whose job stops at the end of its layer
  std::vector<Dispatch> start;
  std::vector<Resume> resume;
  std::vector<Throttle> throttle;
  std::optional<Picoseconds> wake;  // ask again then, if nothing happens before

  bool Acts() const { return !drop.empty() || !preempt.empty() || !start.empty() || !resume.empty(); }
};

// A job that has finished, for schedulers that learn.
struct JobOutcome {
  const Job* job = nullptr;
  Picoseconds finished;
  Picoseconds ran;       // service, without swap and restore
  Picoseconds profiled;  // what the profile said
};

// Contract. Decide() is asked after everything of an instant has been told, when a request waits or a job is
// paused, and an accelerator is idle (or the scheduler is preemptive): again and again until its decision
// does not act. It may keep state of its own that depends on earlier calls only. It must not use clocks,
// files or random numbers, nor depend on addresses. Ties: the lower deadline, then the lower id; of
// accelerators and SubNets the lower index, unless the scheduler's file says otherwise. A decision that
// breaks the rules above is an InternalError.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual bool preemptive() const { return false; }  // asked when no accelerator is idle, too
  // LayerDone() is told, and Decide() asked then and when a job ends.
  virtual bool wants_layers() const { return false; }
  virtual void Decide(const SystemView& view, Decision& decision) = 0;
  virtual void Finished(const SystemView& /*view*/, const JobOutcome& /*outcome*/) {}
  virtual void LayerDone(const SystemView& /*view*/, const Job& /*job*/) {}
};

// All of it is owned by the caller and outlives the scheduler.
struct SchedulerContext {
  const Profile* profile = nullptr;
  const std::vector<Tenant>* tenants = nullptr;
  std::vector<int> types;  // of the accelerators
  SchedulerSettings settings;
};

using SchedulerFactory = std::function<std::unique_ptr<Scheduler>(const SchedulerContext&)>;
// As RegisterServingPolicy().
void RegisterScheduler(const std::string& name, SchedulerFactory make);
std::vector<std::string> SchedulerNames();  // registration order
std::unique_ptr<Scheduler> MakeScheduler(const std::string& name,
                                         const SchedulerContext& context);  // nullptr: unknown

}  // namespace sushi
