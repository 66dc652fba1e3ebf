// MoCA's throttle (HPCA 2023): an accelerator may begin so many DRAM bursts in a window of time; further ones
// wait for the window's end.
#pragma once

#include <cstdint>

#include "sushi/core/units.hpp"

namespace sushi {

// Window n is [n·W, (n+1)·W) from when the limit was set. A transaction is not cut: it begins when its window
// has bursts left and books all of its own; what it takes beyond the limit is booked in the windows behind.
class DramThrottle {
 public:
  // No limit when either is 0. The same again changes nothing; another one takes over what was booked beyond
  // the limit.
  void Set(Picoseconds now, std::int64_t bursts, Picoseconds window);
  bool limits() const { return limit_ > 0; }
  // When a transaction may begin that is ready `now`; asked again then, as another may have come first.
  Picoseconds MayBegin(Picoseconds now) const;
  // It begins `now`, at a time that MayBegin() allows.
  void Begin(Picoseconds now, std::int64_t bursts);

 private:
  std::int64_t WindowOf(Picoseconds now) const { return (now - since_).value() / window_.value(); }
  // Of the window, what those before have left to it included.
  std::int64_t UsedIn(std::int64_t window) const;

  std::int64_t limit_ = 0;
  Picoseconds window_, since_;
  std::int64_t at_ = 0;    // the window that `used_` is counted from
  std::int64_t used_ = 0;  // bursts booked in it and behind
};

}  // namespace sushi
