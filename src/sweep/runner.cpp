#include "sushi/sweep/runner.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <filesystem>

#include "crew.hpp"
#include "files.hpp"
#include "sushi/core/error.hpp"
#include "sushi/sweep/point_directory.hpp"
#include "sushi/sweep/progress.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::sweep {
namespace {

constexpr std::int64_t kTickNs = 100'000'000;
constexpr std::int64_t kSyncNs = 1'000'000'000;

// Signals are not handled but waited for, so nothing happens at a moment that was not chosen.
class AwaitedSignals {
 public:
  AwaitedSignals() {
    sigemptyset(&awaited_);
    sigaddset(&awaited_, SIGCHLD);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
      struct sigaction now = {};
      // Who ignores it for us (nohup, a shell's background) means it; a blocked signal is not ignored.
      if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) sigaddset(&awaited_, signal);
    }
    sigprocmask(SIG_BLOCK, &awaited_, &before_);
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;  // a SIGCHLD that is ignored leaves nothing to wait for
    sigaction(SIGCHLD, &standard, &child_before_);
    standard.sa_handler = SIG_IGN;  // a file size limit is a write error like others
    sigaction(SIGXFSZ, &standard, &size_before_);
  }
  ~AwaitedSignals() {
    while (Next(0) != 0) continue;
    sigaction(SIGCHLD, &child_before_, nullptr);
    sigaction(SIGXFSZ, &size_before_, nullptr);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  AwaitedSignals(const AwaitedSignals&) = delete;
  AwaitedSignals& operator=(const AwaitedSignals&) = delete;

  const sigset_t& before() const { return before_; }
  // A signal that interrupts and came unnoticed, or 0.
  int Late() const {
    int signal = SIGCHLD;
    while (signal == SIGCHLD) signal = Next(0);
    return signal;
  }
  // The next signal within `ns`, or 0.
  int Next(std::int64_t ns) const {
    const timespec wait = {ns / 1'000'000'000, static_cast<long>(ns % 1'000'000'000)};
    return std::max(0, sigtimedwait(&awaited_, nullptr, &wait));
  }

 private:
  sigset_t awaited_ = {}, before_ = {};
  struct sigaction child_before_ = {}, size_before_ = {};
};

class Ticker {
 public:
  explicit Ticker(std::int64_t period_ns) : period_ns_(period_ns), last_ns_(MonotonicNs()) {}
  bool Due() {
    const std::int64_t now = MonotonicNs();
    if (now - last_ns_ < period_ns_) return false;
    last_ns_ = now;
    return true;
  }

 private:
  std::int64_t period_ns_, last_ns_;
};

class Reporter {
 public:
  Reporter(const Crew& crew, const RunOptions& options) : crew_(crew), options_(options) {}
  void Report() {
    if (!options_.progress) return;
    RunProgress progress = crew_.Progress();
    progress.elapsed_s = static_cast<double>(MonotonicNs() - begin_ns_) / 1e9;
    rate_.Update(progress.elapsed_s, progress.done + progress.failed);
    progress.per_second = rate_.per_second();
    options_.progress(progress);
  }

 private:
  const Crew& crew_;
  const RunOptions& options_;
  RateMeter rate_;
  std::int64_t begin_ns_ = MonotonicNs();
};

// Until all is settled or a signal has stopped the run, which is returned.
int Supervise(Crew* crew, const AwaitedSignals& signals, const RunOptions& options) {
  Reporter reporter(*crew, options);
  Ticker sync(kSyncNs), tick(kTickNs);
  int interrupt = 0;
  std::int64_t give_up_ns = 0;
  while (crew->Fill()) {
    const int signal = signals.Next(crew->NsUntilLate(kTickNs));
    if (signal != 0 && signal != SIGCHLD) {
      if (interrupt != 0) crew->KillAll();
      if (interrupt == 0) {
        interrupt = signal;
        give_up_ns = MonotonicNs() + static_cast<std::int64_t>(options.grace_s * 1e9);
        crew->Stop();
      }
    }
    if (interrupt != 0 && MonotonicNs() > give_up_ns) crew->KillAll();
    crew->Reap();
    crew->KillLate();
    if (sync.Due()) crew->Sync();
    if (tick.Due()) reporter.Report();
  }
  reporter.Report();
  return interrupt;
}

WorkList WorkOf(const Store& store, const std::vector<PointId>& plan, const RunOptions& options) {
  if (!options.directories) return ListWork(plan, store.Scan(), options.shard, options.retry_failed);
  RemoveAbandonedDirectories(store);
  const std::vector<PointId> directories = ListPointDirectories(store);
  return ListWork(plan, store.Scan(), options.shard, options.retry_failed, &directories);
}

// Segments of a run that went well become one; of any run, those without records go.
void TidyUp(const Store& store, std::vector<std::string> segments, bool compact) {
  if (!compact) {
    const auto filled = [](const std::string& path) {
      std::error_code error;
      return std::filesystem::file_size(path, error) > 0 || error;
    };
    segments.erase(std::remove_if(segments.begin(), segments.end(), filled), segments.end());
  }
  try {
    store.Compact(segments);
  } catch (const StorageError&) {
    return;  // all is there, only in more files
  }
}

}  // namespace

RunOutcome RunSweep(const Store& store, const std::vector<PointId>& plan, const EvaluateFactory& factory,
                    const RunOptions& options) {
  if (options.workers < 1) throw InternalError("a sweep needs at least one worker");
  const WorkList work = WorkOf(store, plan, options);
  RunOutcome outcome;
  {
    const AwaitedSignals signals;
    Crew crew(store, plan, work.pending, factory, options, signals.before());
    const int interrupt = Supervise(&crew, signals, options);
    crew.Sync();
    outcome = crew.Outcome();
    outcome.signal = interrupt;
    TidyUp(store, crew.Segments(), outcome.remaining == 0);
    if (options.directories) RemoveAbandonedDirectories(store);
    SyncDirectory(store.segments_dir());
    crew.ThrowIfBroken();
    if (interrupt == 0) outcome.signal = signals.Late();
  }
  outcome.points = work.points;
  outcome.present = work.done;
  outcome.failed += work.failed;
  return outcome;
}

}  // namespace sushi::sweep
