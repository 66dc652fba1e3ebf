#include "sushi/accel/fast_accelerator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "periodic_run.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/dram/make_memory.hpp"

namespace sushi {
namespace {

// Everything of an op, its placement and its addresses that its cost on the simple memory depends on, but for
// the cached rectangle. Addresses count by where in a burst they lie: regions do not touch.
std::vector<std::int64_t> CostKey(const InferencePlanner& planner, int subnet, int index,
                                  const LayerPlan& plan) {
  const Op& op = plan.op();
  const OpPlacement& place = plan.placement();
  const LayerAddresses& at = plan.addresses();
  const std::int64_t burst = planner.hw().dram.burst_bytes;
  const bool shared = planner.hw().dram_model == DramModel::kSimple && !plan.RegionsTouch();
  std::vector<std::int64_t> key{
      shared ? -1 : subnet,
      shared ? -1 : index,
      static_cast<std::int64_t>(op.kind),
      op.depthwise,
      op.residual != kNone,
      op.kernels,
      op.channels,
      op.kernel_h,
      op.kernel_w,
      op.in_h,
      op.in_w,
      op.OutH(),
      op.OutW(),
      op.pad_h,
      op.pad_w,
      op.stride_h,
      op.stride_w,
      place.input_on_chip,
      place.output_on_chip,
      place.residual_on_chip,
      place.strip_out_rows,
      place.batch,
      place.strip_elements,
      plan.max_kernels(),
      plan.max_channels(),
      op.supernet_layer != kNone &&
          planner.net().layers[static_cast<std::size_t>(op.supernet_layer)].centre_crop};
  for (const std::uint64_t address : {at.weights, at.quant_params, at.input, at.output, at.residual})
    key.push_back(static_cast<std::int64_t>(address % static_cast<std::uint64_t>(burst)));
  return key;
}

// What of the PB's rectangle the op uses: more than that changes nothing.
Rect UsedOf(const SuperNet& net, const Op& op, const SubGraph& cached) {
  if (op.supernet_layer == kNone) return {};
  const auto layer = static_cast<std::size_t>(op.supernet_layer);
  const Rect rect = cached.rects[layer], needed = RectOf(net.layers[layer], op);
  const Rect used{std::min(rect.kernels, needed.kernels), std::min(rect.channels, needed.channels)};
  return used.kernels == 0 || used.channels == 0 ? Rect{} : used;
}

}  // namespace

struct FastAccelerator::Engine {
  explicit Engine(const InferencePlanner& planner)
      : simple(planner.hw().dram_model == DramModel::kSimple),
        whole_units(planner.hw().granularity == Granularity::kKernelTile),
        units(planner.hw()),
        tiles(planner.hw()),
        other(planner, MakeMemory(planner.hw())) {}

  LayerTimes Run(const LayerPlan& plan, Cycles host) {
    return whole_units ? units.Run(plan, host) : tiles.Run(plan, host);
  }

