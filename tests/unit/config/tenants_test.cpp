// The section `tenants`.
#include <gmock/gmock.h>

#include "serving_fixture.hpp"

namespace sushi::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Tenants : public ServingFile {
 protected:
  static constexpr const char* kTrace = "trace: {generator: {seed: 7, arrival_rate_qps: 50}}\n";
};

TEST_F(Tenants, AreOneNamedAfterTheSuperNetWithoutASection) {
  const ServingPlan plan = Plan(kTrace);
  ASSERT_EQ(plan.tenants.size(), 1u);
  const TenantPlan& only = plan.tenants[0];
  EXPECT_EQ(only.tenant.name, "tiny");
  EXPECT_EQ(only.tenant.priority, 1);
  EXPECT_EQ(only.tenant.parent, -1);
  EXPECT_TRUE(only.tenant.conditions.empty());
  EXPECT_FALSE(only.slo);
  EXPECT_FALSE(only.accuracy_min_percent);
  EXPECT_FALSE(only.periodic);
  ASSERT_TRUE(only.trace);
  EXPECT_EQ(only.trace->generator.seed, 7u);
  ASSERT_EQ(plan.models.size(), 1u);
  EXPECT_EQ(plan.models[0]->name, "tiny");
}

TEST_F(Tenants, HaveWhatTheirEntrySays) {
  const ServingPlan plan = Plan(
      std::string(kTrace) +
      "tenants:\n"
      "  - {name: a, priority: 1000, slo_us: 30000.5, accuracy_min_percent: 75.5,\n"
      "     trace: {generator: {seed: 8}}, conditions: [[response_us <= 30000], [accuracy_percent >= 77]]}\n"
      "  - {name: b, period_us: 33333, frames: 10, offset_us: 0.5}\n"
      "  - {name: c, after: b, slo_us: 100}\n");
  ASSERT_EQ(plan.tenants.size(), 3u);
  const TenantPlan& a = plan.tenants[0];
  EXPECT_EQ(a.tenant.priority, 1000);
  EXPECT_EQ(a.slo, Picoseconds(30'000'500'000));
  EXPECT_EQ(a.accuracy_min_percent, 75.5);
  EXPECT_EQ(a.trace->generator.seed, 8u);
  EXPECT_EQ(a.trace->generator.arrival_rate_qps, 50) << "the experiment's";
  EXPECT_EQ(a.tenant.conditions.size(), 2u);
  const TenantPlan& b = plan.tenants[1];
  EXPECT_FALSE(b.trace);
  ASSERT_TRUE(b.periodic);
  EXPECT_EQ(b.periodic->period, Picoseconds(33'333'000'000));
  EXPECT_EQ(b.periodic->frames, 10);
  EXPECT_EQ(b.periodic->offset, Picoseconds(500'000));
  EXPECT_EQ(b.slo, b.periodic->period) << "due when the next one arrives";
  EXPECT_EQ(b.accuracy_min_percent, 0.0);
  const TenantPlan& c = plan.tenants[2];
  EXPECT_EQ(c.tenant.parent, 1);
  EXPECT_FALSE(c.trace);
  EXPECT_FALSE(c.periodic);
  EXPECT_EQ(c.slo, Picoseconds(100'000'000));
}

TEST_F(Tenants, AModelIsLoadedOnceForAllThatHaveIt) {
  const ServingPlan plan = Plan(std::string(kTrace) +
                                "tenants:\n"
                                "  - {name: a, model: ofa_resnet50}\n"
                                "  - {name: b}\n"
                                "  - {name: c, model: " +
                                Shipped("models/ofa_resnet50.yaml") +
                                "}\n"
                                "  - {name: d, model: models/tiny.yaml}\n");
  ASSERT_EQ(plan.models.size(), 2u);
  EXPECT_EQ(plan.models[0]->name, "ofa_resnet50");
  EXPECT_EQ(plan.models[1]->name, "tiny");
  const auto model = [&](std::size_t i) { return plan.tenants[i].tenant.model; };
  EXPECT_EQ(model(0), 0);
  EXPECT_EQ(model(1), 1);
  EXPECT_EQ(model(2), 0);
  EXPECT_EQ(model(3), 1) << "the experiment's own";
}

TEST_F(Tenants, AModelIsLookedUpBesideTheFileThatNamesIt) {
  std::filesystem::create_directories("below");
  std::filesystem::copy_file(Shipped("models/tiny.yaml"), "below/mine.yaml");
  WriteConfig("below/s.yaml",
              "serving: {engine: tlm}\ntenants: [{name: a, model: mine.yaml, period_us: 1, frames: 1}]\n");
  EXPECT_EQ(LoadServingPlan(LoadExperiment({"below/s.yaml"}, {})).models[0]->name, "tiny");
}

TEST_F(Tenants, AModelThatIsNoneIsRefusedWhereItIsNamed) {
  EXPECT_THAT(
      LoadError("tenants:\n  - {name: a, model: ofa_resnet5}\n"),
      StartsWith(
          "s.yaml:5: tenants[0].model: no 'ofa_resnet5.yaml' in models (did you mean 'ofa_resnet50'?)"));
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, model: absent/m.yaml}\n"),
            "s.yaml:5: tenants[0].model: no such file: absent/m.yaml");
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, model: \"\"}\n"),
            "s.yaml:5: tenants[0].model: no such file: ");
  WriteConfig("empty.yaml", "device: {name: x}\n");
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, model: empty.yaml}\n"),
            "s.yaml:5: tenants[0].model: empty.yaml has no supernet section");
  EXPECT_THAT(LoadError("tenants:\n  - {name: a, model: [tiny]}\n"),
              StartsWith("s.yaml:5: tenants[0].model: expected a string"));
}

