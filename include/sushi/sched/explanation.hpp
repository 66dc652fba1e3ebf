// One query or one caching decision of a stream, with what it was taken from: the stream is served again up
// to there, under the same policies, which say their reasons (rationale.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sushi/sched/service_book.hpp"
#include "sushi/sched/stream_server.hpp"

namespace sushi {

struct SubNetOption {
  Picoseconds latency, uncached;  // with what was cached, and with nothing
  bool feasible = false;          // the serving policy's word; false if it says nothing
};

// The query with something else cached, all before it as it was.
struct CachedOption {
  SubGraphId cached = kEmptySubGraphId;
  Choice choice;
  Picoseconds service, response;  // without a swap
};

// What is in the PB while a query is served. Queries and savings are of all those served with it since it was
// loaded, the query included.
struct Residence {
  std::int64_t since_query = 0;               // that paid for the swap
  std::optional<std::int64_t> decided_after;  // the query before; none before the first
  Picoseconds swap;
  std::int64_t queries = 0;
  WideInt saved_ps = 0;  // of service, against nothing cached; the swap not taken off
};

struct QueryExplanation {
  QueryRecord record;
  std::int64_t position = 0;  // in the stream, from 0
  Picoseconds budget;         // of the latency target, what the policy could spend
  ServingRationale rationale;
  std::vector<SubNetOption> subnets;
  CachedOption nothing;
  CachedOption best;  // of all columns the least latency of the SubNet that served it; ties: the lower one
  std::optional<Residence> residence;         // none: nothing has been loaded yet
  std::optional<std::int64_t> next_decision;  // the next query that one follows, if one comes
};

struct DecisionExplanation {
  std::int64_t number = 0;            // from 1; 0 before the first query
  std::optional<std::int64_t> after;  // the last query served before it
  std::optional<std::int64_t> next;   // the query that pays for the swap; none: the stream ends
  std::vector<std::int64_t> served;   // per SubNet, queries of its period
  SubGraphId before = kEmptySubGraphId, chosen = kEmptySubGraphId;
  CachingRationale rationale;
  SwapResult swap;                             // zero when nothing changes
  Picoseconds service_before, service_chosen;  // of the period's queries by their SubNets with either cached
  std::int64_t bytes_before = 0, bytes_chosen = 0;  // off chip, likewise
};

// A stream and what serves it. Both functions give a new one at each call.
struct ExplainedStream {
  const LatencyTable* table = nullptr;
  const ServingPolicy* serving = nullptr;
  std::function<std::unique_ptr<CachingPolicy>()> caching;
  std::function<std::unique_ptr<QuerySource>()> source;
  int period_queries = 1;
  LatencyBasis basis = LatencyBasis::kService;
  ServiceBook* book = nullptr;
};

struct ExplainedQuery {
  QueryExplanation query;
  std::optional<DecisionExplanation> decision;  // the last one before it
};

// `id` as in the records; without one the first query that pays for a swap, or else the stream's first.
// UserError naming the range when there is no such query.
ExplainedQuery ExplainQuery(const ExplainedStream& stream, std::optional<std::int64_t> id);

// The decision taken right after query `id`. UserError naming those around it when there is none.
DecisionExplanation ExplainDecision(const ExplainedStream& stream, std::int64_t id);

}  // namespace sushi
