// An interrupted Poisson stream: phases of exponential length, Poisson arrivals in the on-phases only. It
// begins with an on-phase.
#include "sushi/query/arrival_process.hpp"

namespace sushi {
namespace {

class OnOffArrivals : public ArrivalProcess {
 public:
  explicit OnOffArrivals(const GeneratorConfig& c)
      : mean_gap_ps_(kPicosecondsPerSecond / c.arrival_rate_qps),
        on_ps_(c.on_phase_s * kPicosecondsPerSecond),
        off_ps_(c.off_phase_s * kPicosecondsPerSecond) {}

  Picoseconds Next(Random& random) override {
    if (!started_) left_ps_ = random.Exponential(on_ps_);
    started_ = true;
    double gap_ps = 0;
    double wanted_ps = random.Exponential(mean_gap_ps_);  // of on-time
    while (wanted_ps > left_ps_) {
      wanted_ps -= left_ps_;
      gap_ps += left_ps_ + random.Exponential(off_ps_);
      ArrivalAfter(at_, gap_ps, "arrival_rate_qps");  // ends the loop of a rate that is far too low
      left_ps_ = random.Exponential(on_ps_);
    }
    left_ps_ -= wanted_ps;
    at_ = ArrivalAfter(at_, gap_ps + wanted_ps, "arrival_rate_qps");
    return at_;
  }

 private:
  double mean_gap_ps_, on_ps_, off_ps_;
  double left_ps_ = 0;  // of the on-phase
  bool started_ = false;
  Picoseconds at_;
};

}  // namespace

std::unique_ptr<ArrivalProcess> MakeOnOffArrivals(const GeneratorConfig& config) {
  return std::make_unique<OnOffArrivals>(config);
}

}  // namespace sushi
