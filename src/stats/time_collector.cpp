#include "sushi/stats/time_collector.hpp"

namespace sushi {

TimeStatistics TimeCollector::Finish() {
  TimeStatistics statistics;
  statistics.sum_ps = sum_;
  const std::vector<double> qs{0.50, 0.95, 0.99, 1.0};
  std::vector<std::int64_t> quantiles;
  if (keep_) {
    quantiles = ExactQuantiles(values_, qs);
  } else {
    for (const double q : qs) quantiles.push_back(sketch_.Quantile(q));
  }
  statistics.p50_ps = quantiles[0];
  statistics.p95_ps = quantiles[1];
  statistics.p99_ps = quantiles[2];
  statistics.max_ps = quantiles[3];
  return statistics;
}

}  // namespace sushi
