// What schedulers may look up: the cost of every way to serve, alone on the machine. "Offline profiling" of
// the papers. Costs are those of the fast engine (docs/timing-model.md), so exact for a job that shares
// nothing.
#pragma once

#include <string>
#include <vector>

#include "sushi/accel/results.hpp"
#include "sushi/sched/latency_table.hpp"

namespace sushi {

// A clock and power level of an accelerator. Level 0 is the nominal one.
struct PowerLevel {
  std::int64_t clock_mhz = 100;
  double energy_scale = 1;  // of on-chip dynamic energy: (V/V_nominal)²
  double active_mw = 0;     // static power while a job runs
  double idle_mw = 0;       // and while none does
};

// A model, an accelerator's type and level, a SubNet, the SubGraph that its PB holds, and a batch.
struct JobShape {
  int model = 0, type = 0, level = 0, subnet = 0;
  SubGraphId cached = kEmptySubGraphId;
  int batch = 1;
};

struct LayerCost {
  Picoseconds time;
  Picoseconds compute;  // of it, the array and the vector unit at work, pipeline fill included
  Picoseconds bus;      // that it keeps the DRAM busy
  Picoseconds exposed;  // the part of `bus` whose transfers the array waits for
  std::int64_t dram_bytes = 0;
  Bytes kept;  // activations on chip behind it: what preemption has to save and restore
};

// Of a job or of a swap (which has no layers).
struct JobCost {
  Picoseconds time;
  std::int64_t dram_bytes = 0;
  std::int64_t dram_open_clocks = 0;  // of a bank-level memory, ranks with a row open
  double energy_pj = 0;  // dynamic, with its level's scale; static power is counted by the system
  Counters counters;
  std::vector<LayerCost> layers;
};

// Contract: same question, same answer; the reference stays valid. InternalError for an index out of range.
class Profile {
 public:
  virtual ~Profile() = default;
  virtual int models() const = 0;
  virtual int types() const = 0;  // of accelerators
  virtual const std::vector<PowerLevel>& levels(int type) const = 0;
  virtual int max_batch() const = 0;
  // SubNets, their accuracies, the columns that the PB may hold, and L at level 0 for batches of one. Column
  // 0 is empty.
  virtual const LatencyTable& table(int model, int type) const = 0;
  virtual std::int64_t Macs(int model, int subnet) const = 0;  // of one inference

  virtual Picoseconds Time(const JobShape& shape) const = 0;
  virtual const JobCost& Cost(const JobShape& shape) const = 0;
  virtual const JobCost& Swap(int model, int type, int level, SubGraphId from, SubGraphId to) const = 0;
  // Saving or restoring activations of a preempted job.
  virtual Picoseconds MoveTime(int type, int level, Bytes bytes) const = 0;
};

}  // namespace sushi
