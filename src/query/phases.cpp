// Alternates between tight-latency phases (both targets in the lowest quarter of their ranges) and
// high-accuracy phases (both in the highest quarter): the stream whose best SubGraph changes and then
// stays for a while. A phase lasts between half and one and a half times phase_queries.
#include "sushi/query/target_process.hpp"

namespace sushi {
namespace {

constexpr double kBand = 0.25;  // of the range

double InBand(Random& random, double low, double high, bool top) {
  const double width = (high - low) * kBand;
  return top ? random.Uniform(high - width, high) : random.Uniform(low, low + width);
}

class PhaseTargets : public TargetProcess {
 public:
  explicit PhaseTargets(const GeneratorConfig& config) : config_(config) {}

  Targets Next(Random& random) override {
    if (left_ == 0) {
      const std::int64_t half = config_.phase_queries / 2;
      left_ = random.Integer(config_.phase_queries - half, config_.phase_queries + half);
      high_accuracy_ = !high_accuracy_;
    }
    --left_;
    Targets targets;
    targets.accuracy_percent =
        InBand(random, config_.accuracy_low_percent, config_.accuracy_high_percent, high_accuracy_);
    targets.latency_us = InBand(random, config_.latency_low_us, config_.latency_high_us, high_accuracy_);
    return targets;
  }

 private:
  GeneratorConfig config_;
  std::int64_t left_ = 0;
  bool high_accuracy_ = true;  // the first phase is a tight-latency one
};

}  // namespace

std::unique_ptr<TargetProcess> MakePhaseTargets(const GeneratorConfig& config) {
  return std::make_unique<PhaseTargets>(config);
}

}  // namespace sushi
