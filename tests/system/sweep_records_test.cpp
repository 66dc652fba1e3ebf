// `sushisim sweep run --records` and `--logs`: what a point leaves beside its metrics.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "process.hpp"

namespace sushi {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;

const std::string kRoot = SUSHI_SOURCE_DIR;
const char* const kFiles[] = {"layers.csv", "layers_no_pb.csv", "manifest.json",
                              "model.json", "queries.csv",      "summary.json"};

struct Point {
  std::string id;
  std::vector<std::string> cells;  // of the axes
};

class SweepRecords : public ::testing::Test {
 protected:
  // Configurations that differ in all that decides what is cached and how it is timed.
  SweepRecords() {
    std::string axes = "axes:\n  - list:\n";
    for (const auto& row : rows_) {
      std::string cells;
      for (const std::string& set : row) {
        const std::size_t at = set.find('=');
        cells += (cells.empty() ? "" : ", ") + set.substr(0, at) + ": " + set.substr(at + 1);
      }
      axes += "      - {" + cells + "}\n";
    }
    Write("sweep.yaml", axes);
    Write("many.yaml", "axes:\n  - range: {seed: {from: 1, to: 48}}\n",
          "trace: {generator: {queries: 300}}\n");
  }
  void Write(const std::string& name, const std::string& axes, const std::string& more = "") {
    scratch_.Write(name, "schema_version: 1\nbase: [" + kRoot + "/configs/memory/ddr4_2100_x64.yaml, " +
                             kRoot + "/configs/experiment/tiny.yaml]\ndram: {model: simple}\n" + more + axes);
  }
  Outcome Run(const std::string& args) { return scratch_.Run("sweep " + args); }
  std::string Merged(const std::string& store) {
    EXPECT_EQ(Run("merge --store " + store + " --out merged --force").exit_code, 0);
    std::string all;
    for (const char* name : {"sweep.csv", "sweep.jsonl", "sweep.sqlite", "failures.csv"})
      all += ReadFile(scratch_.dir() / "merged" / name);
    return all;
  }
  // As sweep.csv names the points, in plan order.
  std::vector<std::string> Ids(const std::string& store) {
    Merged(store);
    std::istringstream csv(ReadFile(scratch_.dir() / "merged/sweep.csv"));
    std::vector<std::string> ids;
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line.rfind("index,id,", 0), 0u) << line;
    while (std::getline(csv, line)) ids.push_back(line.substr(line.find(',') + 1, 32));
    return ids;
  }
  fs::path DirectoryOf(const std::string& store, const std::string& id) {
    return scratch_.dir() / store / "points" / id.substr(0, 2) / id;
  }
  // Of all entries below points/ab.
  std::set<std::string> Entries(const std::string& store) {
    std::set<std::string> names;
    std::error_code error;
    for (fs::directory_iterator ab(scratch_.dir() / store / "points", error), end; !error && ab != end;
         ++ab) {
      for (const auto& entry : fs::directory_iterator(ab->path())) names.insert(entry.path().filename());
    }
    return names;
  }
  // Every point has its directory, whole, and there is nothing else.
  void ExpectWhole(const std::string& store, const std::string& reference) {
    const std::vector<std::string> ids = Ids(store);
    EXPECT_EQ(Entries(store), std::set<std::string>(ids.begin(), ids.end()));
    for (const std::string& id : ids) {
      std::set<std::string> names;
      for (const auto& file : fs::directory_iterator(DirectoryOf(store, id)))
        names.insert(file.path().filename());
      EXPECT_EQ(names, std::set<std::string>(std::begin(kFiles), std::end(kFiles)));
      for (const char* name :
           {"layers.csv", "layers_no_pb.csv", "model.json", "queries.csv", "summary.json"}) {
        EXPECT_TRUE(ReadFile(DirectoryOf(store, id) / name) == ReadFile(DirectoryOf(reference, id) / name))
            << id << "/" << name;
      }
    }
  }

  const std::vector<std::vector<std::string>> rows_ = {
      {"accel.pb.capacity_kib=0"},
      {"scheduler.caching=last_served", "scheduler.period_queries=3"},
      {"dram.model=bank_level"},
      {"dram.model=bank_level", "scheduler.caching=last_served"},
      {"dram.model=bank_level", "accel.pb.capacity_kib=0"},
      {"scheduler.caching=none"},
      {"scheduler.caching=cost_aware", "scheduler.candidate_source=knapsack",
       "scheduler.policy=strict_latency"},
      {"trace.generator.kind=random_walk", "trace.generator.queries=200", "trace.generator.latency_low_us=10",
       "trace.generator.latency_high_us=400", "trace.generator.arrival_rate_qps=5000",
       "scheduler.latency_basis=response"},
      {"scheduler.period_queries=2", "accel.pb.capacity_kib=2"},
  };
  Scratch scratch_;
};

