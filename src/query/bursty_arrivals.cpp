// SuperServe's bursty stream: a constant rate, and beside it arrivals with gamma gaps.
#include <optional>
#include <utility>

#include "sushi/query/arrival_process.hpp"

namespace sushi {

std::unique_ptr<ArrivalProcess> MakeGammaArrivals(const GeneratorConfig& config);
std::unique_ptr<ArrivalProcess> MakeConstantArrivals(const GeneratorConfig& config);

namespace {

// Of two at the same time the constant part's goes first.
class BurstyArrivals : public ArrivalProcess {
 public:
  BurstyArrivals(std::unique_ptr<ArrivalProcess> base, std::unique_ptr<ArrivalProcess> bursts)
      : base_(std::move(base)), bursts_(std::move(bursts)) {}

  Picoseconds Next(Random& random) override {
    if (!base_) return bursts_->Next(random);
    if (!next_base_) next_base_ = base_->Next(random);
    if (!next_burst_) next_burst_ = bursts_->Next(random);
    std::optional<Picoseconds>& earlier = *next_burst_ < *next_base_ ? next_burst_ : next_base_;
    return *std::exchange(earlier, std::nullopt);
  }

 private:
  std::unique_ptr<ArrivalProcess> base_, bursts_;
  std::optional<Picoseconds> next_base_, next_burst_;
};

}  // namespace

std::unique_ptr<ArrivalProcess> MakeBurstyArrivals(const GeneratorConfig& config) {
  GeneratorConfig base = config;
  base.arrival_rate_qps = config.base_rate_qps;
  return std::make_unique<BurstyArrivals>(config.base_rate_qps > 0 ? MakeConstantArrivals(base) : nullptr,
                                          MakeGammaArrivals(config));
}

}  // namespace sushi
