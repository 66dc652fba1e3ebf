// What layers cost on one hardware and model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sushi/accel/layer_plan.hpp"
#include "sushi/accel/results.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {

// Sums over a layer that depend on when things happen.
enum class TimedSum : std::size_t {
  kWaitDrain,
  kWaitIActs,
  kWaitWeights,
  kWaitOperand,  // cycles of the array
  kRequests,     // of the DRAM
  kRead,
  kWritten,  // bytes of whole bursts
  kWeightLink,
  kIActLink,
  kOActLink,  // busy cycles of the DMA engines, in this order
  kDramBusy,  // ps
  kCount
};
using TimedSums = EnumArray<TimedSum, std::int64_t>;

struct LayerTimes {
  Cycles cycles;
  TimedSums sums;
};

// FastAccelerators whose hardware differs at most in the size of the Persistent Buffer (accel.pb), which
// costs do not depend on, and whose planners have the same options may share one, one after the other.
struct LayerCosts {
  struct Known {
    LayerTimes times;
    std::unique_ptr<LayerResult> result;  // once its counters were asked for
  };
  // Ops whose cost is the same function of the cached rectangle.
  struct Kind {
    explicit Kind(LayerPlan of_first) : plan(std::move(of_first)) {}

    LayerPlan plan;                                  // of the first of these ops, with any rectangle
    std::unordered_map<std::uint64_t, Known> known;  // by Key(); never iterated
    Known* last = nullptr;                           // asked for, with last_key
    std::uint64_t last_key = 0;
  };
  static std::uint64_t Key(Rect rect) {
    return static_cast<std::uint64_t>(rect.kernels) << 32 | static_cast<std::uint32_t>(rect.channels);
  }

  using KindsOfOps = std::vector<std::vector<int>>;    // per SubNet and op: index into kinds
  std::vector<KindsOfOps> kind_of;                     // per batch from 1; empty until it is asked for
  std::map<std::vector<std::int64_t>, int> kind_with;  // by all that a cost depends on
  std::vector<Kind> kinds;
  std::size_t results = 0;  // Σ over kinds: a few hundred bytes each
};

}  // namespace sushi
