// infaas: INFaaS as SuperServe compares with it: the cheapest SubNet that meets the request's accuracy and
// deadline, else the fastest [S: INFaaS picks the cheapest; the rest [A]]. Cost is the dynamic energy of one
// inference with what is cached; ties: the faster, then the more accurate. Head of one queue by deadline, on
// the first idle accelerator; then, as INFaaS batches too, the largest batch of that SubNet that is ready by
// the head's deadline, filled with requests of the model for which the SubNet is accurate enough.
#include "serving_choice.hpp"
#include "sushi/sched/choice_order.hpp"

namespace sushi {
namespace {

class Infaas : public Scheduler {
 public:
  void Decide(const SystemView& view, Decision& decision) override {
    const int accelerator = FirstIdle(view);
    if (accelerator < 0 || view.waiting->empty()) return;
    const Request& head = *view.waiting->front();
    JobShape shape = ShapeOn(view, accelerator, head, 0);
    shape.subnet = Cheapest(view, head, shape);
    const double top1 = view.profile->table(shape.model, shape.type).Top1Percent(shape.subnet);
    std::vector<const Request*> batch =
        TakeBatch(view, view.profile->max_batch(),
                  [top1](const Request& request) { return request.accuracy_min_percent <= top1; });
    for (shape.batch = static_cast<int>(batch.size()); shape.batch > 1; --shape.batch) {
      if (view.now + view.profile->Time(shape) <= head.deadline) break;
    }
    batch.resize(static_cast<std::size_t>(shape.batch));
    decision.start.push_back({accelerator, std::move(batch), shape.subnet, 0, std::nullopt});
  }

 private:
  static int Cheapest(const SystemView& view, const Request& head, JobShape shape) {
    const LatencyTable& table = view.profile->table(shape.model, shape.type);
    int cheapest = kNone, fastest = 0;
    double least = 0;
    for (shape.subnet = 0; shape.subnet < table.subnets(); ++shape.subnet) {
      const int s = shape.subnet;
      if (FasterThan(table, shape.cached, s, fastest)) fastest = s;
      if (table.Top1Percent(s) < head.accuracy_min_percent) continue;
      if (view.now + table.At(s, shape.cached) > head.deadline) continue;
      const double cost = view.profile->Cost(shape).energy_pj;
      if (cheapest == kNone || cost < least ||
          (cost == least && FasterThan(table, shape.cached, s, cheapest))) {
        cheapest = s;
        least = cost;
      }
    }
    return cheapest == kNone ? fastest : cheapest;
  }
};

}  // namespace

std::unique_ptr<Scheduler> MakeInfaas(const SchedulerContext&) { return std::make_unique<Infaas>(); }

}  // namespace sushi
