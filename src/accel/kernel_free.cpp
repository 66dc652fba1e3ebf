#include "sushi/accel/kernel_free.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace sushi {
namespace {

// One DMA engine as the shell's: requests in order, answers delivered over the link in that order.
class Dma {
 public:
  Dma(const HardwareConfig& hw, int ports, int requester, Memory& memory, Counters& counters,
      std::int64_t Counters::*busy)
      : speed_(hw, ports),
        link_(ClockDomain(hw.accel.clock_mhz)),
        clock_(hw.accel.clock_mhz),
        requester_(requester),
        memory_(memory),
        counters_(counters),
        busy_(busy) {}

  using Ticket = std::size_t;
  Ticket Issue(Traffic kind, Cycles now, const FetchPart& part) {
    return Issue(kind, now, part, false, Cycles(0));
  }
  Ticket Load(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes) {
    return Issue(kind, now, {address, bytes, speed_.TransferCycles(bytes)}, false, Cycles(0));
  }
  Ticket Store(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes, Cycles not_before) {
    return Issue(kind, now, {address, bytes, speed_.TransferCycles(bytes)}, true, not_before);
  }

  LinkTransfer Await(Ticket ticket) {
    for (; answered_ <= ticket; ++answered_) {
      Job& job = jobs_[answered_];
      const MemoryTiming timing = memory_.Finish(job.id);
      job.link = link_.Deliver(timing, job.part.link, job.not_before);
      CountMemoryAccess(job.kind, job.part.bytes, job.write, timing, counters_);
      counters_.*busy_ += job.part.link.value();
    }
    return jobs_[ticket].link;
  }

 private:
  struct Job {
    RequestId id = 0;
    Traffic kind = Traffic::kWeights;
    FetchPart part;
    bool write = false;
    Cycles not_before;
    LinkTransfer link;
  };

  Ticket Issue(Traffic kind, Cycles now, const FetchPart& part, bool write, Cycles not_before) {
    const RequestId id = memory_.Submit(clock_.TimeOf(now), {part.address, part.bytes, write, requester_});
    jobs_.push_back({id, kind, part, write, not_before, {}});
    return jobs_.size() - 1;
  }

  LinkSpeed speed_;
  DmaLink link_;
  ClockDomain clock_;
  int requester_;
  Memory& memory_;
  Counters& counters_;
  std::int64_t Counters::*busy_;
  std::deque<Job> jobs_;
  std::size_t answered_ = 0;
};

// One layer's run: what the modules keep as state, in the order their events happen. What is awaited lies
// before whatever is issued afterwards, as it must for Memory::Finish().
class LayerRun {
 public:
  LayerRun(const HardwareConfig& hw, const LayerPlan& plan, Memory& memory)
      : hw_(hw),
        plan_(plan),
        memory_(memory),
        weights_(hw, hw.accel.axi.weight_ports, 0, memory, result_.counters,
                 &Counters::weight_dma_busy_cycles),
        iacts_(hw, hw.accel.axi.iact_ports, 1, memory, result_.counters, &Counters::iact_dma_busy_cycles),
        oacts_(hw, hw.accel.axi.oact_ports, 2, memory, result_.counters, &Counters::oact_dma_busy_cycles) {}

  LayerResult Run(Cycles host) {
    memory_.Quiesce();
    result_.counters.dpe_cycles[DpeState::kHost] += host.value();
    Cycles now = host;
    Fetch(0, now);
    for (int index = 0; index < plan_.units(); ++index) now = RunUnit(index, now);
    const Cycles end = std::max(now, OutputFree());
    result_.counters.dpe_cycles[DpeState::kWaitDrain] += (end - now).value();
    result_.cycles = end;
    CountMemoryActivity(memory_.Settle(ClockDomain(hw_.accel.clock_mhz).TimeOf(end)), result_.counters);
    return result_;
  }

