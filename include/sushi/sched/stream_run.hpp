// One stream served under one serving and one caching policy, with everything that is reported about it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sushi/sched/service_book.hpp"
#include "sushi/sched/stream_server.hpp"
#include "sushi/stats/time_collector.hpp"

namespace sushi {

struct StreamResult {
  std::int64_t queries = 0;
  bool exact_quantiles = true;  // false: within QuantileSketch::kRelativeError
  TimeStatistics service, response, waiting;
  std::int64_t accuracy_violations = 0, latency_violations = 0;
  std::int64_t swaps = 0;
  std::int64_t swap_ps = 0;
  Picoseconds makespan;                         // first arrival to last finish
  std::vector<std::int64_t> served;             // per SubNet
  std::vector<std::vector<std::int64_t>> uses;  // [SubNet][column]: queries served
  Counters total;                               // inferences and swaps
  Counters swap_total;                          // swaps only
  double served_accuracy_percent = 0;           // mean top-1 over the served queries

  double AcceleratorBusyPs() const { return static_cast<double>(service.sum_ps + swap_ps); }
};

struct StreamSetup {
  const LatencyTable* table = nullptr;
  const ServingPolicy* serving = nullptr;
  CachingPolicy* caching = nullptr;
  int period_queries = 1;
  LatencyBasis basis = LatencyBasis::kService;
  bool keep_times = true;  // exact quantiles; else a sketch in fixed memory
};

// What `book` says, checked against the table: UserError when one from a file says something else.
ServiceCosts CheckedCosts(ServiceBook& book, const LatencyTable& table);

// Serves `source` to its end. `sink` may be empty.
StreamResult RunStream(QuerySource& source, const StreamSetup& setup, ServiceBook& book,
                       const std::function<void(const QueryRecord&)>& sink);

}  // namespace sushi
