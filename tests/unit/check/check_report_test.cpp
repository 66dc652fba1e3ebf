// What `sushisim check` prints and writes, with names that try to break out.
#include "sushi/check/check_report.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "check_fixture.hpp"

namespace sushi::check {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Printed(const Comparison& comparison, bool all = false) {
  std::ostringstream out;
  PrintCheck(comparison, all, out);
  return out.str();
}

std::string Annotated(const Comparison& comparison) {
  std::ostringstream out;
  PrintAnnotations(comparison, out);
  return out.str();
}

pugi::xml_document Parsed(const std::string& xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_string(xml.c_str());
  EXPECT_TRUE(result) << result.description();
  return document;
}

const std::string kNasty = R"(<b & \"q\" 'a'>\n::error::x,%|`y`]]>\u0000\u001b[31m\uffff)";  // as in JSON

TEST(CheckReport, TheTableListsWhatMovedByHowMuchAndWhatIsAllowed) {
  const Comparison c = CompareMembers(
      R"("a": {"p99_us": 81.65, "n": 7}, "z": 0, "t": "old", "gone": 5, "w": 1000)",
      R"("a": {"p99_us": 90.0, "n": 7}, "z": 3, "t": "new", "w": 1001, "x": 1)", {"a=2", "w=0.1%"});
  EXPECT_EQ(Printed(c),
            "      baseline  result    change  allowed  metric\n"
            "FAIL         0       3    from 0    exact  z\n"
            "FAIL       old     new   changed    exact  t\n"
            "FAIL         5       -      gone    exact  gone\n"
            "FAIL     81.65      90  +10.23 %      2 %  a.p99_us\n"
            "ok        1000    1001   +0.10 %    0.1 %  w\n"
            "new          -       1       new    exact  x\n"
            "4 of 8 metrics out of tolerance; 4 moved, 1 missing, 1 new\n");
  EXPECT_THAT(Printed(c), Not(HasSubstr("a.n")));
  EXPECT_THAT(Printed(c, true), HasSubstr("ok           7       7         -      2 %  a.n\n"));
}

TEST(CheckReport, NumbersThatDifferLookDifferent) {
  const auto row = [](const std::string& baseline, const std::string& result) {
    const CheckTexts texts = TextsOf(Find(CompareMembers("\"m\": " + baseline, "\"m\": " + result), "m"));
    return texts.baseline + " " + texts.result + " " + texts.change;
  };
  EXPECT_EQ(row("58.4006", "58.5"), "58.4006 58.5 +0.17 %");
  EXPECT_EQ(row("0.1", "0.30000000000000004"), "0.1 0.3 +200.00 %");
  EXPECT_EQ(row("0.3", "0.30000000000000004"), "0.3 0.30000000000000004 +1.85e-14 %");
  EXPECT_EQ(row("9007199254740993", "9007199254740992"), "9007199254740993 9007199254740992 -1.11e-14 %");
  EXPECT_EQ(row("100", "100.00001"), "100 100.00001 +1.00e-05 %");
  EXPECT_EQ(row("1e-9", "2e-9"), "1e-09 2e-09 +100.00 %");
  EXPECT_EQ(row("1", "1e300"), "1 1e+300 +1.00e+302 %");
  EXPECT_EQ(row("1e-300", "1e300"), "1e-300 1e+300 changed");
}

TEST(CheckReport, AnotherIdentityIsNamedWithItsFlag) {
  const std::string other =
      R"("timing_model_version": 3, "configuration": "c", "hardware": "h", "model": "m", "trace": "t")";
  EXPECT_EQ(Printed(CompareTexts(SummaryText(""), SummaryText("", other))),
            "FAIL  another timing_model_version (2 -> 3); is that meant? --allow timing_model_version\n"
            "0 of 1 metrics out of tolerance, another identity; 0 moved, 0 missing, 0 new\n");
  EXPECT_EQ(Printed(CompareTexts(SummaryText(""), SummaryText("", other), {}, {"timing_model_version"})),
            "ok    another timing_model_version (2 -> 3), allowed\n"
            "0 of 1 metrics out of tolerance; 0 moved, 0 missing, 0 new\n");
}

TEST(CheckReport, JsonHasTheExactValues) {
  const Comparison c =
      CompareMembers(R"("n": 18446744073709551615, "t": "a", "z": null, "same": 1)",
                     R"("n": 18446744073709551614, "t": "b", "same": 1, "new": true)", {"t=inf"});
  const auto json = CheckJson(c, false);
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(json["compared"], 6);
  ASSERT_EQ(json["metrics"].size(), 4u);
  EXPECT_EQ(json["metrics"][0].dump(),
            R"({"metric":"z","baseline":null,"result":null,"change_percent":null,"tolerance_percent":0.0,)"
            R"("move":"missing","failed":true})");
  EXPECT_EQ(json["metrics"][1]["baseline"].dump(), "18446744073709551615");
  EXPECT_EQ(json["metrics"][2]["tolerance_percent"], nullptr);
  EXPECT_EQ(json["metrics"][2]["failed"], false);
  EXPECT_EQ(json["metrics"][3]["move"], "new");
  EXPECT_EQ(CheckJson(c, true)["metrics"].size(), 6u);
}

TEST(CheckReport, NamesFromFilesCannotBreakTheTable) {
  const Comparison c = CompareMembers("\"" + kNasty + "\": 1", "\"" + kNasty + "\": 2");
  const std::string printed = Printed(c);
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 3);
  EXPECT_EQ(printed.find('\x1b'), std::string::npos);
  EXPECT_EQ(printed.find('\0'), std::string::npos);
}

