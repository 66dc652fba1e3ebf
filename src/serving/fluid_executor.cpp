#include "sushi/serving/fluid_executor.hpp"

#include <algorithm>
#include <cmath>

#include "sushi/core/error.hpp"

namespace sushi {

FluidExecutor::FluidExecutor(const Setup& setup)
    : setup_(setup), lanes_(setup.types.size()), stall_ps_(setup.types.size(), 0) {}

void FluidExecutor::Begin(Picoseconds now, int accelerator, const Run& run) {
  Lane& lane = lanes_[static_cast<std::size_t>(accelerator)];
  if (lane.busy) throw InternalError("a run begins on an accelerator that is not idle");
  lane.busy = true;
  lane.run = run;
  lane.cost = &setup_.profile->Cost(run.shape);
  lane.layer = run.first_layer;
  lane.stop = false;
  lane.sums = RunEvent();
  LimitOf(lane, accelerator);
  NextPhase(lane, now, run.swap ? Phase::kSwap : BehindSwap(run));
  Share(now);
}

void FluidExecutor::StopAtLayer(Picoseconds /*now*/, int accelerator) {
  lanes_[static_cast<std::size_t>(accelerator)].stop = true;
}

void FluidExecutor::SetThrottle(Picoseconds now, int accelerator, std::int64_t bursts,
                                std::int64_t window_cycles) {
  Lane& lane = lanes_[static_cast<std::size_t>(accelerator)];
  lane.throttle_bursts = bursts;
  lane.throttle_cycles = window_cycles;
  LimitOf(lane, accelerator);
  Share(now);
}

void FluidExecutor::LimitOf(Lane& lane, int accelerator) const {
  lane.limit_bytes_per_s = 0;
  if (lane.throttle_bursts > 0 && lane.throttle_cycles > 0) {
    const std::vector<PowerLevel>& levels =
        setup_.profile->levels(setup_.types[static_cast<std::size_t>(accelerator)]);
    const PowerLevel& level = levels[static_cast<std::size_t>(lane.run.shape.level)];
    lane.limit_bytes_per_s = static_cast<double>(lane.throttle_bursts * setup_.burst_bytes) * 1e6 *
                             static_cast<double>(level.clock_mhz) / static_cast<double>(lane.throttle_cycles);
  }
  LimitPhase(lane);
}

// As a share of the bus: at speed v the phase moves v · bytes / alone and wants v · wants of the bus.
void FluidExecutor::LimitPhase(Lane& lane) const {
  lane.limit = 1;
  if (lane.limit_bytes_per_s == 0 || lane.bytes == 0) return;
  lane.limit = lane.limit_bytes_per_s * static_cast<double>(lane.alone_ps) * 1e-12 /
               static_cast<double>(lane.bytes) * lane.wants;
}

void FluidExecutor::NextPhase(Lane& lane, Picoseconds now, Phase phase) {
  const JobShape& shape = lane.run.shape;
  const auto bus_ps = [&](std::int64_t bytes) {
    return setup_.dram_bytes_per_s > 0 ? 1e12 * static_cast<double>(bytes) / setup_.dram_bytes_per_s : 0;
  };
  Picoseconds alone;
  double bus = 0, exposed = 0;
  switch (phase) {
    case Phase::kSwap: {
      const JobCost& swap =
          setup_.profile->Swap(shape.model, shape.type, shape.level, lane.run.swap_from, shape.cached);
      alone = swap.time;
      lane.bytes = swap.dram_bytes;
      break;
    }
    case Phase::kRestore:
    case Phase::kSave: {
      const Bytes bytes = phase == Phase::kRestore
                              ? lane.run.restore
                              : lane.cost->layers[static_cast<std::size_t>(lane.layer - 1)].kept;
      alone = setup_.profile->MoveTime(shape.type, shape.level, bytes);
      lane.bytes = bytes.value();
      break;
    }
    case Phase::kLayer: {
      const LayerCost& layer = lane.cost->layers[static_cast<std::size_t>(lane.layer)];
      alone = layer.time;
      lane.bytes = layer.dram_bytes;
      bus = static_cast<double>(layer.bus.value());
      exposed = static_cast<double>(layer.exposed.value());
      break;
    }
  }
  if (phase != Phase::kLayer) bus = bus_ps(lane.bytes);
  lane.phase = phase;
  lane.alone_ps = alone.value();
  lane.left_ps = static_cast<double>(alone.value());
  lane.wants = lane.alone_ps > 0 ? std::min(1.0, bus / lane.left_ps) : 0;
  LimitPhase(lane);
  lane.exposed = lane.alone_ps > 0 ? exposed / lane.left_ps : 0;
  lane.speed = 1;
  lane.since = lane.began = now;
  lane.due = now + alone;
}

void FluidExecutor::SetSpeed(Lane& lane, double speed, Picoseconds now) {
  if (speed == lane.speed) return;
  lane.left_ps -= lane.speed * static_cast<double>((now - lane.since).value());
  lane.left_ps = std::max(0.0, lane.left_ps);
  lane.since = now;
  lane.speed = speed;
  lane.due = now + Picoseconds(static_cast<std::int64_t>(std::ceil(lane.left_ps / speed)));
}

// A5: of a lane when others want `others` of the bus.
double FluidExecutor::QueuedSpeed(const Lane& lane, double others) {
  if (lane.exposed == 0 || others <= 0) return 1;
  const double load = std::min(others, 0.9);
  return 1 / (1 + lane.exposed * load / (2 * (1 - load)));
}

// A2, A3: shares of the bus, from the smallest wish to the largest.
void FluidExecutor::Share(Picoseconds now) {
  const auto wish = [&](std::size_t i) { return std::min(lanes_[i].wants, lanes_[i].limit); };
  double total = 0;
  bool limited = false;
  order_.clear();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i].busy) continue;
    total += wish(i);
    limited = limited || lanes_[i].limit < lanes_[i].wants;
    order_.push_back(i);
  }
  const bool enough = total <= 1 && !limited;
  if (!enough) {
    std::sort(order_.begin(), order_.end(),
              [&](std::size_t a, std::size_t b) { return wish(a) != wish(b) ? wish(a) < wish(b) : a < b; });
  }
  double left = 1;
  for (std::size_t k = 0; k < order_.size(); ++k) {
    Lane& lane = lanes_[order_[k]];
    const double wanted = wish(order_[k]);
    const double share = enough ? wanted : std::min(wanted, left / static_cast<double>(order_.size() - k));
    left -= share;
    const bool lacks = lane.wants > share;
    SetSpeed(lane, lacks ? share / lane.wants : QueuedSpeed(lane, std::min(1.0, total) - share), now);
  }
}

