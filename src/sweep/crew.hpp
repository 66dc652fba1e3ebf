// The parent's side of the workers: forks them, buries them, and settles the points of those that died.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "board.hpp"
#include "point_log.hpp"
#include "sushi/sweep/runner.hpp"
#include "sushi/sweep/segment.hpp"

namespace sushi::sweep {

class Crew {
 public:
  // `signals`: the mask that workers get. The references must outlive it.
  Crew(const Store& store, const std::vector<PointId>& plan, const std::vector<std::int64_t>& pending,
       const EvaluateFactory& factory, const RunOptions& options, const sigset_t& signals);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();  // kills who is left

  // Forks a worker wherever one is missing and there is work. False when there is nothing left to wait for.
  bool Fill();
  void Reap();
  void KillLate();  // whose point takes longer than the timeout
  void KillAll();
  void Stop() { board_.Stop(); }
  void Sync();  // what was recorded since the last time is on the disk
  // Until the next timeout is due, at most `most`.
  std::int64_t NsUntilLate(std::int64_t most) const;

  RunProgress Progress() const;
  RunOutcome Outcome() const;  // of the pending points
  std::vector<std::string> Segments() const;
  // Why the run cannot go on, thrown as what it is; nothing otherwise.
  void ThrowIfBroken() const;

 private:
  struct Worker {
    explicit Worker(const Store& store) : segment(store.segments_dir()), log(store) {}
    Segment segment;
    PointLog log;
    pid_t pid = 0;             // 0: none
    std::int64_t late_ns = 0;  // start of the point that it was killed for
    std::int64_t synced = 0;   // records
  };

  int Alive() const;
  bool Fork(std::size_t worker);
  void HandOutLost();
  void Bury(std::size_t worker, int status);
  void SettleLastPoint(std::size_t worker, const std::string& reason);
  void DiedIdle();
  bool RecordedBefore(const Worker& worker, std::int64_t position);
  void RecordFailure(std::size_t worker, std::int64_t position, const std::string& reason, int attempt);
  std::string DeathReason(int status) const;
  void StorageFailed(const std::string& message);
  PointId IdOf(std::int64_t position) const;

  const Store& store_;
  const std::vector<PointId>& plan_;
  const std::vector<std::int64_t>& pending_;
  const EvaluateFactory& factory_;
  const RunOptions& options_;
  sigset_t signals_;
  mutable Board board_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Segment> own_segment_;  // of the failures that workers could not record
  std::map<std::int64_t, int> deaths_;    // by position
  std::int64_t own_failed_ = 0;
  int idle_deaths_ = 0;
  std::int64_t settled_at_idle_death_ = -1;
  std::string storage_error_, factory_error_;
};

}  // namespace sushi::sweep
