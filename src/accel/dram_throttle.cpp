#include "sushi/accel/dram_throttle.hpp"

#include <algorithm>

namespace sushi {

void DramThrottle::Set(Picoseconds now, std::int64_t bursts, Picoseconds window) {
  const std::int64_t limit = window > Picoseconds(0) ? std::max<std::int64_t>(0, bursts) : 0;
  if (limit == limit_ && (limit == 0 || window == window_)) return;
  used_ = limits() ? std::max<std::int64_t>(0, UsedIn(WindowOf(now)) - limit_) : 0;
  limit_ = limit;
  window_ = window;
  since_ = now;
  at_ = 0;
}

std::int64_t DramThrottle::UsedIn(std::int64_t window) const {
  return std::max<std::int64_t>(0, used_ - (window - at_) * limit_);
}

Picoseconds DramThrottle::MayBegin(Picoseconds now) const {
  if (!limits()) return now;
  const std::int64_t window = WindowOf(now);
  const std::int64_t used = UsedIn(window);
  if (used < limit_) return now;
  return since_ + window_ * (window + used / limit_);
}

void DramThrottle::Begin(Picoseconds now, std::int64_t bursts) {
  if (!limits()) return;
  const std::int64_t window = WindowOf(now);
  used_ = UsedIn(window) + bursts;
  at_ = window;
}

}  // namespace sushi
