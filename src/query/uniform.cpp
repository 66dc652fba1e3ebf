// Every query's targets are independent and uniform in their ranges.
#include "sushi/query/target_process.hpp"

namespace sushi {
namespace {

class UniformTargets : public TargetProcess {
 public:
  explicit UniformTargets(const GeneratorConfig& config) : config_(config) {}

  Targets Next(Random& random) override {
    Targets targets;
    targets.accuracy_percent = random.Uniform(config_.accuracy_low_percent, config_.accuracy_high_percent);
    targets.latency_us = random.Uniform(config_.latency_low_us, config_.latency_high_us);
    return targets;
  }

 private:
  GeneratorConfig config_;
};

}  // namespace

std::unique_ptr<TargetProcess> MakeUniformTargets(const GeneratorConfig& config) {
  return std::make_unique<UniformTargets>(config);
}

}  // namespace sushi
