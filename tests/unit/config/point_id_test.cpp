// Which points are the same point.
#include <filesystem>
#include <set>

#include "sweep_fixture.hpp"

namespace sushi::config {
namespace {

class PointIds : public SweepFile {
 protected:
  // The id of the quickstart with these axes, which give one point.
  static std::string IdOf(const std::string& text, const std::string& file = "s.yaml") {
    return Sweep::Load(WriteSweep(text, file), {}).IdAt(0);
  }
  static std::string With(const std::string& key, const std::string& value) {
    return IdOf("axes:\n  - product: {" + key + ": [" + value + "]}\n");
  }
};

TEST_F(PointIds, DoNotDependOnHowThePointIsWritten) {
  const std::string id = IdOf("axes: []\naccel: {pb: {capacity_kib: 864}}\ndram: {latency_ns: 120}\n");
  EXPECT_EQ(IdOf("axes:\n  - product: {accel.pb.capacity_kib: [864], dram.latency_ns: [120]}\n"), id);
  EXPECT_EQ(IdOf("axes:\n  - range: {dram.latency_ns: {from: 120, to: 120}}\n"
                 "  - log2: {accel.pb.capacity_kib: {from: 864, to: 864}}\n"),
            id);
  WriteConfig("part.yaml", "dram: {latency_ns: 120}\n");
  EXPECT_EQ(IdOf("axes:\n  - zip: {base: [part.yaml], accel.pb.capacity_kib: [864]}\n"), id);
  EXPECT_EQ(IdOf("axes: []\naccel: {pb: {capacity_kib: 864}}\ndram: {latency_ns: 121}\n") == id, false);
}

TEST_F(PointIds, DoNotDependOnTheOtherPointsOrTheirOrder) {
  const Sweep one =
      Load("axes:\n  - product: {accel.pb.capacity_kib: [0, 864], dram.latency_ns: [100, 120]}\n");
  const Sweep two = Load("axes:\n  - product: {dram.latency_ns: [120, 100], accel.pb.capacity_kib: [864]}\n");
  EXPECT_EQ(one.IdAt(3), two.IdAt(0));
  EXPECT_EQ(one.IdAt(2), two.IdAt(1));
}

TEST_F(PointIds, AValueAtItsDefaultIsNotAnotherPoint) {
  EXPECT_EQ(With("accel.pb.capacity_kib", "1728"), IdOf("axes: []\n"));
  EXPECT_EQ(With("dram.peak_gbps", "16.80"), IdOf("axes: []\n"));
}

TEST_F(PointIds, DifferInWhateverCanChangeAResult) {
  std::set<std::string> ids{IdOf("axes: []\n")};
  ids.insert(With("accel.pb.capacity_kib", "864"));
  ids.insert(With("scheduler.policy", "strict_accuracy"));
  ids.insert(With("energy.dram_pj_per_byte", "161"));
  ids.insert(With("memory.controller.address_map", "row:ba:bg:ra:ch:col"));
  ids.insert(With("supernet.space.classes", "10"));
  ids.insert(IdOf("axes: []\ntrace: {generator: {kind: uniform}}\n"));
  ids.insert(IdOf("axes:\n  - product: {seed: [2]}\ntrace: {generator: {kind: uniform}}\n"));
  ids.insert(IdOf("axes: []\ntrace: {generator: {kind: uniform, arrivals: offline}}\n"));
  ids.insert(
      IdOf("axes:\n  - product: {trace.generator.arrivals: [multi_stream]}\ntrace: {generator: {kind: "
           "uniform}}\n"));
  EXPECT_EQ(ids.size(), 10u);
}

TEST_F(PointIds, DoNotDependOnNamesSourcesAndMarks) {
  const std::string id = IdOf("axes: []\n");
  EXPECT_EQ(With("device.name", "another"), id);
  EXPECT_EQ(With("energy.mac.source", "another"), id);
  EXPECT_EQ(With("energy.vector_op.assumed", "true"), With("energy.vector_op.assumed", "false"));
}

TEST_F(PointIds, ATraceCountsByItsContentNotItsPath) {
  const std::string row = "accuracy_min_percent,latency_max_us\n70,1000\n";
  Write("a.csv", row);
  Write("deep/b.csv", row);
  Write("c.csv", row + "71,1000\n");
  const std::string id = With("trace.file", "a.csv");
  EXPECT_EQ(With("trace.file", "deep/b.csv"), id);
  EXPECT_NE(With("trace.file", "c.csv"), id);
  EXPECT_EQ(IdOf("axes: []\ntrace: {file: b.csv}\n", "deep/s.yaml"), id);
}

TEST_F(PointIds, AModelsTableCountsByItsContentNotItsPath) {
  const std::string csv =
      "subnet,layer,supernet_layer,out_channels,in_channels,kernel_h,kernel_w,in_h,in_w,pad_h,pad_w,stride_h,"
      "stride_w\nA,0,0,16,3,3,3,8,8,1,1,1,1\n";
  Write("t.csv", csv);
  Write("u.csv", csv);
  Write("v.csv", csv + "A,1,1,16,16,3,3,8,8,1,1,1,1\n");
  WriteConfig(
      "model.yaml",
      "supernet: {name: m, rule: table, table: {file: t.csv}, subnets: [{name: A, top1_percent: 70}]}\n");
  const auto id = [](const std::string& file) {
    return IdOf("axes:\n  - list: [{base: model.yaml, supernet.table.file: " + file + "}]\n");
  };
  EXPECT_EQ(id("t.csv"), IdOf("axes:\n  - list: [{base: model.yaml}]\n"));
  EXPECT_EQ(id("u.csv"), id("t.csv"));
  EXPECT_NE(id("v.csv"), id("t.csv"));
}

TEST_F(PointIds, AreThoseOfTheResolvedExperiment) {
  const Sweep sweep = Load("axes:\n  - product: {accel.pb.capacity_kib: [0, 864], trace.file: [" +
                           Shipped("traces/uniform_4000.csv") + "]}\n");
  for (std::int64_t i = 0; i < sweep.size(); ++i) {
    EXPECT_EQ(sweep.IdAt(i), PointId(sweep.PointAt(i).experiment));
  }
}

}  // namespace
}  // namespace sushi::config
