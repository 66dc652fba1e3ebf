#include "sushi/functional/data_path.hpp"

#include <algorithm>
#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/functional/dram_content.hpp"

namespace sushi {
namespace {

// Windows are built for as many positions at a time as a second-level cache holds.
constexpr std::int64_t kWindowElements = 1 << 16;

std::size_t Index(std::int64_t i) { return static_cast<std::size_t>(i); }
int TapsOf(const Op& op) { return op.kernel_h * op.kernel_w; }
// Channels of one kernel among the weights of a unit.
int ChannelsOf(const SuperNetLayer& layer, const UnitShape& unit) {
  return layer.centre_crop ? std::min(unit.channels, 1) : unit.channels;
}

}  // namespace

DataPath::DataPath(const InferencePlanner& planner, const FunctionalRun& run, BufferContents buffers)
    : planner_(planner), run_(run), buffers_(buffers) {}

TensorLayout DataPath::InputLayout(const LayerPlan& plan) const {
  const Op& op = plan.op();
  return {plan.addresses().input, plan.addresses().input_group, op.channels, op.in_h, op.in_w};
}

const DataTransfer* DataPath::Keep(std::uint8_t* bytes, GatherList places) {
  transfers_.push_back({bytes, std::move(places)});
  return &transfers_.back();
}

void DataPath::BeginInference(int subnet) {
  subnet_ = subnet;
  zero_points_ = run_.data->ZeroPoints(subnet);
  buffers_.streaming.tensors.clear();
}

void DataPath::BeginLayer(const LayerPlan& plan, int layer) {
  const Op& op = plan.op();
  if (plan.placement().batch != 1) throw UserError("--functional computes batches of one input only");
  transfers_.clear();
  buffers_.dynamic = WeightBanks();
  if (plan.placement().output_on_chip) {
    buffers_.streaming.tensors[op.output].assign(Index(std::int64_t{op.kernels} * op.OutH() * op.OutW()), 0);
  }
  recording_ = run_.records && run_.records(subnet_, layer);
  if (!recording_) return;
  record_ = LayerRecord();
  record_.subnet = subnet_;
  record_.op = layer;
  record_.input_zero_point = ZeroPoint(op.input);
  record_.output_zero_point = ZeroPoint(op.output);
  record_.input.resize(Index(std::int64_t{op.channels} * op.in_h * op.in_w));
  record_.output.resize(Index(std::int64_t{op.kernels} * op.OutH() * op.OutW()));
  record_.weights.resize(Index(op.WeightBytes().value()));
  if (op.residual != kNone) {
    record_.residual_zero_point = ZeroPoint(op.residual);
    record_.residual.resize(op.kind == OpKind::kScale ? Index(op.kernels) : record_.output.size());
  }
  if (plan.placement().input_on_chip) record_.input = buffers_.streaming.tensors[op.input];
  if (plan.is_conv()) record_.quant_params.resize(Index(op.kernels));
}

void DataPath::EndLayer(const LayerPlan& plan) {
  if (!recording_) return;
  const Op& op = plan.op();
  record_.input = HwcToChw(record_.input, op.channels);
  record_.output = HwcToChw(record_.output, op.kernels);
  if (op.kind != OpKind::kScale && op.residual != kNone)
    record_.residual = HwcToChw(record_.residual, op.kernels);
  run_.layer_done(record_);
}

void DataPath::FillBank(const LayerPlan& plan, const Unit& unit) {
  bank_places_.clear();
  bank_taken_ = 0;
  buffers_.dynamic.banks.emplace_back(Index(unit.fetch.value()));
  if (unit.fetch == Bytes(0)) return;
  const UnitExtent extent = plan.ExtentOf(unit);
  const UnitShape& shape = *unit.shape;
  const Rect cached = plan.cached();
  bank_places_ =
      WeightLayoutOf(planner_, plan.op().supernet_layer)
          .TileOutside(extent.first_kernel, extent.kernels, shape.first_channel,
                       shape.first_channel + shape.channels,
                       std::clamp(cached.kernels - extent.first_kernel, 0, extent.kernels), cached.channels);
}

const DataTransfer* DataPath::NextWeights(Bytes bytes) {
  std::vector<std::uint8_t>& bank = buffers_.dynamic.banks.back();
  const std::int64_t first = bank_taken_;
  bank_taken_ += bytes.value();
  return Keep(bank.data() + first, Slice(bank_places_, first, bytes.value()));
}

const DataTransfer* DataPath::LoadQuantParams(const LayerPlan& plan, const Unit& unit) {
  QuantParamBytes& held = buffers_.quant_params;
  held.first_kernel = plan.ExtentOf(unit).first_kernel;
  held.bytes.assign(Index(unit.quant_params.value()), 0);
  return Keep(held.bytes.data(), {{plan.QuantParamAddress(unit), unit.quant_params.value(), 1, 0}});
}

// Channels are padded to whole groups of the array's in the payload (P1); nothing is read for the padding,
// it stands behind the data as 0.
const DataTransfer* DataPath::LoadIActs(const LayerPlan& plan, const Unit& unit) {
  const UnitExtent extent = plan.ExtentOf(unit);
  iact_bytes_.assign(Index(unit.iact_load.value()), 0);
  return Keep(iact_bytes_.data(),
              InputLayout(plan).Rows(0, plan.op().channels, extent.first_in_row, extent.in_rows));
}

const DataTransfer* DataPath::LoadResidual(const LayerPlan& plan, const Unit& unit) {
  const Op& op = plan.op();
  const UnitExtent extent = plan.ExtentOf(unit);
  const TensorLayout layout{plan.addresses().residual, plan.addresses().residual_group, op.kernels, op.OutH(),
                            op.OutW()};
  residual_bytes_.assign(Index(unit.residual.value()), 0);
  if (op.kind == OpKind::kScale) {
    const TensorLayout factors{plan.addresses().residual, plan.addresses().residual_group, op.kernels, 1, 1};
    return Keep(residual_bytes_.data(), factors.Rows(extent.first_kernel, extent.kernels, 0, 1));
  }
  return Keep(residual_bytes_.data(),
              layout.Rows(extent.first_kernel, extent.kernels, extent.first_out_row, extent.out_rows));
}

void DataPath::AcceptStrip(const LayerPlan& plan, const Unit& unit) {
  const Op& op = plan.op();
  const UnitExtent extent = plan.ExtentOf(unit);
  ActivationStore& store = buffers_.streaming;
  store.strip_first_row = extent.first_in_row;
  store.strip_rows = extent.in_rows;
  const std::int64_t row = std::int64_t{op.channels} * op.in_w;
  store.strip.resize(Index(row * extent.in_rows));
  InputLayout(plan).Unpack(iact_bytes_.data(), 0, op.channels, extent.in_rows, store.strip.data());
  if (recording_) {
    std::copy(store.strip.begin(), store.strip.end(), record_.input.begin() + row * extent.first_in_row);
  }
}

ActivationView DataPath::InputOf(const LayerPlan& plan) const {
  const Op& op = plan.op();
  const ActivationStore& store = buffers_.streaming;
  if (plan.placement().input_on_chip) {
    return {store.tensors.at(op.input).data(), op.channels, 0, op.in_h, op.in_w};
  }
  return {store.strip.data(), op.channels, store.strip_first_row, store.strip_rows, op.in_w};
}

void DataPath::RunUnit(const LayerPlan& plan, const Unit& unit) {
  const UnitExtent extent = plan.ExtentOf(unit);
  if (unit.iact_load > Bytes(0)) AcceptStrip(plan, unit);
  if (plan.is_conv()) {
    AssembleWeights(plan, unit, extent);
    Convolve(plan, unit, extent);
  }
  if (unit.drains) Drain(plan, unit, extent);
}

// What lies inside the rectangle that the plan takes for cached comes from the Persistent Buffer, the rest
// from the unit's bank, where it lies in the order of the layout: channel, tap, kernel.
void DataPath::AssembleWeights(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent) {
  const Op& op = plan.op();
  const UnitShape& shape = *unit.shape;
  const SuperNetLayer& layer = planner_.net().layers[Index(op.supernet_layer)];
  const int taps = TapsOf(op), channels = ChannelsOf(layer, shape);
  const Rect cached = plan.cached();
  const int held_kernels = std::clamp(cached.kernels - extent.first_kernel, 0, extent.kernels);
  WeightBanks& dynamic = buffers_.dynamic;
  if (plan.weights_stay() && unit.strip == 0) dynamic.kept[extent.index_in_strip] = dynamic.banks.front();
  const bool reused = plan.weights_stay() && unit.strip > 0;
  const std::vector<std::uint8_t>& bank =
      reused ? dynamic.kept.at(extent.index_in_strip) : dynamic.banks.front();
  tile_weights_.resize(Index(std::int64_t{extent.kernels} * channels * taps));
  std::size_t next = 0;
  for (int c = 0; c < shape.channels; ++c) {
    const int channel = shape.first_channel + c;
    const int from_cache = channel < cached.channels ? held_kernels : 0;
    for (int tap = 0; tap < layer.CellBytes(); ++tap) {
      const int place = layer.centre_crop ? CentreFirstTap(channel, op.kernel_h) : tap * channels + c;
      for (int k = 0; k < extent.kernels; ++k) {
        std::int16_t& weight = tile_weights_[Index(std::int64_t{k} * taps * channels + place)];
        if (k < from_cache) {
          weight =
              std::int16_t{buffers_.persistent.At(op.supernet_layer, extent.first_kernel + k, channel, tap)};
        } else {
          weight = std::int16_t{static_cast<std::int8_t>(bank[next++])};
        }
      }
    }
  }
  if (!recording_) return;
  const int first_channel = op.depthwise ? 0 : shape.first_channel;
  for (int k = 0; k < extent.kernels; ++k) {
    for (int c = 0; c < channels; ++c) {
      for (int tap = 0; tap < taps; ++tap) {
        record_.weights[Index(
            (std::int64_t{extent.first_kernel + k} * op.WeightChannels() + first_channel + c) * taps + tap)] =
            static_cast<std::int8_t>(tile_weights_[Index((std::int64_t{k} * taps + tap) * channels + c)]);
      }
    }
  }
}

// All channel tiles of the unit at once: sums of int32 that cannot overflow do not depend on the order.
void DataPath::Convolve(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent) {
  const Op& op = plan.op();
  const UnitShape& shape = *unit.shape;
  const std::int64_t positions = std::int64_t{extent.out_rows} * op.OutW();
  const std::int64_t first = std::int64_t{extent.first_out_row} * op.OutW();
  std::vector<std::int32_t>& sums = buffers_.output;
  if (unit.starts_kernel_tile) sums.assign(Index(positions * extent.kernels), 0);
  if (shape.channels == 0) return;  // all weights of a depthwise kernel came with the first pass (V3)
  const std::int64_t length = (op.depthwise ? 1 : std::int64_t{shape.channels}) * TapsOf(op);
  const ActivationView input = InputOf(plan);
  const std::int64_t block =
      std::max<std::int64_t>(1, kWindowElements / (op.depthwise ? length * extent.kernels : length));
  for (std::int64_t p = 0; p < positions; p += block) {
    const std::int64_t count = std::min(block, positions - p);
    const int first_channel = op.depthwise ? extent.first_kernel : shape.first_channel;
    const int channels = op.depthwise ? extent.kernels : shape.channels;
    BuildWindows(op, input, ZeroPoint(op.input), {first + p, count}, first_channel, channels, buffers_.line);
    if (op.depthwise) {
      AccumulateDepthwise(buffers_.line.data(), count, tile_weights_.data(), extent.kernels, TapsOf(op),
                          sums.data() + p * extent.kernels);
      continue;
    }
    Accumulate(buffers_.line.data(), count, tile_weights_.data(), extent.kernels, length,
               sums.data() + p * extent.kernels);
  }
}

QuantParam DataPath::QuantParamOf(int kernel) const {
  const QuantParamBytes& held = buffers_.quant_params;
  const std::uint8_t* bytes = held.bytes.data() + (kernel - held.first_kernel) * kQuantParamBytes;
  std::uint32_t scale = 0;
  for (int i = 3; i >= 0; --i) scale = scale << 8 | bytes[i];
  return {static_cast<std::int32_t>(scale), static_cast<std::int8_t>(bytes[4])};
}

void DataPath::Drain(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent) {
  const Op& op = plan.op();
  const std::int64_t positions = std::int64_t{extent.out_rows} * op.OutW();
  const std::int64_t first = std::int64_t{extent.first_out_row} * op.OutW();
  results_.resize(Index(positions * extent.kernels));
  if (plan.is_conv()) {
    const auto activation = ActivationTable(op.activation, ZeroPoint(op.output));
    for (int k = 0; k < extent.kernels; ++k) {
      const QuantParam param = QuantParamOf(extent.first_kernel + k);
      if (recording_) record_.quant_params[Index(extent.first_kernel + k)] = param;
      for (std::int64_t i = k; i < positions * extent.kernels; i += extent.kernels) {
        results_[Index(i)] = activation[Requantise(buffers_.output[Index(i)], param)];
      }
    }
  } else if (op.kind == OpKind::kScale) {
    Scale(plan, unit, extent);
  } else {
    Pool(op, InputOf(plan), ZeroPoint(op.input), {first, positions}, extent.first_kernel, extent.kernels,
         results_.data());
  }
  if (op.kind != OpKind::kScale && op.residual != kNone) AddResiduals(plan, unit, extent);
  const auto store = [&](std::vector<std::uint8_t>& tensor) {
    for (std::int64_t p = 0; p < positions; ++p) {
      std::copy_n(results_.begin() + p * extent.kernels, extent.kernels,
                  tensor.begin() + (first + p) * op.kernels + extent.first_kernel);
    }
  };
  if (plan.placement().output_on_chip) store(buffers_.streaming.tensors.at(op.output));
  if (recording_) store(record_.output);
}

void DataPath::Scale(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent) {
  const Op& op = plan.op();
  const ActivationView input = InputOf(plan);
  const std::uint8_t* factors = unit.residual > Bytes(0)
                                    ? residual_bytes_.data()
                                    : buffers_.streaming.tensors.at(op.residual).data() + extent.first_kernel;
  if (recording_) std::copy_n(factors, extent.kernels, record_.residual.begin() + extent.first_kernel);
  std::size_t next = 0;
  for (int y = extent.first_out_row; y < extent.first_out_row + extent.out_rows; ++y) {
    for (int x = 0; x < op.OutW(); ++x) {
      const std::uint8_t* values = input.At(y, x) + extent.first_kernel;
      for (int k = 0; k < extent.kernels; ++k) {
        results_[next++] = ScaleByFactor(values[k], ZeroPoint(op.input), factors[k]);
      }
    }
  }
}

void DataPath::AddResiduals(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent) {
  const Op& op = plan.op();
  const std::int64_t positions = std::int64_t{extent.out_rows} * op.OutW();
  const std::int64_t first = std::int64_t{extent.first_out_row} * op.OutW();
  residual_tile_.resize(results_.size());
  if (unit.residual > Bytes(0)) {
    const TensorLayout layout{0, plan.addresses().residual_group, op.kernels, op.OutH(), op.OutW()};
    layout.Unpack(residual_bytes_.data(), extent.first_kernel, extent.kernels, extent.out_rows,
                  residual_tile_.data());
  } else {
    const std::vector<std::uint8_t>& tensor = buffers_.streaming.tensors.at(op.residual);
    for (std::int64_t p = 0; p < positions; ++p) {
      std::copy_n(tensor.begin() + (first + p) * op.kernels + extent.first_kernel, extent.kernels,
                  residual_tile_.begin() + p * extent.kernels);
    }
  }
  for (std::size_t i = 0; i < results_.size(); ++i) {
    results_[i] = AddResidual(results_[i], residual_tile_[i], ZeroPoint(op.residual));
  }
  if (!recording_) return;
  for (std::int64_t p = 0; p < positions; ++p) {
    std::copy_n(residual_tile_.begin() + p * extent.kernels, extent.kernels,
                record_.residual.begin() + (first + p) * op.kernels + extent.first_kernel);
  }
}

// A kernel tile's results are a group of the output's layout, so they lie in one piece.
const DataTransfer* DataPath::WriteBack(const LayerPlan& plan, const Unit& unit) {
  write_back_.swap(results_);
  return Keep(write_back_.data(), {{plan.OActAddress(unit), unit.drain.value(), 1, 0}});
}

void DataPath::FreeBank() { buffers_.dynamic.banks.pop_front(); }

const DataTransfer* DataPath::LoadSwapPart(const SwapPart& part) {
  swap_.push_back({part, std::vector<std::uint8_t>(Index(part.bytes.value()))});
  return Keep(swap_.back().bytes.data(), WeightLayoutOf(planner_, part.layer)
                                             .TileOutside(part.first_kernel, part.kernels, 0, part.channels,
                                                          part.held_kernels, part.held_channels));
}

void DataPath::EndSwap(const SubGraph& to) {
  const std::vector<SuperNetLayer>& layers = planner_.net().layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    buffers_.persistent.Reshape(static_cast<int>(i), to.rects[i], layers[i].CellBytes());
  }
  for (const SwapData& data : swap_) {
    const SwapPart& part = data.part;
    const SuperNetLayer& layer = layers[Index(part.layer)];
    std::size_t next = 0;
    for (int c = 0; c < part.channels; ++c) {
      const int held = c < part.held_channels ? part.held_kernels : 0;
      for (int tap = 0; tap < layer.CellBytes(); ++tap) {
        for (int k = held; k < part.kernels; ++k) {
          buffers_.persistent.Set(part.layer, part.first_kernel + k, c, tap,
                                  static_cast<std::int8_t>(data.bytes[next++]));
        }
      }
    }
  }
  swap_.clear();
  transfers_.clear();
}

}  // namespace sushi
