#include "sushi/query/portable_math.hpp"

#include <cmath>

namespace sushi {
namespace {

// ln 2 in two parts: a small integer times the first is exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;

constexpr double kSqrtTwoPi = 0x1.40d931ff62706p+1;
constexpr double kSeriesUpTo = 3;  // standard deviations
constexpr int kNormalTerms = 60;   // below 1e-16 of the result on either side of it

}  // namespace

// e^x = 2^n e^r with |r| ≤ ln 2 / 2; ldexp and floor are exact.
double PortableExp(double x) {
  if (x < -745) return 0;  // below the least double
  const double n = std::floor(x / kLn2High + 0.5);
  const double r = (x - n * kLn2High) - n * kLn2Low;
  constexpr int kTerms = 14;  // r^15 / 15! < 1e-18
  double sum = 1;
  for (int k = kTerms; k > 0; --k) sum = 1 + sum * r / k;
  return std::ldexp(sum, static_cast<int>(n));
}

// x = 2^n m with m in [√½, √2); ln m = 2 artanh((m − 1) / (m + 1)).
double PortableLog(double x) {
  int n = 0;
  double m = std::frexp(x, &n);
  if (m < 0.70710678118654752) {
    m *= 2;
    --n;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  constexpr int kLastPower = 25;  // 0.172^27 / 27 < 1e-21
  double sum = 0;
  for (int power = kLastPower; power >= 1; power -= 2) sum = sum * square + 1.0 / power;
  return n * kLn2High + (2 * s * sum + n * kLn2Low);
}

// Abramowitz and Stegun 26.2.11 near 0: Φ = ½ + φ·(z + z³/3 + z⁵/(3·5) + …); 26.2.14 in the tails, a
// continued fraction evaluated from its end: 1 − Φ = φ/(z + 1/(z + 2/(z + 3/(z + …)))).
double PortableNormalCdf(double z) {
  const double distance = z < 0 ? -z : z;
  if (distance > 40) return z < 0 ? 0 : 1;  // φ is below the least double
  const double density = PortableExp(-0.5 * distance * distance) / kSqrtTwoPi;
  if (distance <= kSeriesUpTo) {
    double term = z, sum = z;
    for (int k = 1; k <= kNormalTerms; ++k) {
      term *= z * z / (2 * k + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  double fraction = distance;
  for (int k = kNormalTerms; k >= 1; --k) fraction = distance + k / fraction;
  const double tail = density / fraction;
  return z < 0 ? tail : 1 - tail;
}

}  // namespace sushi