TEST_F(Tenants, NeedAModelAndFrames) {
  const std::string lone =
      WriteConfig("lone.yaml",
                  "serving: {engine: tlm}\ntenants:\n  - {name: a, model: tiny, period_us: 1, "
                  "frames: 1}\n  - {name: b, period_us: 1, frames: 1}\n");
  EXPECT_EQ(ErrorOf([&] { LoadServingPlan(LoadExperiment({lone}, {})); }),
            "lone.yaml:5: tenants[1]: 'b' has no model, and no file gives a supernet section");
  EXPECT_EQ(ErrorOf([] { Plan("tenants:\n  - {name: a}\n"); }),
            "s.yaml:5: tenants[0]: 'a' has no trace, period_us or after, and no file gives a trace section");
  EXPECT_NO_THROW(Plan("tenants:\n  - {name: a, trace: {generator: {seed: 1}}}\n"));
  EXPECT_THAT(ErrorOf([] { Plan(""); }), StartsWith("trace: no file gives one"));
  EXPECT_THAT(ErrorOf([] { LoadServingPlan(LoadExperiment({}, {})); }),
              StartsWith("serving.engine: none serves"));
}

TEST_F(Tenants, ACopyOfTheTraceFollowsTheSameRules) {
  Write("t.csv", "");
  const std::string tenant = "tenants:\n  - {name: a, trace: ";
  const ServingPlan file = Plan(kTrace + tenant + "{file: t.csv}}\n");
  EXPECT_EQ(file.tenants[0].trace->file, "t.csv");
  EXPECT_EQ(file.tenants[0].trace->generator.seed, 1u) << "dropped by the file";
  EXPECT_EQ(Plan("trace: {file: t.csv}\n" + tenant + "{generator: {seed: 5}}}\n").tenants[0].trace->file, "");
  EXPECT_EQ(LoadError(kTrace + tenant + "{file: t.csv, generator: {seed: 5}}}\n"),
            "s.yaml:6: tenants[0].trace: trace.file and trace.generator exclude each other");
  EXPECT_EQ(LoadError(kTrace + tenant + "{generator: {sed: 5}}}\n"),
            "s.yaml:6: trace.generator.sed: unknown key (did you mean 'seed'?)");
  EXPECT_THAT(LoadError(kTrace + tenant + "{generator: {seed: -5}}}\n"),
              StartsWith("s.yaml:6: trace.generator.seed: expected an integer from 0"));
  EXPECT_EQ(LoadError(kTrace + tenant + "{generator: {accuracy_low_percent: 90}}}\n"),
            "s.yaml:6: trace.generator.accuracy_low_percent: must not be above "
            "trace.generator.accuracy_high_percent");
  EXPECT_THAT(LoadError(kTrace + tenant + "{generator: {arrivals: ramp}}}\n"),
              StartsWith("s.yaml:6: trace.generator.ramp"));
}

