// `sushisim explain`: its numbers are those that `run` records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "process.hpp"

namespace sushi {
namespace {

using ::testing::HasSubstr;
using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;
using Json = nlohmann::json;
using Record = std::map<std::string, std::string>;

std::string Experiment(const std::string& name) {
  return std::string(SUSHI_SOURCE_DIR) + "/configs/experiment/" + name + ".yaml";
}

// No cell of these experiments holds a comma.
std::vector<Record> ReadCsv(const std::filesystem::path& path) {
  std::istringstream lines(ReadFile(path));
  std::vector<std::string> names;
  std::vector<Record> records;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    if (names.empty()) {
      names = row;
      continue;
    }
    Record record;
    for (std::size_t i = 0; i < names.size(); ++i) record[names[i]] = row.at(i);
    records.push_back(record);
  }
  return records;
}

void ExpectQuery(const Json& query, const Record& row) {
  for (const char* key : {"arrival_us", "waiting_us", "swap_us", "service_us", "response_us", "top1_percent",
                          "accuracy_min_percent", "latency_max_us", "feasible_subnets"}) {
    EXPECT_EQ(query[key].get<double>(), std::stod(row.at(key))) << key;
  }
  for (const char* key : {"subnet", "cached_subgraph", "reason", "reason_text"}) {
    EXPECT_EQ(query[key].get<std::string>(), row.at(key)) << key;
  }
  EXPECT_EQ(query["accuracy_violated"].get<bool>(), row.at("accuracy_violated") == "1");
  EXPECT_EQ(query["latency_violated"].get<bool>(), row.at("latency_violated") == "1");
}

void ExpectLayers(const Json& query, const std::vector<Record>& rows) {
  std::size_t op = 0;
  std::map<std::string, std::int64_t> sums;
  for (const Record& row : rows) {
    if (row.at("subnet") != query["subnet"] || row.at("cached_subgraph") != query["cached_subgraph"])
      continue;
    const Json& layer = query["layers"].at(op++);
    for (const auto& [key, cell] : row) {
      if (!layer.contains(key) || key == "name") continue;
      EXPECT_EQ(layer[key].get<std::int64_t>(), std::stoll(cell)) << key << " of layer " << op;
      if (key != "op") sums[key] += std::stoll(cell);
    }
    EXPECT_EQ(layer["name"], row.at("name"));
  }
  EXPECT_EQ(op, query["layers"].size());
  ASSERT_GT(sums.size(), 14u) << "cycles, eight states, six kinds of traffic, hits";
  for (const auto& [key, sum] : sums) EXPECT_EQ(query["total"][key].get<std::int64_t>(), sum) << key;
}

struct Case {
  const char* experiment;
  const char* sets;
  std::vector<int> queries;
};

TEST(Explain, SaysWhatRunRecords) {
  const Case cases[] = {
      {"tiny", "", {0, 17, 19, 20, 49}},
      {"tiny", " --set scheduler.policy=strict_latency --set scheduler.latency_basis=response", {0, 20, 33}},
      {"tiny", " --set scheduler.caching=last_served --set scheduler.period_queries=3", {0, 3, 47}},
      {"tiny", " --set scheduler.caching=static", {0, 1}},
      {"tiny", " --set scheduler.caching=oracle --set scheduler.period_queries=7", {7, 14, 49}},
      {"tiny", " --set scheduler.caching=cost_aware --set scheduler.period_queries=2", {10, 40}},
      {"tiny", " --set accel.pb.capacity_kib=0", {20}},
      {"tiny", " --set scheduler.caching=none", {20}},
      {"open_loop", "", {0, 20, 1999}},
      {"open_loop",
       " --set scheduler.latency_basis=response --set scheduler.candidate_source=knapsack",
       {700}},
      {"weight_bound", "", {3999}},
  };
  for (const Case& c : cases) {
    const Scratch scratch;
    const std::string files = Experiment(c.experiment) + c.sets;
    SCOPED_TRACE(files);
    ASSERT_EQ(scratch.Run("run " + files + " --quiet --out run").exit_code, 0);
    const auto queries = ReadCsv(scratch.dir() / "run/queries.csv");
    const auto layers = ReadCsv(scratch.dir() / "run/layers.csv");
    for (const int id : c.queries) {
      const Outcome outcome = scratch.Run("explain " + files + " --json --query " + std::to_string(id));
      ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
      const Json query = Json::parse(outcome.out)["query"];
      ExpectQuery(query, queries.at(static_cast<std::size_t>(id)));
      ExpectLayers(query, layers);
    }
  }
}

// The rows of queries.csv that pay for a swap are those after a decision that changes something.
TEST(Explain, FindsEachSwapOfTheRunInADecision) {
  for (const char* caching : {"avgnet", "last_served", "cost_aware", "oracle"}) {
    const Scratch scratch;
    const std::string files =
        Experiment("tiny") + " --set scheduler.period_queries=5 --set scheduler.caching=" + caching;
    ASSERT_EQ(scratch.Run("run " + files + " --quiet --out run").exit_code, 0);
    const auto queries = ReadCsv(scratch.dir() / "run/queries.csv");
    for (std::size_t after = 4; after + 1 < queries.size(); after += 5) {
      const Json decision = Json::parse(
          scratch.Run("explain " + files + " --json --after-query " + std::to_string(after)).out)["decision"];
      EXPECT_EQ(decision["after_query"], after);
      EXPECT_EQ(decision["next_query"], after + 1);
      EXPECT_EQ(decision["before"], queries[after].at("cached_subgraph"));
      EXPECT_EQ(decision["chosen"], queries[after + 1].at("cached_subgraph"));
      EXPECT_EQ(decision["swap_us"].get<double>(), std::stod(queries[after + 1].at("swap_us")));
      if (!decision["ranking"].empty()) {
        EXPECT_EQ(decision["ranking"][0]["subgraph"], decision["chosen"]);
      }
    }
  }
}

TEST(Explain, FitsATerminalOf80ColumnsAndSaysWhatTheJsonDoes) {
  const Scratch scratch;
  for (const char* args : {"quickstart", "quickstart --layers", "quickstart --query 1000 --layers",
                           "mobilenet --layers", "weight_bound --after-query 59", "tiny --query 20",
                           "quickstart --query 100 --set scheduler.caching=cost_aware",
                           "quickstart --query 100 --set scheduler.caching=oracle", "open_loop"}) {
    const std::string words = args;
    const std::size_t end = std::min(words.find(' '), words.size());
    const std::string command = "explain " + Experiment(words.substr(0, end)) + words.substr(end);
    const Outcome text = scratch.Run(command);
    ASSERT_EQ(text.exit_code, 0) << text.err;
    std::istringstream lines(text.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << command << ": " << line;
    const Json json = Json::parse(scratch.Run(command + " --json").out);
    if (json["query"].is_null()) continue;
    EXPECT_THAT(text.out, HasSubstr("Why SubNet " + json["query"]["subnet"].get<std::string>()));
    EXPECT_THAT(text.out, HasSubstr("bound by " + json["query"]["total"]["bound_by"].get<std::string>()));
  }
}

TEST(Explain, ShowsTheWorstFiveLayersOrAllOfThem) {
  const Scratch scratch;
  const auto count = [](const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = text.find(word, text.find("Where the time went")); at != std::string::npos;
         at = text.find(word, at + 1))
      ++found;
    return found;
  };
  const std::string files = "explain " + Experiment("quickstart") + " --query 20";
  EXPECT_EQ(count(scratch.Run(files).out, "block"), 5u);
  const Json query = Json::parse(scratch.Run(files + " --json").out)["query"];
  std::size_t seconds = 0;
  for (const Json& layer : query["layers"])
    seconds += layer["name"].get<std::string>().find("conv2") != std::string::npos;
  EXPECT_EQ(count(scratch.Run(files + " --layers").out, "conv2"), 2 * seconds) << "in two tables";
}

TEST(Explain, RefusesWhatIsNotThere) {
  const Scratch scratch;
  const auto error = [&](const std::string& args) {
    const Outcome outcome = scratch.Run("explain " + Experiment("tiny") + args);
    EXPECT_EQ(outcome.exit_code, 2) << args;
    EXPECT_EQ(outcome.out, "") << args;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    return outcome.err;
  };
  EXPECT_THAT(error(" --query 50"), HasSubstr("0 to 49, found 50"));
  EXPECT_THAT(error(" --query -1"), HasSubstr("found -1"));
  EXPECT_THAT(error(" --query 99999999999999999999"),
              HasSubstr("--query: expected a query's number, found '99999999999999999999'"));
  EXPECT_THAT(error(" --after-query 1e3"),
              HasSubstr("--after-query: expected a query's number, found '1e3'"));
  EXPECT_THAT(error(" --query x"), HasSubstr("--query"));
  EXPECT_THAT(error(" --after-query 20"), HasSubstr("near here 19 and 39, found 20"));
  EXPECT_THAT(error(" --after-query 19 --set scheduler.caching=none"), HasSubstr("no caching decision"));
  EXPECT_THAT(error(" --after-query 19 --query 3"), HasSubstr("excludes"));
  EXPECT_THAT(error(" --after-query 19 --layers"), HasSubstr("excludes"));
  EXPECT_THAT(error(" --set trace.file=nowhere.csv"), HasSubstr("nowhere.csv"));
}

TEST(Explain, TakesASavedTable) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("table " + Experiment("tiny") + " --out table.json").exit_code, 0);
  const std::string explain = "explain " + Experiment("tiny") + " --query 20";
  EXPECT_EQ(scratch.Run(explain + " --set scheduler.table_file=table.json").out, scratch.Run(explain).out);
  const Outcome other =
      scratch.Run(explain + " --set scheduler.table_file=table.json --set accel.clock_mhz=50");
  EXPECT_EQ(other.exit_code, 2);
}

}  // namespace
}  // namespace sushi
