#include "sushi/report/html_report.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "process.hpp"
#include "sushi/core/error.hpp"

namespace sushi::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Scratch;
using Json = nlohmann::ordered_json;

TEST(ScriptJson, HoldsNothingThatEndsAScriptOrALine) {
  const Json json = {
      {"</script><script>alert(1)</script>", "<!-- & \xe2\x80\xa8 \xe2\x80\xa9 \xc3\xa9 \xf0\x9f\x98\x80"}};
  const std::string text = ScriptJson(json);
  for (const char c : {'<', '>', '&'}) EXPECT_EQ(text.find(c), std::string::npos) << text;
  for (const char c : text) EXPECT_TRUE(c >= ' ' && c <= '~') << text;
  EXPECT_EQ(Json::parse(text), json);
}

TEST(ScriptJson, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(ScriptJson(Json(std::string("a\xff") + "b")), "\"a\\ufffdb\"");
}

Json NoRuns() { return {{"schema_version", 1}, {"runs", Json::array()}, {"sweep", nullptr}}; }

TEST(ReportPage, NeedsNothingElse) {
  const std::string page = ReportPage(NoRuns());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* what :
       {"/*STYLE*/", "/*DATA*/", "/*LIBRARY*/", "/*SCRIPTS*/", "src=", "@import", "url(http", "<link"}) {
    EXPECT_THAT(page, Not(HasSubstr(what)));
  }
  EXPECT_THAT(page, HasSubstr("Permission to use, copy, modify"));  // D3's licence goes with it
  EXPECT_EQ(page, ReportPage(NoRuns()));
}

TEST(ReportPage, HoldsTheDataOnceInItsElement) {
  Json data = NoRuns();
  data["sweep"] = "</script><script>x()</script>";
  const std::string page = ReportPage(data);
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = page.find(open) + open.size();
  EXPECT_EQ(Json::parse(page.substr(begin, page.find("</script>", begin) - begin)), data);
}

std::string ErrorOf(const std::vector<std::string>& directories) {
  try {
    ReportData(directories);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ReportData, SaysWhatADirectoryLacks) {
  const Scratch scratch;
  const std::string dir = scratch.dir().string();
  EXPECT_THAT(ErrorOf({dir}), HasSubstr("holds neither summary.json"));
  EXPECT_THAT(ErrorOf({dir + "/absent"}), HasSubstr("is no directory"));
  scratch.Write("plan.json", "{}");
  EXPECT_THAT(ErrorOf({dir}), HasSubstr("is a sweep's store"));
  scratch.Write("summary.json", "{\"schema_version\": 7}");
  EXPECT_THAT(ErrorOf({dir}), HasSubstr("summary.json: schema_version: is 7, this program reads 1"));
  scratch.Write("summary.json", "{\"schema_version\": 1, \"device\": 5}");
  EXPECT_THAT(ErrorOf({dir}), HasSubstr("summary.json: device: expected text"));
}

TEST(ReportData, ASweepStandsAlone) {
  const Scratch scratch;
  scratch.Write("sweep.jsonl", "{\"index\":0,\"id\":\"x\",\"point\":{\"k\":1},\"metrics\":{\"m\":1}}\n");
  const std::string dir = scratch.dir().string();
  EXPECT_EQ(ReportData({dir + "//"})["sweep"]["name"], dir);
  EXPECT_THAT(ErrorOf({dir, dir}), HasSubstr("is a sweep; it has a report of its own"));
}

TEST(ReportData, ComparesAsManyRunsAsCanBeToldApart) {
  const Scratch scratch;
  const std::string absent = (scratch.dir() / "absent").string();
  EXPECT_THAT(ErrorOf(std::vector<std::string>(kMaxReportedRuns, absent)), HasSubstr("is no directory"));
  EXPECT_THAT(ErrorOf(std::vector<std::string>(kMaxReportedRuns + 1, absent)), HasSubstr("at most 24 runs"));
}

}  // namespace
}  // namespace sushi::report
