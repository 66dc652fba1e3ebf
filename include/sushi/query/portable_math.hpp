// Exponential, logarithm and the normal distribution from correctly rounded operations only: the same bits
// with every C library. Relative error of Exp and absolute error of Log up to a few 1e-16 of the result
// (tests: 1e-14).
#pragma once

namespace sushi {

double PortableExp(double x);  // x ≤ 0
double PortableLog(double x);  // x > 0, normal

// Probability that a standard normal variable is at most z; z may be infinite. Absolute error up to 1e-15.
double PortableNormalCdf(double z);

}  // namespace sushi
