// `sushisim study`: its tables hold what `run` and `table` say of the same points.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "refused.hpp"

namespace sushi {
namespace {

using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;
using Json = nlohmann::json;
namespace fs = std::filesystem;

const std::string kRoot = SUSHI_SOURCE_DIR;
const std::string kBase = "schema_version: 1\nbase: [" + kRoot + "/configs/experiment/tiny.yaml]\n";

Json Rows(const Scratch& scratch, const std::string& directory) {
  return Json::parse(ReadFile(scratch.dir() / directory / "table.json"))["rows"];
}

TEST(Study, AStreamsRowIsWhatRunSays) {
  const Scratch scratch;
  scratch.Write("s.yaml",
                kBase +
                    "study:\n  kind: streams\n  axes:\n    - product:\n"
                    "        scheduler.candidate_source: [windows, knapsack]\n"
                    "        scheduler.caching: [none, static, last_served, avgnet, cost_aware, oracle]\n"
                    "        scheduler.period_queries: [1, 7]\n");
  const Outcome outcome = scratch.Run("study s.yaml --out o");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "o/s: 24 points, 24 rows, 0 plots\n");
  const Json rows = Rows(scratch, "o/s");
  ASSERT_EQ(rows.size(), 24u);
  for (const Json& row : rows) {
    std::string sets;
    for (const char* key : {"scheduler.candidate_source", "scheduler.caching", "scheduler.period_queries"}) {
      sets += " --set " + std::string(key) + "=" + row[key].get<std::string>();
    }
    const Json run = Json::parse(scratch.Run("run s.yaml --json" + sets).out);
    EXPECT_EQ(row["queries"], run["queries"]) << sets;
    EXPECT_EQ(row["service_mean_us"], run["latency"]["service"]["mean_us"]) << sets;
    EXPECT_EQ(row["response_mean_us"], run["latency"]["response"]["mean_us"]) << sets;
    EXPECT_EQ(row["served_accuracy_percent"], run["served_accuracy_percent"]) << sets;
    EXPECT_EQ(row["latency_violations"], run["violations"]["latency"]) << sets;
    EXPECT_EQ(row["swaps"], run["pb"]["swaps"]) << sets;
    EXPECT_DOUBLE_EQ(row["off_chip_bytes_per_query"].get<double>() * run["queries"].get<double>(),
                     run["off_chip_bytes"]["total"].get<double>())
        << sets;
    EXPECT_NEAR(row["energy_uj_per_query"].get<double>() * 1e6,
                run["energy_pj"]["mean_per_query"].get<double>(), 1e-3)
        << sets;
    EXPECT_NEAR(row["time_saved_percent"].get<double>(),
                run["saved_percent"]["accelerator_time"].get<double>(), 1e-9)
        << sets;
    EXPECT_NEAR(row["off_chip_energy_saved_percent"].get<double>(),
                run["saved_percent"]["off_chip_energy"].get<double>(), 1e-9)
        << sets;
  }
}

TEST(Study, ASubNetsRowIsTheBestCandidateOfTheTable) {
  const Scratch scratch;
  scratch.Write("s.yaml", kBase +
                              "scheduler: {byte_value_ps: 0}\nstudy:\n  kind: subnets\n  axes:\n"
                              "    - product: {accel.pb.capacity_kib: [0, 1, 4]}\n");
  ASSERT_EQ(scratch.Run("study s.yaml --out o").exit_code, 0);
  const Json rows = Rows(scratch, "o/s");
  ASSERT_EQ(rows.size(), 9u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t subnet = i % 3;
    const Json table = Json::parse(scratch
                                       .Run("table s.yaml --json --set accel.pb.capacity_kib=" +
                                            rows[i]["accel.pb.capacity_kib"].get<std::string>())
                                       .out);
    const auto latencies = table["latency_ps"][subnet].get<std::vector<std::int64_t>>();
    EXPECT_EQ(rows[i]["subnet"], table["subnets"][subnet]);
    EXPECT_DOUBLE_EQ(rows[i]["service_us_no_pb"].get<double>() * 1e6, static_cast<double>(latencies[0]));
    EXPECT_DOUBLE_EQ(rows[i]["service_us"].get<double>() * 1e6,
                     static_cast<double>(*std::min_element(latencies.begin(), latencies.end())));
  }
}

TEST(Study, TheRooflinesLayersAddUpToTheSubNet) {
  const Scratch scratch;
  scratch.Write("s.yaml", kBase + "study: {kind: roofline}\n");
  ASSERT_EQ(scratch.Run("study s.yaml --out o").exit_code, 0);
  const Json model = Json::parse(scratch.Run("model show tiny --json").out);
  std::map<std::string, std::int64_t> macs;
  for (const Json& row : Rows(scratch, "o/s")) {
    EXPECT_LE(row["gmacs_per_s"].get<double>(), row["roof_gmacs_per_s"].get<double>() * (1 + 1e-9));
    if (row["pb"] == "none") macs[row["subnet"]] += row["macs"].get<std::int64_t>();
  }
  for (const Json& subnet : model["subnets"]) EXPECT_EQ(macs[subnet["name"]], subnet["macs"]);
}

TEST(Study, WritesTheSameBytesTwiceAndReplacesOnlyWhenForced) {
  const Scratch scratch;
  scratch.Write("s.yaml",
                kBase + "study:\n  kind: streams\n  plots:\n    - {name: p, x: queries, y: [swaps]}\n");
  ASSERT_EQ(scratch.Run("study s.yaml --out o").exit_code, 0);
  const std::string csv = ReadFile(scratch.dir() / "o/s/table.csv"),
                    gp = ReadFile(scratch.dir() / "o/s/p.gp");
  EXPECT_NE(csv, "");
  EXPECT_EQ(scratch.Run("study s.yaml --out o").exit_code, 2);
  ASSERT_EQ(scratch.Run("study s.yaml --out o --force").exit_code, 0);
  EXPECT_EQ(ReadFile(scratch.dir() / "o/s/table.csv"), csv);
  EXPECT_EQ(ReadFile(scratch.dir() / "o/s/p.gp"), gp);
}

TEST(Study, WithoutGnuplotTheScriptsStayAndTheExitCodeIsZero) {
  const Scratch scratch;
  scratch.Write("s.yaml",
                kBase + "study:\n  kind: streams\n  plots:\n    - {name: p, x: queries, y: [swaps]}\n");
  const std::string command = "cd '" + scratch.dir().string() +
                              "' && PATH=/nowhere " SUSHISIM_BINARY " study s.yaml --out o 2> .err > .out";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 0);
  EXPECT_NE(ReadFile(scratch.dir() / ".err").find("gnuplot-nox"), std::string::npos);
  EXPECT_TRUE(fs::exists(scratch.dir() / "o/s/p.gp"));
  EXPECT_FALSE(fs::exists(scratch.dir() / "o/s/p.svg"));
}

