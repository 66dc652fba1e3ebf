#include "sushi/sched/knapsack.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "sushi/query/generators.hpp"

namespace sushi {
namespace {

using Classes = std::vector<std::vector<KnapsackOption>>;

WideInt BenefitOf(const Classes& classes, const std::vector<int>& taken) {
  WideInt sum = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (taken[i] >= 0) sum += classes[i][static_cast<std::size_t>(taken[i])].benefit;
  }
  return sum;
}

Bytes BytesOf(const Classes& classes, const std::vector<int>& taken) {
  Bytes sum;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (taken[i] >= 0) sum += classes[i][static_cast<std::size_t>(taken[i])].bytes;
  }
  return sum;
}

WideInt Optimum(const Classes& classes, std::size_t from, Bytes left) {
  if (from == classes.size()) return 0;
  WideInt best = Optimum(classes, from + 1, left);
  for (const KnapsackOption& option : classes[from]) {
    if (option.bytes > left) continue;
    best = std::max(best, option.benefit + Optimum(classes, from + 1, left - option.bytes));
  }
  return best;
}

TEST(SolveKnapsack, TakesTheMostBenefitPerByteFirst) {
  // 3 a byte, 2 a byte, 1 a byte; room for two.
  EXPECT_EQ(SolveKnapsack({{{Bytes(10), 10}}, {{Bytes(10), 30}}, {{Bytes(10), 20}}}, Bytes(20)),
            (std::vector<int>{-1, 0, 0}));
}

TEST(SolveKnapsack, TakesOneOptionOfAClassAndMovesUpItsHull) {
  const Classes classes = {{{Bytes(1), 10}, {Bytes(11), 20}}, {{Bytes(5), 10}}};
  EXPECT_EQ(SolveKnapsack(classes, Bytes(6)), (std::vector<int>{0, 0}));
  EXPECT_EQ(SolveKnapsack(classes, Bytes(15)), (std::vector<int>{0, 0}));
  EXPECT_EQ(SolveKnapsack(classes, Bytes(16)), (std::vector<int>{1, 0}));
}

TEST(SolveKnapsack, UsesWhatIsLeftOverForOptionsBelowTheHull) {
  // The hull goes from nothing to (10, 100); only (6, 20) fits.
  EXPECT_EQ(SolveKnapsack({{{Bytes(6), 20}, {Bytes(10), 100}}}, Bytes(9)), std::vector<int>{0});
}

TEST(SolveKnapsack, TakesNothingThatDoesNotHelpOrDoesNotFit) {
  EXPECT_EQ(SolveKnapsack({{{Bytes(1), 0}}, {{Bytes(1), -5}}, {{Bytes(11), 9}}, {}}, Bytes(10)),
            (std::vector<int>{-1, -1, -1, -1}));
}

TEST(SolveKnapsack, BreaksTiesTowardsTheLowerClassAndOption) {
  EXPECT_EQ(SolveKnapsack({{{Bytes(4), 8}}, {{Bytes(4), 8}}}, Bytes(4)), (std::vector<int>{0, -1}));
  EXPECT_EQ(SolveKnapsack({{{Bytes(4), 8}, {Bytes(4), 8}}}, Bytes(4)), std::vector<int>{0});
}

TEST(SolveKnapsack, IsWithinOneStepOfTheOptimum) {
  Random random(5);
  for (int round = 0; round < 400; ++round) {
    Classes classes(static_cast<std::size_t>(random.Integer(1, 5)));
    WideInt largest = 0;
    for (auto& options : classes) {
      for (std::int64_t i = random.Integer(0, 4); i > 0; --i) {
        options.push_back({Bytes(random.Integer(1, 30)), random.Integer(-5, 60)});
        largest = std::max(largest, options.back().benefit);
      }
    }
    const Bytes capacity(random.Integer(0, 80));
    const std::vector<int> taken = SolveKnapsack(classes, capacity);
    ASSERT_LE(BytesOf(classes, taken), capacity);
    const WideInt optimum = Optimum(classes, 0, capacity);
    EXPECT_LE(BenefitOf(classes, taken), optimum);
    EXPECT_GE(BenefitOf(classes, taken), optimum - largest);
  }
}

}  // namespace
}  // namespace sushi
