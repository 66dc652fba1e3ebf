// `run --timeline` and `--vcd` as users meet them: valid files that say what queries.csv and layers.csv say,
// and results that do not change.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "process.hpp"

namespace sushi {
namespace {

using Json = nlohmann::json;
using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;
namespace fs = std::filesystem;

const std::string kRoot = SUSHI_SOURCE_DIR;
const std::string kTiny = kRoot + "/configs/experiment/tiny.yaml";
const std::string kRun = "run " + kTiny + " --quiet ";

// Runs without a word and gives the file's JSON.
Json Show(const Scratch& scratch, const std::string& args, const std::string& said = "") {
  const Outcome outcome = scratch.Run(kRun + "--force --timeline t.json " + args);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  if (said.empty()) {
    EXPECT_EQ(outcome.err, "");
  } else {
    EXPECT_NE(outcome.err.find(said), std::string::npos) << outcome.err;
  }
  return Json::parse(ReadFile(scratch.dir() / "t.json"));
}

std::int64_t Ps(const Json& micros) { return std::llround(micros.get<double>() * 1e6); }

std::vector<Json> Events(const Json& file, const std::string& phase) {
  std::vector<Json> events;
  for (const Json& event : file["traceEvents"]) {
    if (event["ph"] == phase) events.push_back(event);
  }
  return events;
}

std::map<std::string, int> Lanes(const Json& file) {
  std::map<std::string, int> lanes;
  for (const Json& event : Events(file, "M")) {
    if (event["name"] == "thread_name") lanes[event["args"]["name"]] = event["tid"];
  }
  return lanes;
}

using Row = std::map<std::string, std::string>;

std::vector<Row> ReadCsv(const fs::path& path) {
  std::istringstream in(ReadFile(path));
  std::string line, cell;
  std::getline(in, line);
  std::vector<std::string> header;
  for (std::istringstream cells(line); std::getline(cells, cell, ',');) header.push_back(cell);
  std::vector<Row> rows;
  while (std::getline(in, line)) {
    Row row;
    std::size_t column = 0;
    for (std::istringstream cells(line); std::getline(cells, cell, ',');) row[header.at(column++)] = cell;
    rows.push_back(row);
  }
  return rows;
}

std::int64_t PsOf(const Row& row, const std::string& column) {
  return std::llround(std::stod(row.at(column)) * 1e6);
}

TEST(Timeline, AndVcdLeaveTheResultsAsTheyAre) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run(kRun + "--out plain").exit_code, 0);
  ASSERT_EQ(scratch.Run(kRun + "--out shown --timeline t.json --vcd t.vcd").exit_code, 0);
  for (const char* file : {"summary.json", "queries.csv", "layers.csv"}) {
    EXPECT_EQ(ReadFile(scratch.dir() / "plain" / file), ReadFile(scratch.dir() / "shown" / file)) << file;
  }
  EXPECT_EQ(scratch.Run("run " + kTiny).out, scratch.Run("run " + kTiny + " --timeline s.json").out);
  ASSERT_EQ(scratch.Run(kRun + "--exact --timeline again.json --vcd again.vcd").exit_code, 0);
  for (const char* kind : {"json", "vcd"}) {
    const std::string ending = std::string(".") + kind;
    EXPECT_EQ(ReadFile(scratch.dir() / ("t" + ending)), ReadFile(scratch.dir() / ("again" + ending)));
  }
}

TEST(Timeline, FollowsTheTraceEventFormat) {
  const Scratch scratch;
  const Json file = Show(scratch, "");
  std::set<std::string> phases;
  for (const Json& event : file["traceEvents"]) {
    const std::string phase = event["ph"];
    phases.insert(phase);
    EXPECT_TRUE(event["pid"].is_number_integer() && event["name"].is_string()) << event;
    if (phase != "M") {
      EXPECT_TRUE(event["ts"].is_number_float()) << event;
    }
    if (phase == "X") {
      EXPECT_GT(event["dur"].get<double>(), 0) << event;
    }
    if (phase == "b" || phase == "e") {
      EXPECT_TRUE(event["id"].is_string() && event["cat"] == "query") << event;
    }
    if (phase == "C") {
      EXPECT_TRUE(event["args"].size() == 1 && event["args"].begin()->is_number_integer()) << event;
    }
    if (phase == "i") {
      EXPECT_EQ(event["s"], "p");
    }
  }
  EXPECT_EQ(phases, (std::set<std::string>{"M", "X", "b", "e", "C", "i"}));
  const std::map<std::string, int> lanes = Lanes(file);
  for (const char* lane : {"host", "controller", "dpe_array", "vector_unit", "weight_dma", "iact_dma",
                           "oact_dma", "dram", "pb_swap"}) {
    EXPECT_EQ(lanes.count(lane), 1u) << lane;
  }
}

