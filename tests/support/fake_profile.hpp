// A profile of round numbers, and views of a system at one instant, for schedulers' tests worked out by hand.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sushi/serving/scheduler.hpp"

namespace sushi::test {

inline Picoseconds Us(double us) { return Picoseconds(std::llround(us * 1e6)); }

// Models with a SubNet list each; time(batch) = base·(share + (1 − share)·batch), faster by `saved` of it for
// SubGraph column 1. Energy and bytes are proportional to time unless set.
class FakeProfile : public Profile {
 public:
  struct FakeSubNet {
    std::string name;
    double top1_percent = 70;
    double us = 1000;          // batch of one, nothing cached
    double fixed_share = 0.5;  // of that time, once a batch
    double cached_saves = 0;   // share saved with column 1
    std::int64_t dram_bytes = 1000;
    double energy_uj = 10;
    int layers = 4;  // of equal time and bytes
    std::int64_t macs = 1'000'000;
    Bytes kept{0};
    double compute_share = 1;  // of a layer's time
  };

  // One type, one level, columns empty and "one".
  explicit FakeProfile(std::vector<std::vector<FakeSubNet>> models, int max_batch = 16,
                       std::vector<std::vector<PowerLevel>> levels = {{PowerLevel{}}},
                       std::vector<double> speeds = {})
      : type_speed(std::move(speeds)),
        models_(std::move(models)),
        levels_(std::move(levels)),
        max_batch_(max_batch) {
    for (const auto& subnets : models_) {
      std::vector<std::string> names;
      std::vector<double> top1;
      std::vector<SubGraph> vectors;
      for (const FakeSubNet& subnet : subnets) {
        names.push_back(subnet.name);
        top1.push_back(subnet.top1_percent);
        vectors.push_back(SubGraph{{Rect{1, 1}}});
      }
      std::vector<LatencyTable>& tables = tables_.emplace_back();
      for (std::size_t type = 0; type < levels_.size(); ++type) {
        LatencyTable& table = tables.emplace_back(
            names, top1, vectors,
            std::vector<SubGraphColumn>{{"empty", SubGraph{{Rect{}}}}, {"one", SubGraph{{Rect{1, 1}}}}});
        for (int s = 0; s < table.subnets(); ++s) {
          for (int c = 0; c < 2; ++c) {
            table.Set(s, c,
                      TimeOf({static_cast<int>(tables_.size()) - 1, static_cast<int>(type), 0, s, c, 1}));
          }
        }
      }
    }
  }

  int models() const override { return static_cast<int>(models_.size()); }
  int types() const override { return static_cast<int>(levels_.size()); }
  const std::vector<PowerLevel>& levels(int type) const override {
    return levels_[static_cast<std::size_t>(type)];
  }
  int max_batch() const override { return max_batch_; }
  const LatencyTable& table(int model, int type) const override {
    return tables_[static_cast<std::size_t>(model)][static_cast<std::size_t>(type)];
  }
  std::int64_t Macs(int model, int subnet) const override { return Of(model, subnet).macs; }
  Picoseconds Time(const JobShape& shape) const override { return TimeOf(shape); }
  const JobCost& Cost(const JobShape& shape) const override {
    const auto key =
        std::make_tuple(shape.model, shape.type, shape.level, shape.subnet, shape.cached, shape.batch);
    auto [found, added] = costs_.try_emplace(key);
    JobCost& cost = found->second;
    if (!added) return cost;
    const FakeSubNet& subnet = Of(shape.model, shape.subnet);
    cost.time = TimeOf(shape);
    cost.dram_bytes = subnet.dram_bytes * shape.batch;
    cost.counters.dram_transactions = cost.dram_bytes / burst_bytes;
    cost.energy_pj = subnet.energy_uj * 1e6 * shape.batch * Level(shape).energy_scale;
    Picoseconds left = cost.time;
    for (int i = 0; i < subnet.layers; ++i) {
      const Picoseconds time(left.value() / (subnet.layers - i));
      left -= time;
      LayerCost layer;
      layer.time = time;
      layer.compute = Picoseconds(std::llround(static_cast<double>(time.value()) * subnet.compute_share));
      layer.dram_bytes = cost.dram_bytes / subnet.layers;
      layer.bus = Picoseconds(layer.dram_bytes * bus_ps_per_byte);
      layer.exposed =
          Picoseconds(static_cast<std::int64_t>(exposed_share * static_cast<double>(layer.bus.value())));
      layer.kept = i + 1 == subnet.layers ? Bytes(0) : subnet.kept;
      cost.layers.push_back(layer);
    }
    return cost;
  }
  const JobCost& Swap(int, int, int, SubGraphId from, SubGraphId to) const override {
    JobCost& cost = swaps_[{from, to}];
    cost.time = from == to || to == kEmptySubGraphId ? Picoseconds(0) : swap_time;
    return cost;
  }

