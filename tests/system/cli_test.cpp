// The command line as its users meet it: exit codes, streams, files.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "refused.hpp"

namespace sushi {
namespace {

using testing::ExpectRefused;
using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;
namespace fs = std::filesystem;

const std::string kRoot = SUSHI_SOURCE_DIR;
const std::string kTiny = kRoot + "/configs/experiment/tiny.yaml";
const std::string kQuickstart = kRoot + "/configs/experiment/quickstart.yaml";

std::map<std::string, std::string> ResultFiles(const fs::path& dir) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(dir)) {
    std::string text = ReadFile(entry.path());
    if (entry.path().filename() == "manifest.json") {
      nlohmann::json json = nlohmann::json::parse(text);
      json.erase("uncompared");
      text = json.dump();
    }
    files[entry.path().filename().string()] = text;
  }
  return files;
}

TEST(Cli, HelpAndVersionSucceedOnStdout) {
  const Scratch scratch;
  for (const char* args : {"--help", "run --help", "--version"}) {
    const Outcome outcome = scratch.Run(args);
    EXPECT_EQ(outcome.exit_code, 0) << args;
    EXPECT_NE(outcome.out, "") << args;
    EXPECT_EQ(outcome.err, "") << args;
  }
}

TEST(Cli, AMessageShowsNoControlCharacters) {
  const Scratch scratch;
  const Outcome outcome = scratch.Run("config show \"$(printf 'no\\nsuch\\033[31m.yaml')\"");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err, "sushisim: no such [31m.yaml: cannot open the file\n");
}

TEST(Cli, WrongUsageIsOneLineAndExitTwo) {
  const Scratch scratch;
  ExpectRefused(scratch, "", "A subcommand is required");
  ExpectRefused(scratch, "rum x.yaml", "no command 'rum' (did you mean 'run'?)");
  ExpectRefused(scratch, "run", "files is required");
  ExpectRefused(scratch, "run " + kTiny + " --frobnicate", "--frobnicate");
  ExpectRefused(scratch, "trace gen --queries abc",
                "trace.generator.queries: expected an integer from 1 to 1099511627776, got 'abc'");
  ExpectRefused(scratch, "trace gen --seed -1", "trace.generator.seed: expected an integer from 0");
  ExpectRefused(scratch, "trace gen --seed ''", "trace.generator.seed: expected an integer from 0");
  ExpectRefused(scratch, "trace gen --kind phase", "unknown name 'phase'");
  ExpectRefused(scratch, "trace gen --accuracy-low-percent 90 --accuracy-high-percent 80",
                "accuracy_low_percent: must not be above trace.generator.accuracy_high_percent");
  ExpectRefused(scratch, "trace gen --arrival-rate-qps 1e-9", "arrival_rate_qps: too low");
  ExpectRefused(scratch, "run " + kTiny + " --set trace.generator.queries=200000001",
                "--no-records needs none");
  ExpectRefused(scratch, "model show tiny --subnet medum", "no SubNet 'medum' (did you mean 'medium'?)");
}

TEST(Cli, BadConfigurationIsRefusedBeforeAnythingIsWritten) {
  const Scratch scratch;
  const auto refused = [&](const std::string& set, const std::string& message) {
    ExpectRefused(scratch, "run " + kTiny + " --out out --set " + set, message);
  };
  refused("accel.pb.capacity_kb=5", "unknown key (did you mean 'capacity_kib'?)");
  refused("accel.pb.capacity_kib=four", "expected an integer from 0 to 4194304, got 'four'");
  refused("accel.pb.capacity_kib=-1", "expected an integer");
  refused("accel.pb.capacity_kib=5000", "device.enforce_capacity");
  refused("dram.peak_gbps=nan", "expected a number");
  refused("scheduler.policy=strict_acuracy", "(did you mean 'strict_accuracy'?)");
  refused("accel.axi.weight_ports=100", "accel.axi.ports");
  refused("accel.sb.capacity_kib=0", "accel.sb.capacity_kib: 0 KiB cannot hold the smallest input strip");
  refused("accel.db.capacity_kib=0", "accel.db.capacity_kib: a bank of 0 bytes cannot hold");
  scratch.Write("small.yaml", "schema_version: 1\naccel:\n  ob: {capacity_kib: 0}\n");
  ExpectRefused(scratch, "run " + kTiny + " small.yaml --out out",
                "small.yaml:3: accel.ob.capacity_kib: 0 KiB cannot hold one row of partial sums");
  refused("trace.file=nowhere.csv", "nowhere.csv: cannot be opened");
  ExpectRefused(scratch, "run nowhere.yaml --out out", "nowhere.yaml");
  ExpectRefused(scratch, "run " + kRoot + "/configs/hardware/tiny.yaml --out out", "supernet");
  ExpectRefused(scratch,
                "run " + kRoot + "/configs/hardware/tiny.yaml " + kRoot + "/models/tiny.yaml --out out",
                "trace");
}

