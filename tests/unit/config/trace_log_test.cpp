// The keys trace.log.*: which log, what of it, and what identifies it.
#include <gmock/gmock.h>

#include <set>

#include "serving_fixture.hpp"
#include "sushi/config/trace.hpp"
#include "sushi/formats/arrival_import.hpp"
#include "sweep_fixture.hpp"

namespace sushi::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kLlm =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,1\n2023-11-16 18:17:04,1,1\n"
    "2023-11-16 18:17:07,1,1\n2023-11-16 18:17:11,1,1\n";
const std::string kFunctions = "app,func,end_timestamp,duration\na,f,12,2\na,f,15,1\n";

std::vector<Query> All(QuerySource& source) {
  std::vector<Query> queries;
  for (Query query; source.Next(query);) queries.push_back(query);
  return queries;
}

std::vector<std::int64_t> ArrivalsMs(const TraceConfig& trace) {
  std::vector<std::int64_t> at;
  for (const Query& query : All(*OpenLog(trace))) at.push_back(query.arrival->value() / 1'000'000'000);
  return at;
}

using Times = std::vector<std::int64_t>;

class TraceLog : public ServingFile {
 protected:
  void SetUp() override {
    ServingFile::SetUp();
    Write("llm.csv", kLlm);
  }
  static TraceConfig Trace(const std::vector<std::string>& sets) {
    std::vector<std::string> all{"trace.log.file=llm.csv"};
    all.insert(all.end(), sets.begin(), sets.end());
    return LoadExperiment({}, all).trace;
  }
};

TEST_F(TraceLog, GivesTheArrivalsOfTheWindowAtTheRate) {
  EXPECT_EQ(ArrivalsMs(Trace({})), (Times{0, 1000, 4000, 8000}));
  EXPECT_EQ(ArrivalsMs(Trace({"trace.log.from_s=1", "trace.log.to_s=8"})), (Times{0, 3000}));
  EXPECT_EQ(ArrivalsMs(Trace({"trace.log.from_s=1", "trace.log.to_s=8.5"})), (Times{0, 3000, 7000}));
  EXPECT_EQ(ArrivalsMs(Trace({"trace.log.limit=3"})), (Times{0, 1000, 4000}));
  EXPECT_EQ(ArrivalsMs(Trace({"trace.log.rate_qps=0.75"})), (Times{0, 500, 2000, 4000}))
      << "three gaps in 4 s";
  Write("f.csv", kFunctions);
  EXPECT_EQ(ArrivalsMs(Trace({"trace.log.file=f.csv", "trace.log.format=azure_functions_2021"})),
            (Times{0, 4000}));
}

TEST_F(TraceLog, HasTheGeneratorsTargets) {
  const std::vector<std::string> keys{"trace.generator.kind=random_walk", "trace.generator.seed=7",
                                      "trace.generator.latency_low_us=20000"};
  std::vector<std::string> generated = keys;
  generated.emplace_back("trace.generator.queries=4");
  const auto targets = All(*MakeGenerator(LoadExperiment({}, generated).trace.generator));
  std::vector<std::string> shorter = keys;  // the log's length counts
  shorter.emplace_back("trace.generator.queries=2");
  const auto queries = All(*OpenLog(Trace(shorter)));
  ASSERT_EQ(queries.size(), 4u);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    EXPECT_EQ(queries[i].id, targets[i].id);
    EXPECT_EQ(queries[i].accuracy_min_percent, targets[i].accuracy_min_percent);
    EXPECT_EQ(queries[i].latency_max, targets[i].latency_max);
  }
}