TEST(CheckJUnit, HasACaseForEveryMetricAndPart) {
  const Comparison c =
      CompareMembers(R"("a": {"b": 1, "c": 2}, "gone": 1)", R"("a": {"b": 2, "c": 2}, "new": 1)");
  const pugi::xml_document document = Parsed(JUnitXml(c));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  EXPECT_STREQ(suite.attribute("tests").value(), "10");
  EXPECT_STREQ(suite.attribute("failures").value(), "2");
  EXPECT_STREQ(suite.attribute("skipped").value(), "1");
  const auto cases = suite.children("testcase");
  EXPECT_EQ(std::distance(cases.begin(), cases.end()), 10);
  const pugi::xml_node moved = suite.find_child_by_attribute("testcase", "name", "a.b");
  EXPECT_STREQ(moved.attribute("classname").value(), "summary.a");
  EXPECT_STREQ(moved.child("failure").attribute("type").value(), "moved");
  EXPECT_STREQ(moved.child("failure").attribute("message").value(), "1 -> 2, +100.00 %, tolerance 0 %");
  EXPECT_FALSE(suite.find_child_by_attribute("testcase", "name", "a.c").first_child());
  const pugi::xml_node gone = suite.find_child_by_attribute("testcase", "name", "gone");
  EXPECT_STREQ(gone.child("failure").attribute("type").value(), "missing");
  EXPECT_TRUE(suite.find_child_by_attribute("testcase", "name", "new").child("skipped"));
  EXPECT_TRUE(suite.find_child_by_attribute("testcase", "name", "hardware"));
}

TEST(CheckJUnit, AnotherIdentityIsAFailure) {
  const Comparison c =
      CompareTexts(SummaryText("", R"("hardware": "h")"), SummaryText("", R"("hardware": "x")"));
  const pugi::xml_document document = Parsed(JUnitXml(c));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  EXPECT_STREQ(suite.attribute("failures").value(), "1");
  EXPECT_STREQ(suite.find_child_by_attribute("testcase", "name", "hardware")
                   .child("failure")
                   .attribute("type")
                   .value(),
               "identity");
}

