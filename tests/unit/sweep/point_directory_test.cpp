#include "sushi/sweep/point_directory.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "sushi/core/error.hpp"
#include "sushi/sweep/storage_error.hpp"
#include "sweep_support.hpp"

namespace sushi::sweep::testing {
namespace {

class PointDirectoryTest : public ::testing::Test {
 protected:
  static void WriteText(const PointDirectory& directory, const std::string& text) {
    std::ofstream file = directory.Open("queries.csv");
    file << text;
    directory.Close(file, "queries.csv");
  }
  // Of a point, whole or not.
  std::vector<std::string> Entries() const {
    std::vector<std::string> names;
    for (const auto& ab : fs::directory_iterator(store_.PointsDir())) {
      for (const auto& entry : fs::directory_iterator(ab.path())) names.push_back(entry.path().filename());
    }
    return names;
  }
  std::string HalfOf(const PointId& id) const {
    const fs::path directory = fs::path(store_.PointPath(id)).parent_path();
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (entry.path().filename().string().rfind(id.Hex() + ".partial-", 0) == 0) return entry.path();
    }
    return "";
  }
  // What a process leaves that is killed while it writes.
  void LeaveHalf(const PointId& id, bool bury) {
    const pid_t child = fork();
    if (child == 0) {
      const PointDirectory directory(store_, id);
      directory.Open("queries.csv") << "half";
      kill(getpid(), SIGKILL);
    }
    siginfo_t info = {};
    waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | (bury ? 0 : WNOWAIT));
  }

  TempDir dir_;
  Store store_ = Store::Make(dir_ / "store");
  std::vector<PointId> ids_ = MakeIds(4);
};

TEST_F(PointDirectoryTest, AppearsWholeOrNotAtAll) {
  {
    const PointDirectory dropped(store_, ids_[0]);
    WriteText(dropped, "half");
    EXPECT_FALSE(fs::exists(store_.PointPath(ids_[0])));
  }
  EXPECT_TRUE(Entries().empty());
  PointDirectory first(store_, ids_[0]), second(store_, ids_[0]);
  WriteText(first, "whole");
  WriteText(second, "whole");
  first.Commit();
  EXPECT_EQ(ReadAll(store_.PointPath(ids_[0]) + "/queries.csv"), "whole");
  second.Commit();  // another worker's, dropped with it
  EXPECT_EQ(ReadAll(store_.PointPath(ids_[0]) + "/queries.csv"), "whole");
}

TEST_F(PointDirectoryTest, IsListedWhenItIsWhole) {
  EXPECT_TRUE(ListPointDirectories(store_).empty());
  for (const int i : {3, 1, 2}) {
    PointDirectory directory(store_, ids_[static_cast<std::size_t>(i)]);
    WriteText(directory, "whole");
    if (i != 2) directory.Commit();
    EXPECT_EQ(ListPointDirectories(store_).size(), i == 3 ? 1U : 2U);
  }
  std::vector<PointId> expected = {ids_[1], ids_[3]};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(ListPointDirectories(store_), expected);
}

TEST_F(PointDirectoryTest, WhatAKilledProcessLeftIsRemovedAndNothingElse) {
  RemoveAbandonedDirectories(store_);  // nothing there
  LeaveHalf(ids_[0], true);
  LeaveHalf(ids_[0], false);
  PointDirectory whole(store_, ids_[1]);
  whole.Commit();
  const PointDirectory at_work(store_, ids_[2]);
  LeaveHalf(ids_[3], true);
  const fs::path here = HalfOf(ids_[3]);
  std::string elsewhere = here.string();
  char& host = elsewhere[elsewhere.find(".partial-") + 9];
  host = host == 'x' ? 'y' : 'x';
  fs::rename(here, elsewhere);
  EXPECT_EQ(Entries().size(), 5U);
  RemoveAbandonedDirectories(store_);
  EXPECT_EQ(Entries().size(), 3U);
  EXPECT_TRUE(fs::exists(store_.PointPath(ids_[1])));
  EXPECT_TRUE(fs::exists(at_work.path()));
  EXPECT_TRUE(fs::exists(elsewhere));
}

TEST_F(PointDirectoryTest, AFileThatDoesNotFitIsAStorageErrorNotThePoints) {
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small = {20'000, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  {
    const PointDirectory directory(store_, ids_[0]);
    WriteText(directory, std::string(20'000, 'x'));
    try {
      WriteText(directory, std::string(20'001, 'x'));
      ADD_FAILURE() << "expected StorageError";
    } catch (const StorageError& error) {
      EXPECT_NE(std::string(error.what()).find(store_.PointPath(ids_[0]) + "/queries.csv"),
                std::string::npos);
    }
  }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(Entries().empty());
}

TEST_F(PointDirectoryTest, ARunRemovesWhatItsDeadWorkersLeft) {
  RunOptions options;
  options.workers = 2;
  options.directories = true;
  const RunOutcome outcome = RunSweep(store_, ids_, FactoryOf([&](const PointKey& key) {
                                        PointDirectory directory(store_, PointId::Parse(key.id));
                                        if (key.index == 1) raise(SIGKILL);
                                        WriteText(directory, "whole");
                                        directory.Commit();
                                        return ResultOf(key.index);
                                      }),
                                      options);
  EXPECT_EQ(outcome.done, 3);
  EXPECT_EQ(outcome.failed, 1);
  EXPECT_EQ(Entries().size(), 3U);
  // A result whose directory is gone.
  fs::remove_all(store_.PointPath(ids_[3]));
  options.retry_failed = false;
  EXPECT_EQ(RunSweep(store_, ids_, FactoryOf(EvaluateResult), options).done, 1);
  options.directories = false;
  EXPECT_EQ(RunSweep(store_, ids_, FactoryOf(EvaluateResult), options).done, 0);
}

}  // namespace
}  // namespace sushi::sweep::testing
