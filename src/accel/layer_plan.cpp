#include "sushi/accel/layer_plan.hpp"

#include <algorithm>
#include <limits>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr int kWindow = 3;                               // the array's windows are 3×3
constexpr std::size_t kUsualShapes = 4, kUsualRuns = 8;  // so many need no second allocation
// Beyond this the times of a layer would not fit 64-bit picoseconds at any clock.
constexpr std::int64_t kMostCycles = 1'000'000'000'000;

}  // namespace

LayerPlan::LayerPlan(const HardwareConfig& hw, const SuperNet& net, const Op& op, const OpPlacement& place,
                     Rect cached, const LayerAddresses& addresses)
    : op_(op),
      place_(place),
      addresses_(addresses),
      weight_link_(hw, hw.accel.axi.weight_ports),
      banks_(hw.accel.db_ping_pong ? 2 : 1),
      fill_cycles_(hw.accel.dpe_array.fill_cycles),
      db_(hw.accel.db.capacity()),
      db_bank_(hw.accel.db.capacity().value() / banks_) {
  PlanArray(hw, net);
  PlanStrips(hw);
  Recache(cached);
  const auto units = static_cast<std::int64_t>(strips_.size()) * units_per_strip_;
  if (TotalCycles() > kMostCycles || units > std::numeric_limits<int>::max()) {
    throw UserError(op_.name + ": would take more than " + std::to_string(kMostCycles) +
                    " cycles; a larger accel.dpe_array or a smaller model is needed");
  }
}

void LayerPlan::PlanArray(const HardwareConfig& hw, const SuperNet& net) {
  const DpeArrayConfig& array = hw.accel.dpe_array;
  line_channels_ = array.channels;
  const int lanes = OutputLanes(hw.accel, op_);
  kernel_lanes_ = lanes;
  if (is_conv()) {
    const SuperNetLayer& layer = net.layers[static_cast<std::size_t>(op_.supernet_layer)];
    max_kernels_ = layer.max_kernels;
    max_channels_ = layer.max_channels;
    weight_channels_ = RectOf(layer, op_).channels;
    cell_bytes_ = layer.CellBytes();
    const bool pointwise = op_.kernel_h == 1 && op_.kernel_w == 1;
    tile_channels_ = pointwise ? array.channels * kWindow * kWindow : array.channels;
    folding_ = static_cast<int>(CeilDiv(op_.kernel_h, kWindow) * CeilDiv(op_.kernel_w, kWindow));
    channel_tiles_ = static_cast<int>(CeilDiv(std::int64_t{op_.channels} * folding_, tile_channels_));
    if (op_.depthwise) {  // V1, V2: the tile's own channels, one pass for each 3×3 sub-kernel
      tile_channels_ = lanes;
      channel_tiles_ = folding_;
    }
    const std::int64_t group = hw.accel.qb.capacity().value() / (kQuantParamBytes * lanes);
    if (group < 1) {
      throw UserError("accel.qb.capacity_kib: cannot hold the quantisation parameters of one kernel tile (" +
                      std::to_string(kQuantParamBytes * lanes) + " bytes)");
    }
    quant_group_tiles_ = static_cast<int>(std::min<std::int64_t>(group, CeilDiv(op_.kernels, lanes)));
  } else {
    tile_channels_ = lanes;
    channel_tiles_ = 1;
  }

  kernel_tiles_ = static_cast<int>(CeilDiv(op_.kernels, lanes));
  factor_pitch_ = CeilDiv(op_.kernels, array.channels) * array.channels;
  element_pitch_ = factor_pitch_ * op_.OutH() * op_.OutW();
}

void LayerPlan::Recache(Rect cached) {
  cached_ = cached;
  group_count_ = units_per_strip_ = 0;
  shapes_.clear();
  runs_.clear();
  shapes_.reserve(kUsualShapes);
  runs_.reserve(kUsualRuns);
  // Tiles before the rectangle's edge, the one it cuts, those behind it; and the last if it is narrower.
  const int lanes = kernel_lanes_;
  const int in_rect = cached.channels > 0 ? std::min(cached.kernels, op_.kernels) : 0;
  const int full = op_.kernels / lanes, edge = std::min(in_rect / lanes, full);
  const int cut = edge < full && in_rect % lanes != 0 ? 1 : 0;
  AddGroup(edge, lanes);
  AddGroup(cut, in_rect - edge * lanes);
  AddGroup(full - edge - cut, 0);
  AddGroup(kernel_tiles_ - full, std::max(0, in_rect - full * lanes));
  const TileRun* run = runs_.data();
  for (UnitShape& shape : shapes_) {
    shape.runs.first = run;
    run += shape.runs.count;
  }
  if (!is_conv() || strips_.size() < 2) return;
  Bytes fetched;
  for (int i = 0; i < group_count_; ++i) {
    const Group& group = groups_[static_cast<std::size_t>(i)];
    for (int shape = group.first_shape; shape < group.first_shape + group.shapes; ++shape)
      fetched += group.tiles * shapes_[static_cast<std::size_t>(shape)].fetch;
  }
  weights_stay_ = fetched <= db_;
}

