// Axes over keys and the points that they span.
#include "sushi/config/axes.hpp"

#include <gtest/gtest.h>

#include "config_fixture.hpp"

namespace sushi::config {
namespace {

Axes Expand(const std::string& yaml, std::int64_t max_points = 100) {
  const Node section = ParseYaml(yaml, "axes.yaml");
  return ExpandAxes(&section, "study.axes", max_points);
}

std::vector<std::vector<std::string>> Labels(const Axes& axes) {
  std::vector<std::vector<std::string>> labels;
  for (const Point& point : axes.points) labels.push_back(point.labels);
  return labels;
}

using Rows = std::vector<std::vector<std::string>>;

TEST(ExpandAxes, WithoutAxesThereIsThePointAsItIs) {
  const Axes axes = ExpandAxes(nullptr, "study.axes", 1);
  EXPECT_TRUE(axes.columns.empty());
  ASSERT_EQ(axes.points.size(), 1u);
  EXPECT_TRUE(axes.points[0].overrides.empty());
}

TEST(ExpandAxes, TheLastKeyOfAProductVariesFastest) {
  const Axes axes = Expand("- product: {accel.pb.capacity_kib: [0, 512], accel.clock_mhz: [100, 200, 300]}");
  EXPECT_EQ(axes.columns, (std::vector<std::string>{"accel.pb.capacity_kib", "accel.clock_mhz"}));
  EXPECT_EQ(Labels(axes),
            (Rows{{"0", "100"}, {"0", "200"}, {"0", "300"}, {"512", "100"}, {"512", "200"}, {"512", "300"}}));
  EXPECT_EQ(axes.points[4].overrides[0].key, "accel.pb.capacity_kib");
  EXPECT_EQ(axes.points[4].overrides[1].value.scalar, "200");
}

TEST(ExpandAxes, AxesCombineLikeTheKeysOfOne) {
  const Axes two =
      Expand("- product: {accel.pb.capacity_kib: [0, 512]}\n- product: {accel.clock_mhz: [100, 200]}");
  const Axes one = Expand("- product: {accel.pb.capacity_kib: [0, 512], accel.clock_mhz: [100, 200]}");
  EXPECT_EQ(Labels(two), Labels(one));
}

TEST(ExpandAxes, OneAtATimeIsTheExperimentAndThenEachValueAlone) {
  const Axes axes = Expand("- one_at_a_time: {accel.pb.capacity_kib: [0, 512], accel.clock_mhz: [200]}");
  EXPECT_EQ(axes.columns, (std::vector<std::string>{"varied", "value"}));
  EXPECT_EQ(Labels(axes), (Rows{{"nothing", ""},
                                {"accel.pb.capacity_kib", "0"},
                                {"accel.pb.capacity_kib", "512"},
                                {"accel.clock_mhz", "200"}}));
  EXPECT_TRUE(axes.points[0].overrides.empty());
  EXPECT_EQ(axes.points[3].overrides.size(), 1u);
}

TEST(ExpandAxes, APathIsShownByItsFilesName) {
  EXPECT_EQ(Labels(Expand("- product: {trace.file: [../traces/a_b.csv]}")), (Rows{{"a_b"}}));
}

TEST(ExpandAxes, AllowsAsManyPointsAsItSaysAndNotOneMore) {
  const std::string yaml = "- product: {accel.pb.capacity_kib: [0, 1], accel.clock_mhz: [1, 2, 3]}";
  EXPECT_EQ(Expand(yaml, 6).points.size(), 6u);
  EXPECT_EQ(ErrorOf([&] { Expand(yaml, 5); }),
            "axes.yaml:1: study.axes: more than 5 points (study.max_points)");
}

TEST(ExpandAxes, RefusesTooManyPointsWithoutMakingThem) {
  std::string values;
  for (int i = 0; i < 1000; ++i) values += std::to_string(i) + ", ";
  std::string yaml;
  for (const char* key : {"accel.pb.capacity_kib", "accel.sb.capacity_kib", "accel.db.capacity_kib",
                          "accel.ob.capacity_kib", "accel.lb.capacity_kib", "accel.qb.capacity_kib"}) {
    yaml += "- product: {" + std::string(key) + ": [" + values + "0]}\n";
  }
  EXPECT_NE(ErrorOf([&] { Expand(yaml); }).find("more than 100 points"), std::string::npos);
}

TEST(ExpandAxes, NamesWhatIsWrongAndWhere) {
  const auto error = [](const std::string& yaml) { return ErrorOf([&] { Expand("\n" + yaml); }); };
  EXPECT_EQ(
      error("- product: {accel.pb.capacity: [1]}"),
      "axes.yaml:2: study.axes: unknown key 'accel.pb.capacity' (did you mean 'accel.pb.capacity_kib'?)");
  EXPECT_EQ(error("- product: {accel.clock_mhz: 100}"),
            "axes.yaml:2: study.axes: expected a list of values for 'accel.clock_mhz'");
  EXPECT_EQ(error("- product: {accel.clock_mhz: []}"),
            "axes.yaml:2: study.axes: expected a list of values for 'accel.clock_mhz'");
  EXPECT_EQ(error("- product: {accel.clock_mhz: [1]}\n- product: {accel.clock_mhz: [2]}"),
            "axes.yaml:3: study.axes: 'accel.clock_mhz' is varied twice");
  EXPECT_EQ(error("- one_at_a_time: {accel.clock_mhz: [1]}\n- one_at_a_time: {accel.pb.capacity_kib: [2]}"),
            "axes.yaml:3: study.axes: only one axis can be one_at_a_time");
  EXPECT_NE(error("- produkt: {accel.clock_mhz: [1]}").find("(did you mean 'product'?)"), std::string::npos);
  EXPECT_NE(error("- product: {accel.clock_mhz: [[1]]}").find("axes.yaml:2: study.axes.accel.clock_mhz"),
            std::string::npos);
  EXPECT_NE(error("product: {accel.clock_mhz: [1]}").find("expected a list"), std::string::npos);
}

}  // namespace
}  // namespace sushi::config
