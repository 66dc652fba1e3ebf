// Runs the points of a plan in worker processes and records each in the store.
//
// The caller has started no thread and no SystemC kernel. A worker takes points in plan order, a few
// neighbours at a time. Whatever it does (throws, aborts, hangs, eats memory, is killed) costs at most the
// point it was at. Killing the caller, at any moment, costs the points being computed: what is recorded
// stays.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sushi/sweep/point.hpp"
#include "sushi/sweep/store.hpp"

namespace sushi::sweep {

// Computes a point. What it throws is the point's failure; std::bad_alloc, like a death, is tried once more
// in a fresh worker. StorageError ends the run. A process that it forks must die with it (PR_SET_PDEATHSIG);
// a timeout also kills the worker's process group.
using Evaluate = std::function<PointResult(const PointKey&)>;
// Called in each worker, so that each has sessions of its own. What it throws ends the run: UserError.
using EvaluateFactory = std::function<Evaluate()>;

enum class OnError { kContinue, kStop };

struct RunProgress {
  std::int64_t done = 0, failed = 0, total = 0;  // of the points that this run computes
  double elapsed_s = 0;
  double per_second = 0;  // done and failed, lately
};

struct RunOptions {
  int workers = 1;
  Shard shard;
  double timeout_s = 0;         // of one point; 0: none
  std::int64_t memory_mib = 0;  // address space of a worker; 0: unlimited
  OnError on_error = OnError::kContinue;
  bool retry_failed = true;  // points that failed in an earlier run
  bool directories = false;  // points have one (point_directory.hpp): without it they are computed once more
  bool keep_logs = false;    // of all points, not only of those that fail
  double grace_s = 30;       // after a signal a point may take so long to finish; a second signal ends it now
  std::function<void(const RunProgress&)> progress;  // ten times a second, and at the end
};

struct RunOutcome {
  std::int64_t points = 0;     // in the shard, equal ids counted once
  std::int64_t present = 0;    // had a result already
  std::int64_t done = 0;       // computed now
  std::int64_t failed = 0;     // have no result but a failure, of now or before
  std::int64_t remaining = 0;  // were not tried: interrupted or stopped
  int signal = 0;              // that interrupted, or 0
};

// UserError, InternalError (see Store::Scan), StorageError: the run stopped, what was recorded before stays.
// SIGINT, SIGTERM and SIGUSR1 are taken while it runs, unless they are ignored.
RunOutcome RunSweep(const Store& store, const std::vector<PointId>& plan, const EvaluateFactory& factory,
                    const RunOptions& options);

}  // namespace sushi::sweep
