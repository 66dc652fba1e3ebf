// STRICT_ACCURACY: of the SubNets that are accurate enough, the fastest with what is cached now. None
// is: the most accurate.
#include "sushi/sched/choice_order.hpp"
#include "sushi/sched/serving_policy.hpp"

namespace sushi {
namespace {

bool Feasible(const Query& query, const LatencyTable& table, int subnet) {
  return table.Top1Percent(subnet) >= query.accuracy_min_percent;
}

class StrictAccuracy : public ServingPolicy {
 public:
  Choice Choose(const Query& query, SubGraphId cached, const LatencyTable& table) const override {
    int fastest_feasible = kNone, most_accurate = 0, feasible = 0;
    for (int subnet = 0; subnet < table.subnets(); ++subnet) {
      if (MoreAccurateThan(table, cached, subnet, most_accurate)) most_accurate = subnet;
      if (!Feasible(query, table, subnet)) continue;
      ++feasible;
      if (fastest_feasible == kNone || FasterThan(table, cached, subnet, fastest_feasible)) {
        fastest_feasible = subnet;
      }
    }
    if (feasible == 0) return {most_accurate, ChoiceReason::kMostAccurateFallback, 0};
    return {fastest_feasible, ChoiceReason::kFastestFeasible, feasible};
  }

  ServingRationale Explain(const Query& query, SubGraphId /*cached*/,
                           const LatencyTable& table) const override {
    ServingRationale rationale;
    rationale.rule =
        "takes, with what is cached, the fastest of the SubNets whose top-1 reaches the target; when none "
        "reaches it, the most accurate";
    rationale.strict = StrictTarget::kAccuracy;
    for (int subnet = 0; subnet < table.subnets(); ++subnet) {
      rationale.feasible.push_back(Feasible(query, table, subnet));
    }
    return rationale;
  }
};

}  // namespace

std::unique_ptr<ServingPolicy> MakeStrictAccuracy() { return std::make_unique<StrictAccuracy>(); }

}  // namespace sushi