TEST_F(TraceLog, IsBesideTheFileThatSetsItOrInTheDirectory) {
  Write("deep/logs/d.csv", kLlm);
  WriteConfig("deep/beside.yaml", "trace: {log: {file: logs/d.csv}}\n");
  WriteConfig("deep/directory.yaml", "trace: {log: {file: d.csv, directory: logs}}\n");
  WriteConfig("deep/bare.yaml", "trace: {log: {file: d.csv}}\n");
  const auto path = [](const std::string& file, const std::vector<std::string>& sets) {
    return LoadExperiment({file}, sets).trace.log.Path();
  };
  EXPECT_EQ(path("deep/beside.yaml", {}), "deep/logs/d.csv");
  EXPECT_EQ(path("deep/directory.yaml", {}), "deep/logs/d.csv");
  EXPECT_EQ(path("deep/bare.yaml", {}), "deep/d.csv");
  EXPECT_EQ(path("deep/bare.yaml", {"trace.log.directory=deep/logs"}), "deep/logs/d.csv");
  EXPECT_EQ(path("deep/directory.yaml", {"trace.log.directory=''"}), "deep/d.csv");
  EXPECT_EQ(path("deep/bare.yaml", {"trace.log.directory=deep", "trace.log.file=/a/b.csv"}), "/a/b.csv");
  EXPECT_EQ(path("deep/bare.yaml", {"trace.log.directory=deep", "trace.log.file=''"}), "");
}

TEST_F(TraceLog, AndATraceFileDropEachOtherAndOneFileMayNotHaveBoth) {
  WriteConfig("log.yaml", "trace: {log: {file: llm.csv, rate_qps: 5}, generator: {seed: 3}}\n");
  WriteConfig("file.yaml", "trace: {file: t.csv}\n");
  const TraceConfig log = LoadExperiment({"file.yaml", "log.yaml"}, {}).trace;
  EXPECT_EQ(log.file, "");
  EXPECT_EQ(log.log.rate_qps, 5);
  EXPECT_EQ(log.generator.seed, 3u) << "gives the targets";
  const TraceConfig file = LoadExperiment({"log.yaml", "file.yaml"}, {}).trace;
  EXPECT_EQ(file.log.file, "");
  EXPECT_EQ(file.file, "t.csv");
  EXPECT_EQ(LoadExperiment({"file.yaml"}, {"trace.log.file=llm.csv"}).trace.file, "");
  EXPECT_EQ(LoadExperiment({"file.yaml"}, {"trace.log.directory=."}).trace.file, "t.csv");
  EXPECT_EQ(LoadExperiment({"file.yaml"}, {"trace.log.file=''"}).trace.file, "t.csv");
  WriteConfig("both.yaml", "trace:\n  log: {file: llm.csv}\n  file: t.csv\n");
  EXPECT_EQ(
      ErrorOf([] { LoadExperiment({"both.yaml"}, {}); }),
      "both.yaml:4: trace: trace.file and trace.log.file exclude each other; the other one is set in line 3");
}

TEST_F(TraceLog, WithArrivalsOfTheGeneratorIsRefused) {
  const auto error = [](const std::string& text) {
    WriteConfig("a.yaml", "trace:\n  log: {file: llm.csv}\n  generator: " + text + "\n");
    return ErrorOf([] { LoadExperiment({"a.yaml"}, {}); });
  };
  EXPECT_EQ(error("{arrivals: closed, arrival_rate_qps: 9}"), "no UserError");
  EXPECT_EQ(error("{arrivals: auto}"), "no UserError");
  EXPECT_THAT(error("{arrivals: offline}"),
              StartsWith("a.yaml:4: trace.generator.arrivals: arrivals are those"));
  EXPECT_THAT(error("{arrival_rate_qps: 9}"),
              StartsWith("a.yaml:4: trace.generator.arrival_rate_qps: arrivals are those"));
  EXPECT_NO_THROW(LoadExperiment({}, {"trace.generator.arrivals=offline", "trace.log.file=''"}));
}

