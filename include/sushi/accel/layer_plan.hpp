// How one op is cut into what the hardware does step by step. Equations T1–T8 of docs/timing-model.md.
//
// The array takes ⌈K/16⌉ kernel tiles × ⌈C/9⌉ channel tiles (T1) and scans every input position for each
// (T2). A *unit* is what one bank of the Dynamic Buffer holds: the channel tiles of one kernel tile, or as
// many of them as fit. Weights inside the cached rectangle come from the Persistent Buffer and are not
// fetched (T3). Units run strip by strip, kernel tile by kernel tile. A strip takes several elements of a
// batch through a unit's weights, or rows of one element (B1–B6).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sushi/accel/dma_link.hpp"
#include "sushi/accel/placement.hpp"
#include "sushi/accel/results.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {

inline constexpr std::int64_t kQuantParamBytes = 5;  // a kernel: fix32 scale, int8 zero point (FACTS §2)
inline constexpr std::int64_t kPartialSumBytes = 4;  // int32

// Consecutive channel tiles that fetch equally much.
struct TileRun {
  int tiles = 0;
  Bytes fetch_each;
  Cycles link_each;  // 0 when nothing is fetched
};

// Those of a unit; they lie in the plan.
struct TileRuns {
  const TileRun* first = nullptr;
  std::size_t count = 0;

  const TileRun* begin() const { return first; }
  const TileRun* end() const { return first + count; }
};

// One bank-full of channel tiles; shared by all kernel tiles of the same shape.
struct UnitShape {
  int first_channel = 0, channels = 0;  // of weights; taps where the SuperNet layer is centre_crop
  int tiles = 0;
  TileRuns runs;
  Bytes fetch;                       // Σ over runs
  Bytes cached;                      // from the Persistent Buffer
  Cycles link;                       // Σ over runs
  bool first = false, last = false;  // of its kernel tile
};

struct Strip {
  int first_element = 0, elements = 1;  // of the batch
  int first_out_row = 0;
  int rows_loaded = 0;  // input rows of an element, halo included
  // Of all elements of the strip together.
  std::int64_t scanned = 0;  // positions a channel tile takes (T2, B3), without fill
  std::int64_t windows = 0;  // stride-1 windows among them
  std::int64_t out_positions = 0;
  Bytes iact_load;  // 0 when the input is on chip
};

// One step: a unit of a kernel tile on a strip.
struct Unit {
  int index = 0;  // in the layer
  int strip = 0;
  int kernel_tile = 0;
  int kernels = 0;  // of the kernel tile
  const UnitShape* shape = nullptr;
  Bytes fetch;         // weights to fetch: shape->fetch, or 0 when an earlier strip left them in the DB
  Bytes quant_params;  // to fetch before this unit's kernel tile drains
  Bytes iact_load;     // to load before this unit computes
  Bytes residual;      // to fetch for the addition as this unit drains
  Bytes drain;         // to write back as this unit drains
  Cycles tile_cycles;  // of each channel tile, fill included
  bool starts_kernel_tile = false, drains = false;
};

struct LayerAddresses {
  std::uint64_t weights = 0;  // of the SuperNet layer
  std::uint64_t quant_params = 0;
  std::uint64_t input = 0, output = 0, residual = 0;
  // Channels that lie together in these tensors: a kernel tile of the op that made them.
  int input_group = 1, residual_group = 1;
};

// Where a unit stands in the layer, for those who move its data.
struct UnitExtent {
  int first_kernel = 0, kernels = 0;
  int first_out_row = 0, out_rows = 0;  // of an element
  int first_in_row = 0, in_rows = 0;    // rows of the map that the strip needs
  int index_in_strip = 0;
};

class LayerPlan {
 public:
  // `cached` is the PB's rectangle of this op's SuperNet layer. UserError when a buffer cannot hold the
  // smallest piece of work.
  LayerPlan(const HardwareConfig& hw, const SuperNet& net, const Op& op, const OpPlacement& place,
            Rect cached, const LayerAddresses& addresses);
  LayerPlan(const LayerPlan&) = delete;
  LayerPlan& operator=(const LayerPlan&) = delete;
  LayerPlan(LayerPlan&&) = default;

  // The same layer with another rectangle cached. What UnitAt() gave before is no more.
  void Recache(Rect cached);

  const Op& op() const { return op_; }
  bool is_conv() const { return op_.kind == OpKind::kConv; }
  int banks() const { return banks_; }
  int units() const { return static_cast<int>(strips_.size()) * units_per_strip_; }
  Unit UnitAt(int index) const;
  // Makes `unit` the one behind it, which exists.
  void Advance(Unit& unit) const;
  // Units [begin, end) that begin with `unit` and repeat every `step`: kernel tiles of one shape on one strip
  // without loads of iActs or quantisation parameters. Empty when it begins none.
  struct Stretch {
    int begin = 0, end = 0, step = 1;
  };
  Stretch StretchFrom(const Unit& unit) const;
  // Whether two of the layer's regions in DRAM meet, so that one's end is another's beginning.
  bool RegionsTouch() const;
  UnitExtent ExtentOf(const Unit& unit) const;

  const OpPlacement& placement() const { return place_; }
  const LayerAddresses& addresses() const { return addresses_; }
  Rect cached() const { return cached_; }
  int kernel_lanes() const { return kernel_lanes_; }  // kernels of a full kernel tile
  int max_kernels() const { return max_kernels_; }    // of the SuperNet layer
  int max_channels() const { return max_channels_; }
  bool weights_stay() const { return weights_stay_; }  // later strips find the fetched weights in the DB

