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
    const std::vector<std::int64_t> counts = Count(served);
    SubGraphId best = cached;
    WideInt most = 0;  // missed less the swap: it must pay, so more than nothing
    for (SubGraphId id = context_.first_candidate; id < context_.end_candidate; ++id) {
      WideInt& missed = missed_[static_cast<std::size_t>(id)];
      missed = MissedAfter(counts, cached, id);
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

  CachingRationale Explain(const std::vector<int>& served, SubGraphId cached,
                           const std::vector<Query>& /*upcoming*/) const override {
    CachingRationale rationale;
    rationale.rule =
        "adds up for each candidate what it would have saved on the queries served since the last swap "
        "(never "
        "below nothing), and takes the one that has most over the price of its swap, if any has more";
    rationale.measures = {"missed_us", "swap_us", "gain_us"};
    rationale.keeps_on_tie = true;
    const std::vector<std::int64_t> counts = Count(served);
    const auto weigh = [&](SubGraphId id, WideInt missed, WideInt swap) {
      const auto micros = [](WideInt cost) { return static_cast<double>(cost) / 1e6; };
      rationale.weighed.push_back({id, swap - missed, {micros(missed), micros(swap), micros(missed - swap)}});
    };
    weigh(cached, 0, 0);
    for (SubGraphId id = context_.first_candidate; id < context_.end_candidate; ++id) {
      if (id != cached) weigh(id, MissedAfter(counts, cached, id), context_.swap_cost(cached, id));
    }
    return rationale;
  }

 private:
  std::vector<std::int64_t> Count(const std::vector<int>& served) const {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(context_.table->subnets()), 0);
    for (const int subnet : served) ++counts[static_cast<std::size_t>(subnet)];
    return counts;
  }

  // The account of `id` with these queries added.
  WideInt MissedAfter(const std::vector<std::int64_t>& counts, SubGraphId cached, SubGraphId id) const {
    return std::max<WideInt>(missed_[static_cast<std::size_t>(id)] + Saved(counts, cached, id), 0);
  }

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
