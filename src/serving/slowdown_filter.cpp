#include "sushi/serving/slowdown_filter.hpp"

#include <algorithm>
#include <cmath>

namespace sushi {

// P before the first observation: as if K0 had been the gain of one on a P of 0 [A].
SlowdownFilter::SlowdownFilter(const AlertSettings& settings)
    : alpha_(settings.alpha),
      measurement_noise_(settings.r),
      least_noise_(settings.q0),
      mean_(settings.mu0),
      noise_(settings.q0),
      gain_(settings.k0),
      error_((1 - settings.k0) * settings.q0) {}

void SlowdownFilter::Observe(double z) {
  const double corrected = gain_ * innovation_;  // by the observation before this one
  noise_ = std::max(least_noise_, alpha_ * noise_ + (1 - alpha_) * corrected * corrected);
  innovation_ = z - mean_;
  gain_ = (error_ + noise_) / (error_ + noise_ + measurement_noise_);
  mean_ += gain_ * innovation_;
  error_ = (1 - gain_) * (error_ + noise_);
}

double SlowdownFilter::deviation() const { return std::sqrt(error_ + noise_); }

}  // namespace sushi
