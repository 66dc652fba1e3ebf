// Cost-aware: swaps only when what another column would have saved has grown to more than the swap costs.
// For each column the savings it missed are summed over the served queries, never below zero, since the
// last swap (Page's cumulative sum; buying when the rent paid has reached the price). So what is spent on
// swaps is never more than what was lost by not having swapped. Looks at served queries only.
#include <algorithm>
#include <cstddef>

#include "sushi/core/error.hpp"
#include "sushi/sched/caching_policy.hpp"

namespace sushi {
namespace {

class CostAwareCaching : public CachingPolicy {
 public:
  explicit CostAwareCaching(const CachingContext& context)
      : context_(context), missed_(static_cast<std::size_t>(context.table->columns()), 0) {
    if (!context_.service_cost || !context_.swap_cost) {
      throw InternalError("cost_aware caching needs the costs of inferences and swaps");
    }
  }

  SubGraphId Decide(const std::vector<int>& served, SubGraphId cached,
                    const std::vector<Query>& /*upcoming*/) override {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(context_.table->subnets()), 0);
    for (const int subnet : served) ++counts[static_cast<std::size_t>(subnet)];
    SubGraphId best = cached;
    WideInt most = 0;  // missed less the swap: it must pay, so more than nothing
    for (SubGraphId id = context_.first_candidate; id < context_.end_candidate; ++id) {
      WideInt& missed = missed_[static_cast<std::size_t>(id)];
      missed = std::max<WideInt>(missed + Saved(counts, cached, id), 0);
      if (missed == 0) continue;
      const WideInt gain = missed - context_.swap_cost(cached, id);
      if (gain > most) {
        best = id;
        most = gain;
      }
    }
    if (best != cached) std::fill(missed_.begin(), missed_.end(), 0);
    return best;
  }

 private:
  // What `id` instead of `cached` would have saved on this many queries of each SubNet.
  WideInt Saved(const std::vector<std::int64_t>& counts, SubGraphId cached, SubGraphId id) const {
    WideInt saved = 0;
    for (std::size_t s = 0; s < counts.size(); ++s) {
      if (counts[s] == 0) continue;
      const int subnet = static_cast<int>(s);
      saved += counts[s] * (context_.service_cost(subnet, cached) - context_.service_cost(subnet, id));
    }
    return saved;
  }

  CachingContext context_;
  std::vector<WideInt> missed_;  // by column, since the last swap
};

}  // namespace

std::unique_ptr<CachingPolicy> MakeCostAwareCaching(const CachingContext& context) {
  return std::make_unique<CostAwareCaching>(context);
}

}  // namespace sushi
