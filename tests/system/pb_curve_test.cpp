// `sushisim pb-curve`: every size of the curve is what `run` says of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "refused.hpp"

namespace sushi {
namespace {

using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;
using Json = nlohmann::json;

const std::string kTiny = std::string(SUSHI_SOURCE_DIR) + "/configs/experiment/tiny.yaml";

void ExpectWhatRunSays(const Scratch& scratch, const Json& row, const std::string& sets) {
  const std::string size = sets + " --set device.enforce_capacity=false --set accel.pb.capacity_kib=" +
                           std::to_string(row["pb_kib"].get<int>());
  const Json run = Json::parse(scratch.Run("run " + kTiny + " --json" + size).out);
  const auto queries = run["queries"].get<double>();
  EXPECT_EQ(row["pb_hit_bytes_per_query"], run["pb"]["hit_bytes"].get<double>() / queries) << size;
  EXPECT_EQ(row["off_chip_bytes_per_query"], run["off_chip_bytes"]["total"].get<double>() / queries) << size;
  EXPECT_EQ(row["service_mean_us"], run["latency"]["service"]["mean_us"]) << size;
  EXPECT_EQ(row["response_mean_us"], run["latency"]["response"]["mean_us"]) << size;
  EXPECT_EQ(row["response_p99_us"], run["latency"]["response"]["p99_us"]) << size;
  EXPECT_EQ(row["swaps"], run["pb"]["swaps"]) << size;
  EXPECT_EQ(row["latency_violations"], run["violations"]["latency"]) << size;
  EXPECT_NEAR(row["off_chip_energy_uj_per_query"].get<double>() * queries * 1e6,
              run["energy_pj"]["dram"].get<double>(), 1)
      << size;
  EXPECT_NEAR(row["energy_uj_per_query"].get<double>() * queries * 1e6,
              run["energy_pj"]["total"].get<double>(), 1)
      << size;
}

TEST(PbCurve, EverySizeIsWhatRunSays) {
  const Scratch scratch;
  for (const char* sets : {"", " --set scheduler.caching=static", " --set scheduler.caching=last_served",
                           " --set scheduler.candidate_source=knapsack --set scheduler.caching=cost_aware",
                           " --set scheduler.policy=strict_latency --set dram.model=simple"}) {
    const Outcome outcome = scratch.Run("pb-curve " + kTiny + " --to 12 --points 7 --json" + sets);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json curve = Json::parse(outcome.out)["curve"];
    ASSERT_EQ(curve.size(), 7u) << sets;
    EXPECT_EQ(curve[0]["pb_hit_bytes_per_query"], 0.0);
    for (const Json& row : curve) ExpectWhatRunSays(scratch, row, sets);
  }
}

TEST(PbCurve, HoldsTheExperimentsOwnSizeAndMarksWhatIsBeyondTheDevice) {
  const Scratch scratch;
  const Json curve =
      Json::parse(scratch.Run("pb-curve " + kTiny + " --to 100 --points 2 --json").out)["curve"];
  ASSERT_EQ(curve.size(), 3u);
  EXPECT_EQ(curve[1]["pb_kib"], 4);
  EXPECT_EQ(curve[1]["hypothetical"], 0);
  EXPECT_EQ(curve[2]["pb_kib"], 100);
  EXPECT_EQ(curve[2]["hypothetical"], 1);
  EXPECT_NE(scratch.Run("pb-curve " + kTiny + " --to 100 --points 2").out.find("100*"), std::string::npos);
}

TEST(PbCurve, IsRefinedUntilStraightLinesHoldAtTheMidpoints) {
  const Scratch scratch;
  const auto curve = [&](const std::string& more) {
    return Json::parse(scratch.Run("pb-curve " + kTiny + " --to 16 --json " + more).out);
  };
  const Json exact = curve("--points 17")["curve"];
  const Json coarse = curve("--points 3");
  EXPECT_EQ(coarse["between_sizes"], "unknown");
  ASSERT_EQ(coarse["curve"].size(), 4u) << "0, 8, 16, and the 4 KiB of the experiment";
  // Every interval is halved once; the line through 0 and 4 KiB misses 2 KiB by `worst`, and so on.
  const Json once = curve("--points 3 --refine 100");
  ASSERT_EQ(once["curve"].size(), 7u);
  double worst = 0;
  for (const std::size_t middle : {2u, 6u, 12u}) {
    const std::size_t half = middle == 12 ? 4 : 2;
    for (const char* column :
         {"off_chip_bytes_per_query", "off_chip_energy_uj_per_query", "service_mean_us"}) {
      const auto at = [&](std::size_t kib) { return exact[kib][column].get<double>(); };
      const double line = (at(middle - half) + at(middle + half)) / 2;
      worst = std::max(worst, 100 * std::abs(at(middle) - line) / at(0));
    }
  }
  EXPECT_GT(worst, 0);
  EXPECT_NEAR(once["worst_miss_at_midpoints_percent"].get<double>(), worst, 1e-9);
  const Json fine = curve("--points 3 --refine 0.1");
  EXPECT_GT(fine["curve"].size(), once["curve"].size());
  EXPECT_LE(fine["worst_miss_at_midpoints_percent"].get<double>(), 0.1);
  for (const Json& row : fine["curve"]) EXPECT_EQ(row, exact[row["pb_kib"].get<std::size_t>()]);
}

TEST(PbCurve, TellsMistakesAndReplacesNothing) {
  const Scratch scratch;
  const auto refused = [&](const std::string& args, const std::string& message) {
    testing::ExpectRefused(scratch, "pb-curve " + args, message);
  };
  refused(kTiny + " --set accel.pb.capacity_kib=0", "--to: the experiment has no Persistent Buffer");
  refused(kTiny + " --points 1", "--points");
  refused(kTiny + " --refine 0", "--refine");
  refused(kTiny + " --to -3", "--to");
  refused(kTiny + " --set scheduler.table_file=x.json", "a curve makes its tables itself");
  scratch.Write("old.csv", "mine");
  refused(kTiny + " --out old.csv", "old.csv");
  EXPECT_EQ(ReadFile(scratch.dir() / "old.csv"), "mine");
  ASSERT_EQ(scratch.Run("pb-curve " + kTiny + " --points 3 --out old.csv --force").exit_code, 0);
  EXPECT_EQ(ReadFile(scratch.dir() / "old.csv").compare(0, 7, "pb_kib,"), 0);
}

}  // namespace
}  // namespace sushi
