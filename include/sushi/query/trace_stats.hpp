// What a stream looks like: rates, burstiness, targets. One pass, memory flat in the number of queries.
#pragma once

#include <cstdint>
#include <optional>

#include "sushi/query/query.hpp"

namespace sushi {

// Values of one target over the stream.
struct TargetSummary {
  double low = 0, high = 0, mean = 0;
  // Autocorrelation at lag 1; none for fewer than two queries or when all are equal.
  std::optional<double> lag1;
};

struct ArrivalSummary {
  Picoseconds first, last;
  std::optional<double> mean_rate_qps;  // (queries − 1) / (last − first); none when that is no time
  std::optional<double> gap_cv2;        // variance over squared mean of the gaps; none without a rate
  std::int64_t peak_queries = 0;        // most in a 1 s window; windows begin at the first arrival
  // Variance over mean of the counts in the whole windows; none for fewer than two of them.
  std::optional<double> dispersion;
};

struct TraceSummary {
  std::int64_t queries = 0;
  std::optional<ArrivalSummary> arrivals;  // none: closed loop
  TargetSummary accuracy_percent, latency_us;
};

class TraceStats {
 public:
  // Queries in order of arrival.
  void Add(const Query& query);
  TraceSummary Finish() const;  // at least one query was added

 private:
  // Sums of differences to the first value, so that equal values have no variance at all.
  struct Series {
    double first = 0, last = 0, low = 0, high = 0;
    double sum = 0, squares = 0, products = 0;
    void Add(double value, bool is_first);
    TargetSummary Finish(std::int64_t count) const;
  };
  void AddArrival(Picoseconds at);
  void CloseWindow();
  ArrivalSummary FinishArrivals() const;

  std::int64_t queries_ = 0;
  Series accuracy_, latency_;
  bool closed_loop_ = false;
  Picoseconds first_, last_;
  double gap_squares_ = 0;  // s²
  std::int64_t window_ = 0, in_window_ = 0, peak_ = 0;
  double count_squares_ = 0;  // of the windows before this one
};

}  // namespace sushi
