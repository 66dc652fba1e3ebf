#include "sushi/sweep/runner.hpp"

#include <sys/wait.h>

#include <csignal>
#include <memory>
#include <new>
#include <stdexcept>

#include "sushi/core/error.hpp"
#include "sushi/sweep/storage_error.hpp"
#include "sweep_support.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define SUSHI_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SUSHI_TEST_ASAN 1
#endif
#endif

namespace sushi::sweep::testing {
namespace {

RunOptions Workers(int workers) {
  RunOptions options;
  options.workers = workers;
  return options;
}

class RunnerTest : public ::testing::Test {
 protected:
  RunOutcome RunWith(const Evaluate& evaluate, const RunOptions& options) {
    return RunSweep(store_, ids_, FactoryOf(evaluate), options);
  }
  // After whatever happened, a last run completes and gives what an undisturbed one gives.
  void ExpectCompletes() {
    const RunOutcome outcome = RunWith(EvaluateResult, Workers(2));
    EXPECT_EQ(outcome.present + outcome.done, outcome.points);
    EXPECT_EQ(outcome.failed, 0);
    EXPECT_TRUE(MergedBytes(store_, ids_, dir_ / "out") == ReferenceBytes(dir_, ids_));
  }

  TempDir dir_;
  Store store_ = Store::Make(dir_ / "store");
  std::vector<PointId> ids_ = MakeIds(200);
  SharedNumbers shared_;
};

TEST_F(RunnerTest, EveryNumberOfWorkersGivesTheSameBytes) {
  const std::string reference = ReferenceBytes(dir_, ids_);
  for (const int workers : {1, 2, 5, 300}) {
    const Store store = Store::Make(dir_ / ("store" + std::to_string(workers)));
    const RunOutcome outcome = RunSweep(store, ids_, FactoryOf(EvaluateResult), Workers(workers));
    EXPECT_EQ(outcome.points, 200);
    EXPECT_EQ(outcome.done, 200);
    EXPECT_EQ(outcome.failed + outcome.remaining + outcome.present, 0);
    EXPECT_EQ(CountSegments(store), 1);  // compacted
    EXPECT_TRUE(MergedBytes(store, ids_, dir_ / "out") == reference) << workers;
  }
}

TEST_F(RunnerTest, ShardsTogetherAreTheWhole) {
  const std::string reference = ReferenceBytes(dir_, ids_);
  std::int64_t points = 0;
  for (const int shard : {3, 1, 4, 2}) {
    RunOptions options = Workers(2);
    options.shard = {shard, 4};
    const RunOutcome outcome = RunWith(EvaluateResult, options);
    EXPECT_EQ(outcome.done, outcome.points);
    points += outcome.points;
  }
  EXPECT_EQ(points, 200);
  EXPECT_TRUE(MergedBytes(store_, ids_, dir_ / "out") == reference);
}

TEST_F(RunnerTest, MoreShardsThanPointsLeaveSomeWithNothing) {
  RunOptions options;
  options.shard = {300, 300};
  const RunOutcome outcome = RunWith(EvaluateResult, options);
  EXPECT_EQ(outcome.points, 0);
  EXPECT_EQ(CountSegments(store_), 0);
}

TEST_F(RunnerTest, FinishedPointsAreNotComputedAgain) {
  const auto counting = [&](const PointKey& key) {
    ++shared_[0];
    return ResultOf(key.index);
  };
  RunOptions half = Workers(2);
  half.shard = {1, 2};
  RunWith(counting, half);
  EXPECT_EQ(shared_[0], 100);
  const RunOutcome outcome = RunWith(counting, Workers(2));
  EXPECT_EQ(shared_[0], 200);
  EXPECT_EQ(outcome.present, 100);
  EXPECT_EQ(outcome.done, 100);
  RunWith(counting, Workers(2));
  EXPECT_EQ(shared_[0], 200);
}

TEST_F(RunnerTest, PointsOfEqualIdAreComputedOnce) {
  ids_.assign(50, MakeIds(1)[0]);
  const RunOutcome outcome = RunWith(
      [&](const PointKey&) {
        ++shared_[0];
        return ResultOf(0);
      },
      Workers(3));
  EXPECT_EQ(shared_[0], 1);
  EXPECT_EQ(outcome.points, 1);
  EXPECT_EQ(Merge(store_, TableOf(ids_), dir_ / "out", false).counts.done, 50);
}

TEST_F(RunnerTest, EachWorkerHasAFactoryCallAndTakesNeighbours) {
  const EvaluateFactory factory = [&] {
    ++shared_[0];
    auto last = std::make_shared<std::int64_t>(-2);
    return [this, last](const PointKey& key) {
      if (key.index == *last + 1) ++shared_[1];
      *last = key.index;
      usleep(200);
      return ResultOf(key.index);
    };
  };
  RunSweep(store_, ids_, factory, Workers(2));
  EXPECT_EQ(shared_[0], 2);
  EXPECT_GT(shared_[1], 100);  // of 200
}

TEST_F(RunnerTest, WhatAPointThrowsIsRecordedAndTheRestGoesOn) {
  const RunOutcome outcome = RunWith(
      [](const PointKey& key) {
        if (key.index == 7) throw UserError("no room for layer 3");
        if (key.index == 8) throw 5;
        return ResultOf(key.index);
      },
      Workers(2));
  EXPECT_EQ(outcome.done, 198);
  EXPECT_EQ(outcome.failed, 2);
  EXPECT_EQ(outcome.remaining, 0);
  EXPECT_EQ(FailureOf(store_, ids_[7]).reason, "no room for layer 3");
  EXPECT_EQ(FailureOf(store_, ids_[8]).reason, "an exception of unknown type");
  ExpectCompletes();
}

TEST_F(RunnerTest, FailedPointsAreTriedAgainOnlyIfWanted) {
  const auto failing = [&](const PointKey& key) {
    ++shared_[0];
    if (key.index == 7) throw UserError("no");
    return ResultOf(key.index);
  };
  RunWith(failing, Workers(1));
  RunOptions keep = Workers(1);
  keep.retry_failed = false;
  const RunOutcome kept = RunWith(failing, keep);
  EXPECT_EQ(shared_[0], 200);
  EXPECT_EQ(kept.failed, 1);
  EXPECT_EQ(kept.present, 199);
  RunWith(failing, Workers(1));
  EXPECT_EQ(shared_[0], 201);
}

TEST_F(RunnerTest, OnErrorStopEndsAtTheFirstFailure) {
  RunOptions options = Workers(1);
  options.on_error = OnError::kStop;
  const RunOutcome outcome = RunWith(
      [](const PointKey& key) {
        if (key.index == 10) throw UserError("no");
        return ResultOf(key.index);
      },
      options);
  EXPECT_EQ(outcome.done, 10);
  EXPECT_EQ(outcome.failed, 1);
  EXPECT_EQ(outcome.remaining, 189);
  EXPECT_EQ(outcome.signal, 0);
  ExpectCompletes();
}

TEST_F(RunnerTest, OnErrorStopHoldsForDeathsToo) {
  RunOptions options = Workers(1);
  options.on_error = OnError::kStop;
  const RunOutcome outcome = RunWith(
      [](const PointKey& key) {
        if (key.index == 10) std::abort();
        return ResultOf(key.index);
      },
      options);
  EXPECT_EQ(outcome.done, 10);
  EXPECT_EQ(outcome.failed, 1);
  EXPECT_EQ(outcome.remaining, 189);
}

TEST_F(RunnerTest, APointThatKillsItsWorkerIsTriedOnceMoreThenRecorded) {
  const RunOutcome outcome = RunWith(
      [&](const PointKey& key) {
        if (key.index == 20) {
          ++shared_[0];
          std::abort();
        }
        if (key.index == 21) {
          std::signal(SIGSEGV, SIG_DFL);
          std::raise(SIGSEGV);
        }
        if (key.index == 22) _exit(3);
        if (key.index == 23 && ++shared_[1] == 1) std::abort();  // the second time it goes well
        return ResultOf(key.index);
      },
      Workers(2));
  EXPECT_EQ(outcome.done, 197);
  EXPECT_EQ(outcome.failed, 3);
  EXPECT_EQ(outcome.remaining, 0);
  EXPECT_EQ(shared_[0], 2);
  EXPECT_EQ(FailureOf(store_, ids_[20]).reason, "the worker was killed by signal 6 (Aborted)");
  EXPECT_EQ(FailureOf(store_, ids_[20]).attempt, 2);
  EXPECT_EQ(FailureOf(store_, ids_[21]).reason, "the worker was killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(FailureOf(store_, ids_[22]).reason, "the worker ended with exit code 3");
  ExpectCompletes();
}

TEST_F(RunnerTest, WhatAFailedPointPrintedIsInItsLogAndNoOtherPointHasOne) {
  RunWith(
      [](const PointKey& key) {
        std::printf("point %d says\n", static_cast<int>(key.index));
        if (key.index == 5) throw UserError("no");
        if (key.index == 9) std::fprintf(stderr, "aborts now\n"), std::fflush(nullptr), std::abort();
        return ResultOf(key.index);
      },
      Workers(1));
  const std::string log = ReadAll(store_.LogPath(ids_[5]));
  EXPECT_EQ(log.rfind("point 5 " + ids_[5].Hex() + ": failed: no\nhost ", 0), 0u) << log;
  EXPECT_NE(log.find(" s\npoint 5 says\n"), std::string::npos) << log;
  EXPECT_NE(ReadAll(store_.LogPath(ids_[9])).find("aborts now\n"), std::string::npos);
  EXPECT_FALSE(fs::exists(store_.LogPath(ids_[6])));
}

TEST_F(RunnerTest, LogsOfAllPointsAreKeptIfWanted) {
  ids_ = MakeIds(3);
  RunOptions options;
  options.keep_logs = true;
  RunWith(
      [](const PointKey& key) {
        std::printf("hello\n");
        usleep(20'000);
        return ResultOf(key.index);
      },
      options);
  for (const PointId& id : ids_) {
    const std::string log = ReadAll(store_.LogPath(id));
    EXPECT_NE(log.find(": done\nhost "), std::string::npos) << log;
    const double seconds = std::strtod(log.c_str() + log.find(", ") + 2, nullptr);
    EXPECT_GE(seconds, 0.02);
    EXPECT_LT(seconds, 10);
    EXPECT_NE(log.find(" s\nhello\n"), std::string::npos) << log;
  }
}

TEST_F(RunnerTest, APointThatHangsTimesOutWithWhatItForkedAndTheRestGoesOn) {
  RunOptions options = Workers(2);
  options.timeout_s = 0.3;
  const RunOutcome outcome = RunWith(
      [&](const PointKey& key) {
        if (key.index == 50) {
          ++shared_[0];
          const pid_t child = fork();
          if (child > 0) shared_[1] = child;
          for (;;) pause();
        }
        return ResultOf(key.index);
      },
      options);
  EXPECT_EQ(outcome.done, 199);
  EXPECT_EQ(outcome.failed, 1);
  EXPECT_EQ(shared_[0], 1);  // not tried again
  EXPECT_EQ(FailureOf(store_, ids_[50]).reason, "took longer than the timeout of 0.3 s");
  ASSERT_GT(shared_[1], 0);
  EXPECT_TRUE(DiesWithin(shared_[1], 5));
  ExpectCompletes();
}

TEST_F(RunnerTest, ATimeoutIsForOnePointNotForAll) {
  RunOptions options = Workers(1);
  options.timeout_s = 0.5;
  ids_ = MakeIds(20);
  const RunOutcome outcome = RunWith(
      [](const PointKey& key) {
        usleep(50'000);
        return ResultOf(key.index);
      },
      options);
  EXPECT_EQ(outcome.done, 20);
}

TEST_F(RunnerTest, APointThatAllocatesWithoutEndIsOutOfMemory) {
#ifdef SUSHI_TEST_ASAN
  GTEST_SKIP() << "AddressSanitizer needs more address space than a cap leaves";
#endif
  RunOptions options = Workers(2);
  options.memory_mib = 256;
  const RunOutcome outcome = RunWith(
      [&](const PointKey& key) {
        std::vector<std::unique_ptr<char[]>> hoard;
        while (key.index == 30) {
          if (hoard.empty()) ++shared_[0];
          hoard.push_back(std::make_unique<char[]>(1 << 24));
        }
        return ResultOf(key.index);
      },
      options);
  EXPECT_EQ(outcome.done, 199);
  EXPECT_EQ(outcome.failed, 1);
  EXPECT_EQ(shared_[0], 2);
  EXPECT_EQ(FailureOf(store_, ids_[30]).reason, "out of memory (the cap is 256 MiB of address space)");
}

TEST_F(RunnerTest, MemoryThatEarlierPointsHoldFailsNoOther) {
#ifdef SUSHI_TEST_ASAN
  GTEST_SKIP() << "AddressSanitizer needs more address space than a cap leaves";
#endif
  RunOptions options = Workers(1);
  options.memory_mib = 256;
  const EvaluateFactory factory = [] {
    auto cache = std::make_shared<std::vector<std::unique_ptr<char[]>>>();
    return [cache](const PointKey& key) {
      cache->push_back(std::make_unique<char[]>(1 << 24));  // 200 of them do not fit, a few do
      return ResultOf(key.index);
    };
  };
  const RunOutcome outcome = RunSweep(store_, ids_, factory, options);
  EXPECT_EQ(outcome.done, 200);
}

TEST_F(RunnerTest, AFactoryThatThrowsEndsTheRun) {
  EXPECT_THROW(RunSweep(
                   store_, ids_, []() -> Evaluate { throw UserError("no such model"); }, Workers(2)),
               UserError);
}

TEST_F(RunnerTest, WorkersThatDieBeforeTheirFirstPointEndTheRun) {
  EXPECT_THROW(RunSweep(
                   store_, ids_, []() -> Evaluate { std::abort(); }, Workers(2)),
               UserError);
}

TEST_F(RunnerTest, ProgressEndsWithAllSettled) {
  RunOptions options = Workers(2);
  RunProgress last;
  options.progress = [&](const RunProgress& progress) { last = progress; };
  RunWith(
      [](const PointKey& key) {
        if (key.index == 3) throw UserError("no");
        if (key.index == 4) std::abort();
        return ResultOf(key.index);
      },
      options);
  EXPECT_EQ(last.done, 198);
  EXPECT_EQ(last.failed, 2);
  EXPECT_EQ(last.total, 200);
  EXPECT_GT(last.per_second, 0);
}

TEST_F(RunnerTest, SomeoneElsesChildIsNotWaitedFor) {
  const pid_t child = fork();
  if (child == 0) _exit(9);
  RunWith(EvaluateResult, Workers(2));
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 9);
}

TEST_F(RunnerTest, IgnoredSigchldOfTheCallerDoesNotMatterAndComesBack) {
  std::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(RunWith(EvaluateResult, Workers(2)).done, 200);
  EXPECT_EQ(std::signal(SIGCHLD, SIG_DFL), SIG_IGN);
}

}  // namespace
}  // namespace sushi::sweep::testing
