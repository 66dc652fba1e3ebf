// Reading a summary.json: paths of leaves, exact numbers, and what is refused.
#include "sushi/check/summary.hpp"

#include <gmock/gmock.h>

#include "check_fixture.hpp"

namespace sushi::check {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string RefusalOf(const std::string& text) {
  return Refusal([&] { ParseSummary("s.json", text); });
}

TEST(CheckSummary, EveryLeafIsAMetricUnderItsPath) {
  const Summary summary = ParseSummary(
      "s.json",
      SummaryText(R"("a": {"b": 1, "c.d": "x"}, "list": [1.5, {"e": true}, [null]], "none": {}, "no": [])"));
  std::vector<std::string> found;
  for (const Metric& metric : summary.metrics) found.push_back(metric.key + "=" + Text(metric.value));
  EXPECT_EQ(found, (std::vector<std::string>{"schema_version=1", "a.b=1", "a.c.d=x", "list.0=1.5",
                                             "list.1.e=true", "list.2.0=null"}));
  ASSERT_EQ(summary.identity.size(), 5u);
  EXPECT_EQ(summary.identity[2].key, "hardware");
}

TEST(CheckSummary, NumbersAreComparedByExactValue) {
  EXPECT_TRUE(Same(std::uint64_t{100}, 100.0));
  EXPECT_TRUE(Same(std::int64_t{-100}, -100.0));
  EXPECT_TRUE(Same(0.0, -0.0));
  // The double next to both of these integers is 2^53.
  EXPECT_FALSE(Same(std::uint64_t{9007199254740993}, std::uint64_t{9007199254740992}));
  EXPECT_FALSE(Same(std::uint64_t{9007199254740993}, 9007199254740992.0));
  EXPECT_TRUE(Same(std::uint64_t{9007199254740992}, 9007199254740992.0));
  EXPECT_FALSE(Same(UINT64_MAX, UINT64_MAX - 1));
  EXPECT_FALSE(Same(INT64_MIN, INT64_MIN + 1));
}

TEST(CheckSummary, OtherKindsEqualOnlyTheirOwn) {
  EXPECT_FALSE(Same(true, std::uint64_t{1}));
  EXPECT_FALSE(Same(std::string("1"), std::uint64_t{1}));
  EXPECT_FALSE(Same(std::monostate(), std::string("null")));
  EXPECT_TRUE(Same(std::monostate(), std::monostate()));
  EXPECT_FALSE(Same(true, false));
}

TEST(CheckSummary, TheLargestIntegersAreRead) {
  const Summary summary =
      ParseSummary("s.json", SummaryText(R"("u": 18446744073709551615, "i": -9223372036854775808)"));
  EXPECT_EQ(Text(summary.metrics[1].value), "18446744073709551615");
  EXPECT_EQ(Text(summary.metrics[2].value), "-9223372036854775808");
  EXPECT_EQ(RefusalOf(SummaryText(R"("a": {"u": 18446744073709551616})")),
            "s.json: a.u: an integer of more than 64 bits: 18446744073709551616");
}

TEST(CheckSummary, BrokenJsonIsRefusedWithItsLine) {
  EXPECT_THAT(RefusalOf("{\n\"a\": 1\n\"b\": 2}"), StartsWith("s.json:3: is no JSON: syntax error"));
  EXPECT_THAT(RefusalOf("{\n\"a\": nan}"), StartsWith("s.json:2: is no JSON: "));
  EXPECT_THAT(RefusalOf("{\n\"a\": \"x\n\"}"), StartsWith("s.json:2: is no JSON: "))
      << "a text that never ends";
  EXPECT_THAT(RefusalOf("{\"a\": 1,\n\n"), HasSubstr("unexpected end of input"));
  EXPECT_THAT(RefusalOf(""), StartsWith("s.json:1: is no JSON: "));
  EXPECT_THAT(RefusalOf("{\n\"a\": 1e999}"), StartsWith("s.json:2: is no JSON: number overflow"));
  EXPECT_THAT(RefusalOf("{\n\"a\": \"\xff\"}"), StartsWith("s.json:2: is no JSON: "));
  EXPECT_THAT(RefusalOf(SummaryText("") + "\n<<<<<<<"), StartsWith("s.json:2: is no JSON: "));
}

TEST(CheckSummary, AKeyTwiceIsRefused) {
  EXPECT_EQ(RefusalOf(SummaryText(R"("a": {"b": 1, "b": 2})")), "s.json: a.b: stands twice");
  EXPECT_EQ(RefusalOf(SummaryText(R"("a": {"b": 1}, "a.b": 1)")), "s.json: a.b: two values have this path");
}

TEST(CheckSummary, OtherJsonIsNoSummary) {
  EXPECT_THAT(RefusalOf("[1]"), HasSubstr("is no summary.json"));
  EXPECT_THAT(RefusalOf("5"), HasSubstr("is no summary.json"));
  EXPECT_THAT(RefusalOf("{}"), HasSubstr("it has no identity"));
  EXPECT_THAT(RefusalOf(R"({"identity": {"hardware": "h"}})"), HasSubstr("it has no schema_version"));
  EXPECT_EQ(RefusalOf(R"({"schema_version": 2, "identity": {"hardware": "h"}})"),
            "s.json: schema_version: expected 1, found 2");
}

TEST(CheckSummary, DeepNestingIsRefused) {
  const auto nested = [](std::size_t levels) {  // the top object is one more
    return SummaryText("\"a\": " + std::string(levels, '[') + "1" + std::string(levels, ']'));
  };
  EXPECT_EQ(RefusalOf(nested(63)), "not refused");
  EXPECT_THAT(RefusalOf(nested(64)), HasSubstr("nested deeper than 64 levels"));
  EXPECT_THAT(RefusalOf(nested(1'000'000)), HasSubstr("nested deeper than 64 levels"));
}

TEST(CheckSummary, FilesThatCannotBeReadAreRefused) {
  EXPECT_EQ(Refusal([] { ReadSummary("/nonexistent/s.json"); }), "/nonexistent/s.json: cannot open the file");
  EXPECT_EQ(Refusal([] { ReadSummary("/"); }), "/: is a directory, expected a summary.json");
  EXPECT_EQ(Refusal([] { ReadSummary("/dev/zero"); }), "/dev/zero: larger than 64 MiB");
}

}  // namespace
}  // namespace sushi::check