std::optional<Picoseconds> FluidExecutor::NextEvent() const {
  std::optional<Picoseconds> next;
  for (const Lane& lane : lanes_) {
    if (lane.busy && (!next || lane.due < *next)) next = lane.due;
  }
  return next;
}

void FluidExecutor::AdvanceTo(Picoseconds now, std::vector<RunEvent>& events) {
  for (;;) {
    const std::optional<Picoseconds> next = NextEvent();
    if (!next || *next > now) return;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      Lane& lane = lanes_[i];
      if (lane.busy && lane.due == *next) Continue(lane, static_cast<int>(i), *next, events);
    }
    Share(*next);
  }
}

// Activations saved or restored, as the SystemC controller counts them.
void FluidExecutor::CountMove(std::int64_t bytes, bool save, Counters& counters) const {
  counters.traffic_bytes[save ? Traffic::kOActs : Traffic::kIActs] += bytes;
  counters.events[save ? Event::kDramWrite : Event::kDramRead] +=
      CeilDiv(bytes, setup_.burst_bytes) * setup_.burst_bytes;
}

void FluidExecutor::Continue(Lane& lane, int accelerator, Picoseconds now, std::vector<RunEvent>& events) {
  const Picoseconds took = now - lane.began;
  stall_ps_[static_cast<std::size_t>(accelerator)] += took.value() - lane.alone_ps;
  switch (lane.phase) {
    case Phase::kSwap:
      lane.sums.swap = took;
      lane.sums.swap_counters = setup_.profile
                                    ->Swap(lane.run.shape.model, lane.run.shape.type, lane.run.shape.level,
                                           lane.run.swap_from, lane.run.shape.cached)
                                    .counters;
      NextPhase(lane, now, BehindSwap(lane.run));
      return;
    case Phase::kRestore:
      lane.sums.moving += took;
      lane.sums.restored_bytes = lane.run.restore.value();
      CountMove(lane.sums.restored_bytes, false, lane.sums.counters);
      NextPhase(lane, now, Phase::kLayer);
      return;
    case Phase::kSave:
      lane.sums.moving += took;
      lane.sums.saved_bytes = lane.cost->layers[static_cast<std::size_t>(lane.layer - 1)].kept.value();
      CountMove(lane.sums.saved_bytes, true, lane.sums.counters);
      EndRun(lane, accelerator, now, RunEvent::Kind::kStopped, events);
      return;
    case Phase::kLayer:
      break;
  }
  lane.sums.service += took;
  ++lane.layer;
  if (lane.layer == static_cast<int>(lane.cost->layers.size())) {
    dram_open_clocks_ += lane.cost->dram_open_clocks;
    lane.sums.counters += lane.cost->counters;  // of the whole job: a part is not known here
    EndRun(lane, accelerator, now, RunEvent::Kind::kFinished, events);
    return;
  }
  if (lane.stop) {
    NextPhase(lane, now, Phase::kSave);
    return;
  }
  NextPhase(lane, now, Phase::kLayer);
  if (setup_.layer_events) {
    RunEvent event;
    event.kind = RunEvent::Kind::kLayer;
    event.accelerator = accelerator;
    event.at = now;
    event.layers_done = lane.layer;
    events.push_back(event);
  }
}

void FluidExecutor::EndRun(Lane& lane, int accelerator, Picoseconds now, RunEvent::Kind kind,
                           std::vector<RunEvent>& events) {
  lane.busy = false;
  lane.sums.kind = kind;
  lane.sums.accelerator = accelerator;
  lane.sums.at = now;
  lane.sums.layers_done = lane.layer;
  events.push_back(lane.sums);
}

}  // namespace sushi