// Viewers compute in floating point, some from the first event on (speedscope): a span must not end behind
// where the next begins, nor a part behind its whole.
TEST(Timeline, LanesAreInOrderInFloatingPoint) {
  const Scratch scratch;
  const Json file = Show(scratch, "--set accel.clock_mhz=333 --set host.layer_call_us=0.3");
  const std::vector<Json> spans = Events(file, "X");
  const auto expect_order = [&](double origin) {
    std::map<int, std::vector<double>> open;  // ends, outermost first
    for (const Json& event : spans) {
      const double begin = event["ts"].get<double>() - origin, end = begin + event["dur"].get<double>();
      const int lane = event["tid"];
      std::vector<double>& ends = open[lane];
      while (!ends.empty() && ends.back() <= begin) ends.pop_back();
      if (!ends.empty()) {
        ASSERT_LE(lane, 2) << "only host and controller nest: " << event;
        ASSERT_LE(end, ends.back()) << event;
      }
      ends.push_back(end);
    }
    EXPECT_LE(open[1].size(), 2u);
    EXPECT_LE(open[2].size(), 2u);
  };
  expect_order(0);
  expect_order(1e6 / 3);
}

TEST(Timeline, OpensInPython) {
  if (std::system("python3 -c pass 2> /dev/null") != 0) GTEST_SKIP() << "python3 is not here";
  const Scratch scratch;
  Show(scratch, "");
  const std::string script =
      "import json, sys; assert len(json.load(open(sys.argv[1]))['traceEvents']) > 1000";
  const std::string path = (scratch.dir() / "t.json").string();
  EXPECT_EQ(std::system(("python3 -c \"" + script + "\" " + path).c_str()), 0);
}

// With waiting, so in an open loop; ids and times of what is nested too.
TEST(Timeline, QueriesHaveTheTimesOfQueriesCsv) {
  const Scratch scratch;
  const Json file = Show(scratch,
                         "--out r --set trace.file= --set trace.generator.queries=40 "
                         "--set trace.generator.arrival_rate_qps=40000");
  std::map<std::string, std::map<std::string, std::pair<std::int64_t, std::int64_t>>> shown;
  for (const Json& event : Events(file, "b")) shown[event["id"]][event["name"]].first = Ps(event["ts"]);
  for (const Json& event : Events(file, "e")) shown[event["id"]][event["name"]].second = Ps(event["ts"]);
  const std::vector<Row> rows = ReadCsv(scratch.dir() / "r" / "queries.csv");
  ASSERT_EQ(rows.size(), 40u);
  ASSERT_EQ(shown.size(), 40u);
  int waited = 0, swapped = 0;
  for (const Row& row : rows) {
    auto& query = shown[row.at("query")];
    const std::int64_t arrival = PsOf(row, "arrival_us"), finish = arrival + PsOf(row, "response_us");
    const std::int64_t dispatch = arrival + PsOf(row, "waiting_us"), begin = dispatch + PsOf(row, "swap_us");
    using Span = std::pair<std::int64_t, std::int64_t>;
    EXPECT_EQ(query["query"], Span(arrival, finish));
    EXPECT_EQ(query["service"], Span(begin, finish));
    if (dispatch > arrival) {
      ++waited;
      EXPECT_EQ(query["waiting"], Span(arrival, dispatch));
    }
    if (begin > dispatch) {
      ++swapped;
      EXPECT_EQ(query["swap"], Span(dispatch, begin));
    }
    EXPECT_EQ(query.size(), 2u + (dispatch > arrival) + (begin > dispatch));
  }
  EXPECT_GT(waited, 0);
  EXPECT_GT(swapped, 0);
}

