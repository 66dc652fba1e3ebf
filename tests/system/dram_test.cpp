// `sushisim dram` as its users meet it, and the presets against DRAMsim3, Ramulator 2 and DRAMSys.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "refused.hpp"

namespace sushi {
namespace {

using testing::Outcome;
using testing::Scratch;

const std::string kRoot = SUSHI_SOURCE_DIR;

nlohmann::json DramJson(const std::string& args) {
  const Outcome outcome = Scratch().Run("dram --json " + args);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out);
}

struct Spread {
  double least = 1e300, most = 0;
  void Add(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  // Within `share` of one of them, or between them.
  bool Holds(double value, double share) const {
    return value >= least * (1 - share) && value <= most * (1 + share);
  }
};

TEST(DramReference, IsMetWithin2PercentInBandwidthAnd8InLatency) {
  std::ifstream file(kRoot + "/../shared/data/dram_reference.csv");
  if (!file) GTEST_SKIP() << "../shared/data/dram_reference.csv is not there";
  std::map<std::string, std::pair<Spread, Spread>> cases;  // bandwidth, latency
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::stringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    ASSERT_EQ(cells.size(), 9u) << line;
    const std::string pattern = cells[3] == "seq" ? "sequential" : "random";
    auto& [bandwidth, latency] =
        cases["--address-map " + cells[2] + " --pattern " + pattern + " --outstanding " + cells[4]];
    bandwidth.Add(std::stod(cells[7]));
    latency.Add(std::stod(cells[8]));
  }
  EXPECT_EQ(cases.size(), 7u);
  for (const auto& [args, reference] : cases) {
    const nlohmann::json json = DramJson("--memory ddr4_2400_x64 --requests 100000 " + args);
    EXPECT_TRUE(reference.first.Holds(json["bandwidth_gbps"], 0.02))
        << args << ": " << json["bandwidth_gbps"];
    EXPECT_TRUE(reference.second.Holds(json["latency_mean_ns"], 0.08))
        << args << ": " << json["latency_mean_ns"];
  }
}

TEST(DramCommand, EveryPresetKeepsItsBoundsAndItsTimingRules) {
  const std::map<std::string, double> peaks{{"ddr4_2100_x64", 16.806},
                                            {"ddr4_2400_x64", 19.207},
                                            {"ddr4_3200_x64", 25.6},
                                            {"lpddr4_2400", 9.603},
                                            {"hbm2", 16.0}};
  for (const auto& [name, peak] : peaks) {
    for (const std::string pattern : {"sequential", "random", "strided"}) {
      const nlohmann::json json =
          DramJson("--check --requests 20000 --write-ratio 0.3 --memory " + name + " --pattern " + pattern);
      EXPECT_NEAR(json["peak_gbps"], peak, 0.001) << name;
      EXPECT_LT(json["bandwidth_gbps"], peak) << name;
      EXPECT_GT(json["bandwidth_gbps"], peak / 10) << name;
      EXPECT_EQ(json["reads"].get<int>() + json["writes"].get<int>(), 20000);
      EXPECT_TRUE(json["commands_checked"]);
      double parts = 0;
      for (const auto& [part, pj] : json["energy_pj"].items()) {
        if (part != "total") parts += pj.get<double>();
      }
      EXPECT_NEAR(parts, json["energy_pj"]["total"], 1e-6 * parts) << name;
    }
  }
}

TEST(DramCommand, GivesTheSameBytesEveryTime) {
  const std::string args = "--memory hbm2 --pattern random --write-ratio 0.5 --requests 5000";
  EXPECT_EQ(DramJson(args), DramJson(args));
  EXPECT_NE(DramJson(args), DramJson(args + " --seed 2"));
}

TEST(DramCommand, AMemoryFileOfTheUsersOwn) {
  Scratch scratch;
  std::ofstream(scratch.dir() / "mine.yaml") << "schema_version: 1\nbase: [" << kRoot
                                             << "/configs/memory/ddr4_2400_x64.yaml]\nmemory:\n  name: mine\n"
                                             << "  timing: {faw_clk: 100}\n";
  const Outcome outcome = scratch.Run("dram --memory mine.yaml --pattern random --requests 5000 --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["memory"], "mine");
  EXPECT_LT(json["bandwidth_gbps"], 4 * 64 / (100 * 0.833)) << "four activations every tFAW";
}

TEST(DramCommand, WhatIsNotKnownIsNotShownAsZero) {
  Scratch scratch;
  std::ofstream(scratch.dir() / "bare.yaml") << "schema_version: 1\ndram: {model: bank_level}\n";
  const Outcome outcome = scratch.Run("dram --memory bare.yaml --requests 500 --write-ratio 1 --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json json = nlohmann::json::parse(outcome.out);
  EXPECT_TRUE(json["energy_pj"].is_null()) << "no currents";
  EXPECT_TRUE(json["latency_mean_ns"].is_null()) << "no reads";
}

TEST(DramCommand, BadInputIsRefusedWithTheKeyAtFault) {
  const Scratch scratch;
  const auto refused = [&](const std::string& args, const std::string& message) {
    testing::ExpectRefused(scratch, "dram " + args, message);
  };
  refused("--memory ddr4_2400", "(did you mean 'ddr4_2400_x64'?)");
  refused("--memory ddr4_2400_x46", "(did you mean 'ddr4_2400_x64'?)");
  refused("--memory hbm2 --pattern seqential", "did you mean 'sequential'?");
  refused("--memory hbm2 --requests 0", "--requests");
  refused("--memory hbm2 --outstanding 0", "--outstanding");
  refused("--memory hbm2 --write-ratio 1.5", "--write-ratio");
  refused("--memory hbm2 --write-ratio nan", "--write-ratio");
  refused("--memory hbm2 --stride-bytes 100", "--stride-bytes: must be a multiple of 64");
  refused("--memory hbm2 --address-map row:bank:col", "covers 0 of the 2 bits of 'bg'");
  refused("--memory hbm2 --address-map row:bnk:bg:col", "no field 'bnk' (did you mean 'bank'?)");
  refused("--memory ddr4_2400_x64 --set memory.timing.ras_clk=16",
          "memory.timing.ras_clk: is 16 clocks, below rcd_clk");
  refused("--memory ddr4_2400_x64 --set memory.organization.rows=1000", "must be a power of two");
  refused("--memory ddr4_2400_x64 --set memory.timing.rfd_clk=1", "did you mean 'rcd_clk'?");
  refused("--memory " + kRoot + "/configs/hardware/tiny.yaml", "describes no bank-level memory");
  refused("--memory hbm2 --check --requests 100000000", "--check: at most");
}

TEST(BankLevelRun, AMemoryTooSmallForTheRunIsRefusedBeforeItBegins) {
  const Scratch scratch;
  const auto run = [&](int rows) {
    const std::string file =
        scratch.Write("small.yaml", "schema_version: 1\nbase: [" + kRoot + "/configs/experiment/tiny.yaml, " +
                                        kRoot + "/configs/memory/ddr4_2400_x64.yaml]\n" +
                                        "dram: {model: bank_level}\nmemory:\n  organization:\n" +
                                        "    columns: 512\n    rows: " + std::to_string(rows) + "\n");
    return scratch.Run("run " + file + " --out result");
  };
  // 16 banks of rows of 4 KiB; weights, parameters and activations take 27 times as much.
  EXPECT_EQ(run(2).exit_code, 0);
  std::filesystem::remove_all(scratch.dir() / "result");
  const Outcome refused = run(1);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("small.yaml:7: memory.organization.rows: 1 rows give 65536 bytes in all, but "
                             "weights and activations take 110592; with all else as it is, 2 rows hold them"),
            std::string::npos)
      << refused.err;
  EXPECT_FALSE(std::filesystem::exists(scratch.dir() / "result"));
}

TEST(BankLevelRun, CountsCommandsAndTheirEnergyForEveryQuery) {
  const Scratch scratch;
  const std::string args =
      "run " + kRoot + "/configs/experiment/tiny.yaml " + kRoot + "/configs/memory/ddr4_2100_x64.yaml --json";
  const Outcome outcome = scratch.Run(args);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json json = nlohmann::json::parse(outcome.out);
  EXPECT_GT(json["dram"]["activates"], 0);
  double parts = 0;
  for (const auto& [part, pj] : json["dram"]["energy_pj"].items()) parts += pj.get<double>();
  EXPECT_NEAR(parts, json["energy_pj"]["dram"], 1e-9 * parts);
  EXPECT_EQ(scratch.Run(args + " --exact").out, outcome.out) << "layers do not depend on what went before";
}

}  // namespace
}  // namespace sushi
