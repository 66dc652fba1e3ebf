// `sushisim report` on what the other commands have written. What the page draws is tested in a browser
// (tests/ci/report_test.py).
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "refused.hpp"

namespace sushi {
namespace {

namespace fs = std::filesystem;
using testing::ExpectRefused;
using ::testing::HasSubstr;
using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;
using Json = nlohmann::ordered_json;

const std::string kTiny = std::string(SUSHI_SOURCE_DIR) + "/configs/experiment/tiny.yaml";

Json DataOf(const fs::path& page) {
  const std::string text = ReadFile(page);
  const std::string open = "id=\"data\">";
  const std::size_t begin = text.find(open) + open.size();
  return Json::parse(text.substr(begin, text.find("</script>", begin) - begin));
}

void RunTiny(const Scratch& scratch, const std::string& args) {
  const Outcome outcome = scratch.Run("run " + kTiny + " --quiet " + args);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST(Report, HoldsWhatTheRunSays) {
  const Scratch scratch;
  RunTiny(scratch, "--out run");
  ASSERT_EQ(scratch.Run("report run -o r.html").exit_code, 0);
  const Json data = DataOf(scratch.dir() / "r.html");
  ASSERT_EQ(data["runs"].size(), 1u);
  const Json& run = data["runs"][0];
  EXPECT_EQ(run["name"], "run");
  EXPECT_EQ(run["summary"], Json::parse(ReadFile(scratch.dir() / "run/summary.json")));
  EXPECT_EQ(run["model"], Json::parse(ReadFile(scratch.dir() / "run/model.json")));
  EXPECT_EQ(run["queries"]["queries"], run["summary"]["queries"]);
  EXPECT_EQ(run["queries"]["cdf"]["service"].back(), run["summary"]["latency"]["service"]["max_us"]);
  EXPECT_FALSE(run["manifest"].contains("uncompared"));
}

// Service of each (SubNet, SubGraph) and the bytes that a rectangle saves, told by model.json, add up to
// summary.json.
TEST(Report, ModelAndLayersAddUpToTheSummary) {
  const Scratch scratch;
  RunTiny(scratch, "--out run");
  ASSERT_EQ(scratch.Run("report run -o r.html").exit_code, 0);
  const Json data = DataOf(scratch.dir() / "r.html");
  const Json& run = data["runs"][0];
  std::int64_t cycles = 0;
  for (const Json& pair : run["layers"]["pairs"]) {
    for (const Json& layer : pair["cycles"])
      cycles += layer.get<std::int64_t>() * pair["queries"].get<std::int64_t>();
  }
  const Json& states = run["summary"]["cycles"]["dpe_array"];
  EXPECT_EQ(cycles + states["pb_swap"].get<std::int64_t>(), run["summary"]["cycles"]["total"]);
  std::int64_t bytes = 0;
  for (const Json& pair : run["layers_no_pb"]["pairs"]) {
    EXPECT_EQ(pair["cached"], "empty");
    for (const Json& kind : pair["bytes"]) {
      for (const Json& layer : kind) bytes += layer.get<std::int64_t>() * pair["queries"].get<std::int64_t>();
    }
  }
  EXPECT_EQ(bytes, run["summary"]["no_pb"]["off_chip_bytes"]["total"]);
  for (const Json& subgraph : run["model"]["subgraphs"]) {
    std::int64_t size = 0;
    for (std::size_t i = 0; i < subgraph["rects"].size(); ++i) {
      size += subgraph["rects"][i][0].get<std::int64_t>() * subgraph["rects"][i][1].get<std::int64_t>() *
              run["model"]["layers"][i]["cell_bytes"].get<std::int64_t>();
    }
    EXPECT_EQ(size, subgraph["bytes"]) << subgraph["name"];
    EXPECT_LE(size, run["summary"]["pb"]["capacity_bytes"]);
  }
}

TEST(Report, ShowsARunWithoutRecords) {
  const Scratch scratch;
  RunTiny(scratch, "--no-records --out run");
  ASSERT_EQ(scratch.Run("report run -o r.html").exit_code, 0);
  EXPECT_TRUE(DataOf(scratch.dir() / "r.html")["runs"][0]["queries"].is_null());
  for (const char* file : {"model.json", "layers.csv", "layers_no_pb.csv", "manifest.json"}) {
    fs::remove(scratch.dir() / "run" / file);  // what an older version did not write
  }
  EXPECT_EQ(scratch.Run("report run -o r.html --force").exit_code, 0);
}

TEST(Report, EqualResultsMakeEqualPages) {
  const Scratch scratch;
  RunTiny(scratch, "--out a/run");
  RunTiny(scratch, "--out b/run");
  ASSERT_EQ(
      std::system(
          ("cd '" + scratch.dir().string() + "/a' && " SUSHISIM_BINARY " report run -o ../a.html").c_str()),
      0);
  ASSERT_EQ(
      std::system(
          ("cd '" + scratch.dir().string() + "/b' && " SUSHISIM_BINARY " report run -o ../b.html").c_str()),
      0);
  EXPECT_EQ(ReadFile(scratch.dir() / "a.html"), ReadFile(scratch.dir() / "b.html"));
}

TEST(Report, ReplacesNothingUnasked) {
  const Scratch scratch;
  RunTiny(scratch, "--out run");
  scratch.Write("r.html", "<!DOCTYPE html>mine");
  ExpectRefused(scratch, "report run -o r.html", "r.html: already exists; --force replaces it");
  EXPECT_EQ(ReadFile(scratch.dir() / "r.html"), "<!DOCTYPE html>mine");
  const std::string summary = ReadFile(scratch.dir() / "run/summary.json");
  ExpectRefused(scratch, "report run -o run/summary.json --force", "is no HTML page; it is not replaced");
  EXPECT_EQ(ReadFile(scratch.dir() / "run/summary.json"), summary);
  EXPECT_EQ(scratch.Run("report run -o r.html --force").exit_code, 0);
  EXPECT_GT(ReadFile(scratch.dir() / "r.html").size(), 1000u);
}

TEST(Report, ABrokenDirectoryLeavesTheOldPage) {
  const Scratch scratch;
  RunTiny(scratch, "--out run");
  scratch.Write("r.html", "<!DOCTYPE html>old");
  const auto broken = [&](const std::string& file, const std::string& text, const std::string& message) {
    const std::string kept = ReadFile(scratch.dir() / "run" / file);
    scratch.Write("run/" + file, text);
    ExpectRefused(scratch, "report run -o r.html --force", message);
    scratch.Write("run/" + file, kept);
  };
  const std::string queries = ReadFile(scratch.dir() / "run/queries.csv");
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  broken("queries.csv", queries.substr(0, queries.size() - 9), "queries.csv:51: expected");
  broken("queries.csv", "query\n", "queries.csv:1: no column 'service_us'");
  broken("queries.csv", replaced(queries, ",large,", ",larg,"),
         "no SubNet 'larg' in summary.json (did you mean 'large'?)");
  broken("summary.json", "{\n\"schema_version\": 1,\n", "summary.json:3: is not JSON");
  broken("summary.json", "{\"schema_version\": 2}", "schema_version: is 2");
  broken("model.json", "{\"schema_version\": 9}", "model.json: schema_version: is 9");
  broken("layers.csv", "subnet\n", "layers.csv:1: no column");
  broken("manifest.json", "[]", "manifest.json: expected an object");
  EXPECT_EQ(ReadFile(scratch.dir() / "r.html"), "<!DOCTYPE html>old");
  for (const auto& entry : fs::directory_iterator(scratch.dir())) {
    EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos);
  }
}

TEST(Report, NeedsDirectoriesAndAPage) {
  const Scratch scratch;
  RunTiny(scratch, "--out run");
  ExpectRefused(scratch, "report run", "--out is required");
  ExpectRefused(scratch, "report -o r.html", "directories is required");
  ExpectRefused(scratch, "report run -o ''", "--out: expected a file name");
  ExpectRefused(scratch, "report run -o run", "run: is a directory");
  ExpectRefused(scratch, "report run -o absent/r.html", "cannot be written");
}

}  // namespace
}  // namespace sushi
