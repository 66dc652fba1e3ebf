#include "sushi/query/portable_math.hpp"

#include <cmath>

namespace sushi {
namespace {

// ln 2 in two parts: a small integer times the first is exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;

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

}  // namespace sushi