  Picoseconds MoveTime(int, int, Bytes bytes) const override {
    return Picoseconds(bytes.value() * bus_ps_per_byte);
  }

  Picoseconds swap_time = Us(100);
  std::int64_t bus_ps_per_byte = 100;
  double exposed_share = 0;  // of the bus time
  std::int64_t burst_bytes = 64;
  std::vector<double> type_speed;  // of each type; empty: all 1

 private:
  const FakeSubNet& Of(int model, int subnet) const {
    return models_[static_cast<std::size_t>(model)][static_cast<std::size_t>(subnet)];
  }
  const PowerLevel& Level(const JobShape& shape) const {
    return levels_[static_cast<std::size_t>(shape.type)][static_cast<std::size_t>(shape.level)];
  }
  Picoseconds TimeOf(const JobShape& shape) const {
    const FakeSubNet& subnet = Of(shape.model, shape.subnet);
    double us = subnet.us * (subnet.fixed_share + (1 - subnet.fixed_share) * shape.batch);
    if (shape.cached == 1) us *= 1 - subnet.cached_saves;
    us *= static_cast<double>(levels_[static_cast<std::size_t>(shape.type)][0].clock_mhz) /
          static_cast<double>(Level(shape).clock_mhz);
    if (!type_speed.empty()) us /= type_speed[static_cast<std::size_t>(shape.type)];
    return Us(us);
  }

  std::vector<std::vector<FakeSubNet>> models_;
  std::vector<std::vector<PowerLevel>> levels_;
  int max_batch_;
  std::vector<std::vector<LatencyTable>> tables_;
  mutable std::map<std::tuple<int, int, int, int, int, int>, JobCost> costs_;
  mutable std::map<std::pair<int, int>, JobCost> swaps_;
};

// A system at one instant.
struct FakeSystem {
  FakeSystem(const Profile& with, int accelerators, int tenants = 1)
      : profile(with),
        states(static_cast<std::size_t>(accelerators)),
        owners(static_cast<std::size_t>(tenants)) {}

  // Waits from `arrival_us`; the deadline counts from there.
  const Request& Add(double arrival_us, double slo_us, int tenant = 0, double accuracy = 0) {
    Request& request = requests.emplace_back();
    request.id = static_cast<std::int64_t>(requests.size()) - 1;
    request.tenant = tenant;
    request.frame = request.id;
    request.arrival = request.frame_start = Us(arrival_us);
    request.deadline = request.arrival + Us(slo_us);
    request.accuracy_min_percent = accuracy;
    auto at = waiting.begin();
    while (at != waiting.end() && (*at)->deadline <= request.deadline) ++at;
    waiting.insert(at, &request);
    return request;
  }
  // Does not wait any more.
  const Request& Take(const Request& request) {
    waiting.erase(std::find(waiting.begin(), waiting.end(), &request));
    return request;
  }
  // A job that runs on an accelerator.
  Job& AddRunning(int accelerator, const std::vector<const Request*>& of, const JobShape& shape,
                  double started_us) {
    Job& job = jobs.emplace_back();
    job.id = static_cast<std::int64_t>(jobs.size()) - 1;
    job.requests = of;
    job.shape = shape;
    job.accelerator = accelerator;
    job.started = job.resumed = Us(started_us);
    states[static_cast<std::size_t>(accelerator)].job = &job;
    return job;
  }
  SystemView At(double us) {
    SystemView view;
    view.now = Us(us);
    view.waiting = &waiting;
    view.paused = &paused;
    view.accelerators = &states;
    view.tenants = &owners;
    view.profile = &profile;
    view.dram_bytes_per_s = 1e10;
    return view;
  }
  Decision Ask(Scheduler& scheduler, double us) {
    Decision decision;
    scheduler.Decide(At(us), decision);
    return decision;
  }
  SchedulerContext Context(const SchedulerSettings& settings = {}) const {
    SchedulerContext context;
    context.profile = &profile;
    context.tenants = &owners;
    for (const AcceleratorState& state : states) context.types.push_back(state.type);
    context.settings = settings;
    return context;
  }

  const Profile& profile;
  std::vector<AcceleratorState> states;
  std::vector<Tenant> owners;
  std::deque<Request> requests;
  std::deque<Job> jobs;
  std::vector<const Request*> waiting;
  std::vector<const Job*> paused;
};

}  // namespace sushi::test
