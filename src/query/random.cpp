#include <cmath>

#include "sushi/core/error.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {

double Random::Uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

double Random::Uniform(double low, double high) { return low + (high - low) * Uniform(); }

std::int64_t Random::Integer(std::int64_t low, std::int64_t high) {
  if (low > high) throw InternalError("Random::Integer: empty range");
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  if (span == 0) return static_cast<std::int64_t>(engine_());  // all 2^64 values
  // Values below 2^64 mod span would come up once too often; draw again.
  const std::uint64_t excess = (0 - span) % span;
  std::uint64_t draw = engine_();
  while (draw < excess) draw = engine_();
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw % span);
}

double Random::Exponential(double mean) { return -mean * std::log(1.0 - Uniform()); }

double Random::Normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  constexpr double kTwoPi = 6.283185307179586;
  const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));
  const double angle = kTwoPi * Uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

}  // namespace sushi