TEST_F(TraceLog, MessagesNameTheKeyThatIsToBlame) {
  const auto error = [](const std::string& log) {
    WriteConfig("a.yaml", "trace:\n  log:\n    " + log + "\n");
    return ErrorOf([] { OpenLog(LoadExperiment({"a.yaml"}, {}).trace); });
  };
  EXPECT_THAT(error("file: gone.csv"), StartsWith("a.yaml:4: trace.log.file: gone.csv: cannot"));
  EXPECT_EQ(error("file: llm.csv\n    format: azure_functions_2021"),
            "a.yaml:4: trace.log.file: llm.csv:1: no column 'end_timestamp' (trace.log.format is "
            "azure_functions_2021)");
  EXPECT_THAT(error("file: llm.csv\n    format: azure_lm"), HasSubstr("(did you mean 'azure_llm'?)"));
  EXPECT_EQ(error("file: llm.csv\n    from_s: 8.5"),
            "a.yaml:5: trace.log.from_s, trace.log.to_s: no arrival is left; those of the file are from 0 to "
            "8.000 s");
  EXPECT_EQ(error("file: llm.csv\n    from_s: 8"), "no UserError");
  EXPECT_EQ(error("file: llm.csv\n    limit: 1\n    rate_qps: 3"),
            "a.yaml:6: trace.log.rate_qps: the arrivals that are kept are all at one time");
  EXPECT_EQ(error("file: llm.csv\n    from_s: 3\n    to_s: 3"),
            "a.yaml:6: trace.log.to_s: expected more than trace.log.from_s, or 0 for the end");
  EXPECT_THAT(error("file: llm.csv\n    rate_qps: 1.0e-9"),
              StartsWith("a.yaml:5: trace.log.rate_qps, trace.log.to_s: expected arrivals within 1e12 us"));
}

TEST_F(TraceLog, IdentityIsOfTheContentAndTheKeysNotOfThePath) {
  const auto hash = [](const std::vector<std::string>& sets) { return TraceHash(LoadExperiment({}, sets)); };
  Write("deep/same.csv", kLlm);
  const std::string id = hash({"trace.log.file=llm.csv"});
  EXPECT_EQ(hash({"trace.log.file=deep/same.csv"}), id);
  EXPECT_EQ(hash({"trace.log.file=same.csv", "trace.log.directory=deep"}), id);
  EXPECT_NE(hash({"trace.log.file=llm.csv", "trace.log.rate_qps=3"}), id);
  EXPECT_NE(hash({"trace.log.file=llm.csv", "trace.generator.seed=3"}), id);
  EXPECT_NE(hash({"trace.generator.seed=1"}), id);
  EXPECT_EQ(hash({"trace.log.rate_qps=3"}), hash({})) << "without a log its keys mean nothing";
  Write("llm.csv", kLlm + "2023-11-16 18:17:12,1,1\n");
  EXPECT_NE(hash({"trace.log.file=llm.csv"}), id);
}

TEST_F(TraceLog, OfATenantIsItsOwn) {
  Write("deep/d.csv", kLlm);
  const std::string tenants =
      "tenants:\n  - {name: a, trace: {log: {file: d.csv, rate_qps: 9}}}\n  - {name: b, trace: {generator: "
      "{seed: 2}}}\n";
  const Experiment e = Load("trace: {log: {file: llm.csv}}\n" + tenants, {"trace.log.directory=deep"});
  const ServingPlan plan = LoadServingPlan(e);
  EXPECT_EQ(plan.tenants[0].trace->log.Path(), "deep/d.csv");
  EXPECT_EQ(plan.tenants[0].trace->log.rate_qps, 9);
  EXPECT_EQ(plan.tenants[1].trace->log.Path(), "deep/llm.csv") << "the experiment's";
  EXPECT_EQ(plan.tenants[1].trace->generator.seed, 2u);
  EXPECT_THAT(CanonicalText(e, {"tenants"}), HasSubstr("tenants[0].trace.log.file: deep/d.csv\n"));
  EXPECT_EQ(Plan("trace: {file: t.csv}\n" + tenants).tenants[0].trace->file, "");
  EXPECT_EQ(LoadError("tenants:\n  - {name: a, trace: {file: t.csv, log: {file: d.csv}}}\n"),
            "s.yaml:5: tenants[0].trace: trace.file and trace.log.file exclude each other");
  EXPECT_THAT(
      LoadError("tenants:\n  - {name: a, trace: {log: {file: d.csv}, generator: {arrivals: offline}}}\n"),
      StartsWith("s.yaml:5: trace.generator.arrivals: arrivals are those of trace.log.file"));
}

