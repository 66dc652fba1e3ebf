// `run --vcd`: a value change dump that says what the timeline says.
#include <gtest/gtest.h>

#include "timeline_files.hpp"

namespace sushi {
namespace {

using namespace sushi::testing;

const std::string kRun = "run " SUSHI_SOURCE_DIR "/configs/experiment/tiny.yaml --quiet ";

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
  const std::string files = "--out r --vcd t.vcd --timeline t.json";
  ASSERT_EQ(scratch.Run(kRun + files + " --timeline-from 12 --timeline-to 14").exit_code, 0);
  const Json file = Json::parse(ReadFile(scratch.dir() / "t.json"));
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

}  // namespace
}  // namespace sushi