TEST_F(SweepRecords, AreTheFilesOfRunOnEitherEngine) {
  for (const std::string engine : {"fast", "tlm"}) {
    ASSERT_EQ(Run("run sweep.yaml --store " + engine + " -j2 --quiet --records --engine " + engine).exit_code,
              0);
    ExpectWhole(engine, "fast");
  }
  const std::vector<std::string> ids = Ids("fast");
  ASSERT_EQ(ids.size(), rows_.size());
  Write("experiment.yaml", "");
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    std::string sets;
    for (const std::string& set : rows_[i]) sets += " --set " + set;
    const Outcome run = scratch_.Run("run experiment.yaml --quiet --force --out run" + sets);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const fs::path point = DirectoryOf("fast", ids[i]);
    for (const char* name : {"layers.csv", "queries.csv", "summary.json"})
      EXPECT_EQ(ReadFile(point / name), ReadFile(scratch_.dir() / "run" / name)) << sets;
    json manifest = json::parse(ReadFile(point / "manifest.json"));
    json expected = json::parse(ReadFile(scratch_.dir() / "run/manifest.json"));
    EXPECT_EQ(manifest["uncompared"]["sweep"]["point"], i);
    EXPECT_EQ(manifest["uncompared"]["sweep"]["engine"], "fast");
    manifest.erase("uncompared");
    expected.erase("uncompared");
    EXPECT_EQ(manifest, expected) << sets;
  }
}

TEST_F(SweepRecords, DoNotChangeTheMetrics) {
  ASSERT_EQ(Run("run sweep.yaml --store without -j1 --quiet").exit_code, 0);
  EXPECT_FALSE(fs::exists(scratch_.dir() / "without/points"));
  ASSERT_EQ(Run("run sweep.yaml --store with -j1 --quiet --records --logs").exit_code, 0);
  EXPECT_EQ(Merged("with"), Merged("without"));
}

TEST_F(SweepRecords, PointsWithoutDirectoryAreComputedOnceMore) {
  ASSERT_EQ(Run("run sweep.yaml --store s -j1 --shard 1/2 --quiet").exit_code, 0);
  EXPECT_EQ(Run("run sweep.yaml --store s -j1 --shard 1/2 --records").out,
            "s: 5 points, 0 there before, 5 computed, 0 failed, 0 left\n");
  EXPECT_EQ(Run("run sweep.yaml --store s -j1 --records").out,
            "s: 9 points, 5 there before, 4 computed, 0 failed, 0 left\n");
  const std::vector<std::string> ids = Ids("s");
  fs::remove_all(DirectoryOf("s", ids[3]));
  EXPECT_EQ(Run("run sweep.yaml --store s -j1").out,
            "s: 9 points, 9 there before, 0 computed, 0 failed, 0 left\n");
  EXPECT_EQ(Run("run sweep.yaml --store s -j1 --records").out,
            "s: 9 points, 8 there before, 1 computed, 0 failed, 0 left\n");
  ASSERT_EQ(Run("run sweep.yaml --store reference -j1 --quiet --records").exit_code, 0);
  ExpectWhole("s", "reference");
}

TEST_F(SweepRecords, APointThatFailsHasNone) {
  Write("bad.yaml", "axes:\n  - product: {accel.lb.capacity_kib: [0, 1], accel.pb.capacity_kib: [0, 4]}\n");
  for (const std::string engine : {"fast", "tlm"}) {
    EXPECT_EQ(Run("run bad.yaml --store " + engine + " --records --quiet --engine " + engine).exit_code, 4);
    EXPECT_EQ(Entries(engine).size(), 2u);
    EXPECT_EQ(Run("run bad.yaml --store " + engine + " --records --keep-failures").out,
              engine + ": 4 points, 2 there before, 0 computed, 2 failed, 0 left\n");
  }
}

