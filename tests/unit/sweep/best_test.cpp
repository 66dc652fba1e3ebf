#include "sushi/sweep/best.hpp"

#include <cmath>
#include <random>

#include "sushi/core/error.hpp"
#include "sushi/sweep/record.hpp"
#include "sweep_support.hpp"

namespace sushi::sweep::testing {
namespace {

class BestTest : public ::testing::Test {
 protected:
  // A point a row of metrics a, b, c; its axis cell is its index.
  void Fill(const std::vector<std::vector<Cell>>& rows) {
    const auto ids = MakeIds(static_cast<std::int64_t>(rows.size()));
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].empty()) text += ResultLine(ids[i], {rows[i], {}});
    }
    std::ofstream(store_.segments_dir() + "/a.seg") << text;
    table_.columns.metrics = {"a", "b", "c"};
    table_.columns.axes = {"size"};
    table_.ids = ids;
    table_.labels = [](std::int64_t index) { return std::vector<std::string>{std::to_string(index)}; };
  }
  std::vector<std::int64_t> FrontOf(const std::vector<std::string>& objectives,
                                    const std::vector<std::string>& conditions = {}) {
    std::vector<Objective> parsed;
    for (const auto& text : objectives) parsed.push_back(Objective::Parse(text));
    std::vector<Condition> where;
    for (const auto& text : conditions) where.push_back(Condition::Parse(text));
    result_ = Best(store_, table_, parsed, where);
    std::vector<std::int64_t> indices;
    for (const BestPoint& point : result_.front) indices.push_back(point.index);
    return indices;
  }

  TempDir dir_;
  Store store_ = Store::Make(dir_ / "store");
  SweepTable table_;
  BestResult result_;
};

using Indices = std::vector<std::int64_t>;
Cell I(std::int64_t value) { return value; }

TEST_F(BestTest, KeepsWhatNothingBeatsAndTies) {
  Fill({{I(1), I(9), I(0)},
        {I(2), I(9), I(0)},
        {I(3), I(1), I(0)},
        {I(1), I(9), I(5)},
        {I(4), I(1), I(0)},
        {}});
  EXPECT_EQ(FrontOf({"a", "min:b"}), (Indices{0, 3, 2}));
  EXPECT_EQ(result_.considered, 5);
  EXPECT_EQ(result_.counts.missing, 1);
  EXPECT_EQ(result_.front[2].labels, (std::vector<std::string>{"2"}));
  EXPECT_EQ(result_.front[2].metrics, (std::vector<Cell>{I(3), I(1), I(0)}));
  EXPECT_EQ(FrontOf({"a"}), (Indices{0, 3}));
  EXPECT_EQ(FrontOf({"max:a"}), (Indices{4}));
  EXPECT_EQ(FrontOf({"max:b", "max:a"}), (Indices{1, 4}));
}

TEST_F(BestTest, AgreesWithThePlainDefinitionOnRandomPoints) {
  std::mt19937 random(5);
  std::vector<std::vector<Cell>> rows;
  for (int i = 0; i < 200; ++i)
    rows.push_back({I(random() % 12), 0.5 * static_cast<double>(random() % 12), I(random() % 12)});
  Fill(rows);
  const auto value = [&](std::size_t row, int column) {
    const Cell& cell = rows[row][static_cast<std::size_t>(column)];
    return column == 1 ? -std::get<double>(cell) : static_cast<double>(std::get<std::int64_t>(cell));
  };
  for (const int objectives : {2, 3}) {
    std::vector<std::int64_t> expected;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      bool beaten = false;
      for (std::size_t j = 0; j < rows.size(); ++j) {
        bool none_worse = true, one_better = false;
        for (int k = 0; k < objectives; ++k) {
          none_worse = none_worse && value(j, k) <= value(i, k);
          one_better = one_better || value(j, k) < value(i, k);
        }
        beaten = beaten || (none_worse && one_better);
      }
      if (!beaten) expected.push_back(static_cast<std::int64_t>(i));
    }
    std::vector<std::string> names = {"min:a", "max:b", "min:c"};
    names.resize(static_cast<std::size_t>(objectives));
    auto front = FrontOf(names);
    std::sort(front.begin(), front.end());
    EXPECT_EQ(front, expected);
  }
}

TEST_F(BestTest, ConditionsHoldAtTheirEdges) {
  Fill({{I(1), 1.5, "x"}, {I(2), 2.5, "y"}, {I(3), 3.5, "x"}});
  const auto count = [&](const std::string& condition) {
    FrontOf({"a"}, {condition});
    return result_.considered;
  };
  EXPECT_EQ(count("a <= 2"), 2);
  EXPECT_EQ(count("a<2"), 1);
  EXPECT_EQ(count("b >= 2.5"), 2);
  EXPECT_EQ(count("b > 2.5"), 1);
  EXPECT_EQ(count("b == 2.5"), 1);
  EXPECT_EQ(count("a != 2.0"), 2);
  EXPECT_EQ(count("c == x"), 2);
  EXPECT_EQ(count("c != x"), 1);
  EXPECT_EQ(count("c == \"x\""), 2);  // as in constraints
  EXPECT_EQ(count("c <= 5"), 0);
  EXPECT_EQ(count("size >= 1"), 2);  // an axis
  EXPECT_EQ(FrontOf({"max:size"}), (Indices{2}));
  FrontOf({"a"}, {"a >= 2", "b < 3"});
  EXPECT_EQ(result_.considered, 1);
}

TEST_F(BestTest, LargeIntegersDifferByOne) {
  const std::int64_t large = std::int64_t{1} << 60;
  Fill({{large + 1, I(0), I(0)}, {large, I(0), I(0)}, {large + 1, I(0), I(0)}});
  EXPECT_EQ(FrontOf({"a"}), (Indices{1}));
  EXPECT_EQ(FrontOf({"max:a"}), (Indices{0, 2}));
}

TEST_F(BestTest, WhatIsNoNumberIsLeftOut) {
  Fill({{"n/a", I(1), I(0)}, {std::nan(""), I(1), I(0)}, {I(5), I(1), I(0)}});
  EXPECT_EQ(FrontOf({"a"}), (Indices{2}));
  EXPECT_EQ(result_.considered, 1);
}

TEST_F(BestTest, AnObjectiveWithoutAnyNumberIsRefused) {
  Fill({{"slow", I(1), I(0)}, {"fast", I(1), I(0)}});
  EXPECT_THROW(FrontOf({"b", "a"}), UserError);
}

TEST_F(BestTest, BadRequestsSayWhatIsExpected) {
  Fill({{I(1), I(1), I(1)}});
  EXPECT_THROW(FrontOf({}), UserError);
  EXPECT_THROW(FrontOf({"a"}, {"a <= fast"}), UserError);
  for (const char* text : {"", "a", "a = 5", "<= 5", "a <=", "a ! 5", "a => 5"})
    EXPECT_THROW(Condition::Parse(text), UserError) << text;
  for (const char* text : {"", "min:", " max: "}) EXPECT_THROW(Objective::Parse(text), UserError) << text;
  try {
    FrontOf({"min:sise"});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'size'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace sushi::sweep::testing
