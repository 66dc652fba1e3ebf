#include "worker.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "sushi/sweep/record.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::sweep {
namespace {

[[noreturn]] void GiveUp(Slot* slot, WorkerExit code, const char* message) {
  std::strncpy(slot->message, message, kMessageBytes - 1);
  _exit(code);
}

void Settle(const WorkerTask& task) {
  // Ctrl-C, and the TERM that Slurm sends to all processes of a step, are the parent's to answer.
  for (const int ignored : {SIGINT, SIGTERM, SIGUSR1, SIGXFSZ}) std::signal(ignored, SIG_IGN);
  sigprocmask(SIG_SETMASK, &task.signals, nullptr);
  setpgid(0, 0);  // so that a timeout can end what the point has forked
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != task.parent) _exit(kWorkerFinished);  // it died before the line above
  task.log.TakeOutput();
  if (task.options.memory_mib > 0) {
    const auto bytes = static_cast<rlim_t>(task.options.memory_mib) << 20;
    const rlimit cap = {bytes, bytes};
    setrlimit(RLIMIT_AS, &cap);
  }
}

void Fail(const WorkerTask& task, std::int64_t position, const PointKey& point, const std::string& reason) {
  task.segment.Append(FailureLine(PointId::Parse(point.id), {reason, 1}));
  task.board.Settle(position, PointState::kFailed);
  task.slot.failed.fetch_add(1);
  task.log.Keep(task.store, point, "failed: " + reason, task.slot.started_ns.load());
  if (task.options.on_error == OnError::kStop) task.board.Stop();
}

void EvaluatePoint(const WorkerTask& task, const Evaluate& evaluate, std::int64_t position) {
  const std::int64_t index = task.pending[static_cast<std::size_t>(position)];
  const PointId& id = task.plan[static_cast<std::size_t>(index)];
  const PointKey point{index, id.Hex()};
  std::string reason;
  try {
    const PointResult result = evaluate(point);
    task.segment.Append(ResultLine(id, result));
    task.board.Settle(position, PointState::kDone);
    task.slot.done.fetch_add(1);
    if (task.options.keep_logs) task.log.Keep(task.store, point, "done", task.slot.started_ns.load());
    return;
  } catch (const StorageError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    reason = error.what();
  } catch (...) {
    reason = "an exception of unknown type";
  }
  Fail(task, position, point, reason);
}

void Work(const WorkerTask& task) {
  Evaluate evaluate;
  try {
    evaluate = task.factory();
  } catch (const std::exception& error) {
    GiveUp(&task.slot, kWorkerNoFactory, error.what());
  }
  Slot& slot = task.slot;
  while (!task.board.stopping()) {
    if (slot.next.load() == slot.end.load() && !task.board.Take(&slot)) return;
    const std::int64_t position = slot.next.load();
    task.log.Clear();
    slot.started_ns.store(MonotonicNs());
    slot.current.store(position);
    slot.next.store(position + 1);
    EvaluatePoint(task, evaluate, position);
    slot.records.fetch_add(1);
    slot.current.store(kNoPoint);
  }
}

}  // namespace

void WorkerMain(const WorkerTask& task) {
  try {
    Settle(task);
    Work(task);
  } catch (const StorageError& error) {
    GiveUp(&task.slot, kWorkerNoStorage, error.what());
  } catch (const std::bad_alloc&) {
    GiveUp(&task.slot, kWorkerNoMemory, "out of memory");
  }
  _exit(kWorkerFinished);
}

}  // namespace sushi::sweep
