#include "sushi/sweep/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "sushi/formats/number.hpp"

namespace sushi::sweep {
namespace {

constexpr double kMemorySeconds = 10;
constexpr int kNarrowestBar = 10, kWidestBar = 40;

std::string RateText(double per_second) {
  if (per_second >= 100) return FixedText(per_second, 0) + "/s";
  return per_second >= 1 ? FixedText(per_second, 1) + "/s" : FixedText(per_second * 60, 1) + "/min";
}

std::string Bar(double fraction, int cells) {
  const int full = static_cast<int>(fraction * cells);
  std::string bar(static_cast<std::size_t>(full), '=');
  if (full < cells) bar += '>';
  bar.resize(static_cast<std::size_t>(cells), ' ');
  return "[" + bar + "] ";
}

}  // namespace

void RateMeter::Update(double elapsed_s, std::int64_t finished) {
  const double passed = elapsed_s - last_s_;
  if (passed <= 0) return;
  const double keep = std::exp(-passed / kMemorySeconds);
  const double rate = static_cast<double>(finished - last_finished_) / passed;
  weighted_ = keep * weighted_ + (1 - keep) * rate;
  weight_ = keep * weight_ + (1 - keep);  // below 1 at the start, when there is little to remember
  last_s_ = elapsed_s;
  last_finished_ = finished;
}

double RateMeter::per_second() const { return weight_ > 0 ? weighted_ / weight_ : 0; }

std::string DurationText(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::clamp(seconds, 0.0, 1e12)));
  const long long minutes = whole / 60 % 60, hours = whole / 3600 % 24, days = whole / 86400;
  char text[64];
  if (whole < 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld", minutes, whole % 60);
  } else if (days == 0) {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", hours, minutes, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%lldd %02lld:%02lld:%02lld", days, hours, minutes, whole % 60);
  }
  return text;
}

double SecondsLeft(const RunProgress& progress) {
  const std::int64_t left = progress.total - progress.done - progress.failed;
  if (left <= 0) return 0;
  return progress.per_second > 0 ? static_cast<double>(left) / progress.per_second : -1;
}

std::string ProgressLine(const RunProgress& progress, int width) {
  const std::int64_t finished = progress.done + progress.failed;
  const double fraction =
      progress.total > 0 ? static_cast<double>(finished) / static_cast<double>(progress.total) : 1.0;
  char percent[16];
  // Rounded down: 100 % is what is finished.
  std::snprintf(percent, sizeof percent, "%3d %%", static_cast<int>(fraction * 100));
  const std::string counts = std::to_string(finished) + "/" + std::to_string(progress.total);
  const double left = SecondsLeft(progress);
  const std::string failed = progress.failed > 0 ? ", " + std::to_string(progress.failed) + " failed" : "";
  const std::string time = finished == progress.total
                               ? ", took " + DurationText(progress.elapsed_s)
                               : ", ETA " + (left < 0 ? std::string("-:--") : DurationText(left));
  const std::string rate = ", " + RateText(progress.per_second);
  const auto fits = [&](const std::string& text) { return static_cast<int>(text.size()) <= width; };

  const std::string head = percent + (" " + counts);
  const std::string bare = head + failed, timed = head + time + failed, full = head + rate + time + failed;
  const int cells = std::min(kWidestBar, width - static_cast<int>(full.size()) - 3);
  if (cells >= kNarrowestBar) return Bar(fraction, cells) + full;
  for (const std::string& text : {full, timed, bare}) {
    if (fits(text)) return text;
  }
  return percent;
}

}  // namespace sushi::sweep
