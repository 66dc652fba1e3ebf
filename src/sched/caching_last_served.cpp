// State-unaware caching: as much of the last served SubNet as fits, its layers in order.
#include "sushi/core/error.hpp"
#include "sushi/sched/caching_policy.hpp"

namespace sushi {
namespace {

class LastServedCaching : public CachingPolicy {
 public:
  explicit LastServedCaching(const CachingContext& context) : prefix_column_(context.prefix_column) {
    if (static_cast<int>(prefix_column_.size()) != context.table->subnets()) {
      throw InternalError("last_served caching needs a prefix column for each SubNet");
    }
  }

  SubGraphId Decide(const std::vector<int>& served, SubGraphId cached,
                    const std::vector<Query>& /*upcoming*/) override {
    return served.empty() ? cached : prefix_column_[static_cast<std::size_t>(served.back())];
  }

  CachingRationale Explain(const std::vector<int>& /*served*/, SubGraphId /*cached*/,
                           const std::vector<Query>& /*upcoming*/) const override {
    CachingRationale rationale;
    rationale.rule =
        "takes the SubNet that was served last, its layers in order until the Persistent Buffer is full, and "
        "looks at nothing else";
    return rationale;
  }

 private:
  std::vector<SubGraphId> prefix_column_;
};

}  // namespace

std::unique_ptr<CachingPolicy> MakeLastServedCaching(const CachingContext& context) {
  return std::make_unique<LastServedCaching>(context);
}

}  // namespace sushi
