// MoCA: memory-centric. Orders by priority and waiting, and limits how often tenants reach the DRAM.
//
// Scheduler [S]: the request with the highest priority · 10⁵ + 10⁵ · wait / isolated first.
// Throttle [S], for the present layer of each job, at every boundary of a layer:
//   prediction = max(mem, compute) + 0.5 · min(mem, compute)
//   ideal      = 100 · dram_bytes / prediction / BW                                        [%]
//   score      = (1 + priority) / 4 + round(10 · to_go / slack)
//   Σ ideal > 150 %: util = max(25, ideal − excess · W_other / (score · ideal + W_other)),
//                    excess = Σ ideal − 150, W_other = Σ of the others' score · ideal; else no limit
//   window     = 100 · dram_bytes / (BW · util) / tiles                       [s for the requests of a tile]
// As a command: the requests of a tile are `window_bursts` bursts [A], so tiles = dram_bytes / (window_bursts
// · burst_bytes) and window_cycles = ⌈clock · 100 · window_bursts · burst_bytes / (BW · util)⌉, where
// burst_bytes is a burst of the DRAM.
// [A] mem: the layer's bytes at the DRAM's peak; compute: the cycles of the array and the vector unit at
// work. to_go: the profile's time of the layers that are left; a job that is late, or has less slack than a
// tenth of to_go, counts as 10 · to_go / slack = 100. A batch of one; the SubNet is the most accurate that is
// ready in time on the first idle accelerator.
#include <algorithm>
#include <cmath>

#include "isolated_times.hpp"
#include "serving_choice.hpp"

namespace sushi {
namespace {

// What a job asks of the DRAM with its present layer.
struct MemoryDemand {
  int accelerator = 0;
  double ideal_percent = 0, score = 0;
  double burst_bytes = 0, clock_hz = 0;
  double Weight() const { return score * ideal_percent; }
};

class Moca : public Scheduler {
 public:
  explicit Moca(const SchedulerContext& context)
      : isolated_(context), settings_(context.settings.moca), limits_(context.types.size()) {}

  bool wants_layers() const override { return settings_.throttle; }

  void Decide(const SystemView& view, Decision& decision) override {
    const int accelerator = FirstIdle(view);
    const Request* next = accelerator < 0 ? nullptr : Next(view);
    if (next != nullptr) {
      const int subnet = MostAccurateInTime(view, accelerator, *next).subnet;
      decision.start.push_back({accelerator, {next}, subnet, 0, std::nullopt});
    }
    if (settings_.throttle) Limit(view, Demands(view, decision), decision);
  }

 private:
  const Request* Next(const SystemView& view) const {
    const Request* best = nullptr;
    double best_score = 0;
    for (const Request* request : *view.waiting) {  // by deadline: of equals the first stays
      const double wait = static_cast<double>((view.now - request->arrival).value());
      const double score = 1e5 * static_cast<double>(OwnerOf(view, *request).priority) +
                           1e5 * wait / static_cast<double>(isolated_.OfPlanned(*request).value());
      if (best != nullptr && score <= best_score) continue;
      best = request;
      best_score = score;
    }
    return best;
  }

  // Of what runs, and of what `decision` starts.
  static std::vector<MemoryDemand> Demands(const SystemView& view, const Decision& decision) {
    std::vector<MemoryDemand> demands;
    demands.reserve(view.accelerators->size());
    for (std::size_t a = 0; a < view.accelerators->size(); ++a) {
      const int accelerator = static_cast<int>(a);
      const Job* job = (*view.accelerators)[a].job;
      if (job != nullptr) {
        demands.push_back(Demand(view, accelerator, *job->requests.front(), job->shape, job->layers_done));
      }
      for (const Dispatch& start : decision.start) {
        if (start.accelerator != accelerator) continue;
        const Request& request = *start.requests.front();
        demands.push_back(
            Demand(view, accelerator, request, ShapeOn(view, accelerator, request, start.subnet), 0));
      }
    }
    return demands;
  }

  static MemoryDemand Demand(const SystemView& view, int accelerator, const Request& request,
                             const JobShape& shape, int layer) {
    MemoryDemand demand;
    demand.accelerator = accelerator;
    const JobCost& cost = view.profile->Cost(shape);
    const auto first = static_cast<std::size_t>(layer);
    if (first >= cost.layers.size()) return demand;
    const LayerCost& now = cost.layers[first];
    const double mem = static_cast<double>(now.bus.value()),
                 compute = static_cast<double>(now.compute.value());
    const double prediction_s = (std::max(mem, compute) + 0.5 * std::min(mem, compute)) * 1e-12;
    if (prediction_s > 0) {
      demand.ideal_percent = 100 * static_cast<double>(now.dram_bytes) / prediction_s / view.dram_bytes_per_s;
    }
    double to_go = 0;
    for (std::size_t i = first; i < cost.layers.size(); ++i) {
      to_go += static_cast<double>(cost.layers[i].time.value());
    }
    const double slack = static_cast<double>((request.deadline - view.now).value());
    const double urgency = slack < to_go / 10 ? 100 : std::round(10 * to_go / slack);
    demand.score = (1 + static_cast<double>(OwnerOf(view, request).priority)) / 4 + urgency;
    demand.burst_bytes = static_cast<double>(view.burst_bytes);
    const PowerLevel& level = view.profile->levels(shape.type)[static_cast<std::size_t>(shape.level)];
    demand.clock_hz = static_cast<double>(level.clock_mhz) * 1e6;
    return demand;
  }

  void Limit(const SystemView& view, const std::vector<MemoryDemand>& demands, Decision& decision) {
    double sum = 0, weights = 0;
    for (const MemoryDemand& demand : demands) {
      sum += demand.ideal_percent;
      weights += demand.Weight();
    }
    const double excess = sum - settings_.overload_percent;
    for (const MemoryDemand& demand : demands) {
      Throttle limit{demand.accelerator, 0, 0};
      if (excess > 0 && demand.burst_bytes > 0 && weights > 0) {
        const double util = std::max(settings_.least_percent,
                                     demand.ideal_percent - excess * (weights - demand.Weight()) / weights);
        const double bytes = static_cast<double>(settings_.window_bursts) * demand.burst_bytes;
        limit.bursts = settings_.window_bursts;
        limit.window_cycles = static_cast<std::int64_t>(
            std::ceil(demand.clock_hz * 100 * bytes / (view.dram_bytes_per_s * util)));
      }
      Throttle& last = limits_[static_cast<std::size_t>(demand.accelerator)];
      if (limit.bursts == last.bursts && limit.window_cycles == last.window_cycles) continue;
      last = limit;
      decision.throttle.push_back(limit);
    }
  }

  IsolatedTimes isolated_;
  MocaSettings settings_;
  std::vector<Throttle> limits_;  // as last commanded, by accelerator
};

}  // namespace

std::unique_ptr<Scheduler> MakeMoca(const SchedulerContext& context) {
  return std::make_unique<Moca>(context);
}

}  // namespace sushi
