#include "sushi/accel/kernel_free.hpp"

#include <deque>
#include <utility>

#include "layer_run.hpp"

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

  void Reset() {
    jobs_.clear();
    answered_ = 0;
    link_.Reset();
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

}  // namespace

KernelFreeAccelerator::KernelFreeAccelerator(const InferencePlanner& planner, std::unique_ptr<Memory> memory)
    : planner_(planner), memory_(std::move(memory)) {}

LayerResult KernelFreeAccelerator::RunLayer(const LayerPlan& plan, Cycles host) {
  memory_->Quiesce();
  LayerRun<Dma> run(planner_.hw(), *memory_);
  run.Begin(plan, host);
  for (int index = 0; index < plan.units(); ++index) run.RunUnit(index);
  LayerResult& result = run.Finish();
  const ClockDomain clock(planner_.hw().accel.clock_mhz);
  CountMemoryActivity(memory_->Settle(clock.TimeOf(result.cycles)), result.counters);
  return result;
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