// Cycles of the query's layers by state, from layers.csv.
std::map<std::string, std::int64_t> StatesOf(const Scratch& scratch, const std::string& query) {
  std::map<std::string, std::int64_t> cycles;
  for (const Row& served : ReadCsv(scratch.dir() / "r" / "queries.csv")) {
    if (served.at("query") != query) continue;
    for (const Row& layer : ReadCsv(scratch.dir() / "r" / "layers.csv")) {
      if (layer.at("subnet") != served.at("subnet") ||
          layer.at("cached_subgraph") != served.at("cached_subgraph"))
        continue;
      for (const char* state : {"compute", "fill", "wait_weights", "wait_iacts", "wait_operand", "wait_drain",
                                "vector_unit", "host"}) {
        cycles[state] += std::stoll(layer.at(std::string(state) + "_cycles"));
      }
    }
  }
  return cycles;
}

constexpr std::int64_t kPeriodPs = 10'000;  // tiny runs at 100 MHz

TEST(Timeline, StatesOfTheArraySumToLayersCsv) {
  const Scratch scratch;
  const Json file = Show(scratch, "--out r --timeline-from 12 --timeline-to 12");
  const int array = Lanes(file)["dpe_array"];
  std::map<std::string, std::int64_t> cycles;
  for (const Json& event : Events(file, "X")) {
    if (event["tid"] == array) cycles[event["name"]] += Ps(event["dur"]) / kPeriodPs;
  }
  std::map<std::string, std::int64_t> expected = StatesOf(scratch, "12");
  ASSERT_GT(expected["compute"], 0);
  for (const auto& [state, sum] : expected) EXPECT_EQ(cycles[state], sum) << state;
}

TEST(Timeline, AWindowOfQueriesShowsTheseAndNoOthers) {
  const Scratch scratch;
  std::set<std::string> ids;
  for (const Json& event : Events(Show(scratch, "--timeline-from 7 --timeline-to 9"), "b"))
    ids.insert(event["id"].get<std::string>());
  EXPECT_EQ(ids, (std::set<std::string>{"7", "8", "9"}));
}

TEST(Timeline, AWindowOfTimeShowsWhatOverlapsIt) {
  const Scratch scratch;
  const Json all = Show(scratch, "");
  const Json part = Show(scratch, "--timeline-from 100us --timeline-to 0.25ms");
  constexpr std::int64_t kFrom = 100'000'000, kTo = 250'000'000;
  std::vector<Json> expected;
  for (const Json& event : Events(all, "X")) {
    if (Ps(event["ts"]) < kTo && Ps(event["ts"]) + Ps(event["dur"]) > kFrom) expected.push_back(event);
  }
  EXPECT_GT(expected.size(), 10u);
  EXPECT_LT(expected.size(), Events(all, "X").size());
  EXPECT_EQ(Events(part, "X"), expected);
  // The first levels are those at the window's begin.
  std::map<std::string, std::int64_t> before, first;
  for (const Json& event : Events(all, "C")) {
    if (Ps(event["ts"]) <= kFrom) before[event["name"]] = *event["args"].begin();
  }
  for (const Json& event : Events(part, "C")) {
    EXPECT_GE(Ps(event["ts"]), kFrom);
    EXPECT_LT(Ps(event["ts"]), kTo);
    if (Ps(event["ts"]) == kFrom) first[event["name"]] = *event["args"].begin();
  }
  EXPECT_EQ(first, before);
}

TEST(Timeline, SaysWhatTheCapLeavesOut) {
  const Scratch scratch;
  const Json all = Show(scratch, "");
  EXPECT_EQ(all["otherData"]["queries"], 50);
  EXPECT_EQ(all["otherData"]["queries_left_out"], 0);
  EXPECT_EQ(all["otherData"].count("complete_until_us"), 0u);
  const std::int64_t events = all["otherData"]["events"];
  EXPECT_EQ(events + static_cast<std::int64_t>(Events(all, "M").size()),
            static_cast<std::int64_t>(all["traceEvents"].size()));
  EXPECT_EQ(Show(scratch, "--timeline-max-events " + std::to_string(events)), all);  // just enough

  const Json cut = Show(scratch, "--timeline-max-events 700", "full at 700 events, complete until");
  const Json& about = cut["otherData"];
  EXPECT_EQ(about["events"], 700);
  EXPECT_EQ(cut["traceEvents"].size(), 700 + Events(cut, "M").size());
  EXPECT_EQ(about["queries"].get<int>() + about["queries_left_out"].get<int>(), 50);
  EXPECT_GT(about["events_left_out"], 0);
  const std::int64_t until = std::llround(std::stod(about["complete_until_us"].get<std::string>()) * 1e6);
  std::size_t complete = 0;
  for (const Json& event : Events(all, "X")) complete += Ps(event["ts"]) < until;
  std::size_t found = 0;
  for (const Json& event : Events(cut, "X")) found += Ps(event["ts"]) < until;
  EXPECT_EQ(found, complete);
  EXPECT_GT(complete, 100u);
}