// Over a tiny model without a trace of its own.
class TraceLogSweep : public SweepFile {
 protected:
  void SetUp() override {
    SweepFile::SetUp();
    Write("llm.csv", kLlm);
    Write("same.csv", kLlm);
    Write("f.csv", kFunctions);
  }
};

TEST_F(TraceLogSweep, PointsOverDifferentLogsAndRatesDiffer) {
  const std::string axes =
      "axes:\n  - zip: {trace.log.file: [llm.csv, f.csv], trace.log.format: [azure_llm, "
      "azure_functions_2021]}\n"
      "  - product: {trace.log.rate_qps: [2, 4]}\n";
  const Sweep sweep = Load(axes);
  EXPECT_EQ(Labels(sweep), (Rows{{"llm", "azure_llm", "2"},
                                 {"llm", "azure_llm", "4"},
                                 {"f", "azure_functions_2021", "2"},
                                 {"f", "azure_functions_2021", "4"}}));
  const std::vector<std::string> ids = Ids(sweep);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 4u);
  for (std::int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(sweep.IdAt(i), PointId(sweep.PointAt(i).experiment));
    EXPECT_EQ(sweep.PointAt(i).experiment.trace.file, "") << "the quickstart's";
  }
  const std::string plan = sweep.Fingerprint();
  Write("f.csv", kFunctions + "a,f,18,1\n");
  const Sweep changed = Load(axes);
  EXPECT_EQ(changed.IdAt(1), ids[1]);
  EXPECT_NE(changed.IdAt(2), ids[2]);
  EXPECT_NE(changed.Fingerprint(), plan);
}

TEST_F(TraceLogSweep, ALogCountsByItsContentWhereverTheDirectoryIs) {
  const std::string axes = "axes: [product: {trace.log.file: [d.csv]}]\n";
  Write("one/d.csv", kLlm);
  Write("two/d.csv", kLlm);
  Write("other/d.csv", kLlm + "2023-11-16 18:17:12,1,1\n");
  const Sweep one = Load(axes, {"trace.log.directory=one"}), two = Load(axes, {"trace.log.directory=two"}),
              other = Load(axes, {"trace.log.directory=other"});
  EXPECT_EQ(one.IdAt(0), two.IdAt(0));
  EXPECT_EQ(one.Fingerprint(), two.Fingerprint());
  EXPECT_NE(one.IdAt(0), other.IdAt(0));
  EXPECT_NE(one.Fingerprint(), other.Fingerprint());
  EXPECT_EQ(one.PointAt(0).experiment.trace.log.Path(), "one/d.csv");
  EXPECT_EQ(one.IdAt(0), PointId(one.PointAt(0).experiment));
}

TEST_F(TraceLogSweep, ATenantsLogCountsByItsContentToo) {
  const auto id = [](const std::string& directory) {
    return Load(
               "serving: {engine: approximate}\ntenants: [{name: a, trace: {log: {file: d.csv}}}]\naxes: "
               "[]\n",
               {"trace.log.directory=" + directory})
        .IdAt(0);
  };
  Write("one/d.csv", kLlm);
  Write("two/d.csv", kLlm);
  Write("other/d.csv", kFunctions);
  EXPECT_EQ(id("one"), id("two"));
  EXPECT_NE(id("one"), id("other"));
}

