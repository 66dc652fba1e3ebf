// A worker process.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <vector>

#include "board.hpp"
#include "point_log.hpp"
#include "sushi/sweep/runner.hpp"
#include "sushi/sweep/segment.hpp"

namespace sushi::sweep {

// How a worker ends of its own accord. Any other code, and a signal, is the death of the point it was at.
enum WorkerExit : int {
  kWorkerFinished = 0,
  kWorkerNoMemory = 120,  // the point is tried again in a fresh worker
  kWorkerNoStorage = 121,
  kWorkerNoFactory = 122,
};

struct WorkerTask {
  const Store& store;
  const std::vector<PointId>& plan;
  const std::vector<std::int64_t>& pending;  // indices into the plan
  const EvaluateFactory& factory;
  const RunOptions& options;
  Board& board;
  Slot& slot;
  const Segment& segment;
  PointLog& log;
  pid_t parent;
  sigset_t signals;  // that the parent found on entry
};

// The child's side of the fork.
[[noreturn]] void WorkerMain(const WorkerTask& task);

}  // namespace sushi::sweep
