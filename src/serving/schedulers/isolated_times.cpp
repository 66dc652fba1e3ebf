#include "isolated_times.hpp"

#include <algorithm>

namespace sushi {

IsolatedTimes::IsolatedTimes(const SchedulerContext& context)
    : profile_(context.profile), tenants_(context.tenants), types_(context.types) {
  times_.resize(static_cast<std::size_t>(profile_->models()));
  for (int model = 0; model < profile_->models(); ++model) {
    std::vector<Picoseconds>& times = times_[static_cast<std::size_t>(model)];
    for (const int type : types_) {
      const LatencyTable& table = profile_->table(model, type);
      for (int subnet = 0; subnet < table.subnets(); ++subnet) {
        const Picoseconds time = std::max(Picoseconds(1), table.At(subnet, kEmptySubGraphId));
        const auto at = static_cast<std::size_t>(subnet);
        if (at == times.size()) {
          times.push_back(time);
        } else {
          times[at] = std::min(times[at], time);
        }
      }
    }
  }
}

int IsolatedTimes::PlannedSubNet(const Request& request) const {
  const int model = ModelOf(request);
  const LatencyTable& table = profile_->table(model, types_.front());
  const Picoseconds given = request.deadline - request.arrival;
  int best = 0;
  for (int subnet = 1; subnet < table.subnets(); ++subnet) {
    const Picoseconds time = Of(model, subnet), best_time = Of(model, best);
    const double top1 = table.Top1Percent(subnet), best_top1 = table.Top1Percent(best);
    const bool in_time = time <= given, best_in_time = best_time <= given;
    const bool better = in_time != best_in_time ? in_time
                        : !in_time              ? time < best_time
                                                : top1 > best_top1 || (top1 == best_top1 && time < best_time);
    if (better) best = subnet;
  }
  return best;
}

Picoseconds RemainingTime(const SystemView& view, const Job& job) {
  const JobCost& cost = view.profile->Cost(job.shape);
  const bool running = (*view.accelerators)[static_cast<std::size_t>(job.accelerator)].job == &job;
  if (running) return std::max(Picoseconds(0), cost.time - job.ran - (view.now - job.resumed));
  Picoseconds left;
  for (std::size_t layer = static_cast<std::size_t>(job.layers_done); layer < cost.layers.size(); ++layer) {
    left += cost.layers[layer].time;
  }
  return left;
}

}  // namespace sushi
