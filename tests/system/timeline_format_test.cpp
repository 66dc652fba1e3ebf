// The trace-event format as Perfetto, chrome://tracing and speedscope want it, held against timelines of
// every kind.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "timeline_files.hpp"

namespace sushi {
namespace {

using namespace sushi::testing;

const std::string kConfigs = SUSHI_SOURCE_DIR "/configs/";
const std::string kOpenLoop =
    " --set trace.file= --set trace.generator.queries=60 --set trace.generator.arrival_rate_qps=40000";
const std::string kOddTimes = " --set accel.clock_mhz=333 --set host.layer_call_us=0.3";

struct Case {
  const char* name;
  std::string args;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.args; }

std::vector<Case> Cases() {
  const std::string tiny = kConfigs + "experiment/tiny.yaml";
  const std::string banks = tiny + " " + kConfigs + "memory/ddr4_2400_x64.yaml";
  return {{"Plain", tiny},
          {"WaitingAndSwaps", tiny + kOpenLoop},
          {"OddTimes", tiny + kOddTimes + kOpenLoop},
          {"Banks", banks},
          {"BanksOddTimes", banks + kOddTimes},
          {"QueryWindow", tiny + " --timeline-from 7 --timeline-to 9"},
          {"TimeWindow", tiny + kOddTimes + " --timeline-from 100us --timeline-to 0.25ms"},
          {"LayersOfOneUnit", kConfigs + "experiment/alveo_u50.yaml --timeline-to 0"},
          {"Capped", tiny + " --timeline-max-events 700"}};
}

class TraceEvents : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    const Outcome outcome = scratch_.Run("run --quiet --timeline t.json " + GetParam().args);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    file_ = Json::parse(ReadFile(scratch_.dir() / "t.json"));
  }

  const Scratch scratch_;
  Json file_;
};

void ExpectArguments(const Json& event) {
  const std::string phase = event["ph"];
  if (phase == "X") {
    EXPECT_GT(event["dur"].get<double>(), 0) << event;
  } else if (phase == "C") {
    ASSERT_EQ(event["args"].size(), 1u) << event;
    EXPECT_TRUE(event["args"].begin()->is_number_integer()) << event;
    EXPECT_GE(*event["args"].begin(), 0) << event;
  } else if (phase == "i") {
    EXPECT_EQ(event["s"], "p") << event;
  } else if (phase == "b" || phase == "e") {
    EXPECT_TRUE(event["id"].is_string() && event["cat"] == "query") << event;
  } else {
    ASSERT_EQ(phase, "M") << event;
    const std::string key = event["name"] == "thread_sort_index" ? "sort_index" : "name";
    EXPECT_EQ(event["args"].size(), 1u) << event;
    EXPECT_EQ(event["args"].count(key), 1u) << event;
  }
}

TEST_P(TraceEvents, HaveWhatTheirPhaseNeeds) {
  EXPECT_EQ(file_["displayTimeUnit"], "ns");
  std::map<std::string, int> phases;
  for (const Json& event : file_["traceEvents"]) {
    ++phases[event["ph"]];
    EXPECT_TRUE(event["name"].is_string() && event["name"] != "") << event;
    EXPECT_EQ(event["pid"], 1) << event;
    EXPECT_TRUE(event["tid"].is_number_integer()) << event;
    EXPECT_GE(event["ts"].get<double>(), 0) << event;
    ExpectArguments(event);
  }
  EXPECT_GT(phases["X"], 50);
  EXPECT_GT(phases["C"], 50);
  EXPECT_GT(phases["b"], 1);
  EXPECT_EQ(phases["b"], phases["e"]);
  EXPECT_EQ(phases["M"], 19);
}