TEST_F(TraceLogSweep, AFileOfARowDropsTheLogOfTheBase) {
  const Sweep sweep = Load("trace: {log: {file: llm.csv}}\naxes:\n  - list: [{}, {trace.file: f.csv}]\n");
  EXPECT_EQ(sweep.PointAt(1).experiment.trace.log.Path(), "");
  for (std::int64_t i = 0; i < 2; ++i) EXPECT_EQ(sweep.IdAt(i), PointId(sweep.PointAt(i).experiment)) << i;
}

TEST_F(TraceLogSweep, EveryBaseOfAnAxisHasItsOwnDirectory) {
  Write("one/d.csv", kLlm);
  Write("two/d.csv", kFunctions);
  WriteConfig("one.yaml", "trace: {log: {directory: one}}\n");
  WriteConfig("two.yaml", "trace: {log: {directory: two}}\n");
  const std::string bases = "axes:\n  - product: {base: [one.yaml, two.yaml]}\n";
  const Sweep sweep = Load(bases + "  - product: {trace.log.file: [d.csv]}\n");
  EXPECT_NE(sweep.IdAt(0), sweep.IdAt(1));
  for (std::int64_t i = 0; i < 2; ++i) EXPECT_EQ(sweep.IdAt(i), PointId(sweep.PointAt(i).experiment));
  EXPECT_NO_THROW(Load("trace: {log: {file: d.csv}}\n" + bases + "  - product: {trace.log.rate_qps: [1]}\n"));
}

TEST_F(TraceLogSweep, WhatCannotBeMeantIsRefused) {
  EXPECT_THAT(LoadError("axes: [product: {trace.log.file: [llm.csv, gone.csv]}]\n"),
              StartsWith("s.yaml:3: trace.log.file: gone.csv: cannot open the file"));
  EXPECT_THAT(LoadError("trace: {log: {file: gone.csv}}\naxes: []\n"),
              StartsWith("s.yaml:3: trace.log.file: gone.csv: cannot open the file"));
  EXPECT_EQ(LoadError("axes: [product: {trace.log.rate_qps: [1, 2]}]\n"),
            "s.yaml:3: trace.log.rate_qps: needs trace.log.file, which is not set");
  EXPECT_THAT(LoadError("trace: {log: {file: llm.csv}}\naxes: [product: {trace.log.directory: [a, b]}]\n"),
              StartsWith("s.yaml:4: trace.log.directory: cannot be an axis"));
  EXPECT_THAT(LoadError("axes: [product: {trace.file: [f.csv], trace.log.file: [llm.csv]}]\n"),
              HasSubstr("trace.file and trace.log.file"));
  EXPECT_THAT(LoadError("axes: [list: [{trace.log.file: llm.csv, trace.generator.arrivals: offline}]]\n"),
              HasSubstr("trace.generator.arrivals: arrivals are those of trace.log.file"));
}

TEST_F(TraceLogSweep, RowsMayHaveAFileOrALogAndSeedsWithIt) {
  const Sweep sweep = Load("axes:\n  - list: [{}, {trace.log.file: llm.csv}, {trace.file: f.csv}]\n");
  EXPECT_THAT(sweep.PointAt(0).experiment.trace.file, HasSubstr(".csv"));
  EXPECT_EQ(sweep.PointAt(1).experiment.trace.file, "");
  EXPECT_EQ(sweep.PointAt(1).experiment.trace.log.Path(), "llm.csv");
  EXPECT_EQ(sweep.PointAt(2).experiment.trace.log.Path(), "");
  for (std::int64_t i = 2; i >= 0; --i) EXPECT_EQ(sweep.IdAt(i), PointId(sweep.PointAt(i).experiment)) << i;
  const Sweep seeds = Load("axes:\n  - product: {trace.log.file: [llm.csv, same.csv], seed: [1, 2]}\n");
  EXPECT_EQ(seeds.IdAt(0), seeds.IdAt(2)) << "the same content";
  EXPECT_NE(seeds.IdAt(0), seeds.IdAt(1));
}

}  // namespace
}  // namespace sushi::config
