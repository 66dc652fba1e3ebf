#include "sushi/stats/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "sushi/core/error.hpp"
#include "sushi/core/units.hpp"

namespace sushi {
namespace {

constexpr std::int64_t kPerOctave = std::int64_t{1} << QuantileSketch::kSubBits;
constexpr int kLargestExponent = 62;  // of a 64-bit signed integer
constexpr std::size_t kBuckets =
    static_cast<std::size_t>(kLargestExponent - QuantileSketch::kSubBits + 2) * kPerOctave;

// The rank q stands for, 1…count. `q` is taken to the nearest millionth, in integers, because
// 0.07 · 100 is above 7 in binary.
std::int64_t Rank(double q, std::int64_t count) {
  constexpr std::int64_t kMillion = 1'000'000;
  const double clamped = q >= 1 ? 1 : q > 0 ? q : 0;
  const std::int64_t ppm = std::llround(clamped * kMillion);
  const std::int64_t rank = count / kMillion * ppm + CeilDiv(count % kMillion * ppm, kMillion);
  return std::clamp<std::int64_t>(rank, 1, count);
}

int Exponent(std::int64_t value) {
  int exponent = 0;
  while (value >>= 1) ++exponent;
  return exponent;
}

// Values below 1024 have a bucket each; octave e ≥ 10 has 1024 buckets of width 2^(e−10).
std::size_t BucketOf(std::int64_t value) {
  if (value < kPerOctave) return static_cast<std::size_t>(value);
  const int shift = Exponent(value) - QuantileSketch::kSubBits;
  return static_cast<std::size_t>(shift * kPerOctave + (value >> shift));
}

// The middle of a bucket, rounded down.
std::int64_t Middle(std::size_t bucket) {
  const std::int64_t index = static_cast<std::int64_t>(bucket);
  if (index < 2 * kPerOctave) return index;
  const std::int64_t shift = index / kPerOctave - 1;
  const std::int64_t low = (index - shift * kPerOctave) << shift;
  return low + ((std::int64_t{1} << shift) - 1) / 2;
}

}  // namespace

void QuantileSketch::Add(std::int64_t value, std::int64_t times) {
  if (value < 0 || times < 0) {
    throw InternalError("quantile of a negative value or count: " + std::to_string(value) + " × " +
                        std::to_string(times));
  }
  if (times == 0) return;
  if (buckets_.empty()) buckets_.resize(kBuckets);
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  count_ += times;
  buckets_[BucketOf(value)] += times;
}

std::int64_t QuantileSketch::Quantile(double q) const {
  if (count_ == 0) return 0;
  std::int64_t left = Rank(q, count_);
  if (left == count_) return max_;
  std::size_t bucket = 0;
  while (left > buckets_[bucket]) left -= buckets_[bucket++];
  return std::clamp(Middle(bucket), min_, max_);
}

std::vector<std::int64_t> ExactQuantiles(std::vector<std::int64_t>& values, const std::vector<double>& qs) {
  std::vector<std::int64_t> quantiles(qs.size(), 0);
  if (values.empty()) return quantiles;
  auto from = values.begin();  // everything before is not greater than what is left
  for (std::size_t i = 0; i < qs.size(); ++i) {
    const auto nth = values.begin() + (Rank(qs[i], static_cast<std::int64_t>(values.size())) - 1);
    if (nth < from) throw InternalError("quantiles out of order");
    std::nth_element(from, nth, values.end());
    quantiles[i] = *nth;
    from = nth;
  }
  return quantiles;
}

}  // namespace sushi
