// A layer on the simple memory, whose answers are known when a request is made. Kernel tiles of one shape
// soon repeat themselves: then whole periods are passed over at once, exactly (docs/performance.md).
#pragma once

#include <cstdint>

#include "layer_run.hpp"
#include "sushi/dram/simple_memory.hpp"

namespace sushi {

struct EagerMemory {
  explicit EagerMemory(const SimpleDramConfig& config) : timing(config) {}

  SimpleTiming timing;
  Traffic last_kind = Traffic::kWeights;  // of the last request
};

// A DMA engine in front of the simple memory: a transfer's times are known when it is asked for.
class EagerDma {
 public:
  using Ticket = LinkTransfer;

  EagerDma(const HardwareConfig& hw, int ports, int requester, EagerMemory& memory, Counters& counters,
           std::int64_t Counters::*busy)
      : speed_(hw, ports),
        link_(ClockDomain(hw.accel.clock_mhz)),
        clock_(hw.accel.clock_mhz),
        requester_(requester),
        memory_(memory),
        counters_(counters),
        busy_(busy) {}

  Ticket Issue(Traffic kind, Cycles now, const FetchPart& part) {
    return Issue(kind, now, part, false, Cycles(0));
  }
  Ticket Load(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes) {
    return Issue(kind, now, {address, bytes, speed_.TransferCycles(bytes)}, false, Cycles(0));
  }
  Ticket Store(Traffic kind, Cycles now, std::uint64_t address, Bytes bytes, Cycles not_before) {
    return Issue(kind, now, {address, bytes, speed_.TransferCycles(bytes)}, true, not_before);
  }
  LinkTransfer Await(const Ticket& ticket) const { return ticket; }
  void Reset() { link_.Reset(); }

  Cycles free() const { return link_.free(); }
  void Shift(Cycles time) { link_.Shift(time); }

 private:
  Ticket Issue(Traffic kind, Cycles now, const FetchPart& part, bool write, Cycles not_before) {
    const MemoryTiming timing =
        memory_.timing.Serve(clock_.TimeOf(now), {part.address, part.bytes, write, requester_});
    memory_.last_kind = kind;
    CountMemoryAccess(kind, part.bytes, write, timing, counters_);
    counters_.*busy_ += part.link.value();
    return link_.Deliver(timing, part.link, not_before);
  }

  LinkSpeed speed_;
  DmaLink link_;
  ClockDomain clock_;
  int requester_;
  EagerMemory& memory_;
  Counters& counters_;
  std::int64_t Counters::*busy_;
};

// One object runs any number of layers, one after the other.
class PeriodicRun : private EagerMemory, private LayerRun<EagerDma> {
 public:
  explicit PeriodicRun(const HardwareConfig& hw);
  const LayerResult& Run(const LayerPlan& plan, Cycles host);

 private:
  // All that the rest of a stretch depends on, relative to now and to the unit's addresses. What lies in the
  // past counts as now: every rule takes the later of it and something that is not before now.
  using State = std::array<std::int64_t, 14>;
  struct Checkpoint {
    int index = -1;
    State state{};
    std::uint64_t stream = 0;  // address
    Cycles now;
    Counters counters;
    std::int64_t busy_ps = 0;
  };

  State StateAt(const Unit& unit, std::uint64_t stream) const;
  std::uint64_t StreamAddress(const Unit& unit) const;  // of what was asked for last
  int PassPeriods(int index);
  void Shift(Cycles time, std::int64_t bytes, std::int64_t busy_ps);

  ClockDomain clock_;
  LayerPlan::Stretch stretch_;
  Checkpoint checkpoint_;
  bool looking_ = false;  // for a period of the stretch
};

}  // namespace sushi