TEST(Cli, ABadTraceIsRefusedWithItsLine) {
  const Scratch scratch;
  const std::string header = "query,arrival_us,accuracy_min_percent,latency_max_us\n";
  const auto refused = [&](const std::string& rows, const std::string& message) {
    scratch.Write("bad.csv", rows);
    ExpectRefused(scratch, "run " + kTiny + " --out out --set trace.file=bad.csv", message);
  };
  refused("", "bad.csv");
  refused(header, "bad.csv");
  refused(header + "0,,60,100\n1,,nan,100\n", "bad.csv:3");
  refused(header + "0,,60,-5\n", "bad.csv:2");
  refused(header + "0,,60\n", "bad.csv:2");
  refused(header + "0,10,60,100\n1,9,60,100\n", "bad.csv:3");
  refused(header + "0,10,60,100\n1,,60,100\n", "bad.csv:3");
  refused(header + "0,,101,100\n", "bad.csv:2");
  refused(header + "0,,60," + std::string(5000, '1') + "\n", "bad.csv:2");
}

TEST(Cli, ASubNetOutsideTheSuperNetIsRefused) {
  const Scratch scratch;
  std::string model = ReadFile(kRoot + "/models/ofa_resnet50.yaml");
  const std::string from = "depth: [0, 0, 1, 0]";
  const std::size_t at = model.find(from);
  ASSERT_NE(at, std::string::npos);
  model.replace(at, from.size(), "depth: [0, 0, 3, 0]");
  scratch.Write("model.yaml", model);
  ExpectRefused(scratch, "run " + kQuickstart + " model.yaml --out out", "model.yaml:");
}

TEST(Cli, AnExistingResultIsOnlyReplacedWhenAsked) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("run " + kTiny + " --quiet --out result").exit_code, 0);
  const auto before = ResultFiles(scratch.dir() / "result");
  EXPECT_EQ(before.size(), 6u);
  ExpectRefused(scratch, "run " + kTiny + " --out result", "already exists; --force replaces it");
  fs::create_directory(scratch.dir() / "empty");
  EXPECT_EQ(scratch.Run("run " + kTiny + " --quiet --out empty").exit_code, 0);
  EXPECT_EQ(ResultFiles(scratch.dir() / "result"), before);
  // A failing run leaves the old result alone even with --force.
  EXPECT_EQ(scratch.Run("run " + kTiny + " --out result --force --set accel.clock_mhz=0").exit_code, 2);
  EXPECT_EQ(ResultFiles(scratch.dir() / "result"), before);
  EXPECT_EQ(scratch.Run("run " + kTiny + " --quiet --out result --force --set accel.clock_mhz=50").exit_code,
            0);
  EXPECT_NE(ResultFiles(scratch.dir() / "result"), before);
}

TEST(Cli, ForceNeverDeletesWhatIsNotAResult) {
  const Scratch scratch;
  fs::create_directory(scratch.dir() / "precious");
  scratch.Write("precious/thesis.txt", "mine");
  ExpectRefused(scratch, "run " + kTiny + " --out precious --force", "is not a result directory");
  EXPECT_EQ(ReadFile(scratch.dir() / "precious/thesis.txt"), "mine");
}

