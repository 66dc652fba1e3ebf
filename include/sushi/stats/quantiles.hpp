// Quantiles of non-negative integers in fixed memory: buckets of equal relative width (1024 an octave)
// that answer with their middle, so any quantile is off by at most 1/2048 of its value (values below
// 2048 are exact).
#pragma once

#include <cstdint>
#include <vector>

namespace sushi {

class QuantileSketch {
 public:
  static constexpr int kSubBits = 10;
  static constexpr double kRelativeError = 1.0 / (2 << kSubBits);

  void Add(std::int64_t value, std::int64_t times = 1);  // InternalError when negative
  std::int64_t count() const { return count_; }
  std::int64_t min() const { return min_; }  // exact
  std::int64_t max() const { return max_; }  // exact
  // Nearest rank: the smallest value with at least ⌈q·count⌉ values at or below it; 0 when empty. q is
  // taken to the nearest millionth and limited to 0…1; q = 0 gives the smallest.
  std::int64_t Quantile(double q) const;

 private:
  std::vector<std::int64_t> buckets_;  // from the first value on
  std::int64_t count_ = 0, min_ = 0, max_ = 0;
};

// The same rank rule on all the values, exact, for rising `qs` (else InternalError). Reorders `values`.
std::vector<std::int64_t> ExactQuantiles(std::vector<std::int64_t>& values, const std::vector<double>& qs);

}  // namespace sushi
