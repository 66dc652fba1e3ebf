// When one unit of a layer computes. Equations U1–U5 of docs/timing-model.md. All cycles count from the
// layer's first; the SystemC shell and the kernel-free driver both ask here and contain no arithmetic.
#pragma once

#include <algorithm>
#include <vector>

#include "sushi/accel/dma_link.hpp"
#include "sushi/accel/layer_plan.hpp"

namespace sushi {

// How the unit's weights arrived: one transfer for the whole unit (Granularity::kKernelTile), or one for
// each channel tile that fetches anything (kChannelTile). Empty when nothing is fetched.
using UnitFetch = std::vector<LinkTransfer>;

inline Cycles FetchDone(const UnitFetch& fetch) { return fetch.empty() ? Cycles(0) : fetch.back().done; }
inline Cycles FetchDone(const LinkTransfer& fetch) { return fetch.done; }

// The transfers a unit's fetch is made of.
struct FetchPart {
  std::uint64_t address = 0;
  Bytes bytes;
  Cycles link;
};
void FetchPartsOf(const LayerPlan& plan, const Unit& unit, Granularity granularity,
                  std::vector<FetchPart>& parts);

struct UnitInputs {
  Cycles begin;        // the previous unit has finished (or the layer has begun)
  Cycles ob_free;      // the Output Buffer has been drained of the previous kernel tile
  Cycles iacts_ready;  // the strip's iActs are in the Streaming Buffer; 0 when on chip
};

// U1  start = max(begin, ob_free, iacts_ready)
inline Cycles UnitStart(const UnitInputs& inputs) {
  return std::max({inputs.begin, inputs.ob_free, inputs.iacts_ready});
}

// U2  finish = max(start + n·p, max over channel tiles j of arrival_j + (n − j)·p), p = tile_cycles.
// A tile's weights are usable as soon as they have arrived (ping-pong), or only when the whole unit's
// have (`streaming` false: a single bank).
Cycles ComputeFinish(const Unit& unit, Cycles start, const UnitFetch& fetch, bool streaming);
// The same when all that the unit fetches, if anything, is one transfer.
Cycles ComputeFinish(const Unit& unit, Cycles start, const LinkTransfer& fetch, bool streaming);

// U2 tile by tile: a channel tile begins when the one before has ended and its weights are there; the last
// one ends at ComputeFinish(). Replaces `begins`.
void TileBegins(const Unit& unit, Cycles start, const UnitFetch& fetch, bool streaming,
                std::vector<Cycles>& begins);

// U3  quantisation parameters and a residual from DRAM must be there when the last channel tile, which
// drains, begins: finish = max(finish, operands + p)
inline Cycles WithOperands(const Unit& unit, Cycles finish, Cycles operands_ready) {
  return std::max(finish, operands_ready + unit.tile_cycles);
}

// U4  write-back begins with the last channel tile: drain_begin = finish − p
inline Cycles DrainBegin(const Unit& unit, Cycles finish) { return finish - unit.tile_cycles; }

// U5  where the array's cycles from begin to finish went that it did not compute.
struct UnitWaits {
  Cycles drain, iacts, weights, operand;
};
inline UnitWaits WaitsOf(const Unit& unit, const UnitInputs& inputs, Cycles start, Cycles compute_finish,
                         Cycles finish) {
  const Cycles drained = std::max(inputs.begin, inputs.ob_free);
  return {drained - inputs.begin, start - drained,
          compute_finish - start - unit.shape->tiles * unit.tile_cycles, finish - compute_finish};
}
void CountWaits(const UnitWaits& waits, Counters& counters);

}  // namespace sushi
