// Only comparisons, +, −, ×, ÷ and √ are used: a libm's logarithm may differ from another's in the last
// bit, and then the same seed would give another trace.
#include <cmath>
#include <cstdint>

#include "sushi/query/generators.hpp"
#include "sushi/query/portable_math.hpp"

namespace sushi {

double Random::Uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

double Random::Uniform(double low, double high) { return low + (high - low) * Uniform(); }

std::int64_t Random::Integer(std::int64_t low, std::int64_t high) {
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  if (span == 0) return static_cast<std::int64_t>(engine_());  // all 64-bit numbers
  // Numbers below 2^64 mod span would make the low results too frequent.
  const std::uint64_t reject_below = (0 - span) % span;
  std::uint64_t draw = engine_();
  while (draw < reject_below) draw = engine_();
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw % span);
}

// Von Neumann (1951): a run u1 ≥ u2 ≥ … broken at an odd place has u1 distributed as the fraction of
// an exponential variate; every run broken at an even place adds one to the integer part.
double Random::Exponential(double mean) {
  for (double integer_part = 0;; integer_part += 1) {
    const double first = Uniform();
    double last = first;
    bool odd = true;
    for (double next = Uniform(); next <= last; next = Uniform()) {
      last = next;
      odd = !odd;
    }
    if (odd) return mean * (integer_part + first);
  }
}

// Kahn (1954): |x| by rejection from an exponential, then a fair sign.
double Random::Normal() {
  for (;;) {
    const double magnitude = Exponential(1);
    const double excess = magnitude - 1;
    if (2 * Exponential(1) >= excess * excess) return Uniform() < 0.5 ? -magnitude : magnitude;
  }
}

// Marsaglia and Tsang (2000); below shape 1, theirs of one shape more times U^(1/shape). The logarithm of a
// uniform variate is an exponential one with a minus.
double Random::Gamma(double shape) {
  if (shape == 1) return Exponential(1);
  if (shape < 1) {
    const double boosted = Gamma(shape + 1);
    return boosted * PortableExp(-Exponential(1) / shape);
  }
  const double d = shape - 1.0 / 3, c = 1 / (3 * std::sqrt(d));
  for (;;) {
    const double x = Normal();
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (-Exponential(1) < x * x / 2 + d * (1 - v + PortableLog(v))) return d * v;
  }
}

}  // namespace sushi
