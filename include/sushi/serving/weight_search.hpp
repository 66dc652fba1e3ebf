// What DREAM tunes online: two weights against a cost that is seen a window at a time.
#pragma once

#include <cstdint>
#include <vector>

namespace sushi {

// What a tenant got in a window.
struct TenantWindow {
  std::int64_t requests = 0;    // served or dropped
  std::int64_t violations = 0;  // of them late or dropped
  double energy_pj = 0;
  double worst_energy_pj = 0;  // of the same requests, each as its most expensive variant
};

// UXCost = Σ violation rates · Σ energy / worst energy, over tenants with requests. A rate of zero counts as
// 1 / (2 · requests), so that energy still matters when no deadline is missed.
double UxCost(const std::vector<TenantWindow>& tenants);

// Pattern search over [0, 2]². A step tries the centre and its four neighbours, a window each; the best
// becomes the centre, or the reach is halved when none is better. After kSteps the centre stays.
class WeightSearch {
 public:
  static constexpr int kSteps = 5;

  WeightSearch(double alpha, double beta, double reach);

  // To be used in the present window.
  double alpha() const { return points_[at_].alpha; }
  double beta() const { return points_[at_].beta; }
  bool converged() const { return steps_ == kSteps; }
  // The window is over.
  void Tell(double cost);

 private:
  struct Point {
    double alpha, beta;
  };
  void Surround(Point centre);

  double reach_;
  int steps_ = 0;
  std::size_t at_ = 0;  // of points_, of which the first is the centre
  std::vector<Point> points_;
  std::vector<double> costs_;
};

}  // namespace sushi