class SweepRecordsOfAnEngine : public SweepRecords, public ::testing::WithParamInterface<const char*> {
 protected:
  std::string RunMany(const std::string& store) const {
    return "run many.yaml --store " + store + " -j2 --quiet --records --engine " + GetParam();
  }
  std::size_t Whole(const std::string& store) {
    const std::set<std::string> entries = Entries(store);
    return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(),
                                                  [](const std::string& name) { return name.size() == 32; }));
  }
  // Kills the whole run some time after it has made so many directories more; false when it ends before.
  bool RunAndKill(const std::string& store, std::size_t more, std::uint64_t us) {
    const std::size_t goal = Whole(store) + more;
    const pid_t child = fork();
    if (child == 0) {
      if (chdir(scratch_.dir().c_str()) != 0) _exit(1);
      execl("/bin/sh", "sh", "-c", ("exec " SUSHISIM_BINARY " sweep " + RunMany(store)).c_str(), nullptr);
      _exit(1);
    }
    int status = 0;
    while (Whole(store) < goal) {
      if (waitpid(child, &status, WNOHANG) == child) return false;
      usleep(500);
    }
    usleep(static_cast<useconds_t>(us));
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return WIFSIGNALED(status);
  }
};

TEST_P(SweepRecordsOfAnEngine, AfterKillsAtRandomMomentsThereAreWholeOnesOnly) {
  ASSERT_EQ(Run(RunMany("reference")).exit_code, 0);
  const std::string merged = Merged("reference");
  std::mt19937 random(3);
  int killed = 0;
  std::size_t abandoned = 0;
  while (RunAndKill("s", 1 + random() % 5, random() % 4'000)) {
    ++killed;
    for (const std::string& name : Entries("s")) {
      if (name.size() == 32) {
        EXPECT_EQ(ReadFile(DirectoryOf("s", name) / "summary.json"),
                  ReadFile(DirectoryOf("reference", name) / "summary.json"));
      } else {
        ++abandoned;
      }
    }
  }
  EXPECT_GT(killed, 3);
  EXPECT_GT(abandoned, 0u) << "none was killed while it wrote";
  ASSERT_EQ(Run(RunMany("s")).exit_code, 0);
  EXPECT_EQ(Merged("s"), merged);
  ExpectWhole("s", "reference");
}

TEST_P(SweepRecordsOfAnEngine, AFullDiskStopsAndLeavesWholeOnesOnly) {
  const fs::path disk = scratch_.dir() / "disk";
  fs::create_directories(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "no tmpfs may be mounted here: " << std::strerror(errno);
  const Outcome full = Run(RunMany("disk/s"));
  EXPECT_EQ(full.exit_code, 75);
  EXPECT_NE(full.err.find("disk/s/"), std::string::npos) << full.err;
  EXPECT_NE(full.err.find("run again when there is room"), std::string::npos) << full.err;
  const std::size_t whole = Whole("disk/s");
  EXPECT_GT(whole, 3u);
  EXPECT_LT(whole, 48u);
  mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m");
  EXPECT_EQ(json::parse(Run("status --store disk/s --json").out)["failed"], 0);
  EXPECT_EQ(Run(RunMany("disk/s")).exit_code, 0);
  EXPECT_EQ(Run("run many.yaml --store reference -j2 --quiet --records").exit_code, 0);
  ExpectWhole("disk/s", "reference");
  umount2(disk.c_str(), MNT_DETACH);
}

INSTANTIATE_TEST_SUITE_P(With, SweepRecordsOfAnEngine, ::testing::Values("fast", "tlm"),
                         [](const auto& tested) { return std::string(tested.param); });

class SweepLogs : public SweepRecords {
 protected:
  fs::path LogOf(const std::string& store, const std::string& id) {
    return scratch_.dir() / store / "logs" / id.substr(0, 2) / (id + ".log");
  }
};

TEST_F(SweepLogs, TellOfEveryPointIfWanted) {
  ASSERT_EQ(Run("run sweep.yaml --store none -j1 --quiet").exit_code, 0);
  EXPECT_TRUE(fs::is_empty(scratch_.dir() / "none/logs"));
  for (const std::string engine : {"fast", "tlm"}) {
    ASSERT_EQ(Run("run sweep.yaml --store " + engine + " -j2 --quiet --logs --engine " + engine).exit_code,
              0);
    const std::vector<std::string> ids = Ids(engine);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::string log = ReadFile(LogOf(engine, ids[i]));
      EXPECT_EQ(log.rfind("point " + std::to_string(i) + " " + ids[i] + ": done\nhost ", 0), 0u) << log;
      EXPECT_NE(log.find(" s\nengine " + engine + "\n"), std::string::npos) << log;
    }
    EXPECT_NE(ReadFile(LogOf(engine, ids[1])).find("\nscheduler.caching: last_served\n"), std::string::npos);
  }
}

}  // namespace
}  // namespace sushi