TEST_F(Tenants, AreOneTo64WithNamesOfTheirOwn) {
  const auto tenants = [](int count) {
    std::string text = "tenants:\n";
    for (int i = 0; i < count; ++i) text += "  - {name: t" + std::to_string(i) + "}\n";
    return text;
  };
  EXPECT_NO_THROW(Load(tenants(64)));
  EXPECT_EQ(LoadError(tenants(65)), "s.yaml:4: tenants: expected 1 to 64 tenants, found 65");
  EXPECT_EQ(LoadError("tenants: []\n"), "s.yaml:4: tenants: expected 1 to 64 tenants, found 0");
  EXPECT_EQ(LoadError("tenants:\n  - {name: a}\n  - {name: a}\n"),
            "s.yaml:6: tenants[1].name: tenant 'a' is listed twice");
  EXPECT_EQ(LoadError("tenants:\n  - {priority: 1}\n"), "s.yaml:5: tenants[0].name: is missing");
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, slo_ms: 1}\n"),
            "s.yaml:5: tenants[0].slo_ms: unknown key (did you mean 'slo_us'?)");
}

TEST_F(Tenants, NumbersAreInRange) {
  const auto error = [](const std::string& key) {
    return LoadError("tenants:\n  - {name: a, " + key + "}\n");
  };
  EXPECT_EQ(error("priority: 0"),
            "s.yaml:5: tenants[0].priority: expected an integer from 1 to 1000, got '0'");
  EXPECT_THAT(error("priority: 1001"), HasSubstr("an integer from 1 to 1000"));
  EXPECT_EQ(error("slo_us: 0"),
            "s.yaml:5: tenants[0].slo_us: expected a number from 0.001 to 1e+12, got '0'");
  EXPECT_THAT(error("accuracy_min_percent: 100.1"),
              HasSubstr("accuracy_min_percent: expected a number from 0 to 100"));
  EXPECT_THAT(error("period_us: 0, frames: 1"), HasSubstr("period_us: expected a number from 0.001"));
  EXPECT_THAT(error("period_us: 1, frames: 0"), HasSubstr("frames: expected an integer from 1"));
  EXPECT_THAT(error("period_us: 1, frames: 1, offset_us: -1"),
              HasSubstr("offset_us: expected a number from 0"));
  EXPECT_EQ(error("period_us: 1"), "s.yaml:5: tenants[0].frames: is missing");
}

TEST_F(Tenants, TheLastPeriodicFrameBeginsWithinATracesTime) {
  EXPECT_NO_THROW(Load("tenants:\n  - {name: a, period_us: 1e9, frames: 1001}\n"));
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, period_us: 1e9, frames: 1001, offset_us: 0.001}\n"),
            "s.yaml:5: tenants[0].frames: the last frame would begin after 10^12 us");
  EXPECT_THAT(LoadError("tenants:\n  - {name: a, period_us: 1e12, frames: 1099511627776}\n"),
              HasSubstr("the last frame would begin after 10^12 us"));
}

