// Serving systems as users of the command line meet them.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "refused.hpp"

namespace sushi {
namespace {

using nlohmann::json;
using testing::ExpectRefused;
using testing::Outcome;
using testing::Scratch;

const std::string kBursty = SUSHI_SOURCE_DIR "/configs/experiment/serving_bursty.yaml";

std::string Bursty(const std::string& sets) {
  return kBursty +
         " --set trace.generator.queries=300 --set serving.accelerators=3 --set serving.check_frames=0 " +
         sets;
}

std::size_t Lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(ServingCommand, EveryRequestHasOneRowAndOneEndOnBothEngines) {
  for (const std::string engine : {"tlm", "approximate"}) {
    const Scratch scratch;
    ASSERT_EQ(scratch.Run("run " + Bursty("--set serving.engine=" + engine) + " --out r --quiet").exit_code,
              0);
    const json summary = json::parse(testing::ReadFile(scratch.dir() / "r/summary.json"));
    const json& all = summary.at("all").at("requests");
    EXPECT_EQ(all.at("issued"), 300);
    EXPECT_EQ(all.at("served").get<int>() + all.at("queue_full").get<int>() + all.at("dropped").get<int>() +
                  all.at("cancelled").get<int>(),
              300);
    EXPECT_EQ(Lines(testing::ReadFile(scratch.dir() / "r/queries.csv")), 301u);
    EXPECT_GT(Lines(testing::ReadFile(scratch.dir() / "r/jobs.csv")), 20u);
  }
}

TEST(ServingCommand, TheSameExperimentGivesTheSameBytes) {
  for (const std::string engine : {"tlm", "approximate"}) {
    const Scratch scratch;
    for (const std::string dir : {"a", "b"})
      ASSERT_EQ(
          scratch.Run("run " + Bursty("--set serving.engine=" + engine) + " --quiet --out " + dir).exit_code,
          0);
    for (const std::string file : {"summary.json", "queries.csv", "jobs.csv"})
      EXPECT_EQ(testing::ReadFile(scratch.dir() / "a" / file), testing::ReadFile(scratch.dir() / "b" / file));
  }
}

TEST(ServingCommand, TheErrorOfTheApproximateEngineIsMeasuredAndPrinted) {
  const Scratch scratch;
  const Outcome outcome = scratch.Run("run " + Bursty("--set serving.check_frames=100"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("tlm"), std::string::npos) << outcome.out;
}

TEST(ServingCommand, ALoadBeyondCapacityEndsAndSaysSo) {
  const Scratch scratch;
  const Outcome outcome =
      scratch.Run("run " + Bursty("--set trace.generator.base_rate_qps=5000 --set serving.queue_limit=20"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("BEYOND CAPACITY"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("queue"), std::string::npos) << outcome.out;
}

TEST(ServingCommand, WhereNothingIsServedThereIsNoNumberToWinWith) {
  const Scratch scratch;
  const std::string nothing = Bursty(
      "--set trace.generator.latency_low_us=1 --set trace.generator.latency_high_us=1 "
      "--set scheduler.policy=dream --set scheduler.caching=none");
  ASSERT_EQ(scratch.Run("run " + nothing + " --out r --quiet").exit_code, 0);
  const json summary = json::parse(testing::ReadFile(scratch.dir() / "r/summary.json"));
  EXPECT_EQ(summary.at("all").at("requests").at("served"), 0);
  EXPECT_TRUE(summary.at("all").at("latency").is_null());
  EXPECT_TRUE(summary.at("energy_pj").at("mean_per_served").is_null());
  EXPECT_NE(scratch.Run("run " + nothing).out.find("nothing was served"), std::string::npos);
  scratch.Write("s.yaml", "schema_version: 1\nbase: [" + kBursty +
                              "]\nscheduler: {policy: dream}\nserving: {check_frames: 0}\ntrace: {generator: "
                              "{queries: 50, latency_low_us: 1}}\naxes:\n  - product:\n"
                              "      trace.generator.latency_high_us: [1, 200000]\n");
  ASSERT_EQ(scratch.Run("sweep run s.yaml --store one --quiet").exit_code, 0);
  const Outcome best = scratch.Run("sweep best --store one --objective min:response_p99_us");
  EXPECT_NE(best.out.find("200000"), std::string::npos) << best.out << best.err;
  EXPECT_EQ(best.out.find("\n0,"), std::string::npos) << best.out;
}

// One job, once a second: nine tenths of the energy are the memory's, which goes on meanwhile.
TEST(ServingCommand, BothEnginesCountWhatABankLevelMemoryDoesWhileNobodyAsks) {
  const Scratch scratch;
  const std::string slow = SUSHI_SOURCE_DIR
      "/configs/hardware/zcu104.yaml " SUSHI_SOURCE_DIR "/models/ofa_resnet50.yaml " SUSHI_SOURCE_DIR
      "/configs/energy/table_45nm.yaml " SUSHI_SOURCE_DIR
      "/configs/memory/ddr4_2400_x64.yaml "
      "--set 'tenants=[{name: t, period_us: 1000000, frames: 5}]' --set scheduler.policy=fcfs "
      "--set scheduler.caching=none --set serving.check_frames=0 --json --set serving.engine=";
  const auto energy = [&](const std::string& engine) {
    return json::parse(scratch.Run("run " + slow + engine).out).at("energy_pj");
  };
  const json tlm = energy("tlm"), approximate = energy("approximate");
  for (const std::string part : {"dynamic", "dram_background", "total"}) {
    const auto expected = tlm.at(part).get<double>();
    EXPECT_NEAR(approximate.at(part).get<double>(), expected, 0.02 * expected) << part;
  }
  EXPECT_GT(tlm.at("dram_background").get<double>(), 0.9 * tlm.at("total").get<double>());
}

TEST(ServingCommand, AResultSaysThatADevicesCapacityWasNotEnforced) {
  const Scratch scratch;
  const Outcome outcome = scratch.Run("run " + Bursty("--json --set device.enforce_capacity=false"));
  EXPECT_EQ(json::parse(outcome.out).at("hypothetical"), true);
}

TEST(ServingCommand, TheModelsIdentityIsThatOfTheTenantsModels) {
  const Scratch scratch;
  const auto identity = [&](const std::string& model) {
    const Outcome outcome =
        scratch.Run("run " + Bursty("--json --set 'tenants=[{name: t, model: " SUSHI_SOURCE_DIR "/models/" +
                                    model + ".yaml}]'"));
    return json::parse(outcome.out).at("identity");
  };
  const json one = identity("ofa_mbv3_w10"), other = identity("ofa_mbv3_w12");
  EXPECT_NE(one.at("model"), other.at("model"));
  EXPECT_EQ(one.at("trace"), other.at("trace"));
}

TEST(ServingCommand, WhatBelongsToOneStreamIsRefused) {
  const Scratch scratch;
  for (const std::string option : {"--exact", "--functional", "--timeline t.json", "--vcd t.vcd",
                                   "--timeline-from 3", "--dump-layer 0 d"})
    ExpectRefused(scratch, "run " + Bursty("") + " " + option + " --out r",
                  option.substr(0, option.find(' ')));
  ExpectRefused(scratch, "explain " + kBursty + " --query 3", "serving.engine");
  ExpectRefused(scratch, "run " + Bursty("--set scheduler.policy=slackfat"), "did you mean 'slackfit'?");
  ExpectRefused(scratch, "run " + Bursty("--set serving.engine=none"),
                "serving.accelerators: needs serving.engine");
}

TEST(ServingCommand, TablesOfOneAcceleratorSayWhatTheyLeaveOut) {
  const Scratch scratch;
  const Outcome outcome = scratch.Run("table configs/experiment/serving_cascade.yaml");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.err.find("accelerators and tenants say is left out"), std::string::npos) << outcome.err;
  EXPECT_EQ(scratch.Run("table configs/experiment/quickstart.yaml").err, "");
}

TEST(ServingCommand, ASweepHasItsFiguresForEveryPoint) {
  const Scratch scratch;
  scratch.Write("s.yaml",
                "schema_version: 1\nbase: [" + kBursty +
                    "]\ntrace: {generator: {queries: 200}}\naxes:\n  - product:\n      scheduler.policy: "
                    "[slackfit, edf]\n      serving.engine: [approximate, tlm]\n");
  ASSERT_EQ(scratch.Run("sweep run s.yaml --store one -j2 --quiet").exit_code, 0);
  ASSERT_EQ(scratch.Run("sweep run s.yaml --store two -j1 --quiet").exit_code, 0);
  for (const std::string store : {"one", "two"})
    ASSERT_EQ(scratch.Run("sweep merge --store " + store + " --out " + store + "-m").exit_code, 0);
  const std::string table = testing::ReadFile(scratch.dir() / "one-m/sweep.csv");
  EXPECT_EQ(Lines(table), 5u);
  EXPECT_NE(table.find("attainment_percent"), std::string::npos);
  EXPECT_EQ(table, testing::ReadFile(scratch.dir() / "two-m/sweep.csv"));
  ExpectRefused(scratch, "sweep run s.yaml --store three --records", "--records");
}

TEST(ServingCommand, ASweepOfSystemsAndStreamsTogetherFails) {
  const Scratch scratch;
  scratch.Write("s.yaml", "schema_version: 1\nbase: [" + kBursty +
                              "]\nscheduler: {policy: strict_latency}\nserving: {accelerators: 0}\ntrace: "
                              "{generator: {queries: 50}}\naxes:\n  - "
                              "product: {serving.engine: [approximate, none]}\n");
  EXPECT_EQ(scratch.Run("sweep run s.yaml --store one -j1 --quiet").exit_code, 4);
}

TEST(ServingCommand, AStudyAveragesOverSeedsAndKnowsTheBound) {
  const Scratch scratch;
  scratch.Write("st.yaml",
                "schema_version: 1\nbase: [" + kBursty +
                    "]\ntrace: {generator: {queries: 200}}\nstudy:\n  kind: serving\n  seeds: 3\n  axes:\n"
                    "    - product: {scheduler.policy: [slackfit, max_acc]}\n");
  const Outcome outcome = scratch.Run("study st.yaml --out o");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json rows = json::parse(testing::ReadFile(scratch.dir() / "o/st/table.json")).at("rows");
  ASSERT_EQ(rows.size(), 2u);
  for (const json& row : rows) {
    EXPECT_EQ(row.at("seeds"), 3);
    EXPECT_LE(row.at("attainment_percent").get<double>(),
              row.at("attainment_bound_percent").get<double>() + 1e-9);
    EXPECT_LE(row.at("top1_in_time_percent").get<double>(),
              row.at("top1_in_time_bound_percent").get<double>() + 1e-9);
    EXPECT_GE(row.at("response_mean_us_ci95").get<double>(), 0);
  }
}

}  // namespace
}  // namespace sushi
