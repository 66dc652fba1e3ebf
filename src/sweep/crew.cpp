#include "crew.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/sweep/record.hpp"
#include "sushi/sweep/storage_error.hpp"
#include "worker.hpp"

namespace sushi::sweep {
namespace {

constexpr int kMostDeaths = 2;       // of workers at one point
constexpr int kMostIdleDeaths = 10;  // in a row at no point

}  // namespace

Crew::Crew(const Store& store, const std::vector<PointId>& plan, const std::vector<std::int64_t>& pending,
           const EvaluateFactory& factory, const RunOptions& options, const sigset_t& signals)
    : store_(store),
      plan_(plan),
      pending_(pending),
      factory_(factory),
      options_(options),
      signals_(signals),
      board_(options.workers, static_cast<std::int64_t>(pending.size())) {
  const auto count = std::min<std::size_t>(static_cast<std::size_t>(options.workers), pending.size());
  for (std::size_t i = 0; i < count; ++i) workers_.push_back(std::make_unique<Worker>(store));
  if (count > 0) own_segment_ = std::make_unique<Segment>(store.segments_dir());
}

Crew::~Crew() {
  KillAll();
  for (const auto& worker : workers_) {
    if (worker->pid > 0) waitpid(worker->pid, nullptr, 0);
  }
}

PointId Crew::IdOf(std::int64_t position) const {
  return plan_[static_cast<std::size_t>(pending_[static_cast<std::size_t>(position)])];
}

int Crew::Alive() const {
  return static_cast<int>(
      std::count_if(workers_.begin(), workers_.end(), [](const auto& worker) { return worker->pid > 0; }));
}

bool Crew::Fill() {
  if (!board_.stopping() && Alive() == 0 && board_.AllTaken()) HandOutLost();
  for (std::size_t i = 0; i < workers_.size() && !board_.stopping(); ++i) {
    const Slot& slot = board_.slot(static_cast<int>(i));
    const bool work = slot.next.load() < slot.end.load() || !board_.AllTaken();
    if (workers_[i]->pid == 0 && work && !Fork(i) && Alive() == 0)
      throw UserError(std::string("no worker can be started: ") + std::strerror(errno));
  }
  return Alive() > 0;
}

// A worker that is killed between taking points and noting them loses them: they are still open.
void Crew::HandOutLost() {
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const Slot& slot = board_.slot(static_cast<int>(i));
    if (slot.next.load() < slot.end.load()) return;  // these go first
  }
  std::size_t worker = 0;
  for (std::int64_t at = 0; at < board_.points() && worker < workers_.size(); ++at) {
    if (board_.StateOf(at) != PointState::kOpen) continue;
    Slot& slot = board_.slot(static_cast<int>(worker));
    std::int64_t end = at + 1;
    while (end < board_.points() && board_.StateOf(end) == PointState::kOpen) ++end;
    slot.next.store(at);
    slot.end.store(end);
    ++worker;
    at = end;
  }
}

bool Crew::Fork(std::size_t worker) {
  Worker& mine = *workers_[worker];
  const pid_t parent = getpid();
  std::cout.flush();
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return false;
  if (pid == 0) {
    WorkerMain({store_, plan_, pending_, factory_, options_, board_, board_.slot(static_cast<int>(worker)),
                mine.segment, mine.log, parent, signals_});
  }
  setpgid(pid, pid);  // whichever of us is first
  mine.pid = pid;
  mine.late_ns = 0;
  return true;
}

void Crew::Reap() {
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    Worker& worker = *workers_[i];
    siginfo_t info = {};
    if (worker.pid == 0) continue;
    if (waitid(P_PID, static_cast<id_t>(worker.pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0)
      continue;
    kill(-worker.pid, SIGKILL);  // what it forked; while the dead leader still holds the number
    int status = 0;
    waitpid(worker.pid, &status, 0);
    worker.pid = 0;
    Bury(i, status);
  }
}

void Crew::Bury(std::size_t worker, int status) {
  const Slot& slot = board_.slot(static_cast<int>(worker));
  if (WIFEXITED(status) && WEXITSTATUS(status) == kWorkerFinished) return;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kWorkerNoStorage) {
    StorageFailed(slot.message);
    return;
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kWorkerNoFactory) {
    factory_error_ = slot.message;
    board_.Stop();
    return;
  }
  try {
    workers_[worker]->segment.EndTornLine();
    SettleLastPoint(worker, DeathReason(status));
  } catch (const StorageError& error) {
    StorageFailed(error.what());
  }
}

void Crew::SettleLastPoint(std::size_t worker, const std::string& reason) {
  Slot& slot = board_.slot(static_cast<int>(worker));
  const Worker& mine = *workers_[worker];
  const std::int64_t position = slot.current.exchange(kNoPoint);
  if (position == kNoPoint) {
    DiedIdle();
    return;
  }
  slot.next.store(position + 1);
  if (RecordedBefore(mine, position) || board_.stopping()) return;
  const bool late = mine.late_ns == slot.started_ns.load();
  if (late) {
    RecordFailure(worker, position, "took longer than the timeout of " + RealText(options_.timeout_s) + " s",
                  1);
    return;
  }
  // Killed for a point that it finished just then: this one is innocent.
  const bool innocent = mine.late_ns != 0;
  if (innocent || ++deaths_[position] < kMostDeaths) {
    slot.next.store(position);
  } else {
    RecordFailure(worker, position, reason, deaths_[position]);
  }
}

