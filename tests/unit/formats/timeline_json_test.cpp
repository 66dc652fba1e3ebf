// Trace events by themselves: what input calls things must not break the file.
#include "sushi/report/timeline_json.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sushi/core/error.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::json;

class TimelineJsonTest : public ::testing::Test {
 protected:
  TimelineJsonTest() {
    net_.name = "net\n\x01";
    SubNet subnet;
    subnet.name = "</script>\"\\";
    Op op;
    op.name = "layer \xff \xe2\x86\x92";
    subnet.ops.push_back(op);
    net_.subnets.push_back(subnet);
    columns_ = {{"empty", {}}, {"'<b>\t", {}}};
    query_.query.id = 7;
    query_.arrival = Picoseconds(123'456'789'012'345);
    query_.swap = Picoseconds(1);
    query_.service = Picoseconds(2'000'000);
    query_.response = query_.swap + query_.service;
    query_.cached = 1;
  }
  ~TimelineJsonTest() override { std::filesystem::remove(path_); }

  Json Read() const {
    std::ifstream in(path_);
    return Json::parse(in);
  }

  std::string path_ = "timeline_json_test." + std::to_string(getpid()) + ".json";
  SuperNet net_;
  std::vector<SubGraphColumn> columns_;
  QueryRecord query_;
};

TEST_F(TimelineJsonTest, NamesAreEscaped) {
  TimelineJson timeline(path_, net_, columns_);
  timeline.Query(query_);
  TimelineSpan span;
  span.lane = Lane::kController;
  span.kind = TimelineSpan::Kind::kLayer;
  span.layer = 0;
  span.end = Picoseconds(5);
  timeline.Span(span);
  span.lane = Lane::kPbSwap;
  span.kind = TimelineSpan::Kind::kSwap;
  timeline.Span(span);
  timeline.Finish({}, path_);
  const Json file = Read();
  std::vector<std::string> names;
  for (const Json& event : file["traceEvents"]) {
    if (event["ph"] == "X") names.push_back(event["name"]);
    if (event["ph"] == "b" && event["name"] == "query") {
      EXPECT_EQ(event["args"]["subnet"], "</script>\"\\");
      EXPECT_EQ(event["args"]["cached"], "'<b>\t");
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"layer \xef\xbf\xbd \xe2\x86\x92", "empty to '<b>\t"}));
}

TEST_F(TimelineJsonTest, TimesAreExactMicroseconds) {
  TimelineJson timeline(path_, net_, columns_);
  timeline.Query(query_);
  timeline.Finish({}, path_);
  std::ifstream in(path_);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_NE(text.str().find("\"ts\":123456789.012345,\"name\":\"query\""), std::string::npos);
  EXPECT_NE(text.str().find("\"ts\":123456789.012346,\"name\":\"service\""), std::string::npos);
}

TEST_F(TimelineJsonTest, WithoutEventsItIsValid) {
  TimelineJson timeline(path_, net_, columns_);
  TimelineSummary summary;
  summary.queries_left_out = 3;
  summary.complete_until = Picoseconds(1'500'000);
  timeline.Finish(summary, path_);
  EXPECT_EQ(Read()["otherData"]["queries_left_out"], 3);
  EXPECT_EQ(Read()["otherData"]["complete_until_us"], "1.500000");
}

TEST_F(TimelineJsonTest, AFullDiskIsAnError) {
  TimelineJson timeline("/dev/full", net_, columns_);
  EXPECT_THROW(timeline.Finish({}, "t.json"), UserError);
}

}  // namespace
}  // namespace sushi::report
