// What the simulated blocks tell whoever watches. Times count from the beginning of the layer or swap. A
// watcher changes nothing; without one the blocks test a pointer.
#pragma once

#include <cstddef>

#include "sushi/accel/unit_timing.hpp"

namespace sushi {

enum class DmaId : std::size_t { kWeight, kIAct, kOAct };

// A unit that has been computed, with the times its finish was computed from.
struct UnitActivity {
  const LayerPlan* plan = nullptr;
  const Unit* unit = nullptr;
  UnitInputs inputs;
  const UnitFetch* fetch = nullptr;
  Cycles start, compute_finish, finish;
};

// A descriptor whose data have crossed the engine's ports, or will have at `link.done`.
struct TransferActivity {
  DmaId engine = DmaId::kWeight;
  Traffic role = Traffic::kWeights;
  Bytes bytes;
  int unit = 0;
  Picoseconds issued;  // given to the engine
  Picoseconds sent;    // its request went to the memory
  MemoryTiming memory;
  LinkTransfer link;
  Cycles busy;  // of [link.start, link.done): the rest waits for the memory or the array
};

class ActivityObserver {
 public:
  virtual ~ActivityObserver() = default;
  virtual void LayerBegins(int layer, Cycles host) = 0;
  virtual void BankFilled(Picoseconds at, Bytes bytes) = 0;  // of the Dynamic Buffer; free when its unit ends
  virtual void UnitDone(const UnitActivity& unit) = 0;
  virtual void TransferDone(const TransferActivity& transfer) = 0;
  virtual void LayerEnds(const LayerResult& layer) = 0;
  virtual void SwapBegins(const SubGraph& from, const SubGraph& to) = 0;
};

}  // namespace sushi
