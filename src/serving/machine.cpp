#include "sushi/serving/machine.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "sushi/accel/fast_accelerator.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// Of its transfers, how many the array waits for: its waiting over the time that the links are busy.
double ExposedShare(const Counters& counters) {
  std::int64_t waits = 0;
  for (const DpeState state :
       {DpeState::kWaitWeights, DpeState::kWaitIActs, DpeState::kWaitOperand, DpeState::kWaitDrain})
    waits += counters.dpe_cycles[state];
  const std::int64_t busy =
      counters.weight_dma_busy_cycles + counters.iact_dma_busy_cycles + counters.oact_dma_busy_cycles;
  return busy == 0 ? 0 : std::min(1.0, static_cast<double>(waits) / static_cast<double>(busy));
}

// Without waiting for data, write-back or the host.
Cycles ComputeCycles(const Counters& counters) {
  return Cycles(counters.dpe_cycles[DpeState::kCompute] + counters.dpe_cycles[DpeState::kFill] +
                counters.dpe_cycles[DpeState::kVectorUnit]);
}

// One way to be: a type of accelerator with a model at a level.
class Variant {
 public:
  Variant(const InferencePlanner& planner, const std::vector<SubGraphColumn>& columns,
          const EnergyTable& energy, double energy_scale, int max_batch)
      : planner_(planner),
        columns_(columns),
        energy_(energy),
        energy_scale_(energy_scale),
        max_batch_(max_batch),
        engine_(planner),
        times_(planner.net().subnets.size() * columns.size() * static_cast<std::size_t>(max_batch), kUnknown),
        costs_(times_.size()),
        swaps_(columns.size() * columns.size()) {}

  Picoseconds Time(const JobShape& shape) {
    std::int64_t& known = times_[IndexOf(shape)];
    if (known == kUnknown) {
      const SubGraph& cached = GraphOf(shape.cached);
      const std::optional<Picoseconds> time = engine_.ServiceOnly(shape.subnet, cached, shape.batch);
      known = (time ? *time : Cost(shape).time).value();
    }
    return Picoseconds(known);
  }

  const JobCost& Cost(const JobShape& shape) {
    std::unique_ptr<JobCost>& known = costs_[IndexOf(shape)];
    if (known == nullptr) known = std::make_unique<JobCost>(Simulate(shape));
    return *known;
  }

  const JobCost& Swap(SubGraphId from, SubGraphId to) {
    std::unique_ptr<JobCost>& known =
        swaps_[static_cast<std::size_t>(from) * columns_.size() + static_cast<std::size_t>(to)];
    if (known != nullptr) return *known;
    known = std::make_unique<JobCost>();
    const SwapResult swap = engine_.Swap(GraphOf(from), GraphOf(to));
    known->time = swap.duration;
    known->counters = swap.total;
    Complete(*known);
    return *known;
  }

 private:
  static constexpr std::int64_t kUnknown = -1;

  std::size_t IndexOf(const JobShape& shape) const {
    const auto subnets = static_cast<int>(planner_.net().subnets.size());
    const auto columns = static_cast<int>(columns_.size());
    const bool valid = shape.subnet >= 0 && shape.subnet < subnets && shape.cached >= 0 &&
                       shape.cached < columns && shape.batch >= 1 && shape.batch <= max_batch_;
    if (!valid) throw InternalError("a profile is asked for a job that there is not");
    return (static_cast<std::size_t>(shape.subnet) * columns_.size() +
            static_cast<std::size_t>(shape.cached)) *
               static_cast<std::size_t>(max_batch_) +
           static_cast<std::size_t>(shape.batch - 1);
  }
  const SubGraph& GraphOf(SubGraphId id) const { return columns_[static_cast<std::size_t>(id)].graph; }

