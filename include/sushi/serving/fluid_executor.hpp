// The approximate engine: layers as they are alone, slowed down when together they want more of the DRAM's
// bandwidth than there is. Equations A1–A5 of docs/serving.md.
#pragma once

#include <memory>
#include <vector>

#include "sushi/serving/executor.hpp"

namespace sushi {

// A1  a layer alone takes t and keeps the DRAM's bus busy for m; u = m / t.
// A2  the bus is shared max-min fairly: those that want no more than an equal share of what is left get what
//     they want. Share s ≤ u of the bus is speed s / u.
// A3  a throttle of b bursts of B bytes in w cycles: a phase of n bytes has at least the time n·w / (b·B·f).
// A4  swaps, saves and restores are phases of their own, bound by the bus: u = m / t of the transfer.
// A5  who gets the share that it wants still queues: transfers that the array waits for (e of the bus time)
// find
//     the bus busy with others, whose shares sum to ρ. A layer takes t + e·ρ / (2·(1 − ρ)), as with one
//     server and transactions of equal length (M/D/1), and at most as if ρ were 0.9.
class FluidExecutor : public SteppedExecutor {
 public:
  struct Setup {
    const Profile* profile = nullptr;
    std::vector<int> types;  // of the accelerators
    std::int64_t burst_bytes = 64;
    double dram_bytes_per_s = 0;
    bool layer_events = false;  // kLayer is reported
  };
  explicit FluidExecutor(const Setup& setup);

  void Begin(Picoseconds now, int accelerator, const Run& run) override;
  void StopAtLayer(Picoseconds now, int accelerator) override;
  void SetThrottle(Picoseconds now, int accelerator, std::int64_t bursts,
                   std::int64_t window_cycles) override;
  std::optional<Picoseconds> NextEvent() const override;
  void AdvanceTo(Picoseconds now, std::vector<RunEvent>& events) override;

  // Time that phases took beyond what they take alone, by accelerator: waiting for a shared DRAM.
  const std::vector<std::int64_t>& stall_ps() const { return stall_ps_; }
  std::int64_t dram_open_clocks() const { return dram_open_clocks_; }  // Σ over jobs and swaps, as profiled

 private:
  enum class Phase { kSwap, kRestore, kLayer, kSave };
  struct Lane {
    bool busy = false;
    Run run;
    const JobCost* cost = nullptr;
    Phase phase = Phase::kLayer;
    int layer = 0;
    bool stop = false;
    double wants = 0;              // u of the phase
    double exposed = 0;            // e / t of the phase
    double limit_bytes_per_s = 0;  // A3; 0: none
    double limit = 1;              // of the phase's share
    double speed = 1;              // of the phase, ≤ 1
    double left_ps = 0;            // of it, at full speed, at `since`
    std::int64_t alone_ps = 0;
    std::int64_t bytes = 0;  // of the phase
    Picoseconds since, began, due;
    RunEvent sums;
    std::int64_t throttle_bursts = 0, throttle_cycles = 0;
  };

  void NextPhase(Lane& lane, Picoseconds now, Phase phase);
  static Phase BehindSwap(const Run& run) { return run.restore > Bytes(0) ? Phase::kRestore : Phase::kLayer; }
  // What comes behind the phase that has ended.
  void Continue(Lane& lane, int accelerator, Picoseconds now, std::vector<RunEvent>& events);
  void EndRun(Lane& lane, int accelerator, Picoseconds now, RunEvent::Kind kind,
              std::vector<RunEvent>& events);
  void CountMove(std::int64_t bytes, bool save, Counters& counters) const;
  void Share(Picoseconds now);
  static double QueuedSpeed(const Lane& lane, double others);
  void SetSpeed(Lane& lane, double speed, Picoseconds now);
  void LimitOf(Lane& lane, int accelerator) const;
  void LimitPhase(Lane& lane) const;

  Setup setup_;
  std::vector<Lane> lanes_;
  std::vector<std::size_t> order_;  // of lanes by what they want; kept for its capacity
  std::vector<std::int64_t> stall_ps_;
  std::int64_t dram_open_clocks_ = 0;
};

}  // namespace sushi
