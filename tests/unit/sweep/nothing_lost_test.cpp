// What ends a run in the middle: kills at random moments, signals, a full disk. Each time a last run
// completes and the merged bytes are those of an undisturbed run with one worker.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <random>

#include "sushi/core/error.hpp"
#include "sushi/sweep/storage_error.hpp"
#include "sweep_support.hpp"

namespace sushi::sweep::testing {
namespace {

constexpr int kParent = 0, kWorkers = 1;  // places of process ids in shared memory

void Sleep(std::uint64_t us) { usleep(static_cast<useconds_t>(us)); }

// Only a child of the run: the number may be someone else's by now.
bool KillWorker(pid_t worker, pid_t run) {
  std::ifstream stat("/proc/" + std::to_string(worker) + "/stat");
  std::string text;
  if (worker <= 0 || !std::getline(stat, text)) return false;
  const std::size_t behind_name = text.rfind(") ");
  const std::string parent = " " + std::to_string(run) + " ";
  if (behind_name == std::string::npos || text.find(parent, behind_name) != behind_name + 3) return false;
  return text[behind_name + 2] != 'Z' && kill(worker, SIGKILL) == 0;
}

class NothingLost : public ::testing::Test {
 protected:
  RunOptions Two() const {
    RunOptions options;
    options.workers = 2;
    return options;
  }
  // Every point takes a random few hundred microseconds; workers leave their ids.
  EvaluateFactory SlowFactory() {
    return [this] {
      const int place = kWorkers + shared_[SharedNumbers::kCount - 1]++ % 32;
      shared_[place] = getpid();
      return [](const PointKey& key) {
        usleep(static_cast<useconds_t>((key.index * 7919 + getpid()) % 400));
        return ResultOf(key.index);
      };
    };
  }
  pid_t StartRun(const Store& store) {
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      shared_[kParent] = getpid();
      try {
        RunSweep(store, ids_, SlowFactory(), Two());
      } catch (const std::exception&) {
        _exit(1);
      }
      _exit(0);
    }
    return child;
  }
  int LatestWorker() const { return std::max(shared_[SharedNumbers::kCount - 1] - 1, 0) % 32; }
  void ExpectCompletes(const Store& store) {
    const RunOutcome outcome = RunSweep(store, ids_, FactoryOf(EvaluateResult), Two());
    EXPECT_EQ(outcome.present + outcome.done, outcome.points);
    EXPECT_EQ(outcome.failed + outcome.remaining, 0);
    EXPECT_TRUE(MergedBytes(store, ids_, dir_ / "out") == ReferenceBytes(dir_, ids_));
  }

