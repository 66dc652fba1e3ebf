// STRICT_LATENCY: of the SubNets that are fast enough with what is cached now, the most accurate. None
// is: the fastest.
#include "sushi/sched/choice_order.hpp"
#include "sushi/sched/serving_policy.hpp"

namespace sushi {
namespace {

bool Feasible(const Query& query, SubGraphId cached, const LatencyTable& table, int subnet) {
  return table.At(subnet, cached) <= query.latency_max;
}

class StrictLatency : public ServingPolicy {
 public:
  Choice Choose(const Query& query, SubGraphId cached, const LatencyTable& table) const override {
    int most_accurate_feasible = kNone, fastest = 0, feasible = 0;
    for (int subnet = 0; subnet < table.subnets(); ++subnet) {
      if (FasterThan(table, cached, subnet, fastest)) fastest = subnet;
      if (!Feasible(query, cached, table, subnet)) continue;
      ++feasible;
      if (most_accurate_feasible == kNone ||
          MoreAccurateThan(table, cached, subnet, most_accurate_feasible)) {
        most_accurate_feasible = subnet;
      }
    }
    if (feasible == 0) return {fastest, ChoiceReason::kFastestFallback, 0};
    return {most_accurate_feasible, ChoiceReason::kMostAccurateFeasible, feasible};
  }

  ServingRationale Explain(const Query& query, SubGraphId cached, const LatencyTable& table) const override {
    ServingRationale rationale;
    rationale.rule =
        "takes the most accurate of the SubNets that meet the latency target with what is cached; when none "
        "meets it, the fastest";
    rationale.strict = StrictTarget::kLatency;
    for (int subnet = 0; subnet < table.subnets(); ++subnet) {
      rationale.feasible.push_back(Feasible(query, cached, table, subnet));
    }
    return rationale;
  }
};

}  // namespace

std::unique_ptr<ServingPolicy> MakeStrictLatency() { return std::make_unique<StrictLatency>(); }

}  // namespace sushi
