// SuperServe's ramp: the rate goes from one to another at so many 1/s², then stays. Arrival times are those
// of a stream of rate 1 with gamma gaps, put where the integral of the rate over time reaches them: with
// CV² 1 an inhomogeneous Poisson stream.
#include <cmath>
#include <string>

#include "sushi/core/error.hpp"
#include "sushi/query/arrival_process.hpp"

namespace sushi {
namespace {

class RampArrivals : public ArrivalProcess {
 public:
  explicit RampArrivals(const GeneratorConfig& c)
      : from_(c.arrival_rate_qps),
        to_(c.ramp_to_qps),
        slope_(to_ < from_ ? -c.ramp_qps_per_s : c.ramp_qps_per_s),
        ramp_s_((to_ - from_) / slope_),
        ramp_queries_((from_ + to_) / 2 * ramp_s_),
        cv2_(c.arrival_cv2) {}

  Picoseconds Next(Random& random) override {
    position_ += GammaGap(random, 1, cv2_);
    double seconds = 0;
    if (position_ < ramp_queries_) {
      // The smaller root of from·t + slope·t²/2 = position, without cancellation.
      const double root = std::sqrt(std::fmax(0, from_ * from_ + 2 * slope_ * position_));
      if (position_ > 0) seconds = 2 * position_ / (from_ + root);
    } else {
      if (to_ == 0) Dry();
      seconds = ramp_s_ + (position_ - ramp_queries_) / to_;
    }
    ++arrived_;
    last_s_ = std::fmax(last_s_, seconds);  // rounding may go back by a bit
    return ArrivalAt(last_s_ * kPicosecondsPerSecond, "ramp_to_qps");
  }

 private:
  [[noreturn]] void Dry() const {
    throw UserError(SourceMark{}, "ramp_to_qps",
                    "the ramp ends at rate 0 after " + std::to_string(arrived_) +
                        " queries and no more arrive: expected a rate above 0, or fewer queries");
  }

  double from_, to_, slope_;
  double ramp_s_, ramp_queries_;  // how long it lasts, and how many queries that is in the mean
  double cv2_;
  double position_ = 0, last_s_ = 0;
  std::int64_t arrived_ = 0;
};

}  // namespace

std::unique_ptr<ArrivalProcess> MakeRampArrivals(const GeneratorConfig& config) {
  return std::make_unique<RampArrivals>(config);
}

}  // namespace sushi
