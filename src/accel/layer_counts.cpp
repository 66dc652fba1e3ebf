// What the units of a layer read, write and compute on chip, and what they move to and from the DRAM.
#include "sushi/accel/layer_plan.hpp"

namespace sushi {
namespace {

constexpr int kTaps = 9;  // of the array's windows

}  // namespace

void LayerPlan::CountUnits(const Unit& unit, std::int64_t times, Counters& counters) const {
  if (unit.iact_load > Bytes(0)) counters.events[Event::kSbWrite] += times * unit.iact_load.value();
  const std::int64_t tiles = times * unit.shape->tiles, cycles = tiles * unit.tile_cycles.value();
  if (is_conv()) {
    counters.dpe_cycles[DpeState::kFill] += tiles * fill_cycles_;
    counters.dpe_cycles[DpeState::kCompute] += cycles - tiles * fill_cycles_;
    CountConv(unit, times, counters);
  } else {
    counters.dpe_cycles[DpeState::kVectorUnit] += cycles;
    const Strip& strip = StripOf(unit);
    const std::int64_t channels = times * unit.kernels;
    counters.events[Event::kVectorOp] += channels * op_.kernel_h * op_.kernel_w * strip.out_positions;
    counters.events[Event::kSbRead] += channels * strip.elements * strip.rows_loaded * op_.in_w;
  }
  if (unit.drains) CountDrain(unit, times, counters);
}

void LayerPlan::CountConv(const Unit& unit, std::int64_t times, Counters& counters) const {
  const Strip& strip = StripOf(unit);
  const UnitShape& shape = *unit.shape;
  const std::int64_t weights = times * unit.kernels * shape.channels * cell_bytes_;
  counters.events[Event::kMac] += weights * strip.windows;
  counters.useful_macs += weights * strip.out_positions;
  const std::int64_t lanes = times * shape.tiles * tile_channels_;
  counters.events[Event::kSbRead] += lanes * strip.elements * strip.rows_loaded * op_.in_w;
  if (op_.kernel_h > 1 || op_.kernel_w > 1) {  // 1×1 needs no sliding window
    counters.events[Event::kLbWrite] += lanes * strip.scanned;
    counters.events[Event::kLbRead] += lanes * kTaps * strip.scanned;
  }
  const std::int64_t partial_sums = times * kPartialSumBytes * unit.kernels * strip.out_positions;
  counters.events[Event::kObWrite] += partial_sums * shape.tiles;
  counters.events[Event::kObRead] += partial_sums * (shape.tiles - (shape.first ? 1 : 0));
  counters.events[Event::kDbWrite] += times * unit.fetch.value();
  counters.events[Event::kDbRead] += times * shape.fetch.value();
  counters.events[Event::kPbRead] += times * shape.cached.value();
  counters.events[Event::kQbWrite] += times * unit.quant_params.value();
  // Where later strips find their weights in the DB anyway, only the first strip is a saving.
  if (unit.strip == 0 || !weights_stay_) counters.pb_hit_bytes += times * shape.cached.value();
}

void LayerPlan::CountDrain(const Unit& unit, std::int64_t times, Counters& counters) const {
  const Strip& strip = StripOf(unit);
  const std::int64_t kernels = times * unit.kernels;
  const std::int64_t results = kernels * strip.out_positions;
  if (is_conv()) {
    counters.events[Event::kObRead] += kPartialSumBytes * results;
    counters.events[Event::kQbRead] += kQuantParamBytes * kernels;
  }
  if (place_.output_on_chip) counters.events[Event::kSbWrite] += results;
  if (op_.kind == OpKind::kScale) {  // its products are counted already; the factors stay in the lanes
    if (place_.residual_on_chip) counters.events[Event::kSbRead] += kernels * strip.elements;
  } else if (op_.residual != kNone) {
    counters.events[Event::kVectorOp] += results;
    if (place_.residual_on_chip) counters.events[Event::kSbRead] += results;
  }
}

void LayerPlan::CountLayer(Counters& counters) const {
  for (int s = 0; s < static_cast<int>(strips_.size()); ++s) {
    const Strip& strip = strips_[static_cast<std::size_t>(s)];
    counters.events[Event::kSbWrite] += strip.iact_load.value();
    counters.traffic_bytes[Traffic::kIActs] += strip.iact_load.value();
    for (int tile = 0; is_conv() && tile < kernel_tiles_; tile += quant_group_tiles_) {
      const Bytes params = QuantParamsAt(s, tile);
      counters.events[Event::kQbWrite] += params.value();
      counters.traffic_bytes[Traffic::kQuantParams] += params.value();
    }
    for (int g = 0; g < group_count_; ++g) {
      const Group& group = groups_[static_cast<std::size_t>(g)];
      for (int in_tile = 0; in_tile < group.shapes; ++in_tile)
        CountAlike(UnitOf(s, group, group.first_tile, in_tile), group.tiles, counters);
    }
  }
}

void LayerPlan::CountAlike(const Unit& unit, std::int64_t times, Counters& counters) const {
  CountUnits(unit, times, counters);
  counters.traffic_bytes[Traffic::kWeights] += times * unit.fetch.value();
  counters.traffic_bytes[Traffic::kOActs] += times * unit.drain.value();
  counters.traffic_bytes[Traffic::kResiduals] += times * unit.residual.value();
}

}  // namespace sushi
