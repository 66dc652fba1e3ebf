// A sweep file's axes, their order, and what its points are.
#include <gmock/gmock.h>

#include "sushi/config/fields.hpp"
#include "sweep_fixture.hpp"

namespace sushi::config {
namespace {

using ::testing::HasSubstr;

TEST_F(SweepFile, SeveralAxesCombineTheLastFastest) {
  const Sweep sweep = Load(
      "axes:\n"
      "  - product: {accel.pb.capacity_kib: [0, 864]}\n"
      "  - zip: {dram.peak_gbps: [9.6, 19.2], dram.latency_ns: [100, 150]}\n"
      "  - range: {seed: {from: 1, to: 2}}\n"
      "trace: {generator: {kind: uniform}}\n");
  EXPECT_EQ(sweep.columns(),
            (std::vector<std::string>{"accel.pb.capacity_kib", "dram.peak_gbps", "dram.latency_ns", "seed"}));
  EXPECT_EQ(Labels(sweep), (Rows{{"0", "9.6", "100", "1"},
                                 {"0", "9.6", "100", "2"},
                                 {"0", "19.2", "150", "1"},
                                 {"0", "19.2", "150", "2"},
                                 {"864", "9.6", "100", "1"},
                                 {"864", "9.6", "100", "2"},
                                 {"864", "19.2", "150", "1"},
                                 {"864", "19.2", "150", "2"}}));
  const SweepPoint point = sweep.PointAt(5);
  EXPECT_EQ(point.index, 5);
  EXPECT_EQ(point.labels, Labels(sweep)[5]);
  EXPECT_EQ(point.experiment.hardware.accel.pb.capacity_kib, 864);
  EXPECT_EQ(point.experiment.hardware.dram.latency_ns, 100);
  EXPECT_EQ(point.experiment.trace.generator.seed, 2);
}

TEST_F(SweepFile, AListHasTheRowsThatAreWrittenAndLeavesTheRestAtTheBase) {
  const Sweep sweep = Load(
      "axes:\n"
      "  - list: [{}, {accel.pb.capacity_kib: 0}, {accel.clock_mhz: 200, accel.pb.capacity_kib: 432}]\n");
  EXPECT_EQ(Labels(sweep), (Rows{{"", ""}, {"0", ""}, {"432", "200"}}));
  const std::vector<std::int64_t> pb{1728, 0, 432}, mhz{100, 100, 200};
  for (const std::int64_t i : {2, 0, 1}) {
    const Experiment e = sweep.PointAt(i).experiment;
    EXPECT_EQ(e.hardware.accel.pb.capacity_kib, pb[static_cast<std::size_t>(i)]);
    EXPECT_EQ(e.hardware.accel.clock_mhz, mhz[static_cast<std::size_t>(i)]);
  }
}

TEST_F(SweepFile, OneAtATimeIsTheBaseAndThenEachValueAlone) {
  const Sweep sweep =
      Load("axes:\n  - one_at_a_time: {accel.pb.capacity_kib: [0], scheduler.policy: [strict_accuracy]}\n");
  EXPECT_EQ(sweep.columns(), (std::vector<std::string>{"varied", "value"}));
  EXPECT_EQ(Labels(sweep),
            (Rows{{"nothing", ""}, {"accel.pb.capacity_kib", "0"}, {"scheduler.policy", "strict_accuracy"}}));
  EXPECT_EQ(sweep.PointAt(2).experiment.hardware.accel.pb.capacity_kib, 1728);
}

TEST_F(SweepFile, AnEmptyListOfAxesIsTheExperimentItself) {
  const Sweep sweep = Load("axes: []\n");
  EXPECT_EQ(sweep.size(), 1);
  EXPECT_EQ(sweep.IdAt(0), PointId(sweep.PointAt(0).experiment));
}

TEST_F(SweepFile, ABaseOfAnAxisComesAfterTheSweepsBasesAndBeforeItsKeys) {
  WriteConfig("parts/small.yaml", "accel: {pb: {capacity_kib: 64}, clock_mhz: 50}\n");
  WriteConfig("parts/large.yaml", "accel: {pb: {capacity_kib: 128}, clock_mhz: 60}\n");
  const Sweep sweep = Load(
      "axes:\n  - product: {base: [parts/small.yaml, parts/large.yaml], dram.latency_ns: [100, 200]}\n"
      "accel: {clock_mhz: 77}\n");
  EXPECT_EQ(Labels(sweep), (Rows{{"small", "100"}, {"small", "200"}, {"large", "100"}, {"large", "200"}}));
  const Experiment e = sweep.PointAt(3).experiment;
  EXPECT_EQ(e.hardware.accel.pb.capacity_kib, 128);
  EXPECT_EQ(e.hardware.accel.clock_mhz, 77);
  EXPECT_EQ(e.hardware.dram.latency_ns, 200);
}

TEST_F(SweepFile, WhatEveryBaseOfAnAxisReplacesNeedNotBeThere) {
  WriteConfig("gone.yaml", "base: [" + Shipped("configs/experiment/quickstart.yaml") + "]\n" +
                               "trace: {file: gone.csv}\n");
  WriteConfig("one.yaml", "trace: {generator: {kind: uniform}}\n");
  WriteConfig("s.yaml", "base: [gone.yaml]\naxes:\n  - product: {base: [one.yaml], seed: [1, 2]}\n");
  EXPECT_EQ(Sweep::Load("s.yaml", {}).size(), 2);
  WriteConfig("s.yaml", "base: [gone.yaml]\naxes:\n  - list: [{base: one.yaml}, {}]\n");
  EXPECT_EQ(ErrorOf([] { Sweep::Load("s.yaml", {}); }),
            "gone.yaml:3: trace.file: gone.csv: cannot open the file");
}

TEST_F(SweepFile, AModelOfAnAxisReplacesTheModelOfTheBase) {
  const Sweep sweep = Load("axes:\n  - product: {base: [" + Shipped("models/ofa_mbv3_w10.yaml") + ", " +
                           Shipped("models/ofa_resnet50.yaml") + "]}\n");
  EXPECT_EQ(sweep.PointAt(0).experiment.supernet.Find("name")->scalar, "ofa_mbv3_w10");
  EXPECT_EQ(sweep.PointAt(1).experiment.supernet.Find("name")->scalar, "ofa_resnet50");
  EXPECT_NE(sweep.IdAt(0), sweep.IdAt(1));
}

TEST_F(SweepFile, KeysOfTheModelSectionCanBeVaried) {
  const Sweep sweep = Load("axes:\n  - range: {supernet.space.classes: {from: 10, to: 20, step: 10}}\n");
  EXPECT_EQ(sweep.PointAt(1).experiment.supernet.Find("space")->Find("classes")->scalar, "20");
  EXPECT_NE(sweep.IdAt(0), sweep.IdAt(1));
  EXPECT_EQ(LoadError("axes:\n  - product: {supernet.space.klasses: [10]}\n").substr(0, 50),
            "s.yaml:4: supernet.space.klasses: unknown key (did");
}

TEST_F(SweepFile, AValueIsReadBesideTheFileThatItStandsIn) {
  Write("here.csv", "accuracy_min_percent,latency_max_us\n70,1000\n");
  const Sweep sweep = Load("axes:\n  - product: {trace.file: [here.csv]}\n");
  EXPECT_EQ(sweep.PointAt(0).experiment.trace.file, "here.csv");
  EXPECT_EQ(Labels(sweep), (Rows{{"here"}}));
  EXPECT_EQ(LoadError("axes:\n  - product: {trace.file: [gone.csv]}\n"),
            "s.yaml:4: trace.file: gone.csv: cannot open the file");
}

TEST_F(SweepFile, SetsAreOverTheFileAndUnderTheAxes) {
  const Sweep sweep = Load("max_points: 1\naxes:\n  - product: {accel.pb.capacity_kib: [0, 1]}\n",
                           {"max_points=2", "accel.clock_mhz=123", "accel.pb.capacity_kib=9"});
  EXPECT_EQ(sweep.size(), 2);
  EXPECT_EQ(sweep.PointAt(1).experiment.hardware.accel.clock_mhz, 123);
  EXPECT_EQ(sweep.PointAt(1).experiment.hardware.accel.pb.capacity_kib, 1);
}

TEST_F(SweepFile, TitleObjectivesAndNameAreKept) {
  const std::string axes = "axes: []\n";
  const Sweep sweep = Load(axes + "title: A question\nobjectives: [energy_mj, latency_ms]\n");
  EXPECT_EQ(sweep.name(), "s");
  EXPECT_EQ(sweep.title(), "A question");
  EXPECT_EQ(sweep.objectives(), (std::vector<std::string>{"energy_mj", "latency_ms"}));
  EXPECT_EQ(Load(axes).title(), "s");
}

// Going from any point to any other must give what resolving from scratch gives.
TEST_F(SweepFile, EveryPointIsWhatResolvingItAloneGives) {
  WriteConfig("slow.yaml", "accel: {clock_mhz: 50}\n");
  Write("a.csv", "accuracy_min_percent,latency_max_us\n70,1000\n");
  const Sweep sweep = Load(
      "axes:\n"
      "  - list: [{}, {base: slow.yaml}, {accel.pb.capacity_kib: 0}, {base: slow.yaml, host.layer_call_us: "
      "3}]\n"
      "  - list: [{}, {trace.file: a.csv}, {trace.generator.kind: uniform, trace.generator.queries: 5}]\n"
      "  - range: {dram.latency_ns: {from: 100, to: 102}}\n"
      "  - one_at_a_time: {accel.db.ping_pong: [false], energy.vector_op.pj: [0.5], device.name: [other]}\n"
      "  - log2: {supernet.space.classes: {from: 10, to: 20}}\n");
  ASSERT_EQ(sweep.size(), 4 * 3 * 3 * 4 * 2);
  const std::vector<std::string> in_order = Ids(sweep);
  for (std::int64_t k = 0; k < sweep.size(); ++k) {
    const std::int64_t i = (k * 101) % sweep.size();
    const SweepPoint point = sweep.PointAt(i);
    EXPECT_EQ(point.id, PointId(point.experiment)) << i;
    EXPECT_EQ(point.id, in_order[static_cast<std::size_t>(i)]) << i;
  }
}

TEST_F(SweepFile, AFileDropsTheGeneratorOfTheBaseButNotForTheNextPoint) {
  Write("a.csv", "accuracy_min_percent,latency_max_us\n70,1000\n");
  const Sweep sweep = Load(
      "trace: {generator: {kind: uniform, queries: 7}}\n"
      "axes:\n  - list: [{}, {trace.file: a.csv}, {seed: 3}]\n");
  const std::vector<std::string> ids = Ids(sweep);
  for (const std::int64_t i : {1, 2, 0, 1}) {
    const Experiment e = sweep.PointAt(i).experiment;
    EXPECT_EQ(ids[static_cast<std::size_t>(i)], PointId(e)) << i;
    EXPECT_EQ(e.trace.file, i == 1 ? "a.csv" : "");
    EXPECT_EQ(e.trace.generator.queries == 7, i != 1);
  }
}

TEST_F(SweepFile, RefusesASeedForAStreamFromAFile) {
  const std::string axes = "axes:\n  - range: {seed: {from: 1, to: 2}}\n";
  EXPECT_THAT(LoadError(axes),
              HasSubstr("quickstart.yaml:10: trace.file: an axis over trace.generator.* would "
                        "drop it; set trace.generator.kind instead of it"));
  EXPECT_EQ(Load(axes + "trace: {generator: {kind: uniform}}\n").size(), 2);
  EXPECT_EQ(Load(axes + "  - product: {trace.generator.kind: [uniform]}\n").size(), 2);
}

TEST_F(SweepFile, PlanningAMillionPointsResolvesOnlyTheBases) {
  WriteConfig("slow.yaml", "accel: {clock_mhz: 50}\n");
  WriteConfig("fast.yaml", "accel: {clock_mhz: 200}\n");
  const Sweep sweep = Load(
      "max_points: 1000000\n"
      "constraints: [accel.pb.capacity_kib <= 1000]\n"
      "axes:\n"
      "  - product: {base: [slow.yaml, fast.yaml]}\n"
      "  - range: {dram.latency_ns: {from: 1, to: 500}, accel.pb.capacity_kib: {from: 1, to: 1010}}\n");
  EXPECT_EQ(sweep.size(), 1'000'000);
  EXPECT_EQ(sweep.combinations(), 1'010'000);
  EXPECT_LE(sweep.resolved(), 2);
  EXPECT_EQ(sweep.LabelsAt(999'999), (std::vector<std::string>{"fast", "500", "1000"}));
  EXPECT_EQ(sweep.IdAt(999'999).size(), 32u);
  EXPECT_LE(sweep.resolved(), 2);
}

TEST_F(SweepFile, FingerprintsTellListsOfPointsApart) {
  const std::string trace = "accuracy_min_percent,latency_max_us\n70,1000\n";
  Write("a.csv", trace);
  Write("b.csv", trace);
  Write("c.csv", trace + "70,1001\n");
  WriteConfig("fast.yaml", "accel: {clock_mhz: 200}\n");
  WriteConfig("faster.yaml", "accel: {clock_mhz: 250}\n");
  const std::string pb = "accel.pb.capacity_kib: [0, 36, 72]";
  const std::vector<std::string> texts{
      "axes: [product: {" + pb + "}]\n",
      "axes: [product: {" + pb + "}]\ntitle: Another\nobjectives: [min:x]\n",
      "axes: [list: [{accel.pb.capacity_kib: 0}, {accel.pb.capacity_kib: 36}, {accel.pb.capacity_kib: "
      "72}]]\n",
      "axes: [product: {accel.pb.capacity_kib: [0, 72, 36]}]\n",
      "axes: [product: {" + pb + "}]\ndram: {latency_ns: 7}\n",
      "axes: [product: {" + pb + "}]\nconstraints: [accel.pb.capacity_kib != 36]\n",
      "axes: [product: {" + pb + "}]\nconstraints: [accel.pb.capacity_kib != 72]\n",
      "axes: [product: {" + pb + ", dram.latency_ns: [5, 6]}]\n",
      "axes: [product: {dram.latency_ns: [5, 6], " + pb + "}]\n",
      "axes: [range: {supernet.space.classes: {from: 10, to: 12}}]\n",
      "axes: [range: {supernet.space.classes: {from: 11, to: 13}}]\n",
      "axes: [product: {trace.file: [a.csv, c.csv]}]\n",
      "axes: [product: {trace.file: [b.csv, c.csv]}]\n",
      "axes: [product: {trace.file: [a.csv, b.csv]}]\n",
      "axes: [product: {base: [fast.yaml, faster.yaml]}]\n",
      "axes: [product: {base: [faster.yaml, fast.yaml]}]\n",
      "axes: []\n"};
  std::vector<std::vector<std::string>> ids;
  std::vector<std::string> prints;
  for (const std::string& text : texts) {
    const Sweep sweep = Load(text);
    prints.push_back(sweep.Fingerprint());
    ids.push_back(Ids(sweep));
    EXPECT_EQ(sweep.Fingerprint(), prints.back()) << "after ids were made";
  }
  int equal = 0;
  for (std::size_t a = 0; a < texts.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      EXPECT_EQ(ids[a] == ids[b], prints[a] == prints[b]) << texts[a] << texts[b];
      equal += ids[a] == ids[b] ? 1 : 0;
    }
  }
  EXPECT_EQ(equal, 4) << "the first three, and a.csv like b.csv";
}

TEST_F(SweepFile, RefusesPointsThatTheConfigurationRefuses) {
  // 1728 + 576 + 512 + 8 + 784 + 16 = 3624 of 4864 KiB: the PB can have 1240 more.
  const std::string axes =
      "axes:\n  - product: {scheduler.policy: [strict_latency], accel.pb.capacity_kib: [";
  EXPECT_EQ(Load(axes + "2968]}\n").size(), 1);
  const std::string error = LoadError(axes + "0, 2969]}\n");
  EXPECT_THAT(error,
              HasSubstr("s.yaml:4: accel.*.capacity_kib: the buffers need 4865 KiB, the device has 4864"));
  EXPECT_THAT(error, HasSubstr("(point scheduler.policy=strict_latency, accel.pb.capacity_kib=2969)"));
  EXPECT_THAT(error, HasSubstr("invalid: skip leaves such points out"));
}

TEST_F(SweepFile, ChecksAPointWithoutWhatTheOneBeforeSet) {
  // Each fits by itself; 2968 and 600 KiB together would not.
  const Sweep sweep =
      Load("axes:\n  - list: [{accel.pb.capacity_kib: 2968}, {accel.db.capacity_kib: 600}, {}]\n");
  EXPECT_EQ(sweep.size(), 3);
}

TEST_F(SweepFile, SkipsThemIfAskedTo) {
  const std::string text =
      "invalid: skip\naxes:\n  - product: {accel.pb.capacity_kib: [2970, 0, 2969, 2968]}\n"
      "  - product: {accel.clock_mhz: [1, 2]}\n";
  const Sweep sweep = Load(text);
  EXPECT_EQ(Labels(sweep), (Rows{{"0", "1"}, {"0", "2"}, {"2968", "1"}, {"2968", "2"}}));
  EXPECT_EQ(sweep.skipped(), 4);
  EXPECT_THAT(sweep.first_skipped(), HasSubstr("s.yaml:5: accel.*.capacity_kib: the buffers need 4866 KiB"));
  EXPECT_THAT(LoadError("invalid: skip\naxes:\n  - product: {accel.pb.capacity_kib: [3000]}\n"),
              HasSubstr("skip leaves no point"));
}

TEST_F(SweepFile, RefusesABaseWithoutModelTraceOrEnergyAlsoWhenSkipping) {
  const auto error = [](const std::string& base) {
    return ErrorOf(
        [&] { Sweep::Load(WriteConfig("s.yaml", "base: [" + base + "]\ninvalid: skip\naxes: []\n"), {}); });
  };
  const std::string hardware = Shipped("configs/hardware/zcu104.yaml");
  const std::string model = Shipped("models/ofa_resnet50.yaml");
  const std::string energy = Shipped("configs/energy/table_45nm.yaml");
  EXPECT_THAT(error(hardware), HasSubstr("supernet: no file gives one"));
  EXPECT_THAT(error(hardware + ", " + model), HasSubstr("trace: no file gives one"));
  WriteConfig("trace.yaml", "trace: {generator: {kind: uniform}}\n");
  EXPECT_THAT(error(hardware + ", " + model + ", trace.yaml"), HasSubstr("energy: no file gives a table"));
  EXPECT_EQ(error(hardware + ", " + model + ", trace.yaml, " + energy), "no UserError");
}

TEST_F(SweepFile, NamesWhatIsWrongAndWhere) {
  EXPECT_EQ(LoadError("accel: {clock_mhz: 1}\n"),
            "s.yaml: axes: is missing; `sushisim run` runs one experiment");
  EXPECT_EQ(LoadError("axes:\n  - product: {sead: [1]}\n"),
            "s.yaml:4: axes: unknown key 'sead' (did you mean 'seed'?)");
  EXPECT_EQ(LoadError("axes:\n  - product: {accel.pb.capacity_kib: [1, x]}\n").substr(0, 55),
            "s.yaml:4: accel.pb.capacity_kib: expected an integer fr");
  EXPECT_EQ(
      LoadError("axes:\n  - product: {seed: [1]}\n  - range: {trace.generator.seed: {from: 1, to: 2}}\n"),
      "s.yaml:5: axes: 'trace.generator.seed' is varied twice");
  EXPECT_EQ(LoadError("axes:\n  - product: {base: [gone.yaml]}\n"),
            "s.yaml:4: base: no such file: gone.yaml");
  EXPECT_THAT(LoadError("axes:\n  - product: {base: [s.yaml]}\n"),
              HasSubstr("s.yaml:4: base: the files include each other"));
  EXPECT_EQ(LoadError("axes: []\ninvalid: skipp\n"),
            "s.yaml:4: invalid: expected one of refuse, skip (did you mean 'skip'?)");
  EXPECT_THAT(LoadError("axes: []\nmax_points: 10000001\n"), HasSubstr("s.yaml:4: max_points: expected"));
  EXPECT_THAT(LoadError("axes: []\nobjective: [a]\n"), HasSubstr("s.yaml:4: objective: unknown key"));
  EXPECT_THAT(LoadError("axes:\n  - product: {trace.file: [s.yaml]}\n  - range: {seed: {from: 1, to: 2}}\n"),
              HasSubstr("trace.file and trace.generator exclude each other"));
  EXPECT_THAT(LoadError("axes:\n  - list: [{trace.file: s.yaml, seed: 1}]\n"),
              HasSubstr("s.yaml:4: axes: trace.file and trace.generator exclude each other"));
  WriteConfig("other.yaml", "axes: []\n");
  EXPECT_EQ(LoadError("axes:\n  - product: {base: [other.yaml]}\n"),
            "other.yaml:2: axes: cannot stand in a file that an axis names");
  EXPECT_EQ(ErrorOf([] { LoadExperiment({WriteSweep("axes: []\n")}, {}); }),
            "s.yaml:3: axes: belongs to a sweep; `sushisim sweep plan` reads such a file");
}

TEST_F(SweepFile, AllowsMaxPointsAndNotOneMore) {
  const std::string axes = "axes:\n  - range: {dram.latency_ns: {from: 1, to: 12}}\nmax_points: ";
  EXPECT_EQ(Load(axes + "12\n").size(), 12);
  EXPECT_EQ(LoadError(axes + "11\n"), "s.yaml:3: axes: 12 points, more than max_points: 11");
  const std::string half = "constraints: [dram.latency_ns > 6]\n";
  EXPECT_EQ(Load(half + axes + "6\n").size(), 6);
  EXPECT_EQ(LoadError(half + axes + "5\n"), "s.yaml:4: axes: 6 points, more than max_points: 5");
}

TEST_F(SweepFile, RefusesTooManyCombinationsWithoutMakingThem) {
  EXPECT_EQ(
      LoadError("axes:\n  - range: {dram.latency_ns: {from: 1, to: 10000}, seed: {from: 1, to: 10001}}\n"),
      "s.yaml:3: axes: more than 100000000 combinations before constraints");
}

}  // namespace
}  // namespace sushi::config
