// The kinds of axis that a study has not always had, by themselves: zip, list, range, log2, linspace.
#include <gmock/gmock.h>

#include "config_fixture.hpp"
#include "sushi/config/axes.hpp"

namespace sushi::config {
namespace {

using ::testing::HasSubstr;
using Texts = std::vector<std::string>;

Texts Values(const std::string& kind, const std::string& spec) {
  const Node node = ParseYaml(spec, "p.yaml");
  const Progression progression(kind, node, "axes.k");
  Texts texts;
  for (std::int64_t i = 0; i < progression.size(); ++i) texts.push_back(progression.At(i).scalar);
  return texts;
}

std::string ErrorIn(const std::string& kind, const std::string& spec) {
  return ErrorOf([&] { Values(kind, "\n" + spec); });
}

TEST(Progression, ARangeStepsByOneUpToItsEnd) {
  EXPECT_EQ(Values("range", "{from: 1, to: 4}"), (Texts{"1", "2", "3", "4"}));
  EXPECT_EQ(Values("range", "{from: -2, to: 2, step: 2}"), (Texts{"-2", "0", "2"}));
  EXPECT_EQ(Values("range", "{from: 5, to: 5}"), (Texts{"5"}));
}

TEST(Progression, ARangeDoesNotPassItsEnd) {
  EXPECT_EQ(Values("range", "{from: 0, to: 8, step: 3}"), (Texts{"0", "3", "6"}));
  EXPECT_EQ(Values("range", "{from: 0, to: 9, step: 3}"), (Texts{"0", "3", "6", "9"}));
}

TEST(Progression, DecimalsAreExact) {
  EXPECT_EQ(Values("range", "{from: 0.1, to: 0.35, step: 0.05}"),
            (Texts{"0.1", "0.15", "0.2", "0.25", "0.3", "0.35"}));
  EXPECT_EQ(Values("range", "{from: -0.05, to: 0.05, step: 0.05}"), (Texts{"-0.05", "0", "0.05"}));
  EXPECT_EQ(Values("range", "{from: 0.5, to: 2.5}"), (Texts{"0.5", "1.5", "2.5"}));
}

TEST(Progression, Log2Doubles) {
  EXPECT_EQ(Values("log2", "{from: 3, to: 48}"), (Texts{"3", "6", "12", "24", "48"}));
  EXPECT_EQ(Values("log2", "{from: 0.25, to: 1}"), (Texts{"0.25", "0.5", "1"}));
  EXPECT_EQ(Values("log2", "{from: 7, to: 7}"), (Texts{"7"}));
  EXPECT_EQ(ErrorIn("log2", "{from: 3, to: 47}"), "p.yaml:2: axes.k: doubling 3 gives 24 and 48, not 47");
  EXPECT_EQ(ErrorIn("log2", "{from: 0, to: 8}"),
            "p.yaml:2: axes.k: expected 'from' above 0, as values double");
}

TEST(Progression, LinspaceHasBothEndsAndEqualDistances) {
  EXPECT_EQ(Values("linspace", "{from: 0, to: 1, points: 5}"), (Texts{"0", "0.25", "0.5", "0.75", "1"}));
  EXPECT_EQ(Values("linspace", "{from: 0.1, to: 0.4, points: 4}"), (Texts{"0.1", "0.2", "0.3", "0.4"}));
  EXPECT_EQ(Values("linspace", "{from: 0, to: 1, points: 4}")[1], "0.3333333333333333");
  EXPECT_EQ(Values("linspace", "{from: 10, to: 20, points: 2}"), (Texts{"10", "20"}));
  EXPECT_THAT(ErrorIn("linspace", "{from: 0, to: 1, points: 1}"),
              HasSubstr("p.yaml:2: axes.k.points: expected"));
}

TEST(Progression, NamesWhatIsWrongAndWhere) {
  EXPECT_EQ(ErrorIn("range", "{from: 2, to: 1}"), "p.yaml:2: axes.k: 'from' must not be above 'to'");
  EXPECT_EQ(ErrorIn("range", "{from: 2}"), "p.yaml:2: axes.k.to: is missing");
  EXPECT_EQ(ErrorIn("range", "{from: 1, to: 2, step: 0}"),
            "p.yaml:2: axes.k.step: expected a number above 0");
  EXPECT_EQ(ErrorIn("range", "{from: 1, to: 2, stepp: 1}"),
            "p.yaml:2: axes.k.stepp: unknown key (did you mean 'step'?)");
  EXPECT_EQ(ErrorIn("log2", "{from: 1, to: 2, step: 1}"), "p.yaml:2: axes.k.step: unknown key");
  EXPECT_THAT(ErrorIn("range", "{from: one, to: 2}"),
              HasSubstr("p.yaml:2: axes.k.from: expected a decimal number"));
  EXPECT_THAT(ErrorIn("range", "{from: 1e3, to: 2000}"), HasSubstr("got '1e3'"));
  EXPECT_THAT(ErrorIn("range", "{from: 0, to: 99999999999999999999}"), HasSubstr("too many digits"));
  EXPECT_THAT(ErrorIn("range", "{from: 0.0000000001, to: 1}"), HasSubstr("at most 9 digits"));
  EXPECT_THAT(ErrorIn("linspace", "{from: 0, to: 9007199254740992, points: 3}"),
              HasSubstr("too many points"));
  EXPECT_THAT(ErrorIn("range", "[1, 2]"), HasSubstr("p.yaml:2: axes.k: expected a map"));
}

Texts KeysOf(const Point& point) {
  Texts keys;
  for (const Override& item : point.overrides) keys.push_back(item.key + "=" + item.value.scalar);
  return keys;
}

std::vector<Dimension> Read(const std::string& yaml) {
  return ReadAxes(ParseYaml(yaml, "a.yaml"), "axes", AxisKeys::kSweep);
}

TEST(ReadAxes, AZipIsOneDimensionOfPairs) {
  const auto dimensions = Read("- zip: {accel.pb.capacity_kib: [1, 2], seed: [8, 9]}");
  ASSERT_EQ(dimensions.size(), 1u);
  EXPECT_EQ(dimensions[0].size(), 2);
  EXPECT_EQ(KeysOf(dimensions[0].StepAt(1)), (Texts{"accel.pb.capacity_kib=2", "trace.generator.seed=9"}));
  EXPECT_EQ(dimensions[0].StepAt(1).labels, (Texts{"2", "9"}));
}

TEST(ReadAxes, EveryKeyOfARangeIsADimension) {
  const auto dimensions = Read("- log2: {accel.pb.capacity_kib: {from: 1, to: 4}, seed: {from: 1, to: 2}}");
  ASSERT_EQ(dimensions.size(), 2u);
  EXPECT_EQ(dimensions[0].size(), 3);
  EXPECT_EQ(KeysOf(dimensions[1].StepAt(1)), (Texts{"trace.generator.seed=2"}));
  EXPECT_EQ(dimensions[1].columns, (Texts{"seed"}));
}

TEST(ReadAxes, NamesWhatIsWrongAndWhere) {
  const auto error = [](const std::string& yaml) { return ErrorOf([&] { Read("\n" + yaml); }); };
  EXPECT_EQ(error("- zip: {seed: [1, 2, 3], accel.clock_mhz: [1, 2]}"),
            "a.yaml:2: axes.zip: 'seed' has 3 values, 'accel.clock_mhz' has 2; expected as many");
  EXPECT_EQ(error("- zip: {}"), "a.yaml:2: axes.zip: expected at least one key");
  EXPECT_EQ(error("- list: []"), "a.yaml:2: axes.list: expected at least one map of keys");
  EXPECT_EQ(error("- list: [{seedd: 1}]"), "a.yaml:2: axes: unknown key 'seedd' (did you mean 'seed'?)");
  EXPECT_THAT(error("- list: [{seed: [1]}]"), HasSubstr("a.yaml:2: axes.list.seed: expected a scalar"));
  EXPECT_THAT(error("- list: [7]"), HasSubstr("a.yaml:2: axes.list: expected a map"));
  EXPECT_EQ(error("- range: {scheduler.policy: {from: 1, to: 2}}"),
            "a.yaml:2: axes: 'scheduler.policy' is no number, so it has no range");
  EXPECT_EQ(error("- log2: {base: {from: 1, to: 2}}"),
            "a.yaml:2: axes: 'base' is no number, so it has no log2");
  EXPECT_THAT(error("- rang: {seed: {from: 1, to: 2}}"), HasSubstr("(did you mean 'range'?)"));
}

TEST(ReadAxes, OnlyASweepHasBaseSeedAndKeysOfTheModel) {
  for (const std::string key : {"base", "seed", "supernet.name"}) {
    const Node node = ParseYaml("- product: {" + key + ": [1]}", "a.yaml");
    EXPECT_THAT(ErrorOf([&] { ReadAxes(node, "axes", AxisKeys::kFields); }),
                HasSubstr("unknown key '" + key));
    EXPECT_EQ(ReadAxes(node, "axes", AxisKeys::kSweep).size(), 1u);
  }
}

}  // namespace
}  // namespace sushi::config
