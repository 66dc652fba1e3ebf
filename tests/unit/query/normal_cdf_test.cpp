#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sushi/query/portable_math.hpp"

namespace sushi {
namespace {

TEST(PortableNormalCdf, AgreesWithTheLibrarysErrorFunction) {
  for (int i = -4500; i <= 4500; ++i) {
    const double z = i * 0.01, expected = 0.5 * std::erfc(-z / std::sqrt(2.0));
    EXPECT_NEAR(PortableNormalCdf(z), expected, 1e-15) << z;
    if (z > -37) {  // where the result is a normal number
      EXPECT_NEAR(PortableNormalCdf(z) / expected, 1, 1e-12) << z;
    }
  }
}

TEST(PortableNormalCdf, NeverFallsWhereItsTwoFormulasMeet) {
  for (const double at : {-3.0, 3.0}) {
    double last = 0;
    for (int i = -100; i <= 100; ++i) {
      const double value = PortableNormalCdf(at + i * 1e-6);
      EXPECT_GT(value, last) << at << ' ' << i;
      last = value;
    }
  }
}

TEST(PortableNormalCdf, IsAHalfAtZeroAndEndsAtZeroAndOne) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(PortableNormalCdf(0), 0.5);
  EXPECT_EQ(PortableNormalCdf(-kInfinity), 0);
  EXPECT_EQ(PortableNormalCdf(kInfinity), 1);
  EXPECT_EQ(PortableNormalCdf(-1e300), 0);
  EXPECT_EQ(PortableNormalCdf(9), 1);
}

// The same bits with every compiler and C library.
TEST(PortableNormalCdf, BitsAreFixed) {
  EXPECT_EQ(PortableNormalCdf(-4), 0x1.09ad7954afff7p-15);
  EXPECT_EQ(PortableNormalCdf(-1), 0x1.44ed0bb7cb20cp-3);
  EXPECT_EQ(PortableNormalCdf(0.3), 0x1.3c5ee2cc40b78p-1);
  EXPECT_EQ(PortableNormalCdf(2.5), 0x1.fcd21635036c6p-1);
}

}  // namespace
}  // namespace sushi
