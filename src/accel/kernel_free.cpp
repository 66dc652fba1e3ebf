#include "sushi/accel/kernel_free.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace sushi {
namespace {

// One layer's run: what the modules keep as state, in the order their events happen. Requests reach the
// memory in non-decreasing time because a unit's write-back begins before the unit finishes, and the next
// prefetch is only issued when it has.
class LayerRun {
 public:
  LayerRun(const HardwareConfig& hw, const LayerPlan& plan, Memory& memory)
      : hw_(hw),
        plan_(plan),
        memory_(memory),
        clock_(hw.accel.clock_mhz),
        iact_speed_(hw, hw.accel.axi.iact_ports),
        oact_speed_(hw, hw.accel.axi.oact_ports),
        weight_speed_(hw, hw.accel.axi.weight_ports),
        weight_link_(clock_),
        iact_link_(clock_),
        oact_link_(clock_) {}

  LayerResult Run(Cycles host) {
    memory_.Quiesce();
    result_.counters.dpe_cycles[DpeState::kHost] += host.value();
    Cycles now = host;
    Fetch(0, now);
    for (int index = 0; index < plan_.units(); ++index) now = RunUnit(index, now);
    const Cycles end = std::max(now, ob_free_);
    result_.counters.dpe_cycles[DpeState::kWaitDrain] += (end - now).value();
    result_.cycles = end;
    return result_;
  }

 private:
  Cycles RunUnit(int index, Cycles begin) {
    const Unit unit = plan_.UnitAt(index);
    if (index > 0) Fetch(index - 1 + plan_.banks(), begin);
    if (unit.quant_params > Bytes(0)) {
      quant_ready_ = Load(Traffic::kQuantParams, begin, plan_.QuantParamAddress(unit), unit.quant_params);
    }
    Cycles iacts_ready;
    if (unit.iact_load > Bytes(0)) {
      iacts_ready = Load(Traffic::kIActs, begin, plan_.IActAddress(unit), unit.iact_load);
    }
    if (index == 0 && plan_.banks() == 2) Fetch(1, begin);

    const UnitInputs inputs{begin, unit.starts_kernel_tile ? ob_free_ : Cycles(0), iacts_ready};
    const Cycles start = UnitStart(inputs);
    const UnitFetch fetch = std::move(fetched_.front());
    fetched_.pop_front();
    const Cycles compute_finish = ComputeFinish(unit, start, fetch, hw_.accel.db_ping_pong);
    Cycles finish = compute_finish;
    if (unit.drains) finish = WithOperands(unit, finish, quant_ready_);
    if (unit.residual > Bytes(0)) {
      const Cycles issue = std::max(start, FetchDone(fetch));
      finish = WithOperands(unit, finish,
                            Load(Traffic::kResiduals, issue, plan_.ResidualAddress(unit), unit.residual));
    }
    plan_.CountUnit(unit, result_.counters);
    CountDpeCycles(plan_, unit, inputs, start, compute_finish, finish, result_.counters);
    if (unit.drain > Bytes(0)) Drain(unit, finish);
    return finish;
  }

  void Fetch(int index, Cycles now) {
    if (index >= plan_.units()) return;
    const Unit unit = plan_.UnitAt(index);
    FetchPartsOf(plan_, unit, hw_.granularity, parts_);
    UnitFetch fetch;
    for (const FetchPart& part : parts_) {
      const MemoryTiming timing = Access(Traffic::kWeights, now, part.address, part.bytes, false);
      result_.counters.weight_dma_busy_cycles += part.link.value();
      fetch.push_back(weight_link_.Deliver(timing, part.link));
    }
    fetched_.push_back(std::move(fetch));
  }

  // Quantisation parameters come over the weight DMA, iActs and residuals over the iAct DMA.
  Cycles Load(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes) {
    const MemoryTiming timing = Access(kind, now, address, bytes, false);
    const bool quant = kind == Traffic::kQuantParams;
    const Cycles link = (quant ? weight_speed_ : iact_speed_).TransferCycles(bytes);
    (quant ? result_.counters.weight_dma_busy_cycles : result_.counters.iact_dma_busy_cycles) += link.value();
    return (quant ? weight_link_ : iact_link_).Deliver(timing, link).done;
  }

  void Drain(const Unit& unit, Cycles finish) {
    const Cycles issue = DrainBegin(unit, finish);
    const MemoryTiming timing = Access(Traffic::kOActs, issue, plan_.OActAddress(unit), unit.drain, true);
    const Cycles link = oact_speed_.TransferCycles(unit.drain);
    result_.counters.oact_dma_busy_cycles += link.value();
    ob_free_ = oact_link_.Deliver(timing, link, finish).done;
  }

  MemoryTiming Access(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes, bool write) {
    const MemoryTiming timing = memory_.Accept(clock_.TimeOf(now), {address, bytes, write});
    CountMemoryAccess(kind, bytes, write, timing, result_.counters);
    return timing;
  }

  const HardwareConfig& hw_;
  const LayerPlan& plan_;
  Memory& memory_;
  ClockDomain clock_;
  LinkSpeed iact_speed_, oact_speed_, weight_speed_;
  DmaLink weight_link_, iact_link_, oact_link_;
  std::deque<UnitFetch> fetched_;
  std::vector<FetchPart> parts_;
  Cycles quant_ready_, ob_free_;
  LayerResult result_;
};

}  // namespace

KernelFreeAccelerator::KernelFreeAccelerator(const InferencePlanner& planner, std::unique_ptr<Memory> memory)
    : planner_(planner), memory_(std::move(memory)) {}

LayerResult KernelFreeAccelerator::RunLayer(const LayerPlan& plan, Cycles host) {
  return LayerRun(planner_.hw(), plan, *memory_).Run(host);
}

InferenceResult KernelFreeAccelerator::Infer(int subnet, const SubGraph& cached) {
  planner_.CheckFits(cached);
  const ClockDomain clock(planner_.hw().accel.clock_mhz);
  const Cycles host = planner_.HostCycles(planner_.hw().host.layer_call_us);
  InferenceResult result;
  const int ops = static_cast<int>(planner_.subnet(subnet).ops.size());
  for (int op = 0; op < ops; ++op)
    AddLayer(RunLayer(planner_.PlanOp(subnet, op, cached), host), clock, result);
  return result;
}

LayerResult KernelFreeAccelerator::RunAlone(int subnet, int op, Cycles host) {
  return RunLayer(planner_.PlanAlone(subnet, op), host);
}

SwapResult KernelFreeAccelerator::Swap(const SubGraph& from, const SubGraph& to) {
  planner_.CheckFits(to);
  const ClockDomain clock(planner_.hw().accel.clock_mhz);
  SwapResult result;
  DmaLink link(clock);
  memory_->Quiesce();
  for (const FetchPart& part : planner_.PlanSwap(from, to)) {
    const MemoryTiming timing = memory_->Accept(Picoseconds(0), {part.address, part.bytes, false});
    CountMemoryAccess(Traffic::kSwap, part.bytes, false, timing, result.total);
    result.total.events[Event::kPbWrite] += part.bytes.value();
    result.total.weight_dma_busy_cycles += part.link.value();
    result.cycles = link.Deliver(timing, part.link).done;
  }
  result.duration = clock.TimeOf(result.cycles);
  return result;
}

}  // namespace sushi
