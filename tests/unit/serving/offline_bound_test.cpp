#include "sushi/serving/offline_bound.hpp"

#include <gtest/gtest.h>

#include <map>

#include "fake_profile.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::Us;

BoundRequest In(double arrival_us, double deadline_us, double accuracy = 0) {
  return {0, Us(arrival_us), Us(deadline_us), accuracy};
}

// Alone only: 100 us with 70 %, 400 us with 78 %.
BoundModel OneByOne() { return {{70, 78}, {{0, 0, 1, Us(100)}, {0, 1, 1, Us(400)}}}; }

// 250 us hold two and a half of 100 us; 300 us hold three.
TEST(OfflineBound, CountsWhatFitsIntoTheTimeOfAllAccelerators) {
  const std::vector<BoundRequest> four(4, In(0, 250));
  EXPECT_EQ(OfflineBound({OneByOne()}, {0}, four).InTime(), 2);
  EXPECT_EQ(OfflineBound({OneByOne()}, {0, 0}, four).InTime(), 4);
  const std::vector<BoundRequest> just(4, In(0, 300));
  EXPECT_EQ(OfflineBound({OneByOne()}, {0}, just).InTime(), 3);
}

TEST(OfflineBound, WhoCannotBeInTimeAloneDoesNotCount) {
  EXPECT_EQ(OfflineBound({OneByOne()}, {0}, {In(0, 100), In(500, 599.999999)}).InTime(), 1);
  EXPECT_EQ(OfflineBound({OneByOne()}, {0}, {In(0, 399, 75), In(500, 900, 75)}).InTime(), 1);
}

// Time before an arrival is of no use: 3 · 100 us into [0, 150] and [400, 500].
TEST(OfflineBound, TimeThatNobodyCouldUseIsNotCounted) {
  EXPECT_EQ(OfflineBound({OneByOne()}, {0}, {In(0, 150), In(0, 150), In(400, 500)}).InTime(), 2);
}

// Batches of two take 120 us: 60 us each, if 120 us are within the window.
TEST(OfflineBound, BatchesCountOnlyWhereTheyFit) {
  BoundModel model = OneByOne();
  model.shapes.push_back({0, 0, 2, Us(120)});
  EXPECT_EQ(OfflineBound({model}, {0}, std::vector<BoundRequest>(4, In(0, 240))).InTime(), 4);
  EXPECT_EQ(OfflineBound({model}, {0}, std::vector<BoundRequest>(4, In(0, 119))).InTime(), 1);
}

// Type 1 is half as fast: 300 us hold three on type 0 and one and a half on type 1.
TEST(OfflineBound, SlowTypesAddWhatTheyCanDo) {
  BoundModel model;
  model.top1_percent = {70};
  model.shapes = {{0, 0, 1, Us(100)}, {1, 0, 1, Us(200)}};
  EXPECT_EQ(OfflineBound({model}, {0, 1}, std::vector<BoundRequest>(9, In(0, 300))).InTime(), 4);
  EXPECT_EQ(OfflineBound({model}, {1}, std::vector<BoundRequest>(9, In(0, 300))).InTime(), 1);
}

// Two requests, 650 us. Both as small take 200 us; 450 us upgrade by 300 us each for 8 %: 1.5 upgrades.
TEST(OfflineBound, AccuracyIsUpgradedWhileTimeIsLeft) {
  const OfflineBound bound({OneByOne()}, {0}, {In(0, 650), In(0, 650)});
  EXPECT_EQ(bound.InTime(), 2);
  EXPECT_NEAR(bound.AccuracySum(), 2 * 70 + 1.5 * 8, 1e-9);
  EXPECT_NEAR(bound.MeanAccuracy(2), 76, 1e-9);
  EXPECT_DOUBLE_EQ(bound.MeanAccuracy(1), 78);  // one alone may take all the time
}

TEST(OfflineBound, LeastTimesAreTheBestOverColumnsAndLevels) {
  FakeProfile::FakeSubNet net{"net", 70, 100};
  net.cached_saves = 0.5;
  const FakeProfile profile({{net}}, 2, {{PowerLevel{100}, PowerLevel{200}}});
  const BoundModel model = LeastTimes(profile, 0, {0, 0});
  ASSERT_EQ(model.shapes.size(), 2U);
  EXPECT_EQ(model.shapes[0].time, Us(25));
  EXPECT_EQ(model.shapes[1].time, Us(37.5));
}

