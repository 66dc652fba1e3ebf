// The closed-form part of serving: queries in order of arrival, one accelerator, one Persistent
// Buffer. Plain C++; time comes from the costs it is given.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sushi/query/query.hpp"
#include "sushi/sched/caching_policy.hpp"

namespace sushi {

struct QueryRecord {
  Query query;
  Picoseconds arrival;   // resolved: in closed loop the previous query's finish
  Picoseconds waiting;   // arrival → dispatch
  Picoseconds swap;      // PB swap charged to this query's response
  Picoseconds service;   // the accelerator's time for the SubNet
  Picoseconds response;  // waiting + swap + service
  Choice choice;
  SubGraphId cached_before = kEmptySubGraphId;  // before the swap
  SubGraphId cached = kEmptySubGraphId;         // while it is served
  double top1_percent = 0;
  bool accuracy_violated = false;
  bool latency_violated = false;
};

enum class LatencyBasis { kService, kResponse };  // what latency_max_us is compared with

// Costs of the accelerator, asked for every query that is served and every swap that is made.
struct ServiceCosts {
  std::function<Picoseconds(int subnet, SubGraphId cached)> service;
  std::function<Picoseconds(SubGraphId from, SubGraphId to)> swap;
};

// The query with as much time left as its policy may spend: on the basis of responses what has been waited
// and swapped is gone.
Query Budgeted(Query query, LatencyBasis basis, Picoseconds spent);

// Serves `source` to its end. A swap decided after query kQ is carried out when the next query is
// dispatched; one decided after the last query is never carried out. `sink` sees every record in
// order. Memory does not grow with the number of queries.
void ServeStream(QuerySource& source, const LatencyTable& table, const ServingPolicy& serving,
                 CachingPolicy& caching, int period_queries, LatencyBasis basis, const ServiceCosts& costs,
                 const std::function<void(const QueryRecord&)>& sink);

}  // namespace sushi
