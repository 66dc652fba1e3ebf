// Study files: an experiment, what to report and axes.
#include "sushi/config/study.hpp"

#include <gtest/gtest.h>

#include "config_fixture.hpp"

namespace sushi::config {
namespace {

class StudyFile : public InDirectory {};

const std::string kStudy =
    "accel: {pb: {capacity_kib: 64}}\n"
    "trace: {generator: {kind: uniform}}\n"
    "study:\n"
    "  kind: streams\n"
    "  axes:\n"
    "    - product: {accel.pb.capacity_kib: [128, 256], scheduler.caching: [none, avgnet]}\n";

TEST_F(StudyFile, ResolvesEveryPointOverTheExperiment) {
  WriteConfig("s.yaml", kStudy);
  const Study study = LoadStudy("s.yaml", {"scheduler.candidates=7"});
  EXPECT_EQ(study.name, "s");
  EXPECT_EQ(study.kind, StudyKind::kStreams);
  ASSERT_EQ(study.axes.points.size(), 4u);
  const Experiment last = study.ExperimentOf(study.axes.points[3]);
  EXPECT_EQ(last.hardware.accel.pb.capacity_kib, 256);
  EXPECT_EQ(last.scheduler.caching, "avgnet");
  EXPECT_EQ(last.scheduler.candidates, 7);
  EXPECT_EQ(last.trace.generator.kind, "uniform");
  EXPECT_EQ(study.ExperimentOf({}).hardware.accel.pb.capacity_kib, 64);
}

TEST_F(StudyFile, ATraceFileOfAnAxisIsLookedUpBesideTheStudyAndDropsTheGenerator) {
  WriteConfig("sub/s.yaml",
              "trace: {generator: {kind: uniform}}\nstudy:\n  kind: streams\n  axes:\n"
              "    - product: {trace.file: [t.csv]}\n");
  const Study study = LoadStudy("sub/s.yaml", {});
  const Experiment e = study.ExperimentOf(study.axes.points[0]);
  EXPECT_EQ(e.trace.file, "sub/t.csv");
  EXPECT_EQ(FindOrigin(e, "trace.generator"), nullptr);
}

TEST_F(StudyFile, AnErrorOfAPointStandsWhereItsValueStands) {
  WriteConfig("s.yaml", kStudy + "    - product:\n        accel.clock_mhz: [100, fast]\n");
  EXPECT_NE(ErrorOf([] { LoadStudy("s.yaml", {}); }).find("s.yaml:9: accel.clock_mhz: "), std::string::npos)
      << ErrorOf([] { LoadStudy("s.yaml", {}); });
  WriteConfig("big.yaml",
              "study:\n  kind: streams\n  axes:\n    - product: {accel.pb.capacity_kib: [1728, 4000]}\n");
  EXPECT_NE(
      ErrorOf([] { LoadStudy("big.yaml", {}); }).find("big.yaml:5: accel.*.capacity_kib: the buffers need"),
      std::string::npos)
      << ErrorOf([] { LoadStudy("big.yaml", {}); });
}

TEST_F(StudyFile, RefusesWhatItCannotRead) {
  const auto error = [&](const std::string& text) {
    WriteConfig("s.yaml", text);
    return ErrorOf([] { LoadStudy("s.yaml", {}); });
  };
  EXPECT_EQ(error("accel: {clock_mhz: 100}\n"),
            "s.yaml: study: is missing; `sushisim run` runs an experiment");
  EXPECT_NE(error("study: {kind: stream}\n").find("(did you mean 'streams'?)"), std::string::npos);
  EXPECT_NE(error("study: {axes: []}\n").find("study.kind"), std::string::npos);
  EXPECT_NE(error("study: {kind: streams, axis: []}\n").find("(did you mean 'axes'?)"), std::string::npos);
  EXPECT_NE(error("study: {kind: streams, max_points: 0}\n").find("study.max_points"), std::string::npos);
  EXPECT_NE(error("study: {kind: streams, plots: [{name: ../x, x: a, y: [b]}]}\n").find("study.plots.name"),
            std::string::npos);
  EXPECT_NE(error("study: {kind: streams, plots: [{name: x, x: a}]}\n").find("y"), std::string::npos);
}

TEST_F(StudyFile, IsAnExperimentToo) {
  WriteConfig("s.yaml", kStudy);
  EXPECT_EQ(LoadExperiment({"s.yaml"}, {}).hardware.accel.pb.capacity_kib, 64);
}

}  // namespace
}  // namespace sushi::config
