// Who runs what the core dispatches: the SystemC modules, or the approximate engine.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sushi/serving/profile.hpp"

namespace sushi {

// One stay of a job on an accelerator: swap, restore, then layers until the end or a stop.
struct Run {
  std::int64_t job = 0;
  JobShape shape;
  SubGraphId swap_from = kEmptySubGraphId;  // of shape.model; equal to shape.cached: no swap
  bool swap = false;
  int first_layer = 0;
  Bytes restore;  // activations to fetch first, saved when the job was preempted
};

struct RunEvent {
  enum class Kind { kLayer, kStopped, kFinished };
  Kind kind = Kind::kFinished;
  int accelerator = 0;
  Picoseconds at;
  int layers_done = 0;
  // Of the whole run; kStopped and kFinished.
  Picoseconds swap, service, moving;  // moving: restoring and saving activations
  std::int64_t saved_bytes = 0, restored_bytes = 0;
  Counters counters, swap_counters;
};

// Contract. Calls come in order of time; `now` is the time of the last AdvanceTo() or later.
class Executor {
 public:
  virtual ~Executor() = default;
  // The accelerator is idle.
  virtual void Begin(Picoseconds now, int accelerator, const Run& run) = 0;
  // The run ends with its present layer: kStopped, or kFinished when that was the last.
  virtual void StopAtLayer(Picoseconds now, int accelerator) = 0;
  virtual void SetThrottle(Picoseconds now, int accelerator, std::int64_t bursts,
                           std::int64_t window_cycles) = 0;
};

// An executor that has no kernel of its own to keep the time.
class SteppedExecutor : public Executor {
 public:
  virtual std::optional<Picoseconds> NextEvent() const = 0;
  // Appends what happens up to and including `now`, in order of time, then of accelerator.
  virtual void AdvanceTo(Picoseconds now, std::vector<RunEvent>& events) = 0;
};

}  // namespace sushi
