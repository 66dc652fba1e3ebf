// `run --timeline` and `--vcd` as users meet them: valid files that say what queries.csv and layers.csv say,
// and results that do not change.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "refused.hpp"
#include "timeline_files.hpp"

namespace sushi {
namespace {

using namespace sushi::testing;

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

TEST(Timeline, AWindowWithoutQueriesIsRefusedAndNothingWritten) {
  const Scratch scratch;
  const std::string files = kRun + "--out r --timeline t.json --vcd t.vcd ";
  ExpectRefused(scratch, files + "--timeline-from 50 --timeline-to 6000",
                "no query lies in --timeline-from 50 --timeline-to 6000; the stream's are 0 to 49, the last "
                "finishes at ");
  ExpectRefused(scratch, files + "--timeline-from 1s", "no query lies in --timeline-from 1s;");
  EXPECT_EQ(scratch.Run(files + "--timeline-from 49 --timeline-to 6000").exit_code, 0);
}

TEST(Timeline, BadOptionsAreRefusedBeforeAnythingIsWritten) {
  const Scratch scratch;
  const auto window = [&](const std::string& from, const std::string& to, const std::string& message) {
    ExpectRefused(scratch,
                  kRun + "--timeline t.json --timeline-from '" + from + "' --timeline-to '" + to + "'",
                  message);
  };
  ExpectRefused(scratch, kRun + "--out here --timeline here/t.json", "lies in the directory of --out");
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
  ExpectRefused(scratch, kRun + "--timeline t.json --timeline-max-events 0", "--timeline-max-events");
  ExpectRefused(scratch, kRun + "--timeline-from 3", "need --timeline or --vcd");
  ExpectRefused(scratch, kRun + "--timeline x --vcd ./x", "is used twice");
  ExpectRefused(scratch, kRun + "--timeline ''", "--timeline: expected a file name");
  ExpectRefused(scratch, kRun + "--timeline no/such/dir/t.json", "no/such/dir/t.json: cannot be written");
  ExpectRefused(scratch, kRun + "--vcd no/such/dir/t.vcd", "no/such/dir/t.vcd: cannot be written");
  ExpectRefused(scratch, kRun + "--timeline .", "is a directory");
  scratch.Write("mine.json", "mine");
  ExpectRefused(scratch, kRun + "--timeline mine.json", "already exists; --force replaces it");
  ExpectRefused(scratch, kRun + "--vcd mine.json", "already exists; --force replaces it");
  ExpectRefused(scratch, kRun + "--timeline mine.json --force", "is no timeline; it is not replaced");
  ExpectRefused(scratch, kRun + "--vcd mine.json --force", "is no value change dump; it is not replaced");
  EXPECT_EQ(ReadFile(scratch.dir() / "mine.json"), "mine");
}

}  // namespace
}  // namespace sushi
