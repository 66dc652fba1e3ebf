// Static: the candidate with the lowest mean latency over the SubNets, loaded before the first query
// and kept.
#include "sushi/sched/caching_policy.hpp"

namespace sushi {
namespace {

class StaticCaching : public CachingPolicy {
 public:
  explicit StaticCaching(const CachingContext& context) : context_(context) {}
  bool active() const override { return false; }

  std::optional<SubGraphId> Initial() override {
    std::optional<SubGraphId> best;
    Picoseconds least;
    for (SubGraphId id = context_.first_candidate; id < context_.end_candidate; ++id) {
      const Picoseconds sum = LatencySum(id);
      if (!best || sum < least) {
        best = id;
        least = sum;
      }
    }
    return best;
  }

  SubGraphId Decide(const std::vector<int>& /*served*/, SubGraphId cached,
                    const std::vector<Query>& /*upcoming*/) override {
    return cached;
  }

  CachingRationale Explain(const std::vector<int>& /*served*/, SubGraphId /*cached*/,
                           const std::vector<Query>& /*upcoming*/) const override {
    CachingRationale rationale;
    rationale.rule =
        "takes the candidate of least mean latency over all SubNets, before the first query, and keeps it";
    rationale.measures = {"mean_latency_us"};
    for (SubGraphId id = context_.first_candidate; id < context_.end_candidate; ++id) {
      const std::int64_t sum = LatencySum(id).value();
      rationale.weighed.push_back({id, sum, {static_cast<double>(sum) / 1e6 / context_.table->subnets()}});
    }
    return rationale;
  }

 private:
  // Orders like the mean.
  Picoseconds LatencySum(SubGraphId id) const {
    Picoseconds sum;
    for (int subnet = 0; subnet < context_.table->subnets(); ++subnet) sum += context_.table->At(subnet, id);
    return sum;
  }

  CachingContext context_;
};

}  // namespace

std::unique_ptr<CachingPolicy> MakeStaticCaching(const CachingContext& context) {
  return std::make_unique<StaticCaching>(context);
}

}  // namespace sushi
