// The bank-level memory: requests of any length become bursts for the channels' controllers. Rules D19–D21 of
// docs/timing-model.md.
#pragma once

#include <cstddef>

#include "sushi/dram/channel.hpp"
#include "sushi/dram/memory.hpp"

namespace sushi {

class BankMemory : public Memory {
 public:
  // `dram` is free of faults (FindDramFault).
  explicit BankMemory(const DramDeviceConfig& dram);

  // UserError when the request lies beyond the memory's capacity.
  RequestId Submit(Picoseconds now, const MemoryRequest& request) override;
  std::optional<Picoseconds> NextEvent() override;
  void AdvanceTo(Picoseconds now, std::vector<MemoryEvent>& events) override;
  MemoryTiming Finish(RequestId request) override;
  void Forget(RequestId /*request*/) override {}  // times are kept for Finish() only
  MemoryActivity Settle(Picoseconds now) override;
  void Quiesce() override;

  // false: every burst is stepped by itself. The results are the same.
  void SetStepping(bool whole_rows);
  // Appends the commands of `channel` from now on; not across Quiesce().
  void LogTo(int channel, std::vector<IssuedCommand>* log);

 private:
  // A request, from when it is submitted until it is done.
  struct Transfer {
    RequestId id = 0;
    MemoryRequest request;
    Picoseconds eligible;  // submitted, and the requester's earlier ones taken
    std::uint64_t first_burst = 0, end_burst = 0;
    std::int64_t left = 0;  // bursts whose data have not been scheduled
    struct Part {
      std::int64_t order = 0, count = 0;
    };
    Part part;                // its reads in the first channel
    std::vector<Part> parts;  // and in the others
    MemoryTiming timing;
    bool started = false, taken = false;

    Part& PartOf(std::size_t channel) { return channel == 0 ? part : parts[channel - 1]; }
  };

  // Everything that changes as time goes on: copied to look ahead.
  struct State {
    std::vector<DramChannel> channels;
    std::vector<Transfer> transfers;  // not yet done, by id
    bool feeding = false;
    RequestId fed = 0;                // whose bursts are being taken
    DramClock free = 0;               // the next one's may be from here on
    DramClock passed = -1;            // up to here all has happened that can; requests start later
    std::vector<MemoryEvent> events;  // yet to be reported
  };

  DramClock EdgeAfter(Picoseconds time) const { return time.value() / dram_.timing.tck_ps + 1; }
  DramClock EdgeAt(Picoseconds time) const { return time.value() / dram_.timing.tck_ps; }
  Picoseconds TimeOf(DramClock clock) const { return Picoseconds(clock * dram_.timing.tck_ps); }

  DramClock NextStart(const State& state, std::size_t& transfer) const;
  bool Advance(State& state, DramClock limit) const;
  void AdvanceAll(State& state, DramClock limit) const;
  void Start(State& state, Transfer& transfer, DramClock at) const;
  DramClock StepLimit(State& state, std::size_t channel, DramClock limit) const;
  std::int64_t LeastLeft(const State& state) const;
  void CheckTaken(State& state) const;
  void Collect(State& state, std::size_t channel) const;
  void Finish(State& state, Transfer& transfer) const;
  State& Ahead();
  void CatchUp(Picoseconds now);
  bool HasPassed(const State& state, Picoseconds now) const;
  void KeepTimings(State& state);

  DramDeviceConfig dram_;
  AddressMap map_;
  State fresh_, now_, ahead_;
  bool looked_ahead_ = false;  // ahead_ is now_ with some of the future
  bool logging_ = false;       // what is looked at ahead is not logged
  bool event_driven_ = false;  // by NextEvent() and AdvanceTo(), not Finish()
  Picoseconds last_now_;
  Picoseconds reported_{-1};  // events up to here have been
  RequestId next_id_ = 0;
  std::vector<std::optional<MemoryTiming>> timings_;  // of requests that are done, for Finish()
  std::vector<std::uint64_t> end_;                    // where each requester's last request ended
};

}  // namespace sushi
