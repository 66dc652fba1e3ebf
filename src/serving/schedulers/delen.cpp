// delen: Dělen [S: umassos/delen: conditions on response time, accuracy, energy and computation, joined by
// and/or; choices among SubNets [A]]. First come first served, batch of one, on the first idle accelerator.
// Each SubNet is judged by what it would give, with what is cached, if it began now: response = now − arrival
// + time, its accuracy, dynamic energy and MACs. Of those that satisfy the tenant's conditions the most
// accurate, then the faster. None does: the one that breaks the fewest conditions of its best group, then the
// fastest. A tenant without conditions: the request's own accuracy and deadline, both.
#include <algorithm>

#include "serving_choice.hpp"
#include "sushi/sched/choice_order.hpp"

namespace sushi {
namespace {

constexpr double kPicosecondsPerUs = 1e6, kPicojoulesPerUj = 1e6, kMacsPerMmac = 1e6;

// What a SubNet is predicted to give, in the units of conditions.
struct Outlook {
  double response_us = 0, top1_percent = 0, energy_uj = 0, mmacs = 0;

  double Of(Condition::Metric metric) const {
    switch (metric) {
      case Condition::Metric::kResponseTime:
        return response_us;
      case Condition::Metric::kAccuracy:
        return top1_percent;
      case Condition::Metric::kEnergy:
        return energy_uj;
      case Condition::Metric::kComputation:
        break;
    }
    return mmacs;
  }
};

bool Holds(const Condition& condition, const Outlook& outlook) {
  const double value = outlook.Of(condition.metric);
  return condition.relation == Condition::Relation::kAtMost ? value <= condition.threshold
                                                            : value >= condition.threshold;
}

// Of the group that comes nearest: 0 when the conditions are satisfied.
std::ptrdiff_t Broken(const Conditions& conditions, const Outlook& outlook) {
  std::ptrdiff_t least = -1;
  for (const std::vector<Condition>& group : conditions) {
    const std::ptrdiff_t broken = std::count_if(
        group.begin(), group.end(), [&](const Condition& condition) { return !Holds(condition, outlook); });
    if (least < 0 || broken < least) least = broken;
  }
  return std::max<std::ptrdiff_t>(least, 0);
}

class Delen : public Scheduler {
 public:
  void Decide(const SystemView& view, Decision& decision) override {
    const int accelerator = FirstIdle(view);
    if (accelerator < 0 || view.waiting->empty()) return;
    const Request& request = OldestWaiting(view);
    JobShape shape = ShapeOn(view, accelerator, request, 0);
    const LatencyTable& table = view.profile->table(shape.model, shape.type);
    int best = kNone;
    std::ptrdiff_t least = 0;
    for (shape.subnet = 0; shape.subnet < table.subnets(); ++shape.subnet) {
      const std::ptrdiff_t broken = BrokenBy(view, request, shape);
      const auto better = [&] {
        return broken == 0 ? MoreAccurateThan(table, shape.cached, shape.subnet, best)
                           : FasterThan(table, shape.cached, shape.subnet, best);
      };
      if (best == kNone || broken < least || (broken == least && better())) {
        best = shape.subnet;
        least = broken;
      }
    }
    decision.start.push_back({accelerator, {&request}, best, 0, std::nullopt});
  }

 private:
  static std::ptrdiff_t BrokenBy(const SystemView& view, const Request& request, const JobShape& shape) {
    const LatencyTable& table = view.profile->table(shape.model, shape.type);
    const Picoseconds ready = view.now + table.At(shape.subnet, shape.cached);
    const Tenant& tenant = (*view.tenants)[static_cast<std::size_t>(request.tenant)];
    const double top1 = table.Top1Percent(shape.subnet);
    if (tenant.conditions.empty()) {
      return (ready > request.deadline ? 1 : 0) + (top1 < request.accuracy_min_percent ? 1 : 0);
    }
    Outlook outlook;
    outlook.response_us = static_cast<double>((ready - request.arrival).value()) / kPicosecondsPerUs;
    outlook.top1_percent = top1;
    outlook.energy_uj = view.profile->Cost(shape).energy_pj / kPicojoulesPerUj;
    outlook.mmacs = static_cast<double>(view.profile->Macs(shape.model, shape.subnet)) / kMacsPerMmac;
    return Broken(tenant.conditions, outlook);
  }
};

}  // namespace

std::unique_ptr<Scheduler> MakeDelen(const SchedulerContext&) { return std::make_unique<Delen>(); }

}  // namespace sushi
