#include "sushi/query/trace_stats.hpp"

#include <algorithm>

namespace sushi {
namespace {

constexpr std::int64_t kWindowPs = 1'000'000'000'000;  // 1 s
constexpr double kPsPerSecond = 1e12, kPsPerMicro = 1e6;

}  // namespace

void TraceStats::Series::Add(double value, bool is_first) {
  if (is_first) {
    first = last = low = high = value;
    return;
  }
  const double before = last - first, now = value - first;
  low = std::min(low, value);
  high = std::max(high, value);
  sum += now;
  squares += now * now;
  products += before * now;
  last = value;
}

// r = Σ (x_i − m)(x_{i+1} − m) / Σ (x_i − m)², multiplied out.
TargetSummary TraceStats::Series::Finish(std::int64_t count) const {
  TargetSummary summary;
  const auto n = static_cast<double>(count);
  const double mean = sum / n;  // minus the first value
  summary.low = low;
  summary.high = high;
  summary.mean = first + mean;
  const double variation = squares - n * mean * mean;
  if (low == high || !(variation > 0)) return summary;
  const double without_last = sum - (last - first), without_first = sum;
  summary.lag1 = (products - mean * (without_last + without_first) + (n - 1) * mean * mean) / variation;
  return summary;
}

void TraceStats::CloseWindow() {
  const auto count = static_cast<double>(in_window_);
  count_squares_ += count * count;
  peak_ = std::max(peak_, in_window_);
  in_window_ = 0;
}

void TraceStats::AddArrival(Picoseconds at) {
  if (queries_ == 0) first_ = last_ = at;
  const double gap = static_cast<double>((at - last_).value()) / kPsPerSecond;
  gap_squares_ += gap * gap;
  const std::int64_t window = (at - first_).value() / kWindowPs;
  if (window != window_) CloseWindow();  // those between hold nothing
  window_ = window;
  ++in_window_;
  last_ = at;
}

void TraceStats::Add(const Query& query) {
  closed_loop_ = !query.arrival.has_value();
  if (query.arrival) AddArrival(*query.arrival);
  accuracy_.Add(query.accuracy_min_percent, queries_ == 0);
  latency_.Add(static_cast<double>(query.latency_max.value()) / kPsPerMicro, queries_ == 0);
  ++queries_;
}

ArrivalSummary TraceStats::FinishArrivals() const {
  ArrivalSummary summary;
  summary.first = first_;
  summary.last = last_;
  summary.peak_queries = std::max(peak_, in_window_);
  if (last_ == first_) return summary;
  const double seconds = static_cast<double>((last_ - first_).value()) / kPsPerSecond;
  const auto gaps = static_cast<double>(queries_ - 1);
  summary.mean_rate_qps = gaps / seconds;
  const double mean_gap = seconds / gaps;
  summary.gap_cv2 = std::max(0.0, (gap_squares_ / gaps - mean_gap * mean_gap) / (mean_gap * mean_gap));
  // The last arrival's window is cut by the stream's end: windows 0 to window_ − 1 are whole.
  if (window_ < 2) return summary;
  const auto windows = static_cast<double>(window_);
  const double mean = static_cast<double>(queries_ - in_window_) / windows;
  summary.dispersion = std::max(0.0, (count_squares_ / windows - mean * mean) / mean);
  return summary;
}

TraceSummary TraceStats::Finish() const {
  TraceSummary summary;
  summary.queries = queries_;
  if (!closed_loop_) summary.arrivals = FinishArrivals();
  summary.accuracy_percent = accuracy_.Finish(queries_);
  summary.latency_us = latency_.Finish(queries_);
  return summary;
}

}  // namespace sushi