TEST(Timeline, AWindowWithoutQueriesIsAnEmptyTimelineAndAWarning) {
  const Scratch scratch;
  const Json file =
      Show(scratch, "--vcd t.vcd --timeline-from 5000 --timeline-to 6000", "no query from 5000 to 6000");
  EXPECT_EQ(Events(file, "M").size(), file["traceEvents"].size());
}

// One clear line on stderr, exit 2, and no file.
void ExpectRefused(const Scratch& scratch, const std::string& args, const std::string& message) {
  const Outcome outcome = scratch.Run(kRun + args);
  EXPECT_EQ(outcome.exit_code, 2) << args;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_NE(outcome.err.find(message), std::string::npos) << outcome.err;
  for (const auto& entry : fs::directory_iterator(scratch.dir())) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == ".out" || name == ".err" || name == "mine.json") << name;
  }
}

TEST(Timeline, BadOptionsAreRefusedBeforeAnythingIsWritten) {
  const Scratch scratch;
  const auto window = [&](const std::string& from, const std::string& to, const std::string& message) {
    ExpectRefused(scratch, "--timeline t.json --timeline-from '" + from + "' --timeline-to '" + to + "'",
                  message);
  };
  ExpectRefused(scratch, "--out here --timeline here/t.json", "lies in the directory of --out");
  window("10ms", "9999us", "10ms is not before --timeline-to 9999us");
  window("1ms", "1000us", "is not before");
  window("8", "7", "8 is not before --timeline-to 7");
  window("10min", "1s", "expected the unit ps, ns, us, ms or s, found 'min'");
  window("10mss", "1s", "did you mean 'ms'?");
  window("-3", "7", "--timeline-from: expected a query's number (17) or a simulated time");
  window("", "7", "--timeline-from: expected a query's number");
  window("0", "ms", "--timeline-to: expected a query's number");
  window("0", "nan", "--timeline-to: expected a query's number");
  window("0", "1.5", "--timeline-to: expected a query's number (17) or a simulated time with its unit");
  window("0", "1e30s", "expected at most 104 days");
  ExpectRefused(scratch, "--timeline t.json --timeline-max-events 0", "--timeline-max-events");
  ExpectRefused(scratch, "--timeline-from 3", "need --timeline or --vcd");
  ExpectRefused(scratch, "--timeline x --vcd ./x", "is used twice");
  ExpectRefused(scratch, "--timeline ''", "--timeline: expected a file name");
  ExpectRefused(scratch, "--timeline no/such/dir/t.json", "no/such/dir/t.json: cannot be written");
  ExpectRefused(scratch, "--vcd no/such/dir/t.vcd", "no/such/dir/t.vcd: cannot be written");
  ExpectRefused(scratch, "--timeline .", "is a directory");
  scratch.Write("mine.json", "mine");
  ExpectRefused(scratch, "--timeline mine.json", "already exists; --force replaces it");
  ExpectRefused(scratch, "--vcd mine.json", "already exists; --force replaces it");
  ExpectRefused(scratch, "--timeline mine.json --force", "is no timeline; it is not replaced");
  ExpectRefused(scratch, "--vcd mine.json --force", "is no value change dump; it is not replaced");
  EXPECT_EQ(ReadFile(scratch.dir() / "mine.json"), "mine");
}

// A value change dump, read strictly.
struct Vcd {
  explicit Vcd(const std::string& text) { Read(text); }

