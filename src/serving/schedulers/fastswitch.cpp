// fastswitch: switch between SubNets by reuse of what is resident, without looking ahead [S: FastSwitch,
// SUSHI's predecessor; the rule [A]]. First come first served, batch of one, on the first idle accelerator.
// Of the SubNets that meet the request's accuracy and are ready by its deadline, the one that gains most from
// the resident column: least time with it over time with nothing cached. Ties: the more accurate, then the
// faster. None meets both: the most accurate that is ready in time, else the fastest.
#include "serving_choice.hpp"
#include "sushi/sched/choice_order.hpp"

namespace sushi {
namespace {

// Whether `a` keeps a smaller share of its time than `b`, or as small a share and is better.
bool ReusesMore(const LatencyTable& table, SubGraphId cached, int a, int b) {
  const WideInt share_a = WideInt{table.At(a, cached).value()} * table.At(b, kEmptySubGraphId).value();
  const WideInt share_b = WideInt{table.At(b, cached).value()} * table.At(a, kEmptySubGraphId).value();
  if (share_a != share_b) return share_a < share_b;
  return MoreAccurateThan(table, cached, a, b);
}

class FastSwitch : public Scheduler {
 public:
  void Decide(const SystemView& view, Decision& decision) override {
    const int accelerator = FirstIdle(view);
    if (accelerator < 0 || view.waiting->empty()) return;
    const Request& request = OldestWaiting(view);
    const JobShape shape = ShapeOn(view, accelerator, request, 0);
    const LatencyTable& table = view.profile->table(shape.model, shape.type);
    int best = kNone;
    for (int s = 0; s < table.subnets(); ++s) {
      if (table.Top1Percent(s) < request.accuracy_min_percent) continue;
      if (view.now + table.At(s, shape.cached) > request.deadline) continue;
      if (best == kNone || ReusesMore(table, shape.cached, s, best)) best = s;
    }
    if (best == kNone) best = MostAccurateInTime(view, accelerator, request).subnet;
    decision.start.push_back({accelerator, {&request}, best, 0, std::nullopt});
  }
};

}  // namespace

std::unique_ptr<Scheduler> MakeFastSwitch(const SchedulerContext&) { return std::make_unique<FastSwitch>(); }

}  // namespace sushi