 private:
  Cycles RunUnit(int index, Cycles begin) {
    const Unit unit = plan_.UnitAt(index);
    if (index > 0) Fetch(index - 1 + plan_.banks(), begin);
    if (unit.quant_params > Bytes(0)) {
      quant_params_ =
          weights_.Load(Traffic::kQuantParams, begin, plan_.QuantParamAddress(unit), unit.quant_params);
      have_quant_params_ = true;
    }
    Dma::Ticket iacts = 0;
    if (unit.iact_load > Bytes(0))
      iacts = iacts_.Load(Traffic::kIActs, begin, plan_.IActAddress(unit), unit.iact_load);
    if (index == 0 && plan_.banks() == 2) Fetch(1, begin);

    UnitInputs inputs{begin, Cycles(0), Cycles(0)};
    if (unit.starts_kernel_tile) inputs.ob_free = OutputFree();
    if (unit.iact_load > Bytes(0)) inputs.iacts_ready = iacts_.Await(iacts).done;
    const Cycles start = UnitStart(inputs);
    const UnitFetch fetch = AwaitFetch();
    const Cycles compute_finish = ComputeFinish(unit, start, fetch, hw_.accel.db_ping_pong);
    Cycles finish = compute_finish;
    Dma::Ticket residual = 0;
    if (unit.residual > Bytes(0)) {
      residual = iacts_.Load(Traffic::kResiduals, std::max(start, FetchDone(fetch)),
                             plan_.ResidualAddress(unit), unit.residual);
    }
    if (unit.drains && have_quant_params_)
      finish = WithOperands(unit, finish, weights_.Await(quant_params_).done);
    if (unit.residual > Bytes(0)) finish = WithOperands(unit, finish, iacts_.Await(residual).done);
    plan_.CountUnit(unit, result_.counters);
    CountDpeCycles(plan_, unit, inputs, start, compute_finish, finish, result_.counters);
    if (unit.drain > Bytes(0)) {
      write_back_ = oacts_.Store(Traffic::kOActs, DrainBegin(unit, finish), plan_.OActAddress(unit),
                                 unit.drain, finish);
      wrote_back_ = true;
    }
    return finish;
  }

  void Fetch(int index, Cycles now) {
    if (index >= plan_.units()) return;
    FetchPartsOf(plan_, plan_.UnitAt(index), hw_.granularity, parts_);
    std::vector<Dma::Ticket> fetch;
    for (const FetchPart& part : parts_) fetch.push_back(weights_.Issue(Traffic::kWeights, now, part));
    fetched_.push_back(std::move(fetch));
  }

  UnitFetch AwaitFetch() {
    UnitFetch fetch;
    for (const Dma::Ticket ticket : fetched_.front()) fetch.push_back(weights_.Await(ticket));
    fetched_.pop_front();
    return fetch;
  }

  // When the Output Buffer has been drained of the previous kernel tile.
  Cycles OutputFree() { return wrote_back_ ? oacts_.Await(write_back_).done : Cycles(0); }

  const HardwareConfig& hw_;
  const LayerPlan& plan_;
  Memory& memory_;
  LayerResult result_;
  Dma weights_, iacts_, oacts_;
  std::deque<std::vector<Dma::Ticket>> fetched_;
  std::vector<FetchPart> parts_;
  Dma::Ticket quant_params_ = 0, write_back_ = 0;
  bool have_quant_params_ = false, wrote_back_ = false;
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
  const HardwareConfig& hw = planner_.hw();
  const ClockDomain clock(hw.accel.clock_mhz);
  SwapResult result;
  memory_->Quiesce();
  Dma weights(hw, hw.accel.axi.weight_ports, 0, *memory_, result.total, &Counters::weight_dma_busy_cycles);
  Dma::Ticket last = 0;
  const std::vector<SwapPart> parts = planner_.PlanSwap(from, to);
  for (const SwapPart& part : parts) {
    last = weights.Issue(Traffic::kSwap, Cycles(0), part);
    result.total.events[Event::kPbWrite] += part.bytes.value();
  }
  if (!parts.empty()) result.cycles = weights.Await(last).done;
  result.duration = clock.TimeOf(result.cycles);
  CountMemoryActivity(memory_->Settle(result.duration), result.total);
  return result;
}

}  // namespace sushi
