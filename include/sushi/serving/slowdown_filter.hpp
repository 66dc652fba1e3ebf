// ALERT's estimate of how much slower everything is than profiled: a scalar Kalman filter on observed over
// profiled time (docs/schedulers.md has the recursion).
#pragma once

#include "sushi/serving/scheduler_settings.hpp"

namespace sushi {

class SlowdownFilter {
 public:
  explicit SlowdownFilter(const AlertSettings& settings);

  // z: the time of a job over what the profile said.
  void Observe(double z);

  double mean() const { return mean_; }            // μ
  double process_noise() const { return noise_; }  // Q
  double gain() const { return gain_; }            // K
  double error() const { return error_; }          // P
  // σ of the next slowdown: √(P + Q).
  double deviation() const;

 private:
  double alpha_, measurement_noise_, least_noise_;
  double mean_, noise_, gain_, error_;
  double innovation_ = 0;  // y
};

}  // namespace sushi