TEST(CheckJUnit, NamesAndTextsFromFilesComeBackAsTheyWere) {
  const Comparison c = CompareMembers(R"("<a b=\"c\">&'é": "<x>", "n\u0000\u001b\ufffe\uffff": 1)",
                                      R"("<a b=\"c\">&'é": "]]>&amp;", "n\u0000\u001b\ufffe\uffff": 1)");
  const std::string xml = JUnitXml(c);
  const pugi::xml_document document = Parsed(xml);
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  const pugi::xml_node test = suite.find_child_by_attribute("testcase", "name", "<a b=\"c\">&'é");
  ASSERT_TRUE(test);
  EXPECT_STREQ(test.child("failure").text().get(), "<x> -> ]]>&amp;, changed, tolerance 0 %");
  EXPECT_TRUE(suite.find_child_by_attribute("testcase", "name", "n\ufffd\ufffd\ufffd\ufffd"))
      << "what XML cannot hold is replaced";
  EXPECT_THAT(xml, Not(HasSubstr("&#")));
}

TEST(CheckGitHub, AnAnnotationIsOneLineThatNamesCannotLeave) {
  const Comparison c =
      CompareMembers("\"" + kNasty + "\": \"x\"", "\"" + kNasty + "\": \"50 %\\n::error::y\"");
  const std::string printed = Annotated(c);
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 1);
  EXPECT_EQ(
      printed.rfind(
          "::error file=golden.json,title=sushisim check%3A <b & \"q\" 'a'>%0A%3A%3Aerror%3A%3Ax%2C%25", 0),
      0u)
      << printed;
  EXPECT_THAT(printed, HasSubstr("::x -> 50 %25 ::error::y, changed, tolerance 0 %25\n"));
  EXPECT_EQ(Annotated(CompareMembers(R"("a": 1)", R"("a": 1)")), "");
}

TEST(CheckGitHub, ThereAreAtMostTenAnnotations) {
  const auto lines = [](int failures) {
    std::string old = "\"m\": 1", now = old;
    for (int i = 0; i < failures; ++i) {
      old += ", \"m" + std::to_string(i) + "\": 1";
      now += ", \"m" + std::to_string(i) + "\": 2";
    }
    return Annotated(CompareMembers(old, now));
  };
  const auto count = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  EXPECT_EQ(count(lines(10)), 10);
  EXPECT_THAT(lines(10), Not(HasSubstr("more")));
  EXPECT_EQ(count(lines(11)), 10);
  EXPECT_THAT(lines(11), HasSubstr("::2 more; the log has them all\n"));
}

TEST(CheckGitHub, TheStepSummaryIsATableThatNamesCannotLeave) {
  const Comparison c = CompareMembers("\"a\": 1, \"" + kNasty + "\": 1", "\"a\": 2, \"" + kNasty + "\": 1.5");
  const std::string text = StepSummary(c);
  EXPECT_THAT(text,
              HasSubstr("### sushisim check failed\n\nresult.json against golden.json: 2 of 3 metrics"));
  EXPECT_THAT(text, HasSubstr("\n| FAIL | a | 1 | 2 | &#43;100.00 % | exact |\n"));
  const std::size_t row = text.find("&#60;b");
  ASSERT_NE(row, std::string::npos);
  const std::string line = text.substr(row, text.find('\n', row) - row);
  EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 5);
  EXPECT_EQ(line.find_first_of("<>`"), std::string::npos);
  EXPECT_EQ(
      StepSummary(CompareMembers("", "")),
      "### sushisim check passed\n\nresult.json against golden.json: 0 of 1 metrics out of tolerance\n\n");
}

TEST(CheckGitHub, TheStepSummaryOfManyMetricsSaysHowManyItLeavesOut) {
  std::string old = "\"m\": 1", now = old;
  for (int i = 0; i < 101; ++i) {
    old += ", \"m" + std::to_string(i) + "\": 1";
    now += ", \"m" + std::to_string(i) + "\": 2";
  }
  EXPECT_THAT(StepSummary(CompareMembers(old, now)), HasSubstr("\nand 1 more\n"));
}

}  // namespace
}  // namespace sushi::check
