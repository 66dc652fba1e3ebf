// What moved, and whether it may: the rules of `sushisim check` at their edges.
#include "sushi/check/comparison.hpp"

#include <gmock/gmock.h>

#include "check_fixture.hpp"

namespace sushi::check {
namespace {

using ::testing::HasSubstr;

// Whether a metric of this baseline and this result, as JSON, is within the tolerance.
bool Passes(const std::string& baseline, const std::string& result, const std::string& percent) {
  return CompareMembers("\"m\": " + baseline, "\"m\": " + result, {"m=" + percent}).Failed() == 0;
}

TEST(CheckTolerance, WithoutARuleNothingMayMove) {
  EXPECT_EQ(CompareMembers(R"("m": 1.5, "t": "x")", R"("m": 1.5, "t": "x")").Failed(), 0u);
  EXPECT_EQ(CompareMembers(R"("m": 1.5)", R"("m": 1.5000000000000002)").Failed(), 1u);
  EXPECT_EQ(CompareMembers(R"("m": 9007199254740993)", R"("m": 9007199254740992)").Failed(), 1u);
  EXPECT_EQ(CompareMembers(R"("m": 18446744073709551615)", R"("m": 18446744073709551614)").Failed(), 1u);
  EXPECT_EQ(CompareMembers(R"("m": 100)", R"("m": 100.0)").Failed(), 0u);
}

TEST(CheckTolerance, ALimitMetExactlyPassesAndOneStepBeyondFails) {
  EXPECT_TRUE(Passes("1000", "1001", "0.1"));
  EXPECT_TRUE(Passes("1000", "999", "0.1"));
  EXPECT_FALSE(Passes("1000", "1002", "0.1"));
  EXPECT_FALSE(Passes("1000", "998", "0.1"));
  EXPECT_FALSE(Passes("1000", "1001", "0.0999999"));
  EXPECT_TRUE(Passes("1000", "1003", "0.3")) << "0.3 as a double is less";
  EXPECT_TRUE(Passes("10000", "10039", "0.390")) << "0.390 is less even as a long double";
  EXPECT_TRUE(Passes("-1000", "-1001", "0.1"));
  EXPECT_FALSE(Passes("-1000", "-1002", "0.1"));
  EXPECT_TRUE(Passes("-10", "10", "200"));
  EXPECT_FALSE(Passes("-10", "11", "200"));
}

TEST(CheckKind, AStreamAndAServingSystemHaveNothingToCompare) {
  const std::string stream = SummaryText(R"("policy": "p", "m": 1)"),
                    system = SummaryText(R"("engine": "tlm", "m": 1)");
  EXPECT_EQ(CompareTexts(stream, stream).Failed(), 0u);
  EXPECT_EQ(CompareTexts(system, system).Failed(), 0u);
  EXPECT_EQ(
      Refusal([&] { CompareTexts(stream, system); }),
      "result.json: is of a serving system, the baseline golden.json of one stream: they have no metrics in "
      "common");
  EXPECT_THAT(Refusal([&] { CompareTexts(system, stream); }), HasSubstr("is of one stream"));
}

TEST(CheckTolerance, LimitsAreThoseOfTheDecimalsInTheFiles) {
  EXPECT_TRUE(Passes("81.65", "81.73165", "0.1"));
  EXPECT_FALSE(Passes("81.65", "81.7316500001", "0.1"));
  EXPECT_TRUE(Passes("0.08", "0.08024", "0.3"));
  EXPECT_FALSE(Passes("0.08", "0.0802400000001", "0.3"));
  EXPECT_TRUE(Passes("0.1", "0.3", "200"));
  EXPECT_TRUE(Passes("0.07", "0.0707", "1"));
  EXPECT_TRUE(Passes("1e300", "1.01e300", "1"));
  EXPECT_FALSE(Passes("1e300", "1.0100000001e300", "1"));
  EXPECT_FALSE(Passes("1e308", "-1e308", "100"));
}

TEST(CheckTolerance, HugeIntegersAreNotRounded) {
  EXPECT_TRUE(Passes("9007199254741000", "9007199254741001", "0.00000000000002"));
  EXPECT_FALSE(Passes("9007199254741000", "9007199254741002", "0.00000000000002"));
}

TEST(CheckTolerance, FromZeroEveryMoveIsBeyondAnyPercentage) {
  EXPECT_FALSE(Passes("0", "1", "1000000"));
  EXPECT_FALSE(Passes("0.0", "1e-9", "1000000"));
  EXPECT_TRUE(Passes("0", "0.0", "0"));
  EXPECT_TRUE(Passes("0", "1", "inf"));
  EXPECT_TRUE(Passes("5", "0", "100"));
  EXPECT_FALSE(Passes("5", "0", "99.9"));
}

TEST(CheckTolerance, TextsBooleansAndNullsMustBeTheSame) {
  EXPECT_FALSE(Passes("\"a\"", "\"b\"", "1000"));
  EXPECT_FALSE(Passes("true", "false", "1000"));
  EXPECT_FALSE(Passes("1", "null", "1000"));
  EXPECT_FALSE(Passes("null", "1", "1000"));
  EXPECT_FALSE(Passes("1", "\"1\"", "1000"));
  EXPECT_TRUE(Passes("null", "null", "0"));
  EXPECT_TRUE(Passes("\"a\"", "\"b\"", "inf"));
}

TEST(CheckTolerance, PercentagesAreNumbersFromZero) {
  EXPECT_EQ(ParseToleranceRule("a=0.5%").tolerance.percent, 0.5L);
  EXPECT_EQ(ParseToleranceRule("a=b=5").pattern, "a=b");
  for (const char* bad :
       {"a=-1", "a=-0", "a=nan", "a=infinity", "a=0x1", "a=1e9999", "a=", "a=%", "a=1 ", "a=1%%"}) {
    EXPECT_THAT(Refusal([&] { ParseToleranceRule(bad); }),
                HasSubstr("expected PATTERN=PERCENT with a number from 0"))
        << bad;
  }
  for (const char* bad : {"a", "=5", ""}) {
    EXPECT_THAT(Refusal([&] { ParseToleranceRule(bad); }), HasSubstr("expected PATTERN=PERCENT, e.g."))
        << bad;
  }
}

TEST(CheckPattern, AStarIsAnyTextAndASectionAllThatIsInIt) {
  EXPECT_TRUE(Matches("*", "latency.service.p99_us"));
  EXPECT_TRUE(Matches("latency.*.p99_us", "latency.service.p99_us"));
  EXPECT_TRUE(Matches("latency.*_us", "latency.service.p99_us"));
  EXPECT_TRUE(Matches("*p99*", "latency.service.p99_us"));
  EXPECT_TRUE(Matches("*_us*", "makespan_us")) << "a star can be empty";
  EXPECT_TRUE(Matches("latency", "latency.service.p99_us"));
  EXPECT_TRUE(Matches("*.energy_pj", "no_pb.energy_pj.dram"));
  EXPECT_FALSE(Matches("latenc", "latency.service.p99_us"));
  EXPECT_FALSE(Matches("p99_us", "latency.service.p99_us"));
  EXPECT_FALSE(Matches("latency.*.p95_us", "latency.service.p99_us"));
  EXPECT_FALSE(Matches("latency.service.p99_us.*", "latency.service.p99_us"));
  EXPECT_FALSE(Matches("latency?service", "latency.service")) << "only the star is special";
  EXPECT_FALSE(Matches("", "latency"));
}

TEST(CheckPattern, ManyStarsTakeNoLongTime) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  EXPECT_FALSE(Matches(pattern + "b", std::string(4000, 'a')));
}

TEST(CheckPattern, TheLastRuleThatMatchesHolds) {
  const std::string old = R"("a": {"x": 100, "y": 100})", now = R"("a": {"x": 104, "y": 104})";
  EXPECT_EQ(CompareMembers(old, now, {"a=5", "a.x=1"}).Failed(), 1u);
  EXPECT_TRUE(Find(CompareMembers(old, now, {"a=5", "a.x=1"}), "a.x").failed);
  EXPECT_EQ(CompareMembers(old, now, {"a.x=1", "a=5"}).Failed(), 0u);
}

TEST(CheckPattern, ARuleForNothingIsRefusedWithTheNearestKey) {
  const auto refusal = [](const std::string& rule) {
    return Refusal(
        [&] { CompareMembers(R"("latency": {"service": {"p99_us": 1}})", R"("other": 1)", {rule}); });
  };
  EXPECT_EQ(refusal("latency.servcie=1"),
            "--tol latency.servcie=1: matches no metric of either file (did you mean 'latency.service'?)");
  EXPECT_THAT(refusal("latncy.*=1"), HasSubstr("(did you mean 'latency"));
  EXPECT_THAT(refusal("*.p98_us=1"), HasSubstr("(did you mean 'latency.service.p99_us'?)"));
  EXPECT_EQ(refusal("energy=1"), "--tol energy=1: matches no metric of either file");
  EXPECT_EQ(refusal("other=1"), "not refused") << "new metrics count as well";
}

TEST(CheckMetrics, AMissingMetricFailsUnlessItIsNotJudged) {
  const Comparison missing = CompareMembers(R"("a": 0, "b": 1)", R"("b": 1)", {"a=1000"});
  EXPECT_EQ(missing.Failed(), 1u);
  EXPECT_EQ(Find(missing, "a").move, Move::kMissing);
  EXPECT_EQ(CompareMembers(R"("a": 0, "b": 1)", R"("b": 1)", {"a=inf"}).Failed(), 0u);
}

TEST(CheckMetrics, ANewMetricIsToldAndPasses) {
  const Comparison added = CompareMembers(R"("b": 1)", R"("a": 0, "b": 1)");
  EXPECT_EQ(added.Failed(), 0u);
  EXPECT_EQ(added.Count(Move::kNew), 1u);
  EXPECT_EQ(Find(added, "a").move, Move::kNew);
}

TEST(CheckMetrics, AMetricThatBecomesASectionIsGone) {
  const Comparison comparison = CompareMembers(R"("a": 1)", R"("a": {"b": 1})");
  EXPECT_EQ(Find(comparison, "a").move, Move::kMissing);
  EXPECT_EQ(Find(comparison, "a.b").move, Move::kNew);
  EXPECT_EQ(comparison.Failed(), 1u);
}

TEST(CheckMetrics, ChangesAreRelativeToTheSizeOfTheBaseline) {
  const Comparison c = CompareMembers(R"("up": 50, "down": -2, "zero": 0, "text": "a", "same": 7)",
                                      R"("up": 60, "down": -3, "zero": 1, "text": "b", "same": 7)");
  EXPECT_DOUBLE_EQ(*Find(c, "up").change_percent, 20);
  EXPECT_DOUBLE_EQ(*Find(c, "down").change_percent, -50);
  EXPECT_DOUBLE_EQ(*Find(c, "same").change_percent, 0);
  EXPECT_FALSE(Find(c, "zero").change_percent);
  EXPECT_FALSE(Find(c, "text").change_percent);
}

TEST(CheckMetrics, TheWorstStandsFirst) {
  const Comparison c = CompareMembers(
      R"("same": 1, "fine": 10, "small": 100, "gone": 1, "large": 100, "zero": 0)",
      R"("same": 1, "fine": 19, "small": 101, "large": 50, "zero": 1, "new": 1)", {"fine=inf"});
  std::vector<std::string> order;
  for (const MetricCheck& check : c.metrics) order.push_back(check.key);
  EXPECT_EQ(order, (std::vector<std::string>{"gone", "zero", "large", "small", "fine", "new",
                                             "schema_version", "same"}));
}

struct Parts {
  std::string configuration = "c", hardware = "h", model = "m", trace = "t";
  int version = 2;
};

std::string WithIdentity(const Parts& p) {
  return SummaryText("", "\"timing_model_version\": " + std::to_string(p.version) +
                             ", \"configuration\": \"" + p.configuration + "\", \"hardware\": \"" +
                             p.hardware + "\", \"model\": \"" + p.model + "\", \"trace\": \"" + p.trace +
                             "\"");
}

std::size_t FailedParts(const Parts& result, const std::vector<std::string>& allowed) {
  return CompareTexts(WithIdentity({}), WithIdentity(result), {}, allowed).Failed();
}

TEST(CheckIdentity, EachPartMustBeTheSameOrAllowed) {
  const std::vector<std::pair<std::string, Parts>> others = {
      {"configuration", {"x", "h", "m", "t", 2}},
      {"hardware", {"x", "x", "m", "t", 2}},
      {"model", {"x", "h", "x", "t", 2}},
      {"trace", {"x", "h", "m", "x", 2}},
      {"timing_model_version", {"c", "h", "m", "t", 3}}};
  for (const auto& [part, parts] : others) {
    EXPECT_EQ(FailedParts(parts, {}), 1u) << part;
    EXPECT_EQ(FailedParts(parts, {part}), 0u) << part;
    const std::string another = part == "model" ? "trace" : "model";
    EXPECT_EQ(FailedParts(parts, {another}), 1u) << part;
  }
  EXPECT_EQ(FailedParts({"x", "x", "m", "x", 3}, {"hardware", "trace"}), 1u);
  EXPECT_EQ(FailedParts({"x", "x", "m", "x", 3}, {}), 3u);
}

TEST(CheckIdentity, APartThatOneSideLacksDiffers) {
  const std::string fewer =
      SummaryText("", R"("timing_model_version": 2, "configuration": "c", "hardware": "h")");
  EXPECT_EQ(CompareTexts(WithIdentity({}), fewer).Failed(), 2u);
  EXPECT_EQ(CompareTexts(fewer, WithIdentity({})).Failed(), 2u);
}

TEST(CheckIdentity, AnUnknownPartCannotBeAllowed) {
  EXPECT_EQ(Refusal([] { FailedParts({}, {"hardwre"}); }),
            "--allow: no part 'hardwre' of the identity (did you mean 'hardware'?), expected "
            "timing_model_version, configuration, hardware, model, trace");
}

}  // namespace
}  // namespace sushi::check