// `tiles` kernel tiles of which each finds `cached_kernels` in the PB.
void LayerPlan::AddGroup(int tiles, int cached_kernels) {
  if (tiles == 0) return;
  Group& group = groups_[static_cast<std::size_t>(group_count_)];
  if (group_count_ > 0) {
    const Group& before = groups_[static_cast<std::size_t>(group_count_ - 1)];
    group.first_tile = before.first_tile + before.tiles;
  }
  if (group_count_++ == 0) group.first_tile = 0;
  group.tiles = tiles;
  group.first_unit = units_per_strip_;
  group.first_shape = static_cast<int>(shapes_.size());
  MakeShapes(Kernels(group.first_tile), cached_kernels);
  group.shapes = static_cast<int>(shapes_.size()) - group.first_shape;
  units_per_strip_ += tiles * group.shapes;
}

// T4: channel tile j begins at channel ⌊tile_channels·j / folding⌋. V3: all weights of a depthwise kernel
// come with the first pass.
int LayerPlan::ChannelBoundary(int tile) const {
  if (op_.depthwise) return tile == 0 ? 0 : weight_channels_;
  if (tile == channel_tiles_) return op_.channels;
  const std::int64_t folded = std::int64_t{tile_channels_} * tile;
  return static_cast<int>(std::min<std::int64_t>(op_.channels, folding_ == 1 ? folded : folded / folding_));
}

void LayerPlan::MakeShapes(int kernels, int cached_kernels) {
  const int cached_channels = cached_kernels > 0 ? cached_.channels : 0;
  shapes_.emplace_back().first = true;
  for (int tile = 0; tile < channel_tiles_;) {
    const int begin = ChannelBoundary(tile), end = ChannelBoundary(tile + 1);
    const auto in_rect = [&](int from, int to) { return std::clamp(cached_channels - from, 0, to - from); };
    // As many tiles are alike as stay on one side of the rectangle's edge.
    int alike = 1;
    if (folding_ == 1 && !op_.depthwise && end - begin == tile_channels_) {
      const int full = op_.channels / tile_channels_,
                inside = std::min(cached_channels / tile_channels_, full);
      if (tile < inside) alike = inside - tile;
      if (begin >= cached_channels) alike = full - tile;
    }
    Bytes weights, cached;
    if (is_conv()) {
      weights = Bytes(std::int64_t{kernels} * (end - begin) * cell_bytes_);
      cached = Bytes(std::int64_t{cached_kernels} * in_rect(begin, end) * cell_bytes_);
    }
    AddTiles(alike, begin, end - begin, weights, cached);
    tile += alike;
  }
  shapes_.back().last = true;
}

// `tiles` channel tiles from `channel` on, to the last unit while it has room and to new ones.
void LayerPlan::AddTiles(int tiles, int channel, int channels, Bytes weights, Bytes cached) {
  if (weights > db_bank_) {
    throw UserError("accel.db.capacity_kib: a bank of " + std::to_string(db_bank_.value()) +
                    " bytes cannot hold one tile of weights of " + op_.name + " (" +
                    std::to_string(weights.value()) + " bytes)");
  }
  const Bytes fetch = weights - cached;
  const Cycles link = fetch > Bytes(0) ? weight_link_.TransferCycles(fetch) : Cycles(0);
  while (tiles > 0) {
    const Bytes room = db_bank_ - shapes_.back().fetch;
    const int fitting = fetch == Bytes(0)
                            ? tiles
                            : static_cast<int>(std::min<std::int64_t>(tiles, room.value() / fetch.value()));
    if (fitting == 0) {
      shapes_.emplace_back().first_channel = channel;
      continue;
    }
    UnitShape& unit = shapes_.back();
    if (unit.runs.count == 0 || runs_.back().fetch_each != fetch) {
      runs_.push_back({0, fetch, link});
      ++unit.runs.count;
    }
    runs_.back().tiles += fitting;
    unit.tiles += fitting;
    unit.channels += fitting * channels;
    unit.fetch += fitting * fetch;
    unit.cached += fitting * cached;
    unit.link += fitting * link;
    tiles -= fitting;
    channel += fitting * channels;
  }
}

