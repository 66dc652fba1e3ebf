// MLPerf Inference's multi-stream (a batch of queries at equal intervals, the first at 0) and offline (all
// queries at 0) scenarios. Its single-stream is the closed loop, its server scenario Poisson.
#include "sushi/query/arrival_process.hpp"

namespace sushi {
namespace {

class BatchArrivals : public ArrivalProcess {
 public:
  BatchArrivals(std::int64_t batch_queries, double interval_us)
      : batch_queries_(batch_queries), interval_ps_(interval_us * 1e6) {}

  Picoseconds Next(Random&) override {
    const std::int64_t batch = arrived_++ / batch_queries_;
    return ArrivalAt(static_cast<double>(batch) * interval_ps_, "batch_interval_us");
  }

 private:
  std::int64_t batch_queries_;
  double interval_ps_;
  std::int64_t arrived_ = 0;
};

class OfflineArrivals : public ArrivalProcess {
 public:
  Picoseconds Next(Random&) override { return {}; }
};

}  // namespace

std::unique_ptr<ArrivalProcess> MakeBatchArrivals(const GeneratorConfig& config) {
  return std::make_unique<BatchArrivals>(config.batch_queries, config.batch_interval_us);
}

std::unique_ptr<ArrivalProcess> MakeOfflineArrivals(const GeneratorConfig&) {
  return std::make_unique<OfflineArrivals>();
}

}  // namespace sushi