  JobCost Simulate(const JobShape& shape) {
    const InferenceResult result = engine_.Infer(shape.subnet, GraphOf(shape.cached), shape.batch);
    const HardwareConfig& hw = planner_.hw();
    const ClockDomain clock(hw.accel.clock_mhz);
    const std::int64_t jump_ps = hw.dram_model == DramModel::kSimple ? hw.dram.row_jump_ns * 1000 : 0;
    JobCost cost;
    cost.time = result.service;
    cost.counters = result.total;
    cost.layers.reserve(result.layers.size());
    for (std::size_t i = 0; i < result.layers.size(); ++i) {
      const LayerResult& layer = result.layers[i];
      LayerCost& known = cost.layers.emplace_back();
      known.time = clock.TimeOf(layer.cycles);
      known.compute = clock.TimeOf(ComputeCycles(layer.counters));
      known.dram_bytes = layer.counters.TrafficBytes();
      // With others in between, hardly a transaction begins where the one before ended.
      known.bus = Picoseconds(layer.counters.dram_busy_ps + layer.counters.dram_transactions * jump_ps);
      known.exposed = Picoseconds(
          static_cast<std::int64_t>(static_cast<double>(known.bus.value()) * ExposedShare(layer.counters)));
      known.kept = planner_.KeptAfter(shape.subnet, static_cast<int>(i), shape.batch);
    }
    Complete(cost);
    return cost;
  }

  // Refresh and background go on whether a job runs or not: they are the run's, not the job's.
  void Complete(JobCost& cost) const {
    cost.dram_open_clocks = cost.counters.events[Event::kDramOpenClocks];
    for (const Event event : {Event::kDramRefresh, Event::kDramOpenClocks, Event::kDramClosedClocks})
      cost.counters.events[event] = 0;
    cost.dram_bytes = cost.counters.TrafficBytes();
    cost.energy_pj = ScaledEnergyPj(energy_, cost.counters, energy_scale_);
  }

  const InferencePlanner& planner_;
  const std::vector<SubGraphColumn>& columns_;
  const EnergyTable& energy_;
  double energy_scale_;
  int max_batch_;
  FastAccelerator engine_;
  std::vector<std::int64_t> times_;  // SubNets × columns × batches
  std::vector<std::unique_ptr<JobCost>> costs_;
  std::vector<std::unique_ptr<JobCost>> swaps_;  // columns × columns
};

std::size_t At(int index) { return static_cast<std::size_t>(index); }

}  // namespace

double ScaledEnergyPj(const EnergyTable& energy, const Counters& counters, double energy_scale) {
  const EnergyBreakdown parts = EnergyOf(energy, counters, Picoseconds(0));
  const double dram = parts.pj[EnergyComponent::kDram];
  return (parts.TotalPj() - dram) * energy_scale + dram;
}

// The accelerators and their planners, and with them the profile.
class ServingMachine::Impl final : public Profile {
 public:
  explicit Impl(const MachineConfig& config) : config_(config) {
    MakeHardware();
    MakePlanners();
    MakeColumns();
    MakeVariants();
    MakeTables();
  }

  const InferencePlanner& planner(int accelerator, int model, int level) const {
    return *planners_[At(accelerator)][At(model)][At(level)];
  }

  const LayerPlan& Plan(int accelerator, int model, int level, int subnet, int layer, int batch,
                        const SubGraph& cached) {
    const InferencePlanner& from = planner(accelerator, model, level);
    auto& plans = plans_[{accelerator, model, level, subnet, batch}];
    if (plans.empty()) plans.resize(from.subnet(subnet).ops.size());
    std::optional<LayerPlan>& plan = plans[At(layer)];
    if (!plan) {
      plan.emplace(from.PlanOp(subnet, layer, cached, batch));
      return *plan;
    }
    const int of = plan->op().supernet_layer;
    const Rect rect = of == kNone ? Rect{} : cached.rects[At(of)];
    if (rect != plan->cached()) plan->Recache(rect);
    return *plan;
  }

