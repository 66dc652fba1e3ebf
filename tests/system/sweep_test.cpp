// `sushisim sweep` as its users meet it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "refused.hpp"

namespace sushi {
namespace {

namespace fs = std::filesystem;
using testing::Outcome;
using testing::Scratch;

const std::string kRoot = SUSHI_SOURCE_DIR;

std::string ReadFile(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Six points that run, three whose Line Buffer holds no row.
class SweepCommand : public ::testing::Test {
 protected:
  SweepCommand() {
    Write("sweep.yaml",
          "axes:\n  - product: {accel.pb.capacity_kib: [0, 2, 4], accel.lb.capacity_kib: [0, 1, 2]}\n");
    Write("good.yaml",
          "axes:\n  - product: {accel.pb.capacity_kib: [0, 2, 4], scheduler.period_queries: [5, 20]}\n");
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(scratch_.dir() / name)
        << "schema_version: 1\nbase: [" << kRoot << "/configs/experiment/tiny.yaml]\n"
        << text;
  }
  Outcome Run(const std::string& args) { return scratch_.Run("sweep " + args); }
  // The merged files of a store, one after the other.
  std::string Merged(const std::string& store) {
    EXPECT_EQ(Run("merge --store " + store + " --out " + store + "-merged --force").exit_code, 0);
    std::string all;
    for (const char* name : {"sweep.csv", "sweep.jsonl", "sweep.sqlite", "failures.csv"})
      all += ReadFile(scratch_.dir() / (store + "-merged") / name);
    return all;
  }

  Scratch scratch_;
};

TEST_F(SweepCommand, GivesTheSameBytesForAnyJobsShardsAndEngine) {
  ASSERT_EQ(Run("run good.yaml --store one -j1 --quiet").exit_code, 0);
  const std::string expected = Merged("one");
  EXPECT_NE(expected.find("service_mean_us"), std::string::npos);
  ASSERT_EQ(Run("run good.yaml --store two -j2 --quiet").exit_code, 0);
  EXPECT_EQ(Merged("two"), expected);
  for (const char* shard : {"3/3", "1/3", "2/3"})
    ASSERT_EQ(Run(std::string("run good.yaml --store parts -j1 --quiet --shard ") + shard).exit_code, 0);
  EXPECT_EQ(Merged("parts"), expected);
  ASSERT_EQ(Run("run good.yaml --store tlm -j2 --quiet --engine tlm").exit_code, 0);
  EXPECT_EQ(Merged("tlm"), expected);
}

TEST_F(SweepCommand, ComputesOnlyWhatIsMissing) {
  ASSERT_EQ(Run("run good.yaml --store s --shard 1/2").exit_code, 0);
  const Outcome status = Run("status --store s --json");
  EXPECT_EQ(nlohmann::json::parse(status.out)["missing"], 3);
  EXPECT_EQ(Run("merge --store s --out partial").exit_code, 4) << "partial";
  const Outcome rest = Run("run good.yaml --store s");
  EXPECT_EQ(rest.out, "s: 6 points, 3 there before, 3 computed, 0 failed, 0 left\n");
  EXPECT_EQ(Run("run good.yaml --store s").out,
            "s: 6 points, 6 there before, 0 computed, 0 failed, 0 left\n");
}

TEST_F(SweepCommand, PointsThatFailAreToldAndTheRestGoesOn) {
  const Outcome run = Run("run sweep.yaml --store s -j2");
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_EQ(run.out, "s: 9 points, 0 there before, 6 computed, 3 failed, 0 left\n");
  EXPECT_EQ(Run("status --store s").exit_code, 4);
  const Outcome merge = Run("merge --store s --out m");
  EXPECT_EQ(merge.exit_code, 4);
  EXPECT_NE(merge.err.find("sweep.yaml:4: accel.lb.capacity_kib: 0 KiB cannot hold"), std::string::npos)
      << merge.err;
  const std::string failures = ReadFile(scratch_.dir() / "m/failures.csv");
  EXPECT_EQ(std::count(failures.begin(), failures.end(), '\n'), 4);
  EXPECT_EQ(Run("run sweep.yaml --store stopped -j1 --on-error stop").exit_code, 4);
}

TEST_F(SweepCommand, EmitHandsTheOptionsOfRunToEveryShard) {
  EXPECT_EQ(Run("emit good.yaml --store s --as commands --shards 1").out.find("--engine"), std::string::npos);
  EXPECT_NE(Run("emit quick --store s --as commands --shards 1").out.find("configs/sweep/quick.yaml"),
            std::string::npos)
      << "a preset's name";
  const Outcome emitted =
      Run("emit good.yaml --store s --as commands --shards 2 -j 3 --set scheduler.policy=strict_latency "
          "--engine tlm --timeout 0.5 "
          "--memory 2048 --on-error stop --keep-failures --records --logs");
  ASSERT_EQ(emitted.exit_code, 0) << emitted.err;
  EXPECT_EQ(std::count(emitted.out.begin(), emitted.out.end(), '\n'), 2);
  const std::string shard =
      " --shard 2/2 -j 3 --set scheduler.policy=strict_latency --engine tlm --timeout 0.5 --memory 2048 "
      "--on-error stop "
      "--keep-failures --records --logs\n";
  EXPECT_NE(emitted.out.find(shard), std::string::npos) << emitted.out;
}

TEST_F(SweepCommand, AFileThatIsNoSegmentIsToldAndLeftOut) {
  ASSERT_EQ(Run("run good.yaml --store s --quiet").exit_code, 0);
  EXPECT_EQ(Run("status --store s").err, "");
  for (const char* junk : {"junk", "junk\n"}) {
    std::ofstream(scratch_.dir() / "s/segments/aa.seg") << junk;
    for (const char* command : {"status --store s", "merge --store s --out m --force"}) {
      const Outcome outcome = Run(command);
      EXPECT_EQ(outcome.exit_code, 0) << command;
      EXPECT_EQ(
          outcome.err,
          "sushisim: s/segments/aa.seg: a line that is no record: a worker was killed, or the file is no "
          "segment; left out\n");
      EXPECT_NE(outcome.out.find("0 missing"), std::string::npos) << outcome.out;
    }
  }
}

TEST_F(SweepCommand, BestIsTheParetoFront) {
  ASSERT_EQ(Run("run good.yaml --store s --quiet").exit_code, 0);
  const Outcome best =
      Run("best --store s --objective min:service_mean_us --objective min:accel.pb.capacity_kib --json");
  ASSERT_EQ(best.exit_code, 0) << best.err;
  const nlohmann::json front = nlohmann::json::parse(best.out)["front"];
  ASSERT_GE(front.size(), 2u);
  for (std::size_t i = 1; i < front.size(); ++i) {  // sorted by the first; a longer time buys a smaller PB
    EXPECT_LE(front[i - 1]["service_mean_us"].get<double>(), front[i]["service_mean_us"].get<double>());
  }
}

TEST_F(SweepCommand, BadInputIsOneLineAndExitTwo) {
  Write("twins.yaml", "axes:\n  - product:\n      accel.pb.capacity_kib: [1, 2, 2]\n");
  Write("rows.yaml",
        "axes:\n  - list:\n      - {host.layer_call_us: 1, accel.pb.capacity_kib: 2}\n"
        "      - {host.layer_call_us: 1.0, accel.pb.capacity_kib: 2}\n");
  const std::pair<std::string, std::string> cases[] = {
      {"run nosuch.yaml --store s", "nosuch.yaml: cannot open the file"},
      {"run good.yaml --store s --engine fasr", "(did you mean 'fast'?)"},
      {"run good.yaml --store s --shard 4/3", "4/3"},
      {"run good.yaml --store s -j -1", "--jobs"},
      {"merge --store none --out m", "none"},
      {"emit good.yaml --store s --as slurm --engine fasr", "(did you mean 'fast'?)"},
      {"emit good.yaml --store s --as slum", "(did you mean 'slurm'?)"},
      {"run good.yaml --store s --timeout nan", "expected seconds from 0.1 to 1e9, or 0, found 'nan'"},
      {"run good.yaml --store s --timeout 0.0999", "expected seconds from 0.1 to 1e9, or 0, found '0.0999'"},
      {"run twins.yaml --store s",
       "twins.yaml:5: axes.accel.pb.capacity_kib: '2' stands twice, before in line 5"},
      {"run rows.yaml --store s",
       "rows.yaml:6: axes.host.layer_call_us: '1.0' stands twice, before in line 5"},
      {"run good.yaml --store s --shard ''", "expected I/N"},
  };
  for (const auto& [args, message] : cases) testing::ExpectRefused(scratch_, "sweep " + args, message);
  ASSERT_EQ(Run("run good.yaml --store s --quiet").exit_code, 0);
  EXPECT_NE(Run("best --store s --objective min:service_mean").err.find("did you mean 'service_mean_us'?"),
            std::string::npos);
}

// Neighbours share what layers cost, the stream, and what it costs without a PB, whenever nothing that these
// depend on differs. Sorted two ways, each key once follows another.
TEST_F(SweepCommand, WhatPointsShareIsWhatTheyHaveInCommon) {
  const std::string hardware =
      "  - product: {dram.peak_gbps: [0.4, 1.2], accel.clock_mhz: [90, 100], accel.dpe_array.kernels: [2, "
      "4]}\n"
      "  - one_at_a_time: {host.layer_call_us: [3], dram.latency_ns: [400], accel.qb.capacity_kib: [2], "
      "accel.keep_activations_on_chip: [false], sim.granularity: [channel_tile]}\n";
  const std::string others =
      "  - product: {accel.pb.capacity_kib: [0, 2, 4], scheduler.candidate_source: [windows, knapsack]}\n"
      "  - list:\n      - {trace.file: " +
      kRoot + "/traces/tiny_50.csv}\n      - {scheduler.policy: strict_latency}\n" +
      "      - {trace.generator.kind: phases, trace.generator.queries: 40}\n";
  Write("fast.yaml", "axes:\n" + hardware + others);
  Write("other.yaml", "axes:\n" + others + hardware);
  ASSERT_EQ(Run("run fast.yaml --store fast -j1 --quiet").exit_code, 0);
  const std::string expected = Merged("fast");
  ASSERT_EQ(Run("run fast.yaml --store tlm -j2 --quiet --engine tlm").exit_code, 0);
  EXPECT_EQ(Merged("tlm"), expected);
  // The same points in another order have the same ids, so each finds its result there.
  const Outcome there = Run("run other.yaml --store fast -j1");
  EXPECT_NE(there.out.find(" 0 computed"), std::string::npos) << there.out << there.err;
  ASSERT_EQ(Run("run other.yaml --store other -j1 --quiet").exit_code, 0);
  ASSERT_EQ(Run("run fast.yaml --store other -j1 --quiet").exit_code, 0);
  EXPECT_EQ(Merged("other"), expected);
}

TEST_F(SweepCommand, TheStoreNeedsTheSweepsFileNoMore) {
  ASSERT_EQ(Run("run good.yaml --store s --quiet").exit_code, 0);
  const std::string expected = Merged("s");
  fs::remove(scratch_.dir() / "good.yaml");
  fs::rename(scratch_.dir() / "s", scratch_.dir() / "moved");
  EXPECT_EQ(Merged("moved"), expected);
  EXPECT_NE(Run("status --store moved").out.find("6 points, 6 done"), std::string::npos);
  EXPECT_EQ(Run("best --store moved --objective min:service_mean_us").exit_code, 0);
}

}  // namespace
}  // namespace sushi