  // Address of the weights of a unit; of its strip of input; and so on.
  std::uint64_t WeightAddress(const Unit& unit) const;
  std::uint64_t QuantParamAddress(const Unit& unit) const;
  std::uint64_t IActAddress(const Unit& unit) const;
  std::uint64_t OActAddress(const Unit& unit) const;
  std::uint64_t ResidualAddress(const Unit& unit) const;

  // What the unit occupies in the Streaming, Line and Output Buffers.
  Bytes StreamingBytes(const Unit& unit) const;
  Bytes LineBytes() const;
  Bytes PartialSumBytes(const Unit& unit) const;

  std::int64_t TotalCycles() const;  // Σ unit tiles × tile_cycles: the compute bound (T8)

  // Adds what the unit reads, writes and computes on chip, and for how many cycles it computes. (Waiting is
  // CountWaits(); DRAM and DMA counters are the movers'.)
  void CountUnit(const Unit& unit, Counters& counters) const { CountUnits(unit, 1, counters); }
  // Σ CountUnit() over the units, and the bytes they move to and from the DRAM.
  void CountLayer(Counters& counters) const;

 private:
  void PlanArray(const HardwareConfig& hw, const SuperNet& net);
  void PlanStrips(const HardwareConfig& hw);
  Strip StripOf(int first_element, int elements, int begin, int end) const;
  const Strip& StripOf(const Unit& unit) const { return strips_[static_cast<std::size_t>(unit.strip)]; }
  static std::int64_t InputRowBytes(const Strip& strip);
  void AddGroup(int tiles, int cached_kernels);
  void MakeShapes(int kernels, int cached_kernels);
  void AddTiles(int tiles, int channel, int channels, Bytes weights, Bytes cached);
  int ChannelBoundary(int tile) const;
  void CountUnits(const Unit& unit, std::int64_t times, Counters& counters) const;
  void CountConv(const Unit& unit, std::int64_t times, Counters& counters) const;
  void CountDrain(const Unit& unit, std::int64_t times, Counters& counters) const;
  void CountAlike(const Unit& unit, std::int64_t times, Counters& counters) const;

  Op op_;
  OpPlacement place_;
  Rect cached_;
  LayerAddresses addresses_;
  std::int64_t element_pitch_ = 0, factor_pitch_ = 0;  // bytes from an element of the result to the next (B5)
  LinkSpeed weight_link_;
  int banks_ = 2;
  int kernel_lanes_ = 0;
  int tile_channels_ = 0;  // folded channels a tile takes: 9, or 81 for 1×1
  int channel_tiles_ = 0;
  int line_channels_ = 0;
  int folding_ = 1;  // 3×3 sub-kernels a kernel decomposes into
  int fill_cycles_ = 0;
  int units_per_strip_ = 0;
  int quant_group_tiles_ = 0;  // kernel tiles whose parameters fit the buffer together
  Bytes db_, db_bank_;         // capacities
  bool weights_stay_ = false;  // all of the layer's fetched weights fit the DB: later strips reuse them
  int max_channels_ = 0, max_kernels_ = 0;  // of the SuperNet layer, for addresses
  int weight_channels_ = 0;                 // of the op's rectangle
  std::int64_t cell_bytes_ = 1;             // of a kernel and channel of it
  // Consecutive kernel tiles that hold, and find cached, equally many kernels.
  struct Group {
    int first_tile = 0, tiles = 0, first_unit = 0;
    int first_shape = 0, shapes = 0;  // of the units of each tile
  };
  const Group& GroupOf(int in_strip) const;  // of a unit by its number in the strip
  // Of a group's kernel tile; what a strip begins with, and quantisation parameters, are not in it.
  Unit UnitOf(int strip, const Group& group, int kernel_tile, int in_tile) const;
  Bytes QuantParamsAt(int strip, int kernel_tile) const;
  int FirstKernel(int tile) const { return tile * kernel_lanes_; }
  int Kernels(int tile) const { return std::min(kernel_lanes_, op_.kernels - FirstKernel(tile)); }
  std::array<Group, 4> groups_;
  int group_count_ = 0;
  std::vector<UnitShape> shapes_;
  std::vector<TileRun> runs_;  // of all shapes, one after the other
  int kernel_tiles_ = 0;
  std::vector<Strip> strips_;
};

inline std::uint64_t LayerPlan::WeightAddress(const Unit& unit) const {
  // The SuperNet's weights lie in the order tiles read them: kernel tile, channel, tap, kernel.
  const std::int64_t kernels_here = std::min(Kernels(0), max_kernels_ - FirstKernel(unit.kernel_tile));
  return addresses_.weights + static_cast<std::uint64_t>(
                                  std::int64_t{FirstKernel(unit.kernel_tile)} * max_channels_ * cell_bytes_ +
                                  unit.shape->first_channel * cell_bytes_ * kernels_here);
}

inline std::uint64_t LayerPlan::OActAddress(const Unit& unit) const {
  // B5: the strip's elements, in them kernel tile, element, position.
  const Strip& strip = StripOf(unit);
  const std::int64_t map = std::int64_t{op_.OutW()} * op_.OutH();
  return addresses_.output +
         static_cast<std::uint64_t>(strip.first_element * element_pitch_ +
                                    FirstKernel(unit.kernel_tile) * map * strip.elements +
                                    std::int64_t{strip.first_out_row} * op_.OutW() * unit.kernels);
}

inline std::uint64_t LayerPlan::ResidualAddress(const Unit& unit) const {
  if (op_.kind == OpKind::kScale) {
    const Strip& strip = StripOf(unit);
    return addresses_.residual +
           static_cast<std::uint64_t>(strip.first_element * factor_pitch_ +
                                      std::int64_t{FirstKernel(unit.kernel_tile)} * strip.elements);
  }
  return OActAddress(unit) - addresses_.output + addresses_.residual;
}

}  // namespace sushi
