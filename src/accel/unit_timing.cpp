#include "sushi/accel/unit_timing.hpp"

namespace sushi {
namespace {

// Arrival of the end of the first `cycles` of a transfer whose data come evenly.
Cycles Arrival(const LinkTransfer& transfer, Cycles cycles, Cycles all) {
  return transfer.start +
         Cycles(CeilDiv((transfer.done - transfer.start).value() * cycles.value(), all.value()));
}

}  // namespace

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

Cycles ComputeFinish(const Unit& unit, Cycles start, const LinkTransfer& fetch, bool streaming) {
  const Cycles p = unit.tile_cycles;
  const int n = unit.shape->tiles;
  const Cycles finish = start + n * p;
  if (fetch.done <= start) return finish;  // nothing to fetch, or it was there
  if (!streaming) return fetch.done + n * p;
  // Within a run, arrivals are evenly spaced, so the latest start is forced by its first or last tile.
  Cycles latest = finish, sent;
  int tile = 0;
  const auto wait_for = [&](Cycles some, int last) {
    latest = std::max(latest, Arrival(fetch, some, unit.shape->link) + (n - last) * p);
  };
  for (const TileRun& run : unit.shape->runs) {
    if (run.fetch_each > Bytes(0)) {
      wait_for(sent + run.link_each, tile);
      sent += run.tiles * run.link_each;
      if (run.tiles > 1) wait_for(sent, tile + run.tiles - 1);
    }
    tile += run.tiles;
  }
  return latest;
}

Cycles ComputeFinish(const Unit& unit, Cycles start, const UnitFetch& fetch, bool streaming) {
  const Cycles p = unit.tile_cycles;
  const int n = unit.shape->tiles;
  if (FetchDone(fetch) <= start) return start + n * p;
  if (fetch.size() == 1) return ComputeFinish(unit, start, fetch.front(), streaming);
  if (!streaming) return FetchDone(fetch) + n * p;
  Cycles finish = start + n * p;
  int tile = 0;
  std::size_t part = 0;
  for (const TileRun& run : unit.shape->runs) {
    for (int i = 0; i < run.tiles; ++i, ++tile) {
      if (run.fetch_each > Bytes(0)) finish = std::max(finish, fetch[part++].done + (n - tile) * p);
    }
  }
  return finish;
}

void TileBegins(const Unit& unit, Cycles start, const UnitFetch& fetch, bool streaming,
                std::vector<Cycles>& begins) {
  begins.clear();
  const Cycles done = FetchDone(fetch);
  const bool wait = done > start;
  Cycles free = start, sent;
  std::size_t part = 0;
  const auto arrival = [&](const TileRun& run) {
    if (!streaming) return done;
    if (run.fetch_each == Bytes(0)) return Cycles(0);
    if (fetch.size() > 1) return fetch[part++].done;
    sent += run.link_each;
    return Arrival(fetch.front(), sent, unit.shape->link);
  };
  for (const TileRun& run : unit.shape->runs) {
    for (int i = 0; i < run.tiles; ++i) {
      begins.push_back(wait ? std::max(free, arrival(run)) : free);
      free = begins.back() + unit.tile_cycles;
    }
  }
}

void CountWaits(const UnitWaits& waits, Counters& counters) {
  auto& cycles = counters.dpe_cycles;
  cycles[DpeState::kWaitDrain] += waits.drain.value();
  cycles[DpeState::kWaitIActs] += waits.iacts.value();
  cycles[DpeState::kWaitWeights] += waits.weights.value();
  cycles[DpeState::kWaitOperand] += waits.operand.value();
}

}  // namespace sushi