  TempDir dir_;
  SharedNumbers shared_;
  std::vector<PointId> ids_ = MakeIds(4000);
};

TEST_F(NothingLost, KillsOfParentAndWorkersAtRandomMoments) {
  const Store store = Store::Make(dir_ / "store");
  std::mt19937 random(1);
  int parents_killed = 0, workers_killed = 0;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < SharedNumbers::kCount; ++i) shared_[i] = 0;
    const pid_t child = StartRun(store);
    // Every other time only when workers are at work: on a slow machine they would never be met.
    for (int i = 0; round % 2 == 1 && i < 1000 && shared_[SharedNumbers::kCount - 1] < 2; ++i) Sleep(1000);
    const int worker_kills = static_cast<int>(random() % 3);
    for (int i = 0; i < worker_kills; ++i) {
      Sleep(random() % 8'000);
      const int worker = shared_[kWorkers + LatestWorker()];
      if (KillWorker(worker, child)) ++workers_killed;
    }
    Sleep(random() % 12'000);
    if (waitpid(child, nullptr, WNOHANG) == child) break;  // all done
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    ++parents_killed;
    for (int i = 0; i < 32; ++i) {
      const int worker = shared_[kWorkers + i];
      if (worker > 0) {
        EXPECT_TRUE(DiesWithin(worker, 5)) << "a worker outlives its parent";
      }
    }
  }
  EXPECT_GT(parents_killed, 5);
  EXPECT_GT(workers_killed, 5);
  const PointCounts before = CountPoints(ids_, store.Scan());
  EXPECT_GT(before.done, 0);
  ExpectCompletes(store);
}

TEST_F(NothingLost, WorkersKilledAgainAndAgainDoNotEndARun) {
  const Store store = Store::Make(dir_ / "store");
  ids_ = MakeIds(3000);
  std::mt19937 random(2);
  const pid_t child = StartRun(store);
  int status = 0, killed = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    Sleep(random() % 10'000);
    const int worker = shared_[kWorkers + LatestWorker()];
    if (KillWorker(worker, child)) ++killed;
  }
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_GT(killed, 10);
  const PointCounts counts = CountPoints(ids_, store.Scan());
  EXPECT_EQ(counts.missing, 0);
  EXPECT_LE(counts.failed * 2, killed);  // each had two deaths
  ExpectCompletes(store);
}

TEST_F(NothingLost, TwoRunsAtTheSameTimeAreHarmless) {
  const Store store = Store::Make(dir_ / "store");
  ids_ = MakeIds(1500);
  const pid_t one = StartRun(store), other = StartRun(store);
  // A merge in the meantime sees a part, and nothing torn.
  const MergeSummary part = Merge(store, TableOf(ids_), dir_ / "part", false);
  EXPECT_EQ(part.counts.failed, 0);
  EXPECT_EQ(part.counts.done + part.counts.missing, 1500);
  for (const pid_t child : {one, other}) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(CountPoints(ids_, store.Scan()).done, 1500);
  ExpectCompletes(store);
}

class Interrupted : public NothingLost, public ::testing::WithParamInterface<int> {};

TEST_P(Interrupted, FinishesThePointsAtHandAndCanGoOn) {
  const Store store = Store::Make(dir_ / "store");
  ids_ = MakeIds(300);
  const RunOutcome outcome = RunSweep(store, ids_, FactoryOf([&](const PointKey& key) {
                                        ++shared_[0];
                                        if (key.index == 50) kill(getppid(), GetParam());
                                        usleep(3000);
                                        return ResultOf(key.index);
                                      }),
                                      Two());
  EXPECT_EQ(outcome.signal, GetParam());
  EXPECT_GT(outcome.remaining, 0);
  EXPECT_EQ(outcome.failed, 0);
  EXPECT_EQ(outcome.done, shared_[0]);  // whatever was begun
  EXPECT_EQ(CountPoints(ids_, store.Scan()).done, outcome.done);
  ExpectCompletes(store);
}

INSTANTIATE_TEST_SUITE_P(By, Interrupted, ::testing::Values(SIGINT, SIGTERM, SIGUSR1));

TEST_F(NothingLost, ASignalToAllProcessesInterruptsLikeOneToTheParent) {
  const Store store = Store::Make(dir_ / "store");
  ids_ = MakeIds(300);
  const RunOutcome outcome = RunSweep(store, ids_, FactoryOf([&](const PointKey& key) {
                                        if (key.index == 50) {
                                          kill(getpid(), SIGTERM);  // Slurm signals every process of a step
                                          kill(getppid(), SIGTERM);
                                        }
                                        usleep(3000);
                                        return ResultOf(key.index);
                                      }),
                                      Two());
  EXPECT_EQ(outcome.signal, SIGTERM);
  EXPECT_EQ(outcome.failed, 0);
  EXPECT_EQ(CountPoints(ids_, store.Scan()).done, outcome.done);
}

TEST_F(NothingLost, AnIgnoredSignalDoesNotInterrupt) {
  const Store store = Store::Make(dir_ / "store");
  ids_ = MakeIds(100);
  std::signal(SIGINT, SIG_IGN);
  const RunOutcome outcome = RunSweep(store, ids_, FactoryOf([&](const PointKey& key) {
                                        if (key.index == 5) kill(getppid(), SIGINT);
                                        return ResultOf(key.index);
                                      }),
                                      Two());
  std::signal(SIGINT, SIG_DFL);
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_EQ(outcome.done, 100);
}

TEST_F(NothingLost, ASecondSignalEndsAPointThatHangs) {
  const Store store = Store::Make(dir_ / "store");
  ids_ = MakeIds(100);
  const RunOutcome outcome = RunSweep(store, ids_, FactoryOf([&](const PointKey& key) {
                                        if (key.index == 20) {
                                          kill(getppid(), SIGINT);
                                          usleep(300'000);
                                          kill(getppid(), SIGINT);
                                          for (;;) pause();
                                        }
                                        return ResultOf(key.index);
                                      }),
                                      Two());
  EXPECT_EQ(outcome.signal, SIGINT);
  EXPECT_EQ(outcome.failed, 0);  // it is not the point's fault
  EXPECT_GT(outcome.remaining, 0);
  ExpectCompletes(store);
}

TEST_F(NothingLost, AfterTheGraceAPointThatHangsIsEnded) {
  const Store store = Store::Make(dir_ / "store");
  ids_ = MakeIds(100);
  RunOptions options = Two();
  options.grace_s = 0.2;
  const RunOutcome outcome = RunSweep(store, ids_, FactoryOf([&](const PointKey& key) {
                                        if (key.index == 20) {
                                          kill(getppid(), SIGTERM);
                                          for (;;) pause();
                                        }
                                        return ResultOf(key.index);
                                      }),
                                      options);
  EXPECT_EQ(outcome.signal, SIGTERM);
  EXPECT_GT(outcome.remaining, 0);
  ExpectCompletes(store);
}

// Runs until the file system refuses, then with room again.
class DiskFull : public NothingLost {
 protected:
  void ExpectStops(const Store& store, const std::function<void()>& make_room) {
    try {
      RunSweep(store, ids_, FactoryOf(EvaluateResult), Two());
      ADD_FAILURE() << "expected StorageError";
    } catch (const StorageError& error) {
      EXPECT_NE(std::string(error.what()).find(store.path()), std::string::npos) << error.what();
    }
    EXPECT_THROW(store.WritePlan(std::string(1 << 20, 'x')), StorageError);
    EXPECT_EQ(store.Plan(), "{}");
    make_room();
    const PointCounts counts = CountPoints(ids_, store.Scan());
    EXPECT_GT(counts.done, 10);
    EXPECT_GT(counts.missing, 10);
    EXPECT_EQ(counts.failed, 0);
    const RunOutcome outcome = RunSweep(store, ids_, FactoryOf(EvaluateResult), Two());
    EXPECT_EQ(outcome.present, counts.done);  // nothing of it was lost
    EXPECT_EQ(outcome.done, counts.missing);
    EXPECT_TRUE(MergedBytes(store, ids_, dir_ / "out") == ReferenceBytes(dir_, ids_));
  }
};

TEST_F(DiskFull, AFileSizeLimitStopsAndLosesNothing) {
  const Store store = Store::Make(dir_ / "store");
  store.WritePlan("{}");
  rlimit unlimited = {};
  getrlimit(RLIMIT_FSIZE, &unlimited);
  const rlimit small = {20'000, unlimited.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  ExpectStops(store, [&] { setrlimit(RLIMIT_FSIZE, &unlimited); });
}

TEST_F(DiskFull, AFullFileSystemStopsAndLosesNothing) {
  const std::string disk = dir_ / "disk";
  fs::create_directories(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k") != 0)
    GTEST_SKIP() << "no tmpfs may be mounted here: " << std::strerror(errno);
  {
    const Store store = Store::Make(disk + "/store");
    store.WritePlan("{}");
    ExpectStops(store, [&] { mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m"); });
  }
  umount2(disk.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace sushi::sweep::testing