TEST(Cli, AFullDiskIsAnErrorAndNotSilence) {
  const Scratch scratch;
  const Outcome outcome = scratch.Run("run " + kTiny, "> /dev/full");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("cannot be written"), std::string::npos);
}

TEST(Cli, ExactGivesTheSameBytesAsLookingUp) {
  const Scratch scratch;
  const std::string stream =
      " --set trace.generator.kind=phases --set trace.generator.queries=40"
      " --set trace.generator.phase_queries=5 --set scheduler.period_queries=4";
  const auto files = [&](const std::string& name, const std::string& args) {
    EXPECT_EQ(scratch.Run("run " + args + " --quiet --out " + name).exit_code, 0);
    return ResultFiles(scratch.dir() / name);
  };
  EXPECT_EQ(files("a", kTiny), files("b", kTiny + " --exact"));
  EXPECT_EQ(files("c", kQuickstart + stream), files("d", kQuickstart + stream + " --exact"));
  EXPECT_EQ(files("e", kQuickstart + stream), ResultFiles(scratch.dir() / "c")) << "twice the same";
}

TEST(Cli, WithoutRecordsOnlyQuantilesLoseAThousandth) {
  const Scratch scratch;
  const auto summary = [&](const std::string& args) {
    return nlohmann::json::parse(scratch.Run("run " + kQuickstart + " --json " + args).out);
  };
  nlohmann::json with = summary(""), without = summary("--no-records --out out");
  EXPECT_FALSE(fs::exists(scratch.dir() / "out/queries.csv"));
  EXPECT_EQ(with["quantile_relative_error"], 0.0);
  const double bound = without["quantile_relative_error"].get<double>();
  EXPECT_GT(bound, 0);
  for (const char* time : {"service", "response", "waiting"}) {
    for (const auto& [name, exact] : with["latency"][time].items()) {
      const double value = without["latency"][time][name].get<double>();
      EXPECT_NEAR(value, exact.get<double>(), bound * exact.get<double>()) << time << " " << name;
    }
  }
  for (nlohmann::json* json : {&with, &without}) {
    json->erase("latency");
    json->erase("quantile_relative_error");
  }
  EXPECT_EQ(with, without);
}

TEST(Cli, AnOverloadedOpenLoopIsSummedWithoutOverflow) {
  // 300,000 queries at once: the n-th waits for n services, their sum passes 2^63 ps by far.
  const Scratch scratch;
  const Outcome outcome = scratch.Run("run " + kQuickstart +
                                      " --json --no-records --set trace.generator.kind=uniform"
                                      " --set trace.generator.queries=300000"
                                      " --set trace.generator.arrival_rate_qps=1000000000");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json latency = nlohmann::json::parse(outcome.out)["latency"];
  const double service = latency["service"]["mean_us"].get<double>();
  EXPECT_NEAR(latency["waiting"]["mean_us"].get<double>(), service * 150000, 0.01 * service * 150000);
}

TEST(Cli, APersistentBufferOfZeroEqualsNoCaching) {
  const Scratch scratch;
  const auto summary = [&](const std::string& set) {
    return nlohmann::json::parse(scratch.Run("run " + kQuickstart + " --json --set " + set).out);
  };
  const nlohmann::json zero = summary("accel.pb.capacity_kib=0"), none = summary("scheduler.caching=none");
  const nlohmann::json cached = summary("scheduler.caching=avgnet");
  for (const char* key : {"latency", "off_chip_bytes", "served_by_subnet", "cycles", "no_pb"}) {
    EXPECT_EQ(zero[key], none[key]) << key;
  }
  EXPECT_EQ(zero["off_chip_bytes"], cached["no_pb"]["off_chip_bytes"]) << "the baseline of every summary";
  EXPECT_EQ(zero["saved_percent"]["off_chip_bytes"], 0.0);
}

