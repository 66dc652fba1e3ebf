// What one inference or one PB swap did: integer counters only, so that sums are exact and the same
// in any order. The unit of each counter is in its name or type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sushi/accel/hardware.hpp"
#include "sushi/core/units.hpp"
#include "sushi/dram/memory.hpp"

namespace sushi {

// Off-chip traffic by what is moved.
enum class Traffic : std::size_t { kWeights, kQuantParams, kIActs, kOActs, kResiduals, kSwap, kCount };
const char* Name(Traffic kind);

// Events that cost energy.
enum class Event : std::size_t {
  kMac,       // int8 multiply-accumulates executed
  kVectorOp,  // 8-bit operations of the vector unit (pool and residual add)
  kPbRead,
  kPbWrite,
  kDbRead,
  kDbWrite,
  kSbRead,
  kSbWrite,
  kLbRead,
  kLbWrite,
  kObRead,
  kObWrite,
  kQbRead,
  kQbWrite,  // bytes
  kDramRead,
  kDramWrite,         // bytes, whole bursts
  kDramActivate,      // commands; these four are of the bank-level memory
  kDramRefresh,       // commands, each of a rank
  kDramOpenClocks,    // rank × memory clock with a row open
  kDramClosedClocks,  // rank × memory clock without
  kCount
};
const char* Name(Event event);

// What the DPE array does in a cycle. They sum to the inference's cycles.
enum class DpeState : std::size_t {
  kCompute,  // a window a cycle
  kFill,     // pipeline fill and drain of a tile
  kWaitWeights,
  kWaitIActs,
  kWaitOperand /* quantisation parameters, residual */,
  kWaitDrain,
  kVectorUnit,  // idle while the vector unit runs a pool
  kHost,        // idle while the host sets up the layer
  kCount
};
const char* Name(DpeState state);

template <typename Enum, typename T>
struct EnumArray {
  std::array<T, static_cast<std::size_t>(Enum::kCount)> values{};
  T& operator[](Enum e) { return values[static_cast<std::size_t>(e)]; }
  const T& operator[](Enum e) const { return values[static_cast<std::size_t>(e)]; }
  EnumArray& operator+=(const EnumArray& other) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += other.values[i];
    return *this;
  }
  void AddScaled(const EnumArray& other, std::int64_t times) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += other.values[i] * times;
  }
  friend bool operator==(const EnumArray& a, const EnumArray& b) { return a.values == b.values; }
};

struct Counters {
  EnumArray<Traffic, std::int64_t> traffic_bytes;  // requested bytes
  EnumArray<Event, std::int64_t> events;
  EnumArray<DpeState, std::int64_t> dpe_cycles;
  std::int64_t pb_hit_bytes = 0;  // weight bytes the PB supplied instead of the DRAM
  std::int64_t useful_macs = 0;
  std::int64_t weight_dma_busy_cycles = 0, iact_dma_busy_cycles = 0, oact_dma_busy_cycles = 0;
  std::int64_t dram_busy_ps = 0;
  std::int64_t dram_transactions = 0;

  Counters& operator+=(const Counters& other) {
    AddScaled(other, 1);
    return *this;
  }
  void AddScaled(const Counters& other, std::int64_t times);
  std::int64_t TrafficBytes() const;
  friend bool operator==(const Counters& a, const Counters& b);
};

struct LayerResult {
  Cycles cycles;
  Counters counters;
  friend bool operator==(const LayerResult& a, const LayerResult& b) {
    return a.cycles == b.cycles && a.counters == b.counters;
  }
};

struct InferenceResult {
  Cycles cycles;  // service: Σ layers
  Picoseconds service;
  std::vector<LayerResult> layers;  // one per Op of the SubNet
  Counters total;
};

struct SwapResult {
  Cycles cycles;
  Picoseconds duration;
  Counters total;
};

// Books one memory access: traffic by kind, whole bursts by direction, transactions.
void CountMemoryAccess(Traffic kind, Bytes bytes, bool write, const MemoryTiming& timing, Counters& counters);
// Books what the memory did in a layer or swap besides.
void CountMemoryActivity(const MemoryActivity& activity, Counters& counters);

// Appends a layer. Each layer begins on a clock edge of its own origin, so service is the sum of the
// layers' times.
void AddLayer(const LayerResult& layer, const ClockDomain& clock, InferenceResult& result);

}  // namespace sushi