// All orders of all batches on all accelerators, each as soon as it can; whoever is left out is late.
struct BruteForce {
  const BoundModel& model;
  const std::vector<int>& types;
  const std::vector<BoundRequest>& requests;
  int in_time = 0;
  double accuracy = 0;
  std::map<int, double> accuracy_of;  // best sum by number in time

  void Search(std::vector<Picoseconds> free, unsigned served, int count, double sum) {
    in_time = std::max(in_time, count);
    accuracy = std::max(accuracy, sum);
    accuracy_of[count] = std::max(accuracy_of[count], sum);
    for (unsigned batch = 1; batch < 1U << requests.size(); ++batch) {
      if ((batch & served) != 0) continue;
      for (std::size_t a = 0; a < types.size(); ++a) {
        for (const BoundShape& shape : model.shapes) {
          if (shape.type == types[a] && shape.batch == __builtin_popcount(batch)) {
            Serve(free, served, count, sum, batch, a, shape);
          }
        }
      }
    }
  }
  void Serve(std::vector<Picoseconds> free, unsigned served, int count, double sum, unsigned batch,
             std::size_t a, const BoundShape& shape) {
    for (std::size_t j = 0; j < requests.size(); ++j) {
      if ((batch >> j & 1U) != 0) free[a] = std::max(free[a], requests[j].arrival);
    }
    free[a] += shape.time;
    const double top1 = model.top1_percent[static_cast<std::size_t>(shape.subnet)];
    for (std::size_t j = 0; j < requests.size(); ++j) {
      if ((batch >> j & 1U) == 0 || free[a] > requests[j].deadline ||
          top1 < requests[j].accuracy_min_percent) {
        continue;
      }
      ++count;
      sum += top1;
    }
    Search(free, served | batch, count, sum);
  }
};

TEST(OfflineBound, NoScheduleOfTinyInstancesPassesIt) {
  Random random(7);
  const auto draw = [&random](int from, int to) { return static_cast<int>(random.Integer(from, to)); };
  int tight = 0, instances = 0;
  for (; instances < 300; ++instances) {
    std::vector<int> types(static_cast<std::size_t>(draw(1, 2)), 0);
    if (types.size() == 2) types[1] = draw(0, 1);
    BoundModel model;
    model.top1_percent = {70, static_cast<double>(draw(71, 80))};
    for (int type = 0; type < 2; ++type) {
      for (int subnet = 0; subnet < 2; ++subnet) {
        int time = draw(50, 150) * (subnet + 1) * (type + 1);
        for (int batch = 1; batch <= 2; ++batch, time += draw(10, time)) {
          model.shapes.push_back({type, subnet, batch, Picoseconds(time)});
        }
      }
    }
    std::vector<BoundRequest> requests(static_cast<std::size_t>(types.size() == 1 ? draw(3, 4) : 3));
    for (BoundRequest& request : requests) {
      request.arrival = Picoseconds(draw(0, 200));
      request.deadline = request.arrival + Picoseconds(draw(50, 500));
      if (draw(0, 3) == 0) request.accuracy_min_percent = 71;
    }
    BruteForce best{model, types, requests, 0, 0, {}};
    best.Search(std::vector<Picoseconds>(types.size()), 0, 0, 0);
    const OfflineBound bound({model}, types, requests);
    ASSERT_GE(bound.InTime(), best.in_time) << "instance " << instances;
    ASSERT_GE(bound.AccuracySum() + 1e-6, best.accuracy) << "instance " << instances;
    for (const auto& [count, sum] : best.accuracy_of) {
      if (count == 0) continue;
      ASSERT_GE(bound.MeanAccuracy(count) + 1e-6, sum / count) << "instance " << instances;
    }
    tight += bound.InTime() == best.in_time ? 1 : 0;
  }
  EXPECT_GT(tight, instances / 2);
}

}  // namespace
}  // namespace sushi