TEST_F(Tenants, FramesComeFromOneSource) {
  EXPECT_EQ(LoadError("tenants:\n  - name: a\n    trace: {file: t.csv}\n    period_us: 5\n"),
            "s.yaml:7: tenants[0].period_us: excludes trace, which is set in line 6");
  EXPECT_THAT(LoadError("tenants:\n  - {name: b}\n  - {name: a, after: b, trace: {file: t.csv}}\n"),
              HasSubstr("tenants[1].after: excludes trace"));
  EXPECT_THAT(LoadError("tenants:\n  - {name: b}\n  - {name: a, after: b, period_us: 5, frames: 1}\n"),
              HasSubstr("tenants[1].after: excludes period_us"));
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, frames: 5}\n"),
            "s.yaml:5: tenants[0].frames: belongs to period_us, which is not set");
  EXPECT_THAT(LoadError("tenants:\n  - {name: a, offset_us: 5}\n"), HasSubstr("belongs to period_us"));
}

TEST_F(Tenants, CascadesEndAtATenantWithFrames) {
  EXPECT_NO_THROW(Load("tenants:\n  - {name: c, after: b}\n  - {name: b, after: a}\n  - {name: a}\n"));
  EXPECT_EQ(LoadError("tenants:\n  - {name: camera}\n  - {name: b, after: camrea}\n"),
            "s.yaml:6: tenants[1].after: no tenant 'camrea' (did you mean 'camera'?)");
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, after: a}\n"),
            "s.yaml:5: tenants[0].after: a tenant cannot come after itself");
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, after: b}\n  - {name: b, after: a}\n"),
            "s.yaml:5: tenants[0].after: the tenants wait for each other: a after b after a");
  EXPECT_EQ(LoadError("tenants:\n  - {name: d, after: a}\n  - {name: a, after: c}\n  - {name: b, after: a}\n"
                      "  - {name: c, after: b}\n"),
            "s.yaml:6: tenants[1].after: the tenants wait for each other: a after c after b after a");
}

class TenantConditions : public Tenants {
 protected:
  static std::string ErrorWith(const std::string& conditions) {
    return LoadError("tenants:\n  - {name: a, conditions: " + conditions + "}\n");
  }
};

TEST_F(TenantConditions, AreGroupsOfBounds) {
  const Conditions conditions = Load(
                                    "tenants:\n  - {name: a, conditions: [[response_us <= 30000, "
                                    "accuracy_percent>=77], [energy_uj <= 0.5, "
                                    "mmacs >= 2000]]}\n")
                                    .serving.tenants[0]
                                    .conditions;
  ASSERT_EQ(conditions.size(), 2u);
  ASSERT_EQ(conditions[0].size(), 2u);
  EXPECT_EQ(conditions[0][0].metric, Condition::Metric::kResponseTime);
  EXPECT_EQ(conditions[0][0].relation, Condition::Relation::kAtMost);
  EXPECT_EQ(conditions[0][0].threshold, 30000);
  EXPECT_EQ(conditions[0][1].metric, Condition::Metric::kAccuracy);
  EXPECT_EQ(conditions[0][1].relation, Condition::Relation::kAtLeast);
  EXPECT_EQ(conditions[1][0].metric, Condition::Metric::kEnergy);
  EXPECT_EQ(conditions[1][0].threshold, 0.5);
  EXPECT_EQ(conditions[1][1].metric, Condition::Metric::kComputation);
}

