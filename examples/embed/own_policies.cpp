// The whole of sushisim with two policies of your own, in this one file:
//
//   own_policies run quickstart --set scheduler.policy=both_targets
//                               --set scheduler.caching=best_for_most_served
//
// They are choices like the built-in ones: in files, in sweeps, in `config show` and in error messages. The
// contracts stand in sushi/sched/serving_policy.hpp and caching_policy.hpp.
#include <algorithm>
#include <memory>
#include <vector>

#include "sushi/app/command_line.hpp"
#include "sushi/sched/caching_policy.hpp"
#include "sushi/sched/choice_order.hpp"
#include "sushi/sched/serving_policy.hpp"

namespace {

using namespace sushi;

// The fastest SubNet that is accurate and fast enough; else the most accurate that is fast enough; else the
// fastest.
class BothTargets : public ServingPolicy {
 public:
  Choice Choose(const Query& query, SubGraphId cached, const LatencyTable& table) const override {
    int fastest_of_both = kNone, most_accurate_in_time = kNone, fastest = 0, feasible = 0;
    for (int subnet = 0; subnet < table.subnets(); ++subnet) {
      if (FasterThan(table, cached, subnet, fastest)) fastest = subnet;
      if (table.At(subnet, cached) > query.latency_max) continue;
      if (most_accurate_in_time == kNone || MoreAccurateThan(table, cached, subnet, most_accurate_in_time)) {
        most_accurate_in_time = subnet;
      }
      if (table.Top1Percent(subnet) < query.accuracy_min_percent) continue;
      ++feasible;
      if (fastest_of_both == kNone || FasterThan(table, cached, subnet, fastest_of_both)) {
        fastest_of_both = subnet;
      }
    }
    if (feasible > 0) return {fastest_of_both, ChoiceReason::kFastestFeasible, feasible};
    if (most_accurate_in_time != kNone)
      return {most_accurate_in_time, ChoiceReason::kMostAccurateFallback, 0};
    return {fastest, ChoiceReason::kFastestFallback, 0};
  }
};

// Caches the candidate with which the SubNet that served most queries of the period is fastest.
class BestForMostServed : public CachingPolicy {
 public:
  explicit BestForMostServed(const CachingContext& context)
      : table_(*context.table), first_(context.first_candidate), end_(context.end_candidate) {}

  SubGraphId Decide(const std::vector<int>& served, SubGraphId cached, const std::vector<Query>&) override {
    std::vector<int> times(static_cast<std::size_t>(table_.subnets()), 0);
    for (const int subnet : served) ++times[static_cast<std::size_t>(subnet)];
    const auto subnet = static_cast<int>(std::max_element(times.begin(), times.end()) - times.begin());
    SubGraphId best = first_ < end_ ? first_ : cached;
    for (SubGraphId id = first_; id < end_; ++id) {
      if (table_.At(subnet, id) < table_.At(subnet, best)) best = id;
    }
    return best;
  }

 private:
  const LatencyTable& table_;
  SubGraphId first_, end_;
};

}  // namespace

int main(int argc, char** argv) {
  RegisterServingPolicy("both_targets", [] { return std::make_unique<BothTargets>(); });
  RegisterCachingPolicy("best_for_most_served", [](const CachingContext& context) {
    return std::make_unique<BestForMostServed>(context);
  });
  return RunCommandLine(argc, argv);
}
