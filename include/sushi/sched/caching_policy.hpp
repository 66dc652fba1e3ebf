// Which SubGraph the Persistent Buffer should hold next. One .cpp per policy, registered in
// src/sched/registry.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sushi/sched/serving_policy.hpp"

namespace sushi {

// What a caching policy may ask for. All of it is owned by the caller and outlives the policy.
struct CachingContext {
  const LatencyTable* table = nullptr;
  const ServingPolicy* serving = nullptr;
  int period_queries = 1;                      // Q
  int first_candidate = 1, end_candidate = 1;  // columns [first, end) are the candidates
  std::vector<SubGraphId> prefix_column;       // per SubNet: what last_served caches
  std::function<Picoseconds(SubGraphId from, SubGraphId to)> swap_time;  // for the oracle
  // For cost_aware: ObjectiveCost of an inference and of a swap.
  std::function<WideInt(int subnet, SubGraphId cached)> service_cost;
  std::function<WideInt(SubGraphId from, SubGraphId to)> swap_cost;
};

// Contract. Initial() is asked once, before the first query: the column to load at once, if any.
// After query kQ has been served, Decide() is asked with the SubNets that served queries
// (k−1)Q+1…kQ, what is cached now and, for policies whose lookahead() is not 0, up to that many
// queries that follow (fewer at the end of the stream). It returns the column to cache; returning
// `cached` keeps it. Ties go to the lower column. No clock, no files, no random numbers; same calls,
// same answers.
class CachingPolicy {
 public:
  virtual ~CachingPolicy() = default;
  virtual bool active() const { return true; }  // false: Decide() is never asked
  virtual int lookahead() const { return 0; }
  virtual std::optional<SubGraphId> Initial() { return std::nullopt; }
  virtual SubGraphId Decide(const std::vector<int>& served, SubGraphId cached,
                            const std::vector<Query>& upcoming) = 0;
  // The rule and numbers by which Decide() will answer these arguments; with none served, those of
  // Initial(). Asked beforehand, changes nothing.
  virtual CachingRationale Explain(const std::vector<int>& /*served*/, SubGraphId /*cached*/,
                                   const std::vector<Query>& /*upcoming*/) const {
    return {};
  }
};

using CachingPolicyFactory = std::function<std::unique_ptr<CachingPolicy>(const CachingContext&)>;
// As RegisterServingPolicy().
void RegisterCachingPolicy(const std::string& name, CachingPolicyFactory make);
std::vector<std::string> CachingPolicyNames();
std::unique_ptr<CachingPolicy> MakeCachingPolicy(const std::string& name, const CachingContext& context);

}  // namespace sushi