TEST(Cli, EveryCachingPolicyServesTheStream) {
  const Scratch scratch;
  for (const char* caching : {"none", "static", "last_served", "avgnet", "oracle"}) {
    const Outcome outcome = scratch.Run("run " + kQuickstart + " --json --set scheduler.caching=" + caching);
    ASSERT_EQ(outcome.exit_code, 0) << caching << outcome.err;
    const nlohmann::json json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["queries"], 4000) << caching;
    std::int64_t sum = 0;
    for (const auto& [kind, bytes] : json["off_chip_bytes"].items()) {
      if (kind != "total") sum += bytes.get<std::int64_t>();
    }
    EXPECT_EQ(json["off_chip_bytes"]["total"], sum) << caching;
    double energy = 0;
    for (const auto& [component, pj] : json["energy_pj"].items()) {
      if (component != "total" && component != "mean_per_query") energy += pj.get<double>();
    }
    EXPECT_NEAR(json["energy_pj"]["total"].get<double>(), energy, 1e-9 * energy) << caching;
    std::int64_t cycles = 0;
    for (const auto& [state, count] : json["cycles"]["dpe_array"].items())
      cycles += count.get<std::int64_t>();
    EXPECT_EQ(json["cycles"]["total"], cycles) << caching;
  }
}

TEST(Cli, ASavedTableIsLoadedAndAnotherOneRefused) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("table " + kTiny + " --out table.json").exit_code, 0);
  ExpectRefused(scratch, "table " + kTiny + " --out table.json", "already exists");
  const std::string use = "run " + kTiny + " --json --set scheduler.table_file=table.json";
  EXPECT_EQ(scratch.Run(use).out, scratch.Run("run " + kTiny + " --json").out);
  ExpectRefused(scratch, use + " --set accel.clock_mhz=200", "built for another hardware");
  ExpectRefused(scratch, use + " --set scheduler.candidates=3", "built for another columns");
  const std::string text = ReadFile(scratch.dir() / "table.json");
  scratch.Write("table.json", text.substr(0, 200));
  ExpectRefused(scratch, use, "table.json:11: is not JSON");
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(text);
  json["timing_model_version"] = 0;
  scratch.Write("table.json", json.dump());
  ExpectRefused(scratch, use, "built for another timing_model_version");
}

TEST(Cli, ASavedTableThatWasEditedIsRefusedByName) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("table " + kTiny + " --out table.json").exit_code, 0);
  const std::string use = "run " + kTiny + " --json --set scheduler.table_file=table.json";
  const auto saved = nlohmann::ordered_json::parse(ReadFile(scratch.dir() / "table.json"));
  scratch.Write("table.json", saved.dump());  // another layout is the same table
  EXPECT_EQ(scratch.Run(use).exit_code, 0);
  const auto refused = [&](const auto& edit, const std::string& message) {
    nlohmann::ordered_json json = saved;
    edit(json);
    scratch.Write("table.json", json.dump());
    ExpectRefused(scratch, use, message);
  };
  for (const std::int64_t change : {1, -1, 1'000'000}) {
    refused(
        [&](auto& json) {
          json["latency_ps"][0][1] = json["latency_ps"][0][1].template get<std::int64_t>() + change;
        },
        "table.json: content_hash: the file is not as it was saved");
  }
  refused([](auto& json) { json["latency_ps"][0][1] = 0; },
          "table.json: latency_ps: expected a row of positive");
  refused([](auto& json) { json["note"] = "mine"; }, "table.json: note: unknown key");
  refused([](auto& json) { json.erase("content_hash"); },
          "table.json: content_hash: the file is not as it was saved");
  refused([](auto& json) { json["content_hash"] = 7; },
          "table.json: content_hash: the file is not as it was saved");
}

TEST(Cli, TheTinyExperimentGivesItsGoldenSummary) {
  const Scratch scratch;
  EXPECT_EQ(scratch.Run("run " + kTiny + " --json").out, ReadFile(kRoot + "/tests/golden/tiny_summary.json"));
}

TEST(Cli, ATraceMadeToAFileEqualsTheOneOnStdout) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("trace gen --queries 20 --out t.csv").exit_code, 0);
  EXPECT_EQ(ReadFile(scratch.dir() / "t.csv"), scratch.Run("trace gen --queries 20").out);
  ExpectRefused(scratch, "trace gen --queries 20 --out t.csv", "already exists");
}

}  // namespace
}  // namespace sushi
