#include "sushi/sweep/plan.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "sushi/core/error.hpp"
#include "sweep_support.hpp"

namespace sushi::sweep {
namespace {

using testing::MakeIds;
using testing::ReadAll;
using testing::TempDir;
namespace fs = std::filesystem;

const std::vector<std::string> kOdd = {"", "a\tb", "line\nbreak\r", "back\\slash\\n", "äöü,\"'", "0.5"};

Plan MakePlan(const std::string& fingerprint) {
  Plan plan;
  plan.title = "A \"title\"";
  plan.objectives = {"min:x", "max:y"};
  plan.columns = {{"first", "second"}, {"m"}, {"s", "t"}};
  plan.points = 14;
  plan.fingerprint = fingerprint;
  plan.source = "/somewhere/sweep.yaml";
  plan.sets = {"a.b=1"};
  return plan;
}

SweepTable MakeTable() {
  SweepTable table;
  table.ids = MakeIds(14);
  table.labels = [](std::int64_t i) {
    return std::vector<std::string>{kOdd[static_cast<std::size_t>(i) % kOdd.size()], std::to_string(i)};
  };
  return table;
}

class PlanFiles : public ::testing::Test {
 protected:
  TempDir dir_;
  Store store_ = Store::Make(dir_ / "s");
  std::string points_ = dir_ / "s/points.tsv", json_ = dir_ / "s/plan.json";
};

TEST_F(PlanFiles, ComeBackAsTheyWereWithAnyCells) {
  const Plan plan = MakePlan("f");
  WritePlan(store_, plan);
  const Plan read = ReadPlan(store_);
  EXPECT_EQ(read.title, plan.title);
  EXPECT_EQ(read.objectives, plan.objectives);
  EXPECT_EQ(read.columns.axes, plan.columns.axes);
  EXPECT_EQ(read.columns.metrics, plan.columns.metrics);
  EXPECT_EQ(read.columns.subnets, plan.columns.subnets);
  EXPECT_EQ(read.points, 14);
  EXPECT_EQ(read.fingerprint, "f");
  EXPECT_EQ(read.source, plan.source);
  EXPECT_EQ(read.sets, plan.sets);
  EXPECT_FALSE(HasPoints(store_, read));
  WritePoints(store_, plan, MakeTable());
  const std::optional<SweepTable> table = ReadPoints(store_, read);
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->columns.axes, plan.columns.axes);
  EXPECT_EQ(table->ids, MakeTable().ids);
  for (std::int64_t i = 0; i < 14; ++i) EXPECT_EQ(table->labels(i), MakeTable().labels(i)) << i;
}

TEST_F(PlanFiles, PointsThatAreNotWholeOrAnotherPlansAreNone) {
  const Plan plan = MakePlan("f");
  WritePoints(store_, plan, MakeTable());
  EXPECT_FALSE(HasPoints(store_, MakePlan("g")));
  const std::string points = ReadAll(points_);
  for (const std::string& text : {points.substr(0, points.size() - 1), points + points, std::string(),
                                  points.substr(0, points.find('\n') + 1), std::string("f")}) {
    std::ofstream(points_, std::ios::binary) << text;
    EXPECT_FALSE(ReadPoints(store_, plan).has_value()) << text;
  }
  WritePoints(store_, plan, MakeTable());
  EXPECT_TRUE(HasPoints(store_, plan));
}

TEST_F(PlanFiles, ATornPlanIsRefused) {
  WritePlan(store_, MakePlan("f"));
  const std::string json = ReadAll(json_);
  for (const std::string& text : {json.substr(0, json.size() / 2), std::string("[]"), std::string("{}"),
                                  std::string("{\"title\": 3}")}) {
    std::ofstream(json_, std::ios::binary) << text;
    EXPECT_THROW(ReadPlan(store_), UserError) << text;
  }
}

}  // namespace
}  // namespace sushi::sweep