void LayerPlan::PlanStrips(const HardwareConfig& hw) {
  const std::int64_t row_bytes =
      CeilDiv(op_.channels, hw.accel.dpe_array.channels) * hw.accel.dpe_array.channels * op_.in_w;
  for (int element = 0; element < place_.batch; element += place_.strip_elements) {
    const int elements = std::min(place_.strip_elements, place_.batch - element);
    for (int begin = 0; begin < op_.OutH(); begin += place_.strip_out_rows) {
      strips_.push_back(
          StripOf(element, elements, begin, std::min(begin + place_.strip_out_rows, op_.OutH())));
      Strip& strip = strips_.back();
      if (!place_.input_on_chip) strip.iact_load = Bytes(row_bytes * strip.rows_loaded * elements);
    }
  }
}

// Output rows [begin, end) of the elements.
Strip LayerPlan::StripOf(int first_element, int elements, int begin, int end) const {
  const InputRows rows = RowsUnder(op_, begin, end);
  const int end_window = end == op_.OutH() ? op_.in_h + 2 * op_.pad_h - op_.kernel_h + 1 : end * op_.stride_h;
  Strip strip;
  strip.first_element = first_element;
  strip.elements = elements;
  strip.first_out_row = begin;
  strip.rows_loaded = rows.loaded;
  strip.scanned = std::int64_t{elements} * (op_.in_w + 2 * op_.pad_w) * rows.scanned;
  strip.windows = std::int64_t{elements} * (op_.in_w + 2 * op_.pad_w - op_.kernel_w + 1) *
                  (end_window - begin * op_.stride_h);
  strip.out_positions = std::int64_t{elements} * op_.OutW() * (end - begin);
  return strip;
}

const LayerPlan::Group& LayerPlan::GroupOf(int in_strip) const {
  auto group = static_cast<std::size_t>(group_count_ - 1);
  while (groups_[group].first_unit > in_strip) --group;
  return groups_[group];
}

Unit LayerPlan::UnitOf(int strip, const Group& group, int kernel_tile, int in_tile) const {
  Unit unit;
  unit.strip = strip;
  unit.kernel_tile = kernel_tile;
  unit.kernels = Kernels(kernel_tile);
  unit.shape = &shapes_[static_cast<std::size_t>(group.first_shape)] + in_tile;
  const Strip& here = strips_[static_cast<std::size_t>(strip)];
  if (strip == 0 || !weights_stay_) unit.fetch = unit.shape->fetch;
  unit.tile_cycles = Cycles(here.scanned + fill_cycles_);
  unit.starts_kernel_tile = unit.shape->first;
  unit.drains = unit.shape->last;
  if (unit.drains) {
    const Bytes results(unit.kernels * here.out_positions);
    if (!place_.output_on_chip) unit.drain = results;
    if (op_.residual != kNone && !place_.residual_on_chip)
      unit.residual =
          op_.kind == OpKind::kScale ? Bytes(std::int64_t{unit.kernels} * here.elements) : results;
  }
  return unit;
}

// What the kernel tile fetches for itself and those behind it that fit the buffer with it.
Bytes LayerPlan::QuantParamsAt(int strip, int kernel_tile) const {
  if (!is_conv()) return Bytes(0);
  if (quant_group_tiles_ == kernel_tiles_) {
    return Bytes(strip == 0 && kernel_tile == 0 ? kQuantParamBytes * op_.kernels : 0);
  }
  if (kernel_tile % quant_group_tiles_ != 0) return Bytes(0);
  const int last = std::min(kernel_tiles_, kernel_tile + quant_group_tiles_) - 1;
  return Bytes(kQuantParamBytes * (FirstKernel(last) + Kernels(last) - FirstKernel(kernel_tile)));
}

Unit LayerPlan::UnitAt(int index) const {
  const int strip = index / units_per_strip_, in_strip = index - strip * units_per_strip_;
  const Group& group = GroupOf(in_strip);
  const int in_group = in_strip - group.first_unit, tile = in_group / group.shapes;
  Unit unit = UnitOf(strip, group, group.first_tile + tile, in_group - tile * group.shapes);
  unit.index = index;
  if (in_strip == 0) unit.iact_load = strips_[static_cast<std::size_t>(strip)].iact_load;
  if (unit.starts_kernel_tile) unit.quant_params = QuantParamsAt(strip, unit.kernel_tile);
  return unit;
}

void LayerPlan::Advance(Unit& unit) const {
  const int index = unit.index + 1, in_strip = index - unit.strip * units_per_strip_;
  if (in_strip == units_per_strip_) {
    unit = UnitAt(index);
    return;
  }
  const Group& group = GroupOf(in_strip);
  if (unit.drains && unit.starts_kernel_tile && in_strip > group.first_unit) {  // as before
    ++unit.kernel_tile;
    unit.iact_load = Bytes(0);
    unit.quant_params = QuantParamsAt(unit.strip, unit.kernel_tile);
  } else if (unit.drains) {
    unit = UnitOf(unit.strip, group, unit.kernel_tile + 1, 0);
    unit.quant_params = QuantParamsAt(unit.strip, unit.kernel_tile);
  } else {
    const auto shape = static_cast<int>(unit.shape - shapes_.data());
    unit = UnitOf(unit.strip, group, unit.kernel_tile, shape + 1 - group.first_shape);
  }
  unit.index = index;
}

