#include "sushi/accel/unit_timing.hpp"

#include <algorithm>

namespace sushi {
namespace {

// Arrival of the end of the first `cycles` of a transfer whose data come evenly.
Cycles Arrival(const LinkTransfer& transfer, Cycles cycles, Cycles all) {
  return transfer.start +
         Cycles(CeilDiv((transfer.done - transfer.start).value() * cycles.value(), all.value()));
}

}  // namespace

Cycles FetchDone(const UnitFetch& fetch) { return fetch.empty() ? Cycles(0) : fetch.back().done; }

void FetchPartsOf(const LayerPlan& plan, const Unit& unit, Granularity granularity,
                  std::vector<FetchPart>& parts) {
  parts.clear();
  if (unit.fetch == Bytes(0)) return;
  std::uint64_t address = plan.WeightAddress(unit);
  if (granularity == Granularity::kKernelTile) {
    parts.push_back({address, unit.fetch, unit.shape->link});
    return;
  }
  for (const TileRun& run : unit.shape->runs) {
    if (run.fetch_each == Bytes(0)) continue;
    for (int tile = 0; tile < run.tiles; ++tile) {
      parts.push_back({address, run.fetch_each, run.link_each});
      address += static_cast<std::uint64_t>(run.fetch_each.value());
    }
  }
}

Cycles UnitStart(const UnitInputs& inputs) {
  return std::max({inputs.begin, inputs.ob_free, inputs.iacts_ready});
}

Cycles ComputeFinish(const Unit& unit, Cycles start, const UnitFetch& fetch, bool streaming) {
  const Cycles p = unit.tile_cycles;
  const int n = unit.shape->tiles;
  if (!streaming) return std::max(start, FetchDone(fetch)) + n * p;
  Cycles finish = start + n * p;
  if (fetch.empty()) return finish;
  const auto wait_for = [&](Cycles arrival, int tile) {
    finish = std::max(finish, arrival + (n - tile) * p);
  };
  int tile = 0;
  if (fetch.size() == 1) {
    // Within a run arrivals are evenly spaced, so the latest start is forced by its first or last tile.
    Cycles sent;
    for (const TileRun& run : unit.shape->runs) {
      if (run.fetch_each > Bytes(0)) {
        wait_for(Arrival(fetch.front(), sent + run.link_each, unit.shape->link), tile);
        sent += run.tiles * run.link_each;
        wait_for(Arrival(fetch.front(), sent, unit.shape->link), tile + run.tiles - 1);
      }
      tile += run.tiles;
    }
    return finish;
  }
  std::size_t part = 0;
  for (const TileRun& run : unit.shape->runs) {
    for (int i = 0; i < run.tiles; ++i, ++tile) {
      if (run.fetch_each > Bytes(0)) wait_for(fetch[part++].done, tile);
    }
  }
  return finish;
}

Cycles WithOperands(const Unit& unit, Cycles finish, Cycles operands_ready) {
  return std::max(finish, operands_ready + unit.tile_cycles);
}

Cycles DrainBegin(const Unit& unit, Cycles finish) { return finish - unit.tile_cycles; }

void CountDpeCycles(const LayerPlan& plan, const Unit& unit, const UnitInputs& inputs, Cycles start,
                    Cycles compute_finish, Cycles finish, Counters& counters) {
  auto& cycles = counters.dpe_cycles;
  const Cycles drained = std::max(inputs.begin, inputs.ob_free);
  cycles[DpeState::kWaitDrain] += (drained - inputs.begin).value();
  cycles[DpeState::kWaitIActs] += (start - drained).value();
  const Cycles busy = unit.shape->tiles * unit.tile_cycles;
  const std::int64_t fill = plan.FillCyclesPerTile() * unit.shape->tiles;
  if (plan.is_conv()) {
    cycles[DpeState::kFill] += fill;
    cycles[DpeState::kCompute] += busy.value() - fill;
  } else {
    cycles[DpeState::kVectorUnit] += busy.value();
  }
  cycles[DpeState::kWaitWeights] += (compute_finish - start - busy).value();
  cycles[DpeState::kWaitOperand] += (finish - compute_finish).value();
}

}  // namespace sushi
