#include "sushi/sched/stream_server.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// Times are 64-bit picoseconds; a longer stream (104 days) would overflow them.
constexpr Picoseconds kLastFinish{std::int64_t{9'000'000'000'000'000'000}};

// The source with the few queries a caching policy may see in advance.
class LookaheadSource {
 public:
  explicit LookaheadSource(QuerySource& source) : source_(source) {}

  bool Next(Query& query) {
    if (taken_ == ahead_.size()) return Fetch(query);
    query = ahead_[taken_++];
    return true;
  }

  // Up to `count` queries that Next() will give.
  const std::vector<Query>& Peek(int count) {
    ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    Query query;
    while (static_cast<int>(ahead_.size()) < count && Fetch(query)) ahead_.push_back(query);
    return ahead_;
  }

 private:
  bool Fetch(Query& query) {
    ended_ = ended_ || !source_.Next(query);
    return !ended_;
  }

  QuerySource& source_;
  std::vector<Query> ahead_;
  std::size_t taken_ = 0;  // of ahead_, by Next()
  bool ended_ = false;
};

class Server {
 public:
  Server(const LatencyTable& table, const ServingPolicy& serving, LatencyBasis basis,
         const ServiceCosts& costs)
      : table_(table), serving_(serving), basis_(basis), costs_(costs) {}

  SubGraphId cached() const { return cached_; }
  void CacheNext(SubGraphId column) {
    if (column < 0 || column >= table_.columns()) throw InternalError("a caching policy chose no column");
    next_cached_ = column;
  }

  QueryRecord Serve(const Query& query) {
    QueryRecord record;
    record.query = query;
    record.arrival = query.arrival.value_or(free_at_);
    record.waiting = std::max(free_at_, record.arrival) - record.arrival;
    record.cached_before = cached_;
    if (next_cached_ != cached_) record.swap = costs_.swap(cached_, next_cached_);
    cached_ = next_cached_;
    record.cached = cached_;
    record.choice = Choose(record);
    record.service = costs_.service(record.choice.subnet, cached_);
    free_at_ = Finish(record);
    record.response = free_at_ - record.arrival;
    Judge(record);
    return record;
  }

 private:
  Choice Choose(const QueryRecord& record) const {
    return serving_.Choose(Budgeted(record.query, basis_, record.waiting + record.swap), cached_, table_);
  }

  Picoseconds Finish(const QueryRecord& record) const {
    const Picoseconds dispatch = record.arrival + record.waiting;
    const Picoseconds busy = record.swap + record.service;
    if (busy > kLastFinish || dispatch > kLastFinish - busy) {
      throw UserError("query " + std::to_string(record.query.id) +
                      " would finish later than 104 days of simulated time, the longest stream there can be");
    }
    return dispatch + busy;
  }

  void Judge(QueryRecord& record) const {
    record.top1_percent = table_.Top1Percent(record.choice.subnet);
    record.accuracy_violated = record.top1_percent < record.query.accuracy_min_percent;
    const Picoseconds judged = basis_ == LatencyBasis::kService ? record.service : record.response;
    record.latency_violated = judged > record.query.latency_max;
  }

  const LatencyTable& table_;
  const ServingPolicy& serving_;
  LatencyBasis basis_;
  const ServiceCosts& costs_;
  SubGraphId cached_ = kEmptySubGraphId;
  SubGraphId next_cached_ = kEmptySubGraphId;
  Picoseconds free_at_;
};

}  // namespace

Query Budgeted(Query query, LatencyBasis basis, Picoseconds spent) {
  if (basis == LatencyBasis::kResponse) query.latency_max -= spent;
  return query;
}

void ServeStream(QuerySource& source, const LatencyTable& table, const ServingPolicy& serving,
                 CachingPolicy& caching, int period_queries, LatencyBasis basis, const ServiceCosts& costs,
                 const std::function<void(const QueryRecord&)>& sink) {
  if (period_queries < 1) throw InternalError("a caching period of no queries");
  LookaheadSource queries(source);
  Server server(table, serving, basis, costs);
  if (const std::optional<SubGraphId> initial = caching.Initial()) server.CacheNext(*initial);
  std::vector<int> served;
  Query query;
  while (queries.Next(query)) {
    const QueryRecord record = server.Serve(query);
    sink(record);
    if (!caching.active()) continue;
    served.push_back(record.choice.subnet);
    if (static_cast<int>(served.size()) < period_queries) continue;
    server.CacheNext(caching.Decide(served, server.cached(), queries.Peek(caching.lookahead())));
    served.clear();
  }
}

}  // namespace sushi
