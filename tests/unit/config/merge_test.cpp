// Files, bases and --set: what wins, where it is said to come from, and what a user is told.
#include <gmock/gmock.h>

#include "config_fixture.hpp"
#include "sushi/config/experiment.hpp"

namespace sushi::config {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Merging : public InDirectory {
 protected:
  static std::string LoadError(const std::vector<std::string>& files,
                               const std::vector<std::string>& sets = {}) {
    return ErrorOf([&] { LoadExperiment(files, sets); });
  }
};

TEST_F(Merging, WithoutFilesEverythingIsAtItsDefault) {
  const Experiment e = LoadExperiment({}, {});
  EXPECT_EQ(e.hardware.accel.pb.capacity_kib, 1728);
  EXPECT_EQ(e.supernet.kind, Node::Kind::kNull);
  EXPECT_EQ(FindOrigin(e, "accel.pb.capacity_kib"), nullptr);
}

TEST_F(Merging, LaterFilesWinKeyByKeyAndKeysRememberTheirFile) {
  WriteConfig("a.yaml",
              "accel:\n  pb: {capacity_kib: 1}\n  db:\n    capacity_kib: 2\n    ping_pong: false\n");
  WriteConfig("b.yaml", "accel:\n  db: {capacity_kib: 3}\n");
  const Experiment e = LoadExperiment({"a.yaml", "b.yaml"}, {"accel.sb.capacity_kib=4"});
  EXPECT_EQ(e.hardware.accel.pb.capacity_kib, 1);
  EXPECT_EQ(e.hardware.accel.db.capacity_kib, 3);
  EXPECT_FALSE(e.hardware.accel.db_ping_pong);
  EXPECT_EQ(e.hardware.accel.sb.capacity_kib, 4);
  EXPECT_EQ(FindOrigin(e, "accel.pb.capacity_kib")->mark.file, "a.yaml");
  EXPECT_EQ(FindOrigin(e, "accel.pb.capacity_kib")->mark.line, 3);
  EXPECT_EQ(FindOrigin(e, "accel.db.capacity_kib")->mark.file, "b.yaml");
  EXPECT_EQ(FindOrigin(e, "accel.db.ping_pong")->mark.line, 6);
  EXPECT_EQ(FindOrigin(e, "accel.sb.capacity_kib")->mark.file, "--set accel.sb.capacity_kib=4");
}

TEST_F(Merging, LaterSetsWinOverEarlierOnesAndOverFiles) {
  WriteConfig("a.yaml", "accel: {clock_mhz: 1}\n");
  EXPECT_EQ(LoadExperiment({"a.yaml"}, {"accel.clock_mhz=2", "accel.clock_mhz=3"}).hardware.accel.clock_mhz,
            3);
}

TEST_F(Merging, BasesComeFirstAndAreFoundBesideTheFileThatNamesThem) {
  WriteConfig("hw/base.yaml", "accel: {clock_mhz: 1, vector: {lanes: 5}}\n");
  WriteConfig("hw/mid.yaml", "base: [base.yaml]\naccel: {clock_mhz: 2}\n");
  WriteConfig("top/top.yaml", "base: [../hw/mid.yaml]\naccel: {keep_activations_on_chip: false}\n");
  const Experiment e = LoadExperiment({"top/top.yaml"}, {});
  EXPECT_EQ(e.hardware.accel.clock_mhz, 2);
  EXPECT_EQ(e.hardware.accel.vector_lanes, 5);
  EXPECT_FALSE(e.hardware.accel.keep_activations_on_chip);
  EXPECT_EQ(FindOrigin(e, "accel.vector.lanes")->mark.file, "hw/base.yaml");
}

TEST_F(Merging, TwoFilesMayShareABase) {
  WriteConfig("base.yaml", "accel: {clock_mhz: 7}\n");
  WriteConfig("a.yaml", "base: [base.yaml]\n");
  WriteConfig("b.yaml", "base: [base.yaml]\n");
  WriteConfig("c.yaml", "base: [a.yaml, b.yaml]\n");
  EXPECT_EQ(LoadExperiment({"c.yaml"}, {}).hardware.accel.clock_mhz, 7);
}

TEST_F(Merging, RefusesBasesThatGoInACircleHoweverTheyAreSpelt) {
  WriteConfig("a.yaml", "base: [b.yaml]\n");
  WriteConfig("b.yaml",
              "base:\n  - ./../" + std::filesystem::current_path().filename().string() + "/a.yaml\n");
  EXPECT_THAT(LoadError({"a.yaml"}),
              StartsWith("b.yaml:3: base: the files include each other: a.yaml -> b.yaml -> "));
  WriteConfig("self.yaml", "base: [self.yaml]\n");
  EXPECT_EQ(LoadError({"self.yaml"}),
            "self.yaml:2: base: the files include each other: self.yaml -> self.yaml");
}

TEST_F(Merging, RefusesBasesThatMultiply) {
  WriteConfig("f0.yaml", "");
  for (int i = 1; i < 12; ++i) {
    const std::string last = "f" + std::to_string(i - 1) + ".yaml";
    WriteConfig("f" + std::to_string(i) + ".yaml", "base: [" + last + ", " + last + "]\n");
  }
  EXPECT_THAT(LoadError({"f11.yaml"}), HasSubstr("base: more than 1000 files in all"));
}

TEST_F(Merging, RefusesABaseThatIsNotThereOrNotAList) {
  WriteConfig("a.yaml", "base:\n- no.yaml\n");
  EXPECT_EQ(LoadError({"a.yaml"}), "a.yaml:3: base: no such file: no.yaml");
  WriteConfig("b.yaml", "base: a.yaml\n");
  EXPECT_EQ(LoadError({"b.yaml"}), "b.yaml:2: base: expected a list, got 'a.yaml'");
  WriteConfig("c.yaml", "base: [" + std::string(5000, 'x') + "]\n");
  EXPECT_THAT(LoadError({"c.yaml"}), StartsWith("c.yaml:2: base: no such file: "));
}

TEST_F(Merging, EveryFileStatesItsSchemaVersion) {
  Write("none.yaml", "accel: {clock_mhz: 1}\n");
  EXPECT_EQ(LoadError({"none.yaml"}), "none.yaml:1: schema_version: is missing, expected schema_version: 1");
  Write("two.yaml", "# later\nschema_version: 2\n");
  EXPECT_EQ(LoadError({"two.yaml"}),
            "two.yaml:2: schema_version: expected 1, the version that this sushisim reads, got 2");
  Write("text.yaml", "schema_version: one\n");
  EXPECT_THAT(LoadError({"text.yaml"}), StartsWith("text.yaml:1: schema_version: expected an integer"));
  WriteConfig("top.yaml", "base: [none.yaml]\n");
  EXPECT_THAT(LoadError({"top.yaml"}), StartsWith("none.yaml:1: schema_version: is missing"));
}

TEST_F(Merging, AFileIsAMap) {
  Write("list.yaml", "- 1\n");
  EXPECT_EQ(LoadError({"list.yaml"}), "list.yaml:1: expected a map, got a list");
  Write("scalar.yaml", "word\n");
  EXPECT_EQ(LoadError({"scalar.yaml"}), "scalar.yaml:1: expected a map, got 'word'");
  EXPECT_EQ(LoadError({"absent.yaml"}), "absent.yaml: cannot open the file");
}

TEST_F(Merging, UnknownKeysNameTheNearest) {
  WriteConfig("a.yaml", "acel:\n  clock_mhz: 1\n");
  EXPECT_EQ(LoadError({"a.yaml"}), "a.yaml:2: acel: unknown key (did you mean 'accel'?)");
  WriteConfig("b.yaml", "accel:\n  pb:\n    capacity_kb: 1\n");
  EXPECT_EQ(LoadError({"b.yaml"}),
            "b.yaml:4: accel.pb.capacity_kb: unknown key (did you mean 'capacity_kib'?)");
  EXPECT_EQ(LoadError({}, {"accel.clock_mz=1"}),
            "--set accel.clock_mz=1: accel.clock_mz: unknown key (did you mean 'clock_mhz'?)");
  WriteConfig("c.yaml", "dpe_array: {kernels: 4}\n");
  EXPECT_EQ(LoadError({"c.yaml"}), "c.yaml:2: dpe_array: unknown key (did you mean 'accel.dpe_array'?)");
  WriteConfig("d.yaml", "zzzzzzzz: 4\n");
  EXPECT_EQ(LoadError({"d.yaml"}), "d.yaml:2: zzzzzzzz: unknown key");
}

TEST_F(Merging, ADottedKeyInAFileIsRefusedRatherThanHalfRead) {
  WriteConfig("a.yaml", "accel.clock_mhz: 200\n");
  EXPECT_EQ(LoadError({"a.yaml"}),
            "a.yaml:2: accel.clock_mhz: dotted keys are for --set; in a file write nested maps");
}

TEST_F(Merging, ASectionIsAMapAndAKeyIsNot) {
  WriteConfig("a.yaml", "accel: 5\n");
  EXPECT_EQ(LoadError({"a.yaml"}), "a.yaml:2: accel: expected a map, got '5'");
  WriteConfig("b.yaml", "accel:\n  clock_mhz: {mhz: 5}\n");
  EXPECT_EQ(LoadError({"b.yaml"}),
            "b.yaml:3: accel.clock_mhz: expected an integer from 1 to 10000, got a map");
  WriteConfig("c.yaml", "accel:\n");
  EXPECT_EQ(LoadError({"c.yaml"}), "c.yaml:2: accel: expected a map, got nothing");
}

TEST_F(Merging, ASetNeedsAKeyAndAValue) {
  for (const char* set : {"accel.clock_mhz", "=5", ""}) {
    EXPECT_EQ(LoadError({}, {set}), "--set " + std::string(set) + ": expected --set key=value");
  }
  EXPECT_EQ(LoadError({}, {"accel.clock_mhz="}),
            "--set accel.clock_mhz=: accel.clock_mhz: expected an integer from 1 to 10000, got ''");
  EXPECT_EQ(LoadError({}, {"accel=5"}), "--set accel=5: accel: expected a map, got '5'");
  EXPECT_EQ(LoadError({}, {"base=[a.yaml]"}), "--set base=[a.yaml]: base: can only stand in a file");
  EXPECT_THAT(LoadError({}, {"accel..clock_mhz=5"}), HasSubstr("unknown key"));
  EXPECT_THAT(LoadError({}, {std::string(100, '.') + "=5"}), EndsWith("key too deep"));
  EXPECT_THAT(LoadError({}, {"device.name=\xff"}), EndsWith("neither ASCII nor UTF-8"));
}

TEST_F(Merging, ASetTakesYamlValues) {
  const Experiment e =
      LoadExperiment({}, {"device.name=\"my board\"", "accel.db={capacity_kib: 9, ping_pong: false}"});
  EXPECT_EQ(e.hardware.device.name, "my board");
  EXPECT_EQ(e.hardware.accel.db.capacity_kib, 9);
  EXPECT_FALSE(e.hardware.accel.db_ping_pong);
}

TEST_F(Merging, ALaterTraceFileReplacesAGeneratorAndTheOtherWayRound) {
  WriteConfig("generator.yaml", "trace:\n  generator: {kind: uniform, seed: 5}\n");
  WriteConfig("file.yaml", "trace: {file: t.csv}\n");
  EXPECT_EQ(LoadExperiment({"generator.yaml", "file.yaml"}, {}).trace.file, "t.csv");
  const Experiment e = LoadExperiment({"file.yaml", "generator.yaml"}, {});
  EXPECT_EQ(e.trace.file, "");
  EXPECT_EQ(e.trace.generator.seed, 5u);
  EXPECT_EQ(LoadExperiment({"generator.yaml"}, {"trace.file=x.csv"}).trace.file, "x.csv");
  EXPECT_EQ(LoadExperiment({"file.yaml"}, {"trace.generator.kind=uniform"}).trace.file, "");
  EXPECT_EQ(LoadExperiment({}, {"trace.file=x.csv", "trace.generator.seed=2"}).trace.file, "");
}

TEST_F(Merging, OneFileMayNotHaveBothATraceFileAndAGenerator) {
  WriteConfig("a.yaml", "trace:\n  file: t.csv\n  generator:\n    seed: 1\n");
  EXPECT_EQ(
      LoadError({"a.yaml"}),
      "a.yaml:4: trace: trace.file and trace.generator exclude each other; the other one is set in line 3");
}

TEST_F(Merging, ALaterSuperNetReplacesTheEarlierWhole) {
  WriteConfig("a.yaml", "supernet: {rule: ofa_resnet, space: {classes: 10}}\n");
  WriteConfig("b.yaml", "supernet:\n  rule: table\n");
  const Experiment e = LoadExperiment({"a.yaml", "b.yaml"}, {"supernet.table={file: x.csv}"});
  EXPECT_EQ(e.supernet.Find("rule")->scalar, "table");
  EXPECT_EQ(e.supernet.Find("space"), nullptr);
  EXPECT_NE(e.supernet.Find("table"), nullptr) << "--set adds to it";
  EXPECT_EQ(e.supernet.Find("rule")->mark.line, 3);
}

TEST_F(Merging, PathsAreRelativeToTheFileTheyStandIn) {
  WriteConfig("conf/a.yaml", "trace: {file: ../traces/t.csv}\nscheduler: {table_file: /abs/t.json}\n");
  const Experiment e = LoadExperiment({"conf/a.yaml"}, {});
  EXPECT_EQ(e.trace.file, "traces/t.csv");
  EXPECT_EQ(e.scheduler.table_file, "/abs/t.json");
  EXPECT_EQ(LoadExperiment({"conf/a.yaml"}, {"trace.file=t.csv"}).trace.file, "t.csv");
}

}  // namespace
}  // namespace sushi::config
