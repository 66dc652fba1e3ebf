#include "serving_choice.hpp"

namespace sushi {

int FirstIdle(const SystemView& view) {
  for (std::size_t i = 0; i < view.accelerators->size(); ++i) {
    if ((*view.accelerators)[i].job == nullptr) return static_cast<int>(i);
  }
  return -1;
}

JobShape ShapeOn(const SystemView& view, int accelerator, const Request& request, int subnet, int batch) {
  const AcceleratorState& state = (*view.accelerators)[static_cast<std::size_t>(accelerator)];
  const int model = (*view.tenants)[static_cast<std::size_t>(request.tenant)].model;
  return {model, state.type, 0, subnet, state.CachedFor(model), batch};
}

SubNetChoice MostAccurateInTime(const SystemView& view, int accelerator, const Request& request) {
  const JobShape shape = ShapeOn(view, accelerator, request, 0);
  const LatencyTable& table = view.profile->table(shape.model, shape.type);
  const Picoseconds slack = request.deadline - view.now;
  SubNetChoice best;
  bool found = false;
  for (int s = 0; s < table.subnets(); ++s) {
    const Picoseconds time = table.At(s, shape.cached);
    const bool in_time = time <= slack;
    const bool better =
        !found || (in_time && !best.in_time) ||
        (in_time == best.in_time &&
         (!in_time ? time < best.time
                   : table.Top1Percent(s) > table.Top1Percent(best.subnet) ||
                         (table.Top1Percent(s) == table.Top1Percent(best.subnet) && time < best.time)));
    if (better) best = {s, time, in_time};
    found = true;
  }
  return best;
}

}  // namespace sushi
