// Independent gaps, the first one from 0. Poisson: exponential. Gamma: of mean 1/rate and a given CV².
// Constant: query n (from 1) arrives at n/rate.
#include "sushi/query/arrival_process.hpp"

namespace sushi {
namespace {

constexpr const char* kRate = "arrival_rate_qps";

class PoissonArrivals : public ArrivalProcess {
 public:
  explicit PoissonArrivals(double rate_qps) : mean_ps_(kPicosecondsPerSecond / rate_qps) {}

  Picoseconds Next(Random& random) override {
    at_ = ArrivalAfter(at_, random.Exponential(mean_ps_), kRate);
    return at_;
  }

 private:
  double mean_ps_;
  Picoseconds at_;
};

class GammaArrivals : public ArrivalProcess {
 public:
  GammaArrivals(double rate_qps, double cv2) : mean_ps_(kPicosecondsPerSecond / rate_qps), cv2_(cv2) {}

  Picoseconds Next(Random& random) override {
    at_ = ArrivalAfter(at_, GammaGap(random, mean_ps_, cv2_), kRate);
    return at_;
  }

 private:
  double mean_ps_, cv2_;
  Picoseconds at_;
};

// Not gap by gap: rounding each to 1 ps would change the rate.
class ConstantArrivals : public ArrivalProcess {
 public:
  explicit ConstantArrivals(double rate_qps) : rate_qps_(rate_qps) {}

  Picoseconds Next(Random&) override {
    count_ += 1;
    return ArrivalAt(count_ * kPicosecondsPerSecond / rate_qps_, kRate);
  }

 private:
  double rate_qps_;
  double count_ = 0;
};

}  // namespace

std::unique_ptr<ArrivalProcess> MakePoissonArrivals(const GeneratorConfig& config) {
  return std::make_unique<PoissonArrivals>(config.arrival_rate_qps);
}

std::unique_ptr<ArrivalProcess> MakeConstantArrivals(const GeneratorConfig& config) {
  return std::make_unique<ConstantArrivals>(config.arrival_rate_qps);
}

std::unique_ptr<ArrivalProcess> MakeGammaArrivals(const GeneratorConfig& config) {
  if (config.arrival_cv2 == 0) return MakeConstantArrivals(config);
  return std::make_unique<GammaArrivals>(config.arrival_rate_qps, config.arrival_cv2);
}

}  // namespace sushi