TEST_F(TenantConditions, AreRefusedWhenTheyAreNone) {
  EXPECT_EQ(ErrorWith("[[response <= 3]]"),
            "s.yaml:5: tenants[0].conditions[0][0]: unknown metric 'response', expected one of response_us, "
            "accuracy_percent, energy_uj, mmacs (did you mean 'response_us'?)");
  for (const char* text : {"response_us < 3", "response_us = 3", "response_us", "response_us =< 3"}) {
    EXPECT_EQ(ErrorWith("[['" + std::string(text) + "']]"),
              "s.yaml:5: tenants[0].conditions[0][0]: expected METRIC <= NUMBER or METRIC >= NUMBER, got '" +
                  std::string(text) + "'");
  }
  EXPECT_THAT(ErrorWith("[[response_us <= fast]]"),
              HasSubstr("expected a number from 0 to 1e+12, got 'fast'"));
  EXPECT_THAT(ErrorWith("[[response_us <= ]]"), HasSubstr("expected a number from 0 to 1e+12, got ''"));
  EXPECT_THAT(ErrorWith("[response_us <= 3]"), HasSubstr("conditions[0]: expected a list, got"));
  EXPECT_THAT(ErrorWith("response_us <= 3"), HasSubstr("conditions: expected a list, got"));
  EXPECT_THAT(ErrorWith("[]"), HasSubstr("conditions: expected 1 to 16 groups, found 0"));
  EXPECT_THAT(ErrorWith("[[]]"), HasSubstr("conditions[0]: expected 1 to 16 conditions, found 0"));
}

TEST_F(TenantConditions, AreRefusedWhenTheyCanNeverHold) {
  EXPECT_EQ(ErrorWith("[[accuracy_percent >= 77], [accuracy_percent >= 100.5]]"),
            "s.yaml:5: tenants[0].conditions[1][0]: 'accuracy_percent >= 100.5' can never hold");
  EXPECT_EQ(
      ErrorWith("[[accuracy_percent >= 100, accuracy_percent <= 0.5]]"),
      "s.yaml:5: tenants[0].conditions[0]: 'accuracy_percent >= 100' and 'accuracy_percent <= 0.5' can never "
      "hold together");
  EXPECT_EQ(ErrorWith("[[accuracy_percent >= 100]]"), "no UserError");
  EXPECT_THAT(ErrorWith("[[response_us <= -3]]"), HasSubstr("expected a number from 0 to 1e+12, got '-3'"));
  for (const char* metric : {"response_us", "energy_uj", "mmacs"}) {
    EXPECT_THAT(ErrorWith("[[" + std::string(metric) + " <= 0]]"), HasSubstr(" <= 0' can never hold"));
    EXPECT_EQ(ErrorWith("[[" + std::string(metric) + " >= 0]]"), "no UserError");
  }
  EXPECT_EQ(ErrorWith("[[accuracy_percent >= 80, accuracy_percent <= 80]]"), "no UserError");
  EXPECT_EQ(ErrorWith("[[accuracy_percent >= 80], [accuracy_percent <= 70]]"), "no UserError") << "either";
  EXPECT_EQ(ErrorWith("[[response_us >= 80, mmacs <= 70]]"), "no UserError") << "of different metrics";
  EXPECT_THAT(ErrorWith("[[accuracy_percent <= 70, mmacs <= 9, accuracy_percent >= 80]]"),
              HasSubstr("can never hold together"));
}

TEST_F(Tenants, NeedAnEngine) {
  const std::string file = WriteConfig("n.yaml", "tenants: [{name: a}]\n");
  EXPECT_THAT(ErrorOf([&] { LoadExperiment({file}, {}); }),
              StartsWith("n.yaml:2: tenants: needs serving.engine: tlm or approximate"));
  EXPECT_NO_THROW(LoadExperiment({file}, {"serving.engine=tlm"}));
}

TEST_F(Tenants, ALaterFilesSectionReplacesTheListWhole) {
  const std::string first = WriteSystem("tenants: [{name: a}, {name: b}]\n", "first.yaml");
  const std::string second = WriteConfig("second.yaml", "tenants: [{name: c}]\n");
  const Experiment e = LoadExperiment({first, second}, {});
  ASSERT_EQ(e.serving.tenants.size(), 1u);
  EXPECT_EQ(e.serving.tenants[0].name, "c");
  EXPECT_EQ(LoadExperiment({first}, {"tenants=[{name: d}]"}).serving.tenants[0].name, "d");
}

}  // namespace
}  // namespace sushi::config
