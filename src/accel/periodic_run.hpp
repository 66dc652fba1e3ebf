// Layers and swaps on the simple memory, whose answers are known when a request is made. Kernel tiles of one
// shape soon repeat themselves: then whole periods are passed over at once, exactly (docs/performance.md).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "layer_run.hpp"
#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/layer_costs.hpp"
#include "sushi/dram/simple_memory.hpp"

namespace sushi {

struct EagerMemory {
  explicit EagerMemory(const SimpleDramConfig& config) : timing(config) {}

  SimpleTiming timing;
  Traffic last_kind = Traffic::kWeights;  // of the last request
};

// Only what depends on when things happen: the rest is LayerPlan::CountLayer().
struct TimedBook {
  TimedSums sums;

  void AddUnit(const LayerPlan& /*plan*/, const Unit& /*unit*/, const UnitWaits& waits) {
    sums[TimedSum::kWaitDrain] += waits.drain.value();
    sums[TimedSum::kWaitIActs] += waits.iacts.value();
    sums[TimedSum::kWaitWeights] += waits.weights.value();
    sums[TimedSum::kWaitOperand] += waits.operand.value();
  }
  void AddLastDrain(Cycles wait) { sums[TimedSum::kWaitDrain] += wait.value(); }
};

// A DMA engine in front of the simple memory: a transfer's times are known when it is asked for. `Weights` of
// a unit are a LinkTransfer or a UnitFetch, as Granularity says.
template <typename Weights>
class EagerDma {
 public:
  using Ticket = LinkTransfer;
  using Fetched = Weights;

  EagerDma(const HardwareConfig& hw, int ports, int requester, EagerMemory& memory, TimedBook& book)
      : speed_(hw, ports),
        link_(ClockDomain(hw.accel.clock_mhz)),
        clock_(hw.accel.clock_mhz),
        requester_(requester),
        memory_(memory),
        sums_(book.sums) {}

  void Fetch(const LayerPlan& plan, const Unit& unit, Cycles now, LinkTransfer& fetched) {
    fetched = unit.fetch == Bytes(0)
                  ? LinkTransfer{}
                  : Send(Traffic::kWeights, now, {plan.WeightAddress(unit), unit.fetch, unit.shape->link});
  }
  void Fetch(const LayerPlan& plan, const Unit& unit, Cycles now, UnitFetch& fetched) {
    FetchPartsOf(plan, unit, Granularity::kChannelTile, parts_);
    fetched.clear();
    fetched.reserve(parts_.size());
    for (const FetchPart& part : parts_) fetched.push_back(Send(Traffic::kWeights, now, part));
  }
  Ticket Send(Traffic kind, Cycles now, const FetchPart& part) {
    return Issue(kind, now, part.address, part.bytes, part.link, false, Cycles(0));
  }
  const Fetched& AwaitFetch(const Fetched& fetched) const { return fetched; }
  Ticket Load(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes) {
    return Issue(kind, now, address, bytes, speed_.TransferCycles(bytes), false, Cycles(0));
  }
  Ticket Store(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes, Cycles not_before) {
    return Issue(kind, now, address, bytes, speed_.TransferCycles(bytes), true, not_before);
  }
  const LinkTransfer& Await(const Ticket& ticket) const { return ticket; }
  void Reset() { link_.Reset(); }

  Cycles free() const { return link_.free(); }
  void Shift(Cycles time) { link_.Shift(time); }

 private:
  Ticket Issue(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes, Cycles link, bool write,
               Cycles not_before) {
    const MemoryTiming timing = memory_.timing.Serve(clock_.TimeOf(now), {address, bytes, write, requester_});
    memory_.last_kind = kind;
    ++sums_[TimedSum::kRequests];
    sums_[write ? TimedSum::kWritten : TimedSum::kRead] += timing.moved.value();
    sums_.values[static_cast<std::size_t>(TimedSum::kWeightLink) + static_cast<std::size_t>(requester_)] +=
        link.value();
    return link_.Deliver(timing, link, not_before);
  }

  LinkSpeed speed_;
  DmaLink link_;
  ClockDomain clock_;
  int requester_;
  EagerMemory& memory_;
  TimedSums& sums_;
  std::vector<FetchPart> parts_;
};

// One object runs any number of layers, one after the other. This one every unit of them.
template <typename Weights>
class EagerRun : protected EagerMemory, protected LayerRun<EagerDma<Weights>, TimedBook> {
 public:
  explicit EagerRun(const HardwareConfig& hw)
      : EagerMemory(hw.dram), LayerRun<EagerDma<Weights>, TimedBook>(hw, static_cast<EagerMemory&>(*this)) {}

  LayerTimes Run(const LayerPlan& plan, Cycles host) {
    timing.Reset();
    this->Begin(plan, host);
    for (int index = 0; index < plan.units(); ++index) this->RunUnit(index);
    return Times();
  }

 protected:
  LayerTimes Times() {
    LayerTimes times;
    times.sums = this->Finish().sums;
    times.sums[TimedSum::kDramBusy] = timing.busy_ps();
    times.cycles = this->now();
    return times;
  }
};

// And this one passes over periods.
class PeriodicRun : private EagerRun<LinkTransfer> {
 public:
  explicit PeriodicRun(const HardwareConfig& hw);
  LayerTimes Run(const LayerPlan& plan, Cycles host);
  SwapResult Swap(const std::vector<SwapPart>& parts);

 private:
  // All that the rest of a stretch depends on, relative to now and to the unit's addresses, besides where in
  // a burst these lie. What lies in the past counts as now: every rule takes the later of it and something
  // that is not before now.
  using State = std::array<std::int64_t, 11>;
  struct Checkpoint {
    int index = -1;
    State state{};
    std::uint64_t stream = 0;  // address
    Cycles now;
    TimedSums sums;
    std::int64_t busy_ps = 0;
  };

  Unit Next(int index) const;  // the unit about to run
  void BeginStretch(const Unit& unit);
  int TilesUntilAligned(const Unit& unit) const;
  State StateAt(std::uint64_t stream) const;
  std::uint64_t StreamAddress(const Unit& unit) const;  // of what was asked for last
  int PassPeriods(int index);
  void Shift(Cycles time, std::int64_t bytes, std::int64_t busy_ps);

  ClockDomain clock_;
  LayerPlan::Stretch stretch_;
  Checkpoint checkpoint_;
  int look_at_ = -1;       // the next unit at which to look for a period of the stretch, if any
  int aligned_units_ = 1;  // from there to the one after it
};

}  // namespace sushi