void Crew::DiedIdle() {
  const RunProgress progress = Progress();
  const std::int64_t settled = progress.done + progress.failed;
  idle_deaths_ = settled == settled_at_idle_death_ ? idle_deaths_ + 1 : 1;
  settled_at_idle_death_ = settled;
  if (idle_deaths_ < kMostIdleDeaths) return;
  factory_error_ = "workers die before they begin a point";
  board_.Stop();
}

// The worker may have died after its record and before it said so.
bool Crew::RecordedBefore(const Worker& worker, std::int64_t position) {
  if (board_.StateOf(position) != PointState::kOpen) return true;
  const RecordHead head = ReadHead(worker.segment.LastLine());
  const bool ours = head.kind == RecordKind::kResult || head.kind == RecordKind::kFailure;
  if (!ours || head.id != IdOf(position)) return false;
  board_.Settle(position, head.kind == RecordKind::kResult ? PointState::kDone : PointState::kFailed);
  return true;
}

void Crew::RecordFailure(std::size_t worker, std::int64_t position, const std::string& reason, int attempt) {
  own_segment_->Append(FailureLine(IdOf(position), {reason, attempt}));
  board_.Settle(position, PointState::kFailed);
  ++own_failed_;
  const PointKey point{pending_[static_cast<std::size_t>(position)], IdOf(position).Hex()};
  workers_[worker]->log.Keep(store_, point, "failed: " + reason,
                             board_.slot(static_cast<int>(worker)).started_ns.load());
  if (options_.on_error == OnError::kStop) board_.Stop();
}

std::string Crew::DeathReason(int status) const {
  if (WIFEXITED(status) && WEXITSTATUS(status) == kWorkerNoMemory) {
    const std::string cap = std::to_string(options_.memory_mib) + " MiB of address space";
    return options_.memory_mib > 0 ? "out of memory (the cap is " + cap + ")" : "out of memory";
  }
  if (WIFEXITED(status)) return "the worker ended with exit code " + std::to_string(WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  const std::string text =
      "the worker was killed by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  return signal == SIGKILL ? text + "; the kernel does that when memory runs out" : text;
}

void Crew::StorageFailed(const std::string& message) {
  if (storage_error_.empty()) storage_error_ = message;
  board_.Stop();
}

void Crew::KillLate() {
  if (options_.timeout_s <= 0) return;
  const auto timeout_ns = static_cast<std::int64_t>(options_.timeout_s * 1e9);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    Worker& worker = *workers_[i];
    const Slot& slot = board_.slot(static_cast<int>(i));
    if (worker.pid == 0 || worker.late_ns != 0) continue;
    // In this order: the worker writes the start first, so it is never older than the point.
    const bool busy = slot.current.load() != kNoPoint;
    const std::int64_t started = slot.started_ns.load();
    if (!busy || MonotonicNs() - started <= timeout_ns) continue;
    worker.late_ns = started;
    kill(-worker.pid, SIGKILL);
    kill(worker.pid, SIGKILL);
  }
}

void Crew::KillAll() {
  for (const auto& worker : workers_) {
    if (worker->pid == 0) continue;
    kill(-worker->pid, SIGKILL);
    kill(worker->pid, SIGKILL);
  }
}

void Crew::Sync() {
  try {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      const std::int64_t records = board_.slot(static_cast<int>(i)).records.load();
      if (records != workers_[i]->synced) workers_[i]->segment.Sync();
      workers_[i]->synced = records;
    }
    if (own_segment_ && own_segment_->size() > 0) own_segment_->Sync();
  } catch (const StorageError& error) {
    StorageFailed(error.what());
  }
}

std::int64_t Crew::NsUntilLate(std::int64_t most) const {
  if (options_.timeout_s <= 0) return most;
  const std::int64_t now = MonotonicNs();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const Slot& slot = board_.slot(static_cast<int>(i));
    if (slot.current.load() == kNoPoint) continue;
    const std::int64_t late = slot.started_ns.load() + static_cast<std::int64_t>(options_.timeout_s * 1e9);
    most = std::clamp<std::int64_t>(late - now, 1'000'000, most);
  }
  return most;
}

RunProgress Crew::Progress() const {
  RunProgress progress;
  progress.total = board_.points();
  progress.failed = own_failed_;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    progress.done += board_.slot(static_cast<int>(i)).done.load();
    progress.failed += board_.slot(static_cast<int>(i)).failed.load();
  }
  return progress;
}

RunOutcome Crew::Outcome() const {
  RunOutcome outcome;
  for (std::int64_t position = 0; position < board_.points(); ++position) {
    const PointState state = board_.StateOf(position);
    ++(state == PointState::kDone     ? outcome.done
       : state == PointState::kFailed ? outcome.failed
                                      : outcome.remaining);
  }
  return outcome;
}

std::vector<std::string> Crew::Segments() const {
  std::vector<std::string> paths;
  for (const auto& worker : workers_) paths.push_back(worker->segment.path());
  if (own_segment_) paths.push_back(own_segment_->path());
  return paths;
}

void Crew::ThrowIfBroken() const {
  if (!storage_error_.empty()) throw StorageError(storage_error_);
  if (!factory_error_.empty()) throw UserError(factory_error_);
}

}  // namespace sushi::sweep
