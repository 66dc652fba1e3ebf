#include "sushi/sched/explanation.hpp"

#include <string>

#include "explanation_replay.hpp"
#include "sushi/core/error.hpp"
#include "sushi/sched/stream_run.hpp"

namespace sushi {
namespace {

std::string Ids(std::optional<std::int64_t> below, std::optional<std::int64_t> above) {
  if (below && above) return std::to_string(*below) + " and " + std::to_string(*above);
  return std::to_string(below ? *below : *above);
}

[[noreturn]] void NoSuchQuery(const char* option, const Replay& replay, std::int64_t id) {
  const std::string found = ", found " + std::to_string(id);
  if (!replay.first) throw UserError(std::string(option) + ": the stream has no queries");
  if (replay.below && replay.above) {
    throw UserError(std::string(option) + ": the stream has no such query, its neighbours are " +
                    Ids(replay.below, replay.above) + found);
  }
  if (replay.above) {
    throw UserError(std::string(option) + ": the stream's first query is " + std::to_string(*replay.above) +
                    found);
  }
  throw UserError(std::string(option) + ": expected a query of the stream, " + std::to_string(*replay.first) +
                  " to " + std::to_string(*replay.below) + found);
}

CachedOption OptionFor(const ExplainedStream& stream, const QueryRecord& record, SubGraphId cached) {
  CachedOption option;
  option.cached = cached;
  option.choice =
      stream.serving->Choose(Budgeted(record.query, stream.basis, record.waiting), cached, *stream.table);
  option.service = stream.table->At(option.choice.subnet, cached);
  option.response = record.waiting + option.service;
  return option;
}

SubGraphId BestColumn(const LatencyTable& table, int subnet) {
  SubGraphId best = kEmptySubGraphId;
  for (SubGraphId id = 1; id < table.columns(); ++id) {
    if (table.At(subnet, id) < table.At(subnet, best)) best = id;
  }
  return best;
}

QueryExplanation Describe(const ExplainedStream& stream, const Replay& replay) {
  const LatencyTable& table = *stream.table;
  QueryExplanation query;
  query.record = *replay.record;
  const QueryRecord& record = query.record;
  query.position = replay.position;
  const Query asked = Budgeted(record.query, stream.basis, record.waiting + record.swap);
  query.budget = asked.latency_max;
  query.rationale = stream.serving->Explain(asked, record.cached, table);
  for (int subnet = 0; subnet < table.subnets(); ++subnet) {
    const auto index = static_cast<std::size_t>(subnet);
    const bool feasible = index < query.rationale.feasible.size() && query.rationale.feasible[index];
    query.subnets.push_back({table.At(subnet, record.cached), table.At(subnet, kEmptySubGraphId), feasible});
  }
  query.nothing = OptionFor(stream, record, kEmptySubGraphId);
  query.best = OptionFor(stream, record, BestColumn(table, record.choice.subnet));
  query.residence = replay.residence;
  query.next_decision = replay.decision_above;
  return query;
}

// What the decision's swap costs, and what it would have changed for the queries of its period.
void AddCosts(const ExplainedStream& stream, DecisionExplanation& decision) {
  ServiceBook& book = *stream.book;
  if (decision.before != decision.chosen) decision.swap = book.KnownSwap(decision.before, decision.chosen);
  for (std::size_t s = 0; s < decision.served.size(); ++s) {
    const std::int64_t queries = decision.served[s];
    if (queries == 0) continue;
    const InferenceResult& before = book.KnownInference(static_cast<int>(s), decision.before);
    const InferenceResult& chosen = book.KnownInference(static_cast<int>(s), decision.chosen);
    decision.service_before += before.service * queries;
    decision.service_chosen += chosen.service * queries;
    decision.bytes_before += before.total.TrafficBytes() * queries;
    decision.bytes_chosen += chosen.total.TrafficBytes() * queries;
  }
}

// An explanation that does not lead to the decision is worse than none.
void CheckRationale(const DecisionExplanation& decision) {
  const CachingRationale& rationale = decision.rationale;
  if (rationale.weighed.empty()) return;
  const std::size_t best = Ranking(rationale, decision.before).front();
  if (rationale.weighed[best].column != decision.chosen) {
    throw InternalError("a caching policy's explanation is not of what it decided");
  }
}

DecisionExplanation DecisionNumber(const ExplainedStream& stream, Replay::Goal goal, std::int64_t number) {
  goal.decision = number;
  Replay replay = Serve(stream, goal);
  if (!replay.decision) throw InternalError("a stream served again takes other decisions");
  CheckRationale(*replay.decision);
  AddCosts(stream, *replay.decision);
  return *replay.decision;
}

}  // namespace

ExplainedQuery ExplainQuery(const ExplainedStream& stream, std::optional<std::int64_t> id) {
  Replay::Goal goal;
  goal.query = id;
  Replay replay = Serve(stream, goal);
  if (!id) {
    if (!replay.first) throw UserError("--query: the stream has no queries");
    goal.query = replay.first_swap ? replay.first_swap : replay.first;
    replay = Serve(stream, goal);
  }
  if (!replay.record) NoSuchQuery("--query", replay, *goal.query);
  ExplainedQuery explained;
  explained.query = Describe(stream, replay);
  if (replay.decision_before) {
    explained.decision = DecisionNumber(stream, goal, *replay.decision_before);
  }
  return explained;
}

DecisionExplanation ExplainDecision(const ExplainedStream& stream, std::int64_t id) {
  Replay::Goal goal;
  goal.query = id;
  const Replay replay = Serve(stream, goal);
  if (!replay.record) NoSuchQuery("--after-query", replay, id);
  if (replay.decision_at) return DecisionNumber(stream, goal, *replay.decision_at);
  if (replay.decision_below || replay.decision_above) {
    throw UserError("--after-query: a decision follows every " + std::to_string(stream.period_queries) +
                    " queries (scheduler.period_queries), near here " +
                    Ids(replay.decision_below, replay.decision_above) + ", found " + std::to_string(id));
  }
  throw UserError("--after-query: no caching decision follows any query of this stream");
}

}  // namespace sushi