TEST_P(TraceEvents, NameEveryLaneThatIsUsed) {
  std::map<int, int> named;
  for (const auto& [name, tid] : Lanes(file_)) ++named[tid];
  for (const auto& [tid, times] : named) EXPECT_EQ(times, 1) << tid;
  for (const char* phase : {"X", "i", "b", "e"}) {
    for (const Json& event : Events(file_, phase)) EXPECT_EQ(named.count(event["tid"]), 1u) << event;
  }
}

// Of an id, an end belongs to the last begin that is open, and has its name.
TEST_P(TraceEvents, PairAsynchronousBeginsAndEnds) {
  std::map<std::string, std::vector<std::pair<std::string, std::int64_t>>> open;
  int pairs = 0;
  for (const Json& event : file_["traceEvents"]) {
    if (event["ph"] != "b" && event["ph"] != "e") continue;
    auto& stack = open[event["id"]];
    if (event["ph"] == "b") {
      EXPECT_TRUE(stack.empty() ? event["name"] == "query" : stack.back().first == "query") << event;
      EXPECT_TRUE(stack.empty() || stack.back().second <= Ps(event["ts"])) << event;
      stack.emplace_back(event["name"], Ps(event["ts"]));
      continue;
    }
    ASSERT_FALSE(stack.empty()) << event;
    EXPECT_EQ(stack.back().first, event["name"]) << event;
    EXPECT_LE(stack.back().second, Ps(event["ts"])) << event;
    stack.pop_back();
    ++pairs;
  }
  EXPECT_GT(pairs, 1);
  for (const auto& [id, stack] : open) EXPECT_TRUE(stack.empty()) << id;
}

struct Span {
  double begin, end;
};

// Spans of a lane follow each other or nest, whole in whole; only the first two lanes nest.
void ExpectLanes(const std::vector<Json>& spans, const std::function<Span(const Json&)>& measure) {
  std::map<int, std::vector<double>> open;  // ends, outermost first
  for (const Json& event : spans) {
    const auto [begin, end] = measure(event);
    const int lane = event["tid"];
    std::vector<double>& ends = open[lane];
    while (!ends.empty() && ends.back() <= begin) ends.pop_back();
    if (!ends.empty()) {
      ASSERT_LE(lane, 2) << "only host and controller nest: " << event;
      ASSERT_LE(end, ends.back()) << event;
    }
    ends.push_back(end);
    ASSERT_LE(ends.size(), 2u) << event;
  }
}

// Viewers compute in floating point, some from the first event on (speedscope).
TEST_P(TraceEvents, OfALaneNeverOverlapInFloatingPoint) {
  for (const double origin : {0.0, 1e6 / 3}) {
    ExpectLanes(Events(file_, "X"), [&](const Json& event) {
      const double begin = event["ts"].get<double>() - origin;
      return Span{begin, begin + event["dur"].get<double>()};
    });
  }
}

// Perfetto counts in whole nanoseconds, ts and dur cut off each for itself, and drops a slice that ends
// behind the one it begins in.
TEST_P(TraceEvents, OfALaneNeverOverlapInWholeNanoseconds) {
  ExpectLanes(Events(file_, "X"), [&](const Json& event) {
    const double begin = std::trunc(event["ts"].get<double>() * 1000);
    return Span{begin, begin + std::trunc(event["dur"].get<double>() * 1000)};
  });
}

INSTANTIATE_TEST_SUITE_P(Timelines, TraceEvents, ::testing::ValuesIn(Cases()),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Timeline, OpensInPython) {
  if (std::system("python3 -c pass 2> /dev/null") != 0) GTEST_SKIP() << "python3 is not here";
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("run --quiet --timeline t.json " + kConfigs + "experiment/tiny.yaml").exit_code, 0);
  const std::string script =
      "import json, sys; assert len(json.load(open(sys.argv[1]))['traceEvents']) > 1000";
  const std::string path = (scratch.dir() / "t.json").string();
  EXPECT_EQ(std::system(("python3 -c \"" + script + "\" " + path).c_str()), 0);
}

}  // namespace
}  // namespace sushi