  int models() const override { return static_cast<int>(config_.models.size()); }
  int types() const override { return static_cast<int>(config_.types.size()); }
  const std::vector<PowerLevel>& levels(int type) const override { return config_.types[At(type)].levels; }
  int max_batch() const override { return config_.max_batch; }
  const LatencyTable& table(int model, int type) const override { return tables_[At(model)][At(type)]; }
  std::int64_t Macs(int model, int subnet) const override { return macs_[At(model)][At(subnet)]; }
  Picoseconds Time(const JobShape& shape) const override { return VariantOf(shape).Time(shape); }
  const JobCost& Cost(const JobShape& shape) const override { return VariantOf(shape).Cost(shape); }
  const JobCost& Swap(int model, int type, int level, SubGraphId from, SubGraphId to) const override {
    return variants_[At(model)][At(type)][At(level)]->Swap(from, to);
  }
  Picoseconds MoveTime(int type, int level, Bytes bytes) const override {
    if (bytes == Bytes(0)) return Picoseconds(0);
    const HardwareConfig& hw = hardware_[At(type)][At(level)];
    const Cycles link = LinkSpeed(hw, hw.accel.axi.oact_ports).TransferCycles(bytes);
    return hw.MemoryLatency() + ClockDomain(hw.accel.clock_mhz).TimeOf(link);
  }

 private:
  void MakeHardware() {
    for (const AcceleratorType& type : config_.types) {
      if (type.levels.empty()) throw InternalError("an accelerator without a power level");
      auto& levels = hardware_.emplace_back();
      for (const PowerLevel& level : type.levels) {
        levels.push_back(type.hardware);
        levels.back().accel.clock_mhz = level.clock_mhz;
      }
    }
  }

  // DRAM: model after model, each with its weights once and a region of activations for every accelerator.
  void MakePlanners() {
    planners_.resize(config_.accelerators.size());
    std::uint64_t address = 0;
    for (std::size_t m = 0; m < config_.models.size(); ++m) {
      const SuperNet& net = *config_.models[m];
      PlannerOptions options;
      options.max_batch = config_.max_batch;
      options.instances = static_cast<int>(config_.accelerators.size());
      options.first_address = address;
      for (const AcceleratorType& type : config_.types) {
        options.region_bytes =
            std::max(options.region_bytes, ActivationBytes(type.hardware, net, config_.max_batch));
      }
      for (std::size_t a = 0; a < config_.accelerators.size(); ++a) {
        options.instance = static_cast<int>(a);
        auto& levels = planners_[a].emplace_back();
        for (const HardwareConfig& hw : hardware_[At(config_.accelerators[a])]) {
          levels.push_back(std::make_unique<InferencePlanner>(hw, net, options));
        }
        address = levels.back()->end_address();
      }
      auto& macs = macs_.emplace_back();
      for (const SubNet& subnet : net.subnets) macs.push_back(subnet.Macs());
    }
    CheckMemoryHolds(config_.types[0].hardware, address);
  }

  void MakeColumns() {
    for (int m = 0; m < models(); ++m) {
      auto& types = columns_.emplace_back();
      for (int t = 0; t < this->types(); ++t) types.push_back(config_.columns(m, t));
    }
  }

  void MakeVariants() {
    for (int m = 0; m < models(); ++m) {
      auto& types = variants_.emplace_back();
      for (int t = 0; t < this->types(); ++t) {
        const auto first = std::find(config_.accelerators.begin(), config_.accelerators.end(), t);
        if (first == config_.accelerators.end()) throw InternalError("a type without an accelerator");
        const auto accelerator = static_cast<int>(first - config_.accelerators.begin());
        auto& levels = types.emplace_back();
        for (int l = 0; l < static_cast<int>(this->levels(t).size()); ++l) {
          levels.push_back(std::make_unique<Variant>(planner(accelerator, m, l), columns_[At(m)][At(t)],
                                                     config_.energy, this->levels(t)[At(l)].energy_scale,
                                                     config_.max_batch));
        }
      }
    }
  }

