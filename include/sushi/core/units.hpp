// Integer quantities that cannot be mixed up. One tag per unit; the raw number only leaves through
// value(). All arithmetic is on 64-bit integers so that results are the same on every compiler.
#pragma once

#include <cstdint>
#include <type_traits>

namespace sushi {

template <typename Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  template <typename Int, typename = std::enable_if_t<std::is_integral_v<Int>>>
  constexpr explicit Quantity(Int value) : value_(static_cast<std::int64_t>(value)) {}

  constexpr std::int64_t value() const { return value_; }

  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value_ -= other.value_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
  friend constexpr Quantity operator*(Quantity a, std::int64_t n) { return Quantity(a.value_ * n); }
  friend constexpr Quantity operator*(std::int64_t n, Quantity a) { return a * n; }

  friend constexpr bool operator==(Quantity a, Quantity b) { return a.value_ == b.value_; }
  friend constexpr bool operator!=(Quantity a, Quantity b) { return a.value_ != b.value_; }
  friend constexpr bool operator<(Quantity a, Quantity b) { return a.value_ < b.value_; }
  friend constexpr bool operator<=(Quantity a, Quantity b) { return a.value_ <= b.value_; }
  friend constexpr bool operator>(Quantity a, Quantity b) { return a.value_ > b.value_; }
  friend constexpr bool operator>=(Quantity a, Quantity b) { return a.value_ >= b.value_; }

 private:
  std::int64_t value_ = 0;
};

using Cycles = Quantity<struct CyclesTag>;  // of the accelerator clock
using Bytes = Quantity<struct BytesTag>;
using Picoseconds = Quantity<struct PicosecondsTag>;  // simulated time

// For sums over a stream and products of times, which pass 64 bits.
__extension__ using WideInt = __int128;

// ⌈a / b⌉ for a ≥ 0, b > 0.
constexpr std::int64_t CeilDiv(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace sushi