LayerPlan::Stretch LayerPlan::StretchFrom(const Unit& unit) const {
  if (!unit.starts_kernel_tile || unit.iact_load > Bytes(0) || unit.quant_params > Bytes(0)) return {};
  const Group& group = GroupOf(unit.index - unit.strip * units_per_strip_);
  int end = group.first_tile + group.tiles;
  if (is_conv()) end = std::min(end, (unit.kernel_tile / quant_group_tiles_ + 1) * quant_group_tiles_);
  return {unit.index, unit.index + (end - unit.kernel_tile) * group.shapes, group.shapes};
}

bool LayerPlan::RegionsTouch() const {
  struct Region {
    std::uint64_t begin, end;
  };
  const auto region = [](std::uint64_t begin, std::int64_t bytes) {
    return Region{begin, begin + static_cast<std::uint64_t>(bytes)};
  };
  // Of a result or its factors, of so many bytes an element, up to the end of the last strip's.
  const Strip& last = strips_.back();
  const auto written = [&](std::int64_t pitch, std::int64_t bytes) {
    return last.first_element * pitch + last.elements * bytes;
  };
  const std::int64_t results = written(element_pitch_, std::int64_t{op_.kernels} * op_.OutH() * op_.OutW());
  const Region regions[] = {
      region(addresses_.weights, std::int64_t{max_kernels_} * max_channels_ * op_.kernel_h * op_.kernel_w),
      region(addresses_.quant_params, kQuantParamBytes * op_.kernels),
      region(addresses_.input, InputRowBytes(strips_.front()) * op_.in_h * place_.batch),
      region(addresses_.output, results),
      region(addresses_.residual,
             op_.kind == OpKind::kScale ? written(factor_pitch_, op_.kernels) : results)};
  const std::size_t used = op_.residual == kNone ? 4 : 5;
  for (std::size_t a = is_conv() ? 0 : 2; a < used; ++a) {
    for (std::size_t b = is_conv() ? 0 : 2; b < used; ++b) {
      if (a != b && regions[a].end == regions[b].begin) return true;
    }
  }
  return false;
}

UnitExtent LayerPlan::ExtentOf(const Unit& unit) const {
  const Strip& strip = StripOf(unit);
  UnitExtent extent;
  extent.first_kernel = FirstKernel(unit.kernel_tile);
  extent.kernels = unit.kernels;
  extent.first_out_row = strip.first_out_row;
  extent.out_rows = static_cast<int>(strip.out_positions / op_.OutW() / strip.elements);
  extent.first_in_row = std::max(0, extent.first_out_row * op_.stride_h - op_.pad_h);
  extent.in_rows = strip.rows_loaded;
  extent.index_in_strip = unit.index % units_per_strip_;
  return extent;
}

// Of an off-chip input.
std::int64_t LayerPlan::InputRowBytes(const Strip& strip) {
  return strip.rows_loaded > 0 ? strip.iact_load.value() / strip.elements / strip.rows_loaded : 0;
}

std::uint64_t LayerPlan::QuantParamAddress(const Unit& unit) const {
  return addresses_.quant_params +
         static_cast<std::uint64_t>(kQuantParamBytes * FirstKernel(unit.kernel_tile));
}

std::uint64_t LayerPlan::IActAddress(const Unit& unit) const {
  const Strip& strip = StripOf(unit);
  const std::int64_t rows_before = std::int64_t{strip.first_element} * op_.in_h + ExtentOf(unit).first_in_row;
  return addresses_.input + static_cast<std::uint64_t>(rows_before * InputRowBytes(strip));
}

Bytes LayerPlan::StreamingBytes(const Unit& unit) const { return place_.kept + StripOf(unit).iact_load; }

Bytes LayerPlan::LineBytes() const { return LineBufferBytes(op_, line_channels_); }

Bytes LayerPlan::PartialSumBytes(const Unit& unit) const {
  if (!is_conv()) return Bytes(0);
  return Bytes(kPartialSumBytes * unit.kernels * StripOf(unit).out_positions);
}

std::int64_t LayerPlan::TotalCycles() const {
  WideInt sum = 0;
  for (const Strip& strip : strips_) {
    sum += static_cast<WideInt>(kernel_tiles_) * channel_tiles_ * (strip.scanned + fill_cycles_);
  }
  return static_cast<std::int64_t>(std::min<WideInt>(sum, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace sushi
