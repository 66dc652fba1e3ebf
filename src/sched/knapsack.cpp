#include "sushi/sched/knapsack.hpp"

#include <algorithm>
#include <cstddef>

namespace sushi {
namespace {

constexpr int kNothing = -1;

// From what a class has to one of its options.
struct Step {
  std::size_t of_class = 0;
  int option = kNothing;
  Bytes bytes;  // more than before
  WideInt benefit = 0;
};

// Whether `a` has more benefit per byte than `b`; a step that costs nothing has the most.
bool Better(const Step& a, const Step& b) {
  if (a.bytes <= Bytes(0) || b.bytes <= Bytes(0)) return a.bytes < b.bytes;
  return a.benefit * b.bytes.value() > b.benefit * a.bytes.value();
}

// The best steps from nothing along the upper concave hull of (bytes, benefit): benefit per byte falls
// from step to step, so that taking the best first takes a class's steps in order.
std::vector<Step> HullSteps(std::size_t of_class, const std::vector<KnapsackOption>& options) {
  std::vector<Step> steps;
  Bytes bytes;
  WideInt benefit = 0;
  while (true) {
    Step best;
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (options[i].benefit <= benefit || options[i].bytes < bytes) continue;
      const Step step{of_class, static_cast<int>(i), options[i].bytes - bytes, options[i].benefit - benefit};
      if (best.option == kNothing || Better(step, best)) best = step;
    }
    if (best.option == kNothing) return steps;
    bytes += best.bytes;
    benefit += best.benefit;
    steps.push_back(best);
  }
}

class Solver {
 public:
  Solver(const std::vector<std::vector<KnapsackOption>>& classes, Bytes capacity)
      : classes_(classes), left_(capacity), taken_(classes.size(), kNothing) {}

  std::vector<int> Solve() && {
    TakeHulls();
    while (TakeBestImprovement()) {
    }
    return taken_;
  }

 private:
  KnapsackOption Now(std::size_t of_class) const {
    const int option = taken_[of_class];
    return option == kNothing ? KnapsackOption{} : classes_[of_class][static_cast<std::size_t>(option)];
  }

  void Take(const Step& step) {
    taken_[step.of_class] = step.option;
    left_ -= step.bytes;
  }

  void TakeHulls() {
    std::vector<Step> steps;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      const std::vector<Step> hull = HullSteps(i, classes_[i]);
      steps.insert(steps.end(), hull.begin(), hull.end());
    }
    std::stable_sort(steps.begin(), steps.end(), Better);
    std::vector<bool> closed(classes_.size(), false);
    for (const Step& step : steps) {
      if (closed[step.of_class]) continue;
      if (step.bytes > left_) {
        closed[step.of_class] = true;
      } else {
        Take(step);
      }
    }
  }

  bool TakeBestImprovement() {
    Step best;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      const KnapsackOption now = Now(i);
      for (std::size_t o = 0; o < classes_[i].size(); ++o) {
        const KnapsackOption& option = classes_[i][o];
        const Step step{i, static_cast<int>(o), option.bytes - now.bytes, option.benefit - now.benefit};
        if (step.benefit <= 0 || step.bytes > left_) continue;
        if (best.option == kNothing || Better(step, best)) best = step;
      }
    }
    if (best.option == kNothing) return false;
    Take(best);
    return true;
  }

  const std::vector<std::vector<KnapsackOption>>& classes_;
  Bytes left_;
  std::vector<int> taken_;
};

}  // namespace

std::vector<int> SolveKnapsack(const std::vector<std::vector<KnapsackOption>>& classes, Bytes capacity) {
  return Solver(classes, capacity).Solve();
}

}  // namespace sushi
