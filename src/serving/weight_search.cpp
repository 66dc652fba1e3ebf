#include "sushi/serving/weight_search.hpp"

#include <algorithm>

namespace sushi {

double UxCost(const std::vector<TenantWindow>& tenants) {
  double rates = 0, energies = 0;
  for (const TenantWindow& tenant : tenants) {
    if (tenant.requests == 0) continue;
    const double count = static_cast<double>(tenant.requests);
    rates += tenant.violations == 0 ? 1 / (2 * count) : static_cast<double>(tenant.violations) / count;
    if (tenant.worst_energy_pj > 0) energies += tenant.energy_pj / tenant.worst_energy_pj;
  }
  return rates * energies;
}

WeightSearch::WeightSearch(double alpha, double beta, double reach) : reach_(reach) {
  Surround({alpha, beta});
}

void WeightSearch::Surround(Point centre) {
  const auto inside = [](double weight) { return std::clamp(weight, 0.0, 2.0); };
  at_ = 0;
  costs_.clear();
  points_ = {{inside(centre.alpha), inside(centre.beta)}};
  const Point middle = points_.front();
  if (converged()) return;
  const Point neighbours[] = {{inside(middle.alpha - reach_), middle.beta},
                              {inside(middle.alpha + reach_), middle.beta},
                              {middle.alpha, inside(middle.beta - reach_)},
                              {middle.alpha, inside(middle.beta + reach_)}};
  for (const Point& point : neighbours) {
    if (point.alpha != middle.alpha || point.beta != middle.beta) points_.push_back(point);
  }
}

void WeightSearch::Tell(double cost) {
  if (converged()) return;
  costs_.push_back(cost);
  if (++at_ < points_.size()) return;
  const auto best = std::min_element(costs_.begin(), costs_.end()) - costs_.begin();
  if (best == 0) reach_ /= 2;
  ++steps_;
  Surround(points_[static_cast<std::size_t>(best)]);
}

}  // namespace sushi