  bool simple, whole_units;
  PeriodicRun units;
  EagerRun<UnitFetch> tiles;
  KernelFreeAccelerator other;  // any other memory
};

FastAccelerator::FastAccelerator(const InferencePlanner& planner, std::shared_ptr<LayerCosts> costs)
    : planner_(planner),
      engine_(std::make_unique<Engine>(planner)),
      host_(planner.HostCycles(planner.hw().host.layer_call_us)),
      costs_(std::move(costs)) {
  FindKinds(1);
}

void FastAccelerator::FindKinds(int batch) {
  LayerCosts& costs = *costs_;
  const auto index = static_cast<std::size_t>(batch - 1);
  if (index < costs.kind_of.size() && !costs.kind_of[index].empty()) return;
  LayerCosts::KindsOfOps found;
  found.reserve(planner_.net().subnets.size());
  const SubGraph nothing = EmptySubGraph(planner_.net());
  for (int s = 0; s < static_cast<int>(planner_.net().subnets.size()); ++s) {
    std::vector<int>& kind_of = found.emplace_back();
    for (int i = 0; i < static_cast<int>(planner_.subnet(s).ops.size()); ++i) {
      LayerPlan plan = planner_.PlanOp(s, i, nothing, batch);
      const auto [kind, added] =
          costs.kind_with.emplace(CostKey(planner_, s, i, plan), static_cast<int>(costs.kinds.size()));
      if (added) costs.kinds.emplace_back(std::move(plan));
      kind_of.push_back(kind->second);
    }
  }
  if (index >= costs.kind_of.size()) costs.kind_of.resize(index + 1);
  costs.kind_of[index] = std::move(found);
}

FastAccelerator::~FastAccelerator() = default;

// What only time decides of a layer, and the rest.
LayerResult FastAccelerator::Assemble(const LayerPlan& plan, Cycles host, const LayerTimes& times) {
  LayerResult result;
  result.cycles = times.cycles;
  Counters& counters = result.counters;
  plan.CountLayer(counters);
  const TimedSums& sums = times.sums;
  counters.dpe_cycles[DpeState::kHost] += host.value();
  counters.dpe_cycles[DpeState::kWaitDrain] += sums[TimedSum::kWaitDrain];
  counters.dpe_cycles[DpeState::kWaitIActs] += sums[TimedSum::kWaitIActs];
  counters.dpe_cycles[DpeState::kWaitWeights] += sums[TimedSum::kWaitWeights];
  counters.dpe_cycles[DpeState::kWaitOperand] += sums[TimedSum::kWaitOperand];
  counters.dram_transactions += sums[TimedSum::kRequests];
  counters.events[Event::kDramRead] += sums[TimedSum::kRead];
  counters.events[Event::kDramWrite] += sums[TimedSum::kWritten];
  counters.weight_dma_busy_cycles += sums[TimedSum::kWeightLink];
  counters.iact_dma_busy_cycles += sums[TimedSum::kIActLink];
  counters.oact_dma_busy_cycles += sums[TimedSum::kOActLink];
  counters.dram_busy_ps += sums[TimedSum::kDramBusy];
  return result;
}

LayerCosts::Kind& FastAccelerator::KindOf(int subnet, int op, int batch) {
  const LayerCosts::KindsOfOps& kind_of = costs_->kind_of[static_cast<std::size_t>(batch - 1)];
  return costs_->kinds[static_cast<std::size_t>(
      kind_of[static_cast<std::size_t>(subnet)][static_cast<std::size_t>(op)])];
}

LayerCosts::Known& FastAccelerator::LayerOf(LayerCosts::Kind& kind, Rect used) {
  const std::uint64_t key = LayerCosts::Key(used);
  if (kind.last != nullptr && kind.last_key == key) return *kind.last;
  auto found = kind.known.find(key);
  if (found == kind.known.end()) {
    LayerCosts::Known known;
    kind.plan.Recache(used);
    if (engine_->simple) {
      known.times = engine_->Run(kind.plan, host_);
    } else {
      known.result = std::make_unique<LayerResult>(engine_->other.RunLayer(kind.plan, host_));
      known.times.cycles = known.result->cycles;
    }
    found = kind.known.emplace(key, std::move(known)).first;
    ++costs_->results;
  }
  kind.last = &found->second;
  kind.last_key = key;
  return found->second;
}

const LayerResult& FastAccelerator::ResultOf(int subnet, int op, const SubGraph& cached, int batch) {
  LayerCosts::Kind& kind = KindOf(subnet, op, batch);
  const Rect used = UsedOf(planner_.net(), planner_.subnet(subnet).ops[static_cast<std::size_t>(op)], cached);
  LayerCosts::Known& known = LayerOf(kind, used);
  if (known.result == nullptr) {
    kind.plan.Recache(used);
    known.result = std::make_unique<LayerResult>(Assemble(kind.plan, host_, known.times));
  }
  return *known.result;
}

InferenceResult FastAccelerator::Infer(int subnet, const SubGraph& cached, int batch) {
  planner_.CheckFits(cached);
  FindKinds(batch);
  const ClockDomain clock(planner_.hw().accel.clock_mhz);
  InferenceResult result;
  const int ops = static_cast<int>(planner_.subnet(subnet).ops.size());
  result.layers.reserve(static_cast<std::size_t>(ops));
  for (int op = 0; op < ops; ++op) AddLayer(ResultOf(subnet, op, cached, batch), clock, result);
  return result;
}

std::optional<Picoseconds> FastAccelerator::ServiceOnly(int subnet, const SubGraph& cached, int batch) {
  planner_.CheckFits(cached);
  FindKinds(batch);
  const ClockDomain clock(planner_.hw().accel.clock_mhz);
  Picoseconds service;
  const std::vector<Op>& ops = planner_.subnet(subnet).ops;
  for (std::size_t op = 0; op < ops.size(); ++op) {
    const Rect used = UsedOf(planner_.net(), ops[op], cached);
    service += clock.TimeOf(LayerOf(KindOf(subnet, static_cast<int>(op), batch), used).times.cycles);
  }
  return service;
}

LayerResult FastAccelerator::RunAlone(int subnet, int op, Cycles host) {
  const LayerPlan plan = planner_.PlanAlone(subnet, op);
  if (!engine_->simple) return engine_->other.RunLayer(plan, host);
  return Assemble(plan, host, engine_->Run(plan, host));
}

SwapResult FastAccelerator::Swap(const SubGraph& from, const SubGraph& to) {
  if (!engine_->simple) return engine_->other.Swap(from, to);
  planner_.CheckFits(to);
  return engine_->units.Swap(planner_.PlanSwap(from, to));
}

}  // namespace sushi