  void MakeTables() {
    for (int m = 0; m < models(); ++m) {
      auto& types = tables_.emplace_back();
      for (int t = 0; t < this->types(); ++t) {
        LatencyTable& table = types.emplace_back(TableOf(m, t));
        for (int s = 0; s < table.subnets(); ++s) {
          for (SubGraphId c = 0; c < table.columns(); ++c)
            table.Set(s, c, variants_[At(m)][At(t)][0]->Time({m, t, 0, s, c, 1}));
        }
      }
    }
  }

  LatencyTable TableOf(int model, int type) const {
    const SuperNet& net = *config_.models[At(model)];
    std::vector<std::string> names;
    std::vector<double> top1;
    std::vector<SubGraph> vectors;
    for (const SubNet& subnet : net.subnets) {
      names.push_back(subnet.name);
      top1.push_back(subnet.top1_percent);
      vectors.push_back(SubGraphOf(net, subnet));
    }
    return {std::move(names), std::move(top1), std::move(vectors), columns_[At(model)][At(type)]};
  }

  Variant& VariantOf(const JobShape& shape) const {
    const bool valid = shape.model >= 0 && shape.model < models() && shape.type >= 0 &&
                       shape.type < types() && shape.level >= 0 &&
                       shape.level < static_cast<int>(levels(shape.type).size());
    if (!valid) throw InternalError("a profile is asked for a machine that there is not");
    return *variants_[At(shape.model)][At(shape.type)][At(shape.level)];
  }

  const MachineConfig& config_;
  std::vector<std::vector<HardwareConfig>> hardware_;  // by type, level
  std::vector<std::vector<std::vector<std::unique_ptr<InferencePlanner>>>>
      planners_;                                                              // accelerator, model, level
  std::vector<std::vector<std::vector<SubGraphColumn>>> columns_;             // model, type
  std::vector<std::vector<std::vector<std::unique_ptr<Variant>>>> variants_;  // model, type, level
  std::vector<std::vector<LatencyTable>> tables_;                             // model, type
  std::vector<std::vector<std::int64_t>> macs_;                               // model, SubNet
  // accelerator, model, level, SubNet, batch
  std::map<std::array<int, 5>, std::vector<std::optional<LayerPlan>>> plans_;
};

ServingMachine::ServingMachine(MachineConfig config)
    : config_(std::move(config)), impl_(std::make_unique<Impl>(config_)) {}
ServingMachine::~ServingMachine() = default;

const Profile& ServingMachine::profile() const { return *impl_; }
const InferencePlanner& ServingMachine::planner(int accelerator, int model, int level) const {
  return impl_->planner(accelerator, model, level);
}
const LayerPlan& ServingMachine::Plan(int accelerator, int model, int level, int subnet, int layer, int batch,
                                      const SubGraph& cached) const {
  return impl_->Plan(accelerator, model, level, subnet, layer, batch, cached);
}

std::int64_t ServingMachine::burst_bytes() const {
  const HardwareConfig& hw = memory_hardware();
  if (hw.dram_model == DramModel::kSimple) return hw.dram.burst_bytes;
  return hw.memory.organization.BurstBytes();
}

double ServingMachine::dram_bytes_per_s() const {
  const HardwareConfig& hw = memory_hardware();
  if (hw.dram_model == DramModel::kSimple) return hw.dram.peak_gbps * 1e9;
  return static_cast<double>(hw.memory.PeakMegabytesPerSecond()) * 1e6;
}

MemoryActivity ServingMachine::ActivityIn(Picoseconds time, std::int64_t open_clocks) const {
  MemoryActivity activity;
  const HardwareConfig& hw = memory_hardware();
  if (hw.dram_model == DramModel::kSimple) return activity;
  const DramDeviceConfig& dram = hw.memory;
  const std::int64_t ranks = std::int64_t{dram.organization.channels} * dram.organization.ranks;
  const std::int64_t clocks = time.value() / dram.timing.tck_ps;
  activity.open_clocks = std::min(open_clocks, ranks * clocks);
  activity.closed_clocks = ranks * clocks - activity.open_clocks;
  activity.refreshes = ranks * (clocks / dram.timing.refi);
  return activity;
}

}  // namespace sushi