  void Read(const std::string& text) {
    std::istringstream in(text);
    std::string word;
    std::map<std::string, std::string> names;
    bool defined = false;
    std::int64_t now = -1;
    while (in >> word) {
      if (!defined && word == "$var") {
        std::string type, width, id, name;
        in >> type >> width >> id >> name;
        names[id] = name;
        changes[name];
      }
      defined = defined || word == "$enddefinitions";
      if (!defined || word[0] == '$') continue;
      if (word[0] == '#') {
        const std::int64_t at = std::stoll(word.substr(1));
        EXPECT_GT(at, now);
        now = at;
        continue;
      }
      std::string value = word.substr(0, 1), id = word.substr(1);
      if (value == "b") {
        value = id;
        in >> id;
      }
      ASSERT_EQ(names.count(id), 1u) << word;
      ASSERT_EQ(value.find_first_not_of("01"), std::string::npos) << word;
      changes[names[id]].push_back({now, std::stoll(value, nullptr, 2)});
    }
    end = now;
  }

  // Time for which the signal had each value.
  std::map<std::int64_t, std::int64_t> Times(const std::string& signal) const {
    std::map<std::int64_t, std::int64_t> times;
    const auto& list = changes.at(signal);
    for (std::size_t i = 0; i < list.size(); ++i)
      times[list[i].second] += (i + 1 < list.size() ? list[i + 1].first : end) - list[i].first;
    return times;
  }

  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>> changes;
  std::int64_t end = 0;
};

TEST(Vcd, TimesOfItsSignalsAreTheTimelines) {
  const Scratch scratch;
  const Json file = Show(scratch, "--out r --vcd t.vcd --timeline-from 12 --timeline-to 14");
  const Vcd vcd(ReadFile(scratch.dir() / "t.vcd"));
  std::map<std::string, int> lanes = Lanes(file);
  std::map<int, std::int64_t> busy, length;
  for (const Json& event : Events(file, "X")) {
    length[event["tid"]] += Ps(event["dur"]);
    if (event["args"].count("busy_us") > 0) busy[event["tid"]] += Ps(event["args"]["busy_us"]);
  }
  for (const std::string dma : {"weight_dma", "iact_dma", "oact_dma"}) {
    EXPECT_GT(busy[lanes[dma]], 0) << dma;
    EXPECT_EQ(vcd.Times(dma + "_busy")[1], busy[lanes[dma]]) << dma;
    EXPECT_EQ(vcd.Times(dma + "_busy")[1] + vcd.Times(dma + "_stalled")[1], length[lanes[dma]]) << dma;
  }
  EXPECT_EQ(vcd.Times("dram")[1], length[lanes["dram"]]);
  EXPECT_EQ(vcd.Times("pb_swap")[1], length[lanes["pb_swap"]]);
  std::map<std::string, std::int64_t> expected;
  for (const char* query : {"12", "13", "14"}) {
    for (const auto& [state, cycles] : StatesOf(scratch, query)) expected[state] += cycles;
  }
  std::map<std::int64_t, std::int64_t> array = vcd.Times("dpe_array");
  const char* const states[] = {"compute",      "fill",       "wait_weights", "wait_iacts",
                                "wait_operand", "wait_drain", "vector_unit",  "host"};
  for (std::int64_t i = 0; i < 8; ++i) EXPECT_EQ(array[i + 1], expected[states[i]] * kPeriodPs) << states[i];
  // The stream's time, and every query that is shown.
  std::vector<std::pair<std::int64_t, std::int64_t>> dispatched;
  for (const Row& row : ReadCsv(scratch.dir() / "r" / "queries.csv")) {
    if (row.at("query") < "12" || row.at("query") > "14" || row.at("query").size() != 2) continue;
    dispatched.push_back({PsOf(row, "arrival_us"), std::stoll(row.at("query"))});
  }
  EXPECT_EQ(vcd.changes.at("query"), dispatched);
  for (const auto& [name, list] : vcd.changes) EXPECT_FALSE(list.empty()) << name;
}

TEST(Vcd, OfAWindowWithoutQueriesHasNoChanges) {
  const Scratch scratch;
  EXPECT_EQ(scratch.Run(kRun + "--vcd t.vcd --timeline-from 5000").exit_code, 0);
  const Vcd vcd(ReadFile(scratch.dir() / "t.vcd"));
  for (const auto& [name, list] : vcd.changes) EXPECT_EQ(list.size(), 1u) << name;
}

}  // namespace
}  // namespace sushi
