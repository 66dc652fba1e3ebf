#include "explanation_replay.hpp"

#include "sushi/sched/stream_run.hpp"

namespace sushi {
namespace {

// Ends the stream when there is nothing more to see.
class EndingSource : public QuerySource {
 public:
  explicit EndingSource(std::unique_ptr<QuerySource> source) : source_(std::move(source)) {}
  void End() { ended_ = true; }
  bool Next(Query& query) override { return !ended_ && source_->Next(query); }

 private:
  std::unique_ptr<QuerySource> source_;
  bool ended_ = false;
};

class Watcher {
 public:
  Watcher(const ExplainedStream& stream, const Replay::Goal& goal) : stream_(stream), goal_(goal) {}

  void SeeQuery(const QueryRecord& record) {
    const std::int64_t id = record.query.id;
    if (!replay_.first) replay_.first = id;
    if (record.cached_before != record.cached) {
      if (!replay_.first_swap) replay_.first_swap = id;
      if (!replay_.record) BeginResidence(record);
    }
    if (waits_for_next_) replay_.decision->next = id;
    waits_for_next_ = false;
    if (goal_.query && id < *goal_.query) replay_.below = id;
    if (goal_.query && id > *goal_.query && !replay_.above) replay_.above = id;
    if (!replay_.record) CountResidence(record);
    if (goal_.query && id == *goal_.query) {
      replay_.record = record;
      replay_.position = position_;
      replay_.decision_before = last_decision_;
    }
    last_id_ = id;
    ++position_;
  }

  void SeeInitial(const CachingPolicy& policy, SubGraphId chosen) {
    last_decision_ = 0;
    if (goal_.decision == 0) Keep(policy.Explain({}, kEmptySubGraphId, {}), {}, kEmptySubGraphId, chosen);
  }

  std::optional<CachingRationale> BeforeDecision(const CachingPolicy& policy, const std::vector<int>& served,
                                                 SubGraphId cached, const std::vector<Query>& upcoming) {
    last_decision_ = ++decisions_;
    if (goal_.decision != decisions_) return std::nullopt;
    return policy.Explain(served, cached, upcoming);
  }

  void AfterDecision(std::optional<CachingRationale> rationale, const std::vector<int>& served,
                     SubGraphId cached, SubGraphId chosen) {
    if (goal_.query && last_id_ == *goal_.query) replay_.decision_at = decisions_;
    if (goal_.query && last_id_ < *goal_.query) replay_.decision_below = last_id_;
    if (goal_.query && last_id_ >= *goal_.query && !replay_.decision_above) replay_.decision_above = last_id_;
    if (rationale) Keep(std::move(*rationale), served, cached, chosen);
  }

  // Whether the queries still to come can add nothing.
  bool HasSeenAll(bool decides) const {
    if (!goal_.query) return replay_.first_swap.has_value();
    if (!replay_.above || waits_for_next_) return false;
    return !decides || replay_.decision_above.has_value();
  }

  Replay& replay() { return replay_; }

 private:
  void BeginResidence(const QueryRecord& record) {
    replay_.residence.emplace();
    replay_.residence->since_query = record.query.id;
    if (position_ > 0) replay_.residence->decided_after = last_id_;
    replay_.residence->swap = record.swap;
  }

  void CountResidence(const QueryRecord& record) {
    if (!replay_.residence) return;
    ++replay_.residence->queries;
    const Picoseconds uncached = stream_.table->At(record.choice.subnet, kEmptySubGraphId);
    replay_.residence->saved_ps += (uncached - record.service).value();
  }

  void Keep(CachingRationale rationale, const std::vector<int>& served, SubGraphId before,
            SubGraphId chosen) {
    DecisionExplanation decision;
    decision.number = *last_decision_;
    if (decision.number > 0) decision.after = last_id_;
    decision.served.assign(static_cast<std::size_t>(stream_.table->subnets()), 0);
    for (const int subnet : served) ++decision.served[static_cast<std::size_t>(subnet)];
    decision.before = before;
    decision.chosen = chosen;
    decision.rationale = std::move(rationale);
    replay_.decision = std::move(decision);
    waits_for_next_ = true;
  }

  const ExplainedStream& stream_;
  const Replay::Goal& goal_;
  Replay replay_;
  std::int64_t last_id_ = 0, position_ = 0, decisions_ = 0;
  std::optional<std::int64_t> last_decision_;
  bool waits_for_next_ = false;  // for the query that pays for the goal's decision
};

// The policy itself, asked for its reasons on the way.
class WatchedPolicy : public CachingPolicy {
 public:
  WatchedPolicy(std::unique_ptr<CachingPolicy> policy, Watcher& watcher)
      : policy_(std::move(policy)), watcher_(watcher) {}

  bool active() const override { return policy_->active(); }
  int lookahead() const override { return policy_->lookahead(); }
  std::optional<SubGraphId> Initial() override {
    const std::optional<SubGraphId> initial = policy_->Initial();
    if (initial) watcher_.SeeInitial(*policy_, *initial);
    return initial;
  }
  SubGraphId Decide(const std::vector<int>& served, SubGraphId cached,
                    const std::vector<Query>& upcoming) override {
    auto rationale = watcher_.BeforeDecision(*policy_, served, cached, upcoming);
    const SubGraphId chosen = policy_->Decide(served, cached, upcoming);
    watcher_.AfterDecision(std::move(rationale), served, cached, chosen);
    return chosen;
  }

 private:
  std::unique_ptr<CachingPolicy> policy_;
  Watcher& watcher_;
};

}  // namespace

Replay Serve(const ExplainedStream& stream, const Replay::Goal& goal) {
  Watcher watcher(stream, goal);
  WatchedPolicy policy(stream.caching(), watcher);
  EndingSource source(stream.source());
  const ServiceCosts costs = CheckedCosts(*stream.book, *stream.table);
  ServeStream(source, *stream.table, *stream.serving, policy, stream.period_queries, stream.basis, costs,
              [&](const QueryRecord& record) {
                watcher.SeeQuery(record);
                if (watcher.HasSeenAll(policy.active())) source.End();
              });
  return std::move(watcher.replay());
}

}  // namespace sushi