TEST(Study, BadStudiesAreRefusedBeforeAnythingIsWritten) {
  const Scratch scratch;
  const auto refused = [&](const std::string& study, const std::string& message) {
    scratch.Write("s.yaml", kBase + study);
    testing::ExpectRefused(scratch, "study s.yaml --out o", message);
  };
  refused("study:\n  kind: streams\n  axes:\n    - product: {accel.pb.size: [1]}\n",
          "s.yaml:6: study.axes: unknown key");
  refused("study:\n  kind: streams\n  axes: 7\n", "s.yaml:5: study.axes");
  refused(
      "study:\n  kind: streams\n  max_points: 2\n  axes:\n    - product: {accel.pb.capacity_kib: [1, 2, "
      "3]}\n",
      "more than 2 points");
  refused("study:\n  kind: streams\n  plots:\n    - {name: p, x: query, y: [swaps]}\n",
          "s.yaml:6: study.plots: the table has no column 'query'");
  refused("study:\n  kind: streams\n  axes:\n    - product: {trace.file: [" + kRoot +
              "/traces/tiny_50.csv, nope.csv]}\n",
          "nope.csv: cannot be opened");
  refused("study:\n  kind: streams\n  plots:\n    - {name: p, x: queries, y: []}\n",
          "expected at least one column");
  refused("scheduler: {table_file: t.json}\nstudy: {kind: streams}\n", "a study makes its tables itself");
}

TEST(Study, TakesSeveralFilesOfDifferentNames) {
  const Scratch scratch;
  scratch.Write("a.yaml", kBase + "study: {kind: streams}\n");
  scratch.Write("b.yaml", kBase + "study: {kind: subnets}\n");
  fs::create_directory(scratch.dir() / "sub");
  scratch.Write("sub/a.yaml", kBase + "study: {kind: subnets}\n");
  EXPECT_EQ(scratch.Run("study a.yaml b.yaml --out o").exit_code, 0);
  EXPECT_EQ(Rows(scratch, "o/a").size(), 1u);
  EXPECT_EQ(Rows(scratch, "o/b").size(), 3u);
  const Outcome twice = scratch.Run("study a.yaml sub/a.yaml --out p");
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_NE(twice.err.find("two studies are called 'a'"), std::string::npos);
}

}  // namespace
}  // namespace sushi
