// Both targets walk independently: a uniform start, then steps uniform in ±step_fraction of the range,
// reflected at its ends.
#include <algorithm>

#include "sushi/query/target_process.hpp"

namespace sushi {
namespace {

class Walk {
 public:
  Walk(double low, double high, double step_fraction)
      : low_(low), high_(high), largest_step_((high - low) * step_fraction) {}

  double Next(Random& random) {
    if (!started_) {
      started_ = true;
      at_ = random.Uniform(low_, high_);
      return at_;
    }
    at_ += random.Uniform(-largest_step_, largest_step_);
    if (at_ > high_) at_ = high_ - (at_ - high_);
    if (at_ < low_) at_ = low_ + (low_ - at_);
    at_ = std::clamp(at_, low_, high_);  // rounding may leave it just outside
    return at_;
  }

 private:
  double low_, high_, largest_step_;
  double at_ = 0;
  bool started_ = false;
};

class RandomWalkTargets : public TargetProcess {
 public:
  explicit RandomWalkTargets(const GeneratorConfig& config)
      : accuracy_(config.accuracy_low_percent, config.accuracy_high_percent, config.step_fraction),
        latency_(config.latency_low_us, config.latency_high_us, config.step_fraction) {}

  Targets Next(Random& random) override {
    Targets targets;
    targets.accuracy_percent = accuracy_.Next(random);
    targets.latency_us = latency_.Next(random);
    return targets;
  }

 private:
  Walk accuracy_, latency_;
};

}  // namespace

std::unique_ptr<TargetProcess> MakeRandomWalkTargets(const GeneratorConfig& config) {
  return std::make_unique<RandomWalkTargets>(config);
}

}  // namespace sushi
