#include "sushi/sweep/plan.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

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

Plan MakePlan(std::int64_t points) {
  Plan plan;
  plan.title = "A \"title\"";
  plan.objectives = {"min:x", "max:y"};
  plan.table.columns = {{"first", "second"}, {"m"}, {"s", "t"}};
  plan.table.ids = MakeIds(points);
  plan.table.labels = [](std::int64_t i) {
    return std::vector<std::string>{kOdd[static_cast<std::size_t>(i) % kOdd.size()], std::to_string(i)};
  };
  plan.source = "/somewhere/sweep.yaml";
  plan.sets = {"a.b=1"};
  return plan;
}

ino_t FileOf(const std::string& path) {
  struct stat about {};
  EXPECT_EQ(stat(path.c_str(), &about), 0) << path;
  return about.st_ino;
}

class PlanFiles : public ::testing::Test {
 protected:
  TempDir dir_;
  Store store_ = Store::Make(dir_ / "s");
  std::string points_ = dir_ / "s/points.tsv", json_ = dir_ / "s/plan.json";
};

TEST_F(PlanFiles, ComeBackAsTheyWereWithAnyCells) {
  const Plan plan = MakePlan(14);
  WritePlan(store_, plan);
  const Plan read = ReadPlan(store_);
  EXPECT_EQ(read.title, plan.title);
  EXPECT_EQ(read.objectives, plan.objectives);
  EXPECT_EQ(read.table.columns.axes, plan.table.columns.axes);
  EXPECT_EQ(read.table.columns.metrics, plan.table.columns.metrics);
  EXPECT_EQ(read.table.columns.subnets, plan.table.columns.subnets);
  EXPECT_EQ(read.source, plan.source);
  EXPECT_EQ(read.sets, plan.sets);
  EXPECT_EQ(read.table.ids, plan.table.ids);
  for (std::int64_t i = 0; i < 14; ++i) EXPECT_EQ(read.table.labels(i), plan.table.labels(i)) << i;
}

TEST_F(PlanFiles, AreNotWrittenAgainForTheSamePoints) {
  WritePlan(store_, MakePlan(5));
  const ino_t points = FileOf(points_), json = FileOf(json_);
  WritePlan(store_, MakePlan(5));
  EXPECT_EQ(FileOf(points_), points);
  EXPECT_EQ(FileOf(json_), json);
  WritePlan(store_, MakePlan(6));
  EXPECT_EQ(ReadPlan(store_).table.ids.size(), 6u);
  fs::remove(points_);
  WritePlan(store_, MakePlan(6));
  EXPECT_EQ(ReadPlan(store_).table.ids.size(), 6u);
}

TEST_F(PlanFiles, ThatDoNotBelongTogetherAreRefused) {
  WritePlan(store_, MakePlan(5));
  const std::string points = ReadAll(points_), json = ReadAll(json_);
  const auto refused = [&](const std::string& name, const std::string& text) {
    std::ofstream(name, std::ios::binary) << text;
    EXPECT_THROW(ReadPlan(store_), UserError) << text;
    std::ofstream(points_, std::ios::binary) << points;
    std::ofstream(json_, std::ios::binary) << json;
    EXPECT_EQ(ReadPlan(store_).table.ids.size(), 5u);
  };
  refused(points_, points.substr(0, points.size() - 1));
  refused(points_, points + points);
  refused(points_, "");
  refused(json_, json.substr(0, json.size() / 2));
  refused(json_, "[]");
  refused(json_, "{\"schema_version\": 1}");
  refused(json_, "{\"schema_version\": 2}");
}

}  // namespace
}  // namespace sushi::sweep
