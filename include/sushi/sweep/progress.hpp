// Progress as text; whether and where it is shown is the caller's.
#pragma once

#include <string>

#include "sushi/sweep/runner.hpp"

namespace sushi::sweep {

// Points a second, lately: an exponentially weighted mean over about ten seconds.
class RateMeter {
 public:
  // `finished` points after `elapsed_s`; both never decrease.
  void Update(double elapsed_s, std::int64_t finished);
  double per_second() const;  // 0 before anything is known

 private:
  double last_s_ = 0, weighted_ = 0, weight_ = 0;
  std::int64_t last_finished_ = 0;
};

std::string DurationText(double seconds);  // "0:07", "12:34", "3:12:34", "2d 03:12:34"

// Seconds to go at the present rate; negative when nobody knows.
double SecondsLeft(const RunProgress& progress);

// "[=====>    ]  42 % 420/1000, 35/s, ETA 0:17, 3 failed" in at most `width` columns; without the bar, and
// then without more, where that is too narrow. Never empty.
std::string ProgressLine(const RunProgress& progress, int width);

}  // namespace sushi::sweep
