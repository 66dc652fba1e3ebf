#include "serving_choice.hpp"

#include <algorithm>

namespace sushi {

int FirstIdle(const SystemView& view) {
  for (std::size_t i = 0; i < view.accelerators->size(); ++i) {
    if ((*view.accelerators)[i].job == nullptr) return static_cast<int>(i);
  }
  return -1;
}

int ModelOf(const SystemView& view, const Request& request) {
  return (*view.tenants)[static_cast<std::size_t>(request.tenant)].model;
}

bool Older(const Request& a, const Request& b) {
  return a.arrival != b.arrival ? a.arrival < b.arrival : a.id < b.id;
}

const Request& OldestWaiting(const SystemView& view) {
  return **std::min_element(view.waiting->begin(), view.waiting->end(),
                            [](const Request* a, const Request* b) { return Older(*a, *b); });
}

JobShape ShapeOn(const SystemView& view, int accelerator, const Request& request, int subnet, int batch) {
  const AcceleratorState& state = (*view.accelerators)[static_cast<std::size_t>(accelerator)];
  const int model = ModelOf(view, request);
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

std::vector<const Request*> TakeBatch(const SystemView& view, int batch,
                                      const std::function<bool(const Request&)>& takes) {
  const Request* head = view.waiting->front();
  const int model = ModelOf(view, *head);
  std::vector<const Request*> taken;
  for (const Request* request : *view.waiting) {
    if (static_cast<int>(taken.size()) == batch) break;
    if (ModelOf(view, *request) != model) continue;
    if (request != head && takes && !takes(*request)) continue;
    taken.push_back(request);
  }
  return taken;
}

std::vector<ServingTuple> AllTuples(const Profile& profile, int model, int type, SubGraphId cached) {
  const LatencyTable& table = profile.table(model, type);
  std::vector<ServingTuple> tuples;
  tuples.reserve(static_cast<std::size_t>(table.subnets()) * static_cast<std::size_t>(profile.max_batch()));
  for (int s = 0; s < table.subnets(); ++s) {
    for (int batch = 1; batch <= profile.max_batch(); ++batch) {
      tuples.push_back({s, batch, profile.Time({model, type, 0, s, cached, batch}), table.Top1Percent(s)});
    }
  }
  return tuples;
}

TupleLadder::TupleLadder(const std::vector<ServingTuple>& by_preference, const ServingTuple& fallback)
    : fallback_(fallback) {
  rungs_.reserve(by_preference.size());
  for (const ServingTuple& tuple : by_preference) {
    if (rungs_.empty() || tuple.time < rungs_.back().time) rungs_.push_back(tuple);
  }
}

const ServingTuple& TupleLadder::Pick(Picoseconds at_most) const {
  const auto found = std::partition_point(
      rungs_.begin(), rungs_.end(), [at_most](const ServingTuple& tuple) { return tuple.time > at_most; });
  return found == rungs_.end() ? fallback_ : *found;
}

const TupleLadder& LadderBook::Of(const Profile& profile, const LadderKey& key) {
  const auto place = std::make_tuple(key.model, key.type, key.cached, key.most);
  auto found = ladders_.find(place);
  if (found == ladders_.end()) found = ladders_.emplace(place, build_(profile, key)).first;
  return found->second;
}

void DispatchByLadder(const SystemView& view, LadderBook& book, Picoseconds margin, BatchLimit limit,
                      Decision& decision) {
  const int accelerator = FirstIdle(view);
  if (accelerator < 0 || view.waiting->empty()) return;
  const Request& head = *view.waiting->front();
  const JobShape shape = ShapeOn(view, accelerator, head, 0);
  LadderKey key{shape.model, shape.type, shape.cached, view.profile->max_batch()};
  std::vector<const Request*> taken = TakeBatch(view, key.most);
  const auto waiting = static_cast<int>(taken.size());
  if (limit == BatchLimit::kWaiting) key.most = waiting;
  const ServingTuple& tuple = book.Of(*view.profile, key).Pick(head.deadline - view.now - margin);
  taken.resize(static_cast<std::size_t>(std::min(waiting, tuple.batch)));
  decision.start.push_back({accelerator, std::move(taken), tuple.subnet, 0, std::nullopt});
}

}  // namespace sushi
