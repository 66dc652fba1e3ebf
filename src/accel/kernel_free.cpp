#include "sushi/accel/kernel_free.hpp"

#include <array>
#include <deque>
#include <utility>
#include <vector>

#include "layer_run.hpp"

namespace sushi {
namespace {

struct Book {
  Counters counters;

  void AddUnit(const LayerPlan& plan, const Unit& unit, const UnitWaits& waits) {
    plan.CountUnit(unit, counters);
    CountWaits(waits, counters);
  }
  void AddLastDrain(Cycles wait) { counters.dpe_cycles[DpeState::kWaitDrain] += wait.value(); }
};

constexpr std::array kBusyCycles = {&Counters::weight_dma_busy_cycles, &Counters::iact_dma_busy_cycles,
                                    &Counters::oact_dma_busy_cycles};  // by requester

// One DMA engine as the shell's: requests in order, answers delivered over the link in that order.
class Dma {
 public:
  Dma(const HardwareConfig& hw, int ports, int requester, Memory& memory, Book& book)
      : speed_(hw, ports),
        link_(ClockDomain(hw.accel.clock_mhz)),
        clock_(hw.accel.clock_mhz),
        granularity_(hw.granularity),
        requester_(requester),
        memory_(memory),
        counters_(book.counters) {}

  using Ticket = std::size_t;
  using Fetched = std::vector<Ticket>;

  Ticket Issue(Traffic kind, Cycles now, const FetchPart& part) {
    return Issue(kind, now, part, false, Cycles(0));
  }
  void Fetch(const LayerPlan& plan, const Unit& unit, Cycles now, Fetched& fetched) {
    FetchPartsOf(plan, unit, granularity_, parts_);
    fetched.clear();
    fetched.reserve(parts_.size());
    for (const FetchPart& part : parts_) fetched.push_back(Issue(Traffic::kWeights, now, part));
  }
  const UnitFetch& AwaitFetch(const Fetched& fetched) {
    arrived_.clear();
    arrived_.reserve(fetched.size());
    for (const Ticket ticket : fetched) arrived_.push_back(Await(ticket));
    return arrived_;
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
      counters_.*kBusyCycles[static_cast<std::size_t>(requester_)] += job.part.link.value();
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
  Granularity granularity_;
  int requester_;
  Memory& memory_;
  Counters& counters_;
  std::vector<FetchPart> parts_;
  UnitFetch arrived_;
  std::deque<Job> jobs_;
  std::size_t answered_ = 0;
};

}  // namespace

KernelFreeAccelerator::KernelFreeAccelerator(const InferencePlanner& planner, std::unique_ptr<Memory> memory)
    : planner_(planner), memory_(std::move(memory)) {}

LayerResult KernelFreeAccelerator::RunLayer(const LayerPlan& plan, Cycles host) {
  memory_->Quiesce();
  LayerRun<Dma, Book> run(planner_.hw(), *memory_);
  run.Begin(plan, host);
  for (int index = 0; index < plan.units(); ++index) run.RunUnit(index);
  LayerResult result;
  result.counters = run.Finish().counters;
  result.counters.dpe_cycles[DpeState::kHost] += host.value();
  result.cycles = run.now();
  const ClockDomain clock(planner_.hw().accel.clock_mhz);
  CountMemoryActivity(memory_->Settle(clock.TimeOf(result.cycles)), result.counters);
  return result;
}

InferenceResult KernelFreeAccelerator::Infer(int subnet, const SubGraph& cached, int batch) {
  planner_.CheckFits(cached);
  const ClockDomain clock(planner_.hw().accel.clock_mhz);
  const Cycles host = planner_.HostCycles(planner_.hw().host.layer_call_us);
  InferenceResult result;
  const int ops = static_cast<int>(planner_.subnet(subnet).ops.size());
  for (int op = 0; op < ops; ++op)
    AddLayer(RunLayer(planner_.PlanOp(subnet, op, cached, batch), host), clock, result);
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
  Book book;
  Dma weights(hw, hw.accel.axi.weight_ports, 0, *memory_, book);
  Dma::Ticket last = 0;
  const std::vector<SwapPart> parts = planner_.PlanSwap(from, to);
  for (const SwapPart& part : parts) {
    last = weights.Issue(Traffic::kSwap, Cycles(0), part);
    book.counters.events[Event::kPbWrite] += part.bytes.value();
  }
  if (!parts.empty()) result.cycles = weights.Await(last).done;
  result.total = book.counters;
  result.duration = clock.TimeOf(result.cycles);
  CountMemoryActivity(memory_->Settle(result.duration), result.total);
  return result;
}

}  // namespace sushi
