// `sushisim trace` as its users meet it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "refused.hpp"

namespace sushi {
namespace {

using testing::ExpectRefused;
using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;
namespace fs = std::filesystem;

TEST(TraceGen, EveryProcessMakesATraceThatItsReaderTakes) {
  const Scratch scratch;
  for (const char* arrivals :
       {"closed", "poisson --arrival-rate-qps 20", "gamma --arrival-rate-qps 20 --arrival-cv2 4",
        "bursty --arrival-rate-qps 20 --base-rate-qps 10", "ramp --ramp-to-qps 20 --ramp-qps-per-s 4",
        "on_off --arrival-rate-qps 20", "constant --arrival-rate-qps 20", "single_stream", "multi_stream",
        "server --arrival-rate-qps 20", "offline"}) {
    ASSERT_EQ(
        scratch.Run(std::string("trace gen --queries 300 --out t.csv --force --arrivals ") + arrivals).err,
        "");
    const Outcome stats = scratch.Run("trace stats t.csv");
    EXPECT_EQ(stats.exit_code, 0) << arrivals << stats.err;
    EXPECT_NE(stats.out.find("t.csv: 300 queries\n"), std::string::npos);
  }
}

TEST(TraceGen, WrongArrivalsAreRefused) {
  const Scratch scratch;
  ExpectRefused(scratch, "trace gen --out t.csv --arrivals poison", "(did you mean 'poisson'?)");
  ExpectRefused(scratch, "trace gen --out t.csv --arrivals gamma",
                "trace.generator.arrival_rate_qps: expected above 0 for arrivals 'gamma'");
  ExpectRefused(scratch, "trace gen --out t.csv --arrivals ramp --arrival-rate-qps 9 --ramp-qps-per-s 9",
                "ramp_to_qps: the ramp ends at rate 0 after");
  scratch.Write("e.yaml", "schema_version: 1\ntrace:\n  generator:\n    arrivals: on_off\n");
  ExpectRefused(scratch, "config show e.yaml",
                "e.yaml:4: trace.generator.arrival_rate_qps: expected above 0");
}

TEST(TraceStats, TellTheSameInTextAndJson) {
  const Scratch scratch;
  scratch.Write("a.csv",
                "query,arrival_us,accuracy_min_percent,latency_max_us\n0,0,71,10\n1,500000,73,10\n"
                "2,1000000,74,10\n3,4000000,74,10\n");
  scratch.Write("b.csv", "query,arrival_us,accuracy_min_percent,latency_max_us\n0,,71,10\n");
  const Outcome text = scratch.Run("trace stats a.csv b.csv");
  EXPECT_EQ(text.out,
            "a.csv: 4 queries\n"
            "  duration   4.000 s from first to last arrival\n"
            "  rate       0.750 queries/s in the mean, at most 2 in a window of 1 s\n"
            "  gaps       CV2 0.781, index of dispersion of 1 s windows 0.917\n"
            "  accuracy   71.00 to 74.00 %, mean 73.00, lag-1 autocorrelation 0.167\n"
            "  latency    10.0 to 10.0 us, mean 10.0, lag-1 autocorrelation not defined\n"
            "b.csv: 1 query\n"
            "  arrivals   closed loop\n"
            "  accuracy   71.00 to 71.00 %, mean 71.00, lag-1 autocorrelation not defined\n"
            "  latency    10.0 to 10.0 us, mean 10.0, lag-1 autocorrelation not defined\n");
  const auto json = nlohmann::json::parse(scratch.Run("trace stats a.csv b.csv --json").out);
  EXPECT_EQ(json["traces"][0]["queries"], 4);
  EXPECT_EQ(json["traces"][0]["arrivals"]["mean_rate_qps"], 0.75);
  EXPECT_EQ(json["traces"][0]["arrivals"]["peak_queries_in_1s"], 2);
  EXPECT_EQ(json["traces"][1]["closed_loop"], true);
  EXPECT_TRUE(json["traces"][1]["arrivals"].is_null());
}

TEST(TraceStats, ABadTraceIsRefusedWithItsLineAndNothingIsPrinted) {
  const Scratch scratch;
  const std::string head = "query,arrival_us,accuracy_min_percent,latency_max_us\n";
  scratch.Write("good.csv", head + "0,,71,10\n");
  scratch.Write("bad.csv", head + "0,10,71,10\n1,9,71,10\n");
  ExpectRefused(scratch, "trace stats good.csv bad.csv",
                "bad.csv:3: arrival_us: expected no earlier arrival than the previous row's");
  ExpectRefused(scratch, "trace stats nowhere.csv", "nowhere.csv: cannot be opened");
  ExpectRefused(scratch, "trace stats", "files is required");
}

const std::string kLog =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.5,1,1\n2023-11-16 18:17:05,1,1\n"
    "2023-11-16 18:17:04.25,1,1\n2023-11-16 18:18:03,1,1\n";

TEST(TraceImport, TakesArrivalsFromTheLogAndTargetsFromTheGenerator) {
  const Scratch scratch;
  scratch.Write("log.csv", kLog);
  const Outcome outcome = scratch.Run(
      "trace import --from azure-llm log.csv --out t.csv --to-time 30 --scale-rate 2 --kind uniform --seed "
      "7");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "log.csv (azure-llm): 4 requests in 59.500 s, 1 out of order\n"
            "Kept    3 from 0 s to 30 s, rate times 2\n"
            "Targets uniform, seed 7: accuracy 74 to 79.8 %, latency 11000 to 65000 us\n"
            "Wrote   t.csv\n");
  // The targets are those of `trace gen` with the same keys.
  std::istringstream imported(ReadFile(scratch.dir() / "t.csv"));
  std::istringstream generated(scratch.Run("trace gen --kind uniform --seed 7 --queries 3").out);
  std::string a, b;
  for (const char* arrival : {"arrival_us", "0", "375000", "750000"}) {
    ASSERT_TRUE(std::getline(imported, a) && std::getline(generated, b));
    const std::size_t first = a.find(','), second = a.find(',', first + 1);
    EXPECT_EQ(a.substr(first + 1, second - first - 1), arrival);
    EXPECT_EQ(a.substr(second), b.substr(b.find(',', b.find(',') + 1)));
  }
  EXPECT_FALSE(std::getline(imported, a));
}

TEST(TraceImport, WrongUseIsRefusedAndWritesNothing) {
  const Scratch scratch;
  scratch.Write("log.csv", kLog);
  scratch.Write("bad.csv", kLog + "2023-11-16 18:18:61,1,1\n");
  const std::string command = "trace import --from azure-llm log.csv --out t.csv ";
  ExpectRefused(scratch, "trace import --from azure-llm bad.csv --out t.csv",
                "bad.csv:6: TIMESTAMP: expected");
  ExpectRefused(scratch, "trace import --from azure log.csv --out t.csv", "no format 'azure'");
  ExpectRefused(scratch, "trace import --from azure-functions-2021 log.csv --out t.csv",
                "log.csv:1: no column 'end_timestamp'");
  ExpectRefused(scratch, "trace import --from azure-llm nowhere.csv --out t.csv", "nowhere.csv");
  ExpectRefused(scratch, "trace import --from azure-llm log.csv", "--out is required");
  ExpectRefused(scratch, command + "--rate 5 --scale-rate 2", "excludes");
  ExpectRefused(scratch, command + "--rate 0", "--rate");
  ExpectRefused(scratch, command + "--from-time 5 --to-time 5", "--to-time: expected more than --from-time");
  for (const std::string option : {"--from-time", "--to-time", "--rate", "--scale-rate"}) {
    ExpectRefused(scratch, command + option + " nan", option + ": expected a number, found nan");
    ExpectRefused(scratch, command + option + " -1", option);
  }
  ExpectRefused(scratch, "trace import --from azure-llm log.csv --out nowhere/t.csv", "nowhere/t.csv");
  ExpectRefused(scratch, command + "--from-time 60", "no arrival is left");
  ExpectRefused(scratch, command + "--limit 0", "--limit");
  ExpectRefused(scratch, command + "--kind phase", "unknown name 'phase'");
  ExpectRefused(scratch, command + "--arrivals poisson", "--arrivals");
  scratch.Write("kept.csv", "mine");
  EXPECT_EQ(scratch.Run("trace import --from azure-llm log.csv --out kept.csv").exit_code, 2);
  EXPECT_EQ(ReadFile(scratch.dir() / "kept.csv"), "mine");
  EXPECT_EQ(scratch.Run("trace import --from azure-llm log.csv --out kept.csv --force").exit_code, 0);
}

TEST(TraceLog, ServesTheQueriesThatImportMakesOfTheSameLog) {
  const Scratch scratch;
  scratch.Write("log.csv", kLog);
  const std::string tiny = "run " SUSHI_SOURCE_DIR "/configs/experiment/tiny.yaml --quiet ";
  struct Case {
    const char *options, *sets;
  };
  for (const Case& c :
       {Case{"--to-time 30 --rate 8 --kind uniform --seed 7",
             "--set trace.log.to_s=30 --set trace.log.rate_qps=8 --set trace.generator.kind=uniform "
             "--set trace.generator.seed=7"},
        Case{"--from-time 0.5 --limit 2 --accuracy-low-percent 75",
             "--set trace.log.from_s=0.5 --set trace.log.limit=2 --set "
             "trace.generator.accuracy_low_percent=75"}}) {
    scratch.Run(std::string("trace import --from azure-llm log.csv --force --out t.csv ") + c.options);
    ASSERT_EQ(scratch.Run(tiny + "--set trace.file=t.csv --force --out imported").err, "");
    ASSERT_EQ(scratch.Run(tiny + "--set trace.log.file=log.csv --force --out direct " + c.sets).err, "");
    EXPECT_EQ(ReadFile(scratch.dir() / "direct/queries.csv"),
              ReadFile(scratch.dir() / "imported/queries.csv"));
  }
  EXPECT_NE(
      scratch.Run(tiny.substr(0, tiny.find("--quiet")) + "--set trace.log.file=log.csv").out.find("log.csv"),
      std::string::npos);
  fs::remove(scratch.dir() / "t.csv");
  scratch.Write("bad.csv", kLog + "2023-11-16 18:18:61,1,1\n");
  ExpectRefused(scratch, tiny + "--set trace.log.file=bad.csv --out t.csv", "bad.csv:6: TIMESTAMP: expected");
}

}  // namespace
}  // namespace sushi
