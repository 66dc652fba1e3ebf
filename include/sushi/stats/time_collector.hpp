// Mean, quantiles and extremes of times, of all of them or in fixed memory.
#pragma once

#include <cstdint>
#include <vector>

#include "sushi/core/units.hpp"
#include "sushi/stats/quantiles.hpp"

namespace sushi {

// In picoseconds.
struct TimeStatistics {
  WideInt sum_ps = 0;  // an overloaded open loop waits longer than 64 bits hold
  std::int64_t p50_ps = 0, p95_ps = 0, p99_ps = 0, max_ps = 0;
  double MeanPs(std::int64_t count) const {
    return count == 0 ? 0 : static_cast<double>(sum_ps) / static_cast<double>(count);
  }
};

class TimeCollector {
 public:
  // `keep`: exact quantiles, 8 bytes a time; else a sketch.
  explicit TimeCollector(bool keep) : keep_(keep) {}

  void Add(Picoseconds time) {
    sum_ += time.value();
    if (keep_) {
      values_.push_back(time.value());
    } else {
      sketch_.Add(time.value());
    }
  }
  TimeStatistics Finish();

 private:
  bool keep_;
  WideInt sum_ = 0;
  std::vector<std::int64_t> values_;
  QuantileSketch sketch_;
};

}  // namespace sushi
