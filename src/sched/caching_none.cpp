// No caching: the Persistent Buffer stays cold.
#include "sushi/sched/caching_policy.hpp"

namespace sushi {
namespace {

class NoCaching : public CachingPolicy {
 public:
  bool active() const override { return false; }
  SubGraphId Decide(const std::vector<int>& /*served*/, SubGraphId cached,
                    const std::vector<Query>& /*upcoming*/) override {
    return cached;
  }
  CachingRationale Explain(const std::vector<int>& /*served*/, SubGraphId /*cached*/,
                           const std::vector<Query>& /*upcoming*/) const override {
    CachingRationale rationale;
    rationale.rule = "never caches anything";
    return rationale;
  }
};

}  // namespace

std::unique_ptr<CachingPolicy> MakeNoCaching(const CachingContext& /*context*/) {
  return std::make_unique<NoCaching>();
}

}  // namespace sushi
