#include "sushi/accel/inference_plan.hpp"

#include <algorithm>
#include <cmath>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr std::uint64_t kAlignment = 4096;

std::uint64_t Align(std::uint64_t address) { return (address + kAlignment - 1) / kAlignment * kAlignment; }

// From one tensor to the next.
std::uint64_t TensorStride(const HardwareConfig& hw, const SuperNet& net, int max_batch) {
  std::uint64_t stride = 0;
  for (const SubNet& subnet : net.subnets) {
    for (const Tensor& tensor : subnet.tensors) {
      const Bytes bytes = max_batch * PaddedBytes(tensor, hw.accel);
      stride = std::max(stride, Align(static_cast<std::uint64_t>(bytes.value())));
    }
  }
  return stride;
}

void CheckOptions(const PlannerOptions& options, std::uint64_t needed) {
  if (options.max_batch < 1 || options.max_batch > kMostBatch) {
    throw UserError("a batch of " + std::to_string(options.max_batch) + ": expected 1 to " +
                    std::to_string(kMostBatch) + " inputs");
  }
  if (options.instance < 0 || options.instance >= options.instances)
    throw InternalError("InferencePlanner: no such instance");
  if (options.region_bytes != 0 && options.region_bytes < needed)
    throw InternalError("InferencePlanner: region_bytes are too few");
}

}  // namespace

std::uint64_t ActivationBytes(const HardwareConfig& hw, const SuperNet& net, int max_batch) {
  std::size_t tensors = 0;
  for (const SubNet& subnet : net.subnets) tensors = std::max(tensors, subnet.tensors.size());
  return tensors * TensorStride(hw, net, max_batch);
}

void CheckMemoryHolds(const HardwareConfig& hw, std::uint64_t end_address) {
  if (hw.dram_model != DramModel::kBankLevel) return;
  const DramOrganization& organization = hw.memory.organization;
  const auto held = static_cast<std::uint64_t>(organization.CapacityBytes());
  if (held >= end_address) return;
  std::uint64_t times = 2;  // rows are a power of two
  while (held * times < end_address) times *= 2;
  throw UserError("memory.organization.rows: " + std::to_string(organization.rows) + " rows give " +
                  std::to_string(held) + " bytes in all, but weights and activations take " +
                  std::to_string(end_address) + "; with all else as it is, " +
                  std::to_string(static_cast<std::uint64_t>(organization.rows) * times) + " rows hold them");
}

InferencePlanner::InferencePlanner(const HardwareConfig& hw, const SuperNet& net,
                                   const PlannerOptions& options)
    : hw_(hw), net_(net) {
  const std::uint64_t needed = ActivationBytes(hw, net, options.max_batch);
  CheckOptions(options, needed);
  // DRAM: the SuperNet's weights once, every SubNet's quantisation parameters, then for every instance
  // activations by tensor.
  std::uint64_t address = Align(options.first_address);
  for (const SuperNetLayer& layer : net.layers) {
    weight_base_.push_back(address);
    address = Align(address + static_cast<std::uint64_t>(layer.WeightBytes().value()));
  }
  for (std::size_t s = 0; s < net.subnets.size(); ++s) {
    for (const SuperNetLayer& layer : net.layers) {
      quant_base_.push_back(address);
      address = Align(address + static_cast<std::uint64_t>(kQuantParamBytes * layer.max_kernels));
    }
  }
  const std::uint64_t region = Align(std::max(needed, options.region_bytes));
  activation_base_ = address + static_cast<std::uint64_t>(options.instance) * region;
  end_address_ = address + static_cast<std::uint64_t>(options.instances) * region;
  tensor_stride_ = TensorStride(hw, net, options.max_batch);
  for (const SubNet& subnet : net.subnets) {
    std::vector<int>& groups = tensor_group_.emplace_back(subnet.tensors.size(), hw.accel.dpe_array.kernels);
    for (const Op& op : subnet.ops) {
      groups[static_cast<std::size_t>(op.output)] = OutputLanes(hw.accel, op);
    }
  }
  placements_.resize(static_cast<std::size_t>(options.max_batch));
  for (int batch = 1; batch <= options.max_batch; ++batch) {
    auto& placements = placements_[static_cast<std::size_t>(batch - 1)];
    placements.reserve(net.subnets.size());
    for (const SubNet& subnet : net.subnets) placements.push_back(PlaceActivations(subnet, hw.accel, batch));
  }
  CheckPlans(1);  // finds what does not fit now, not in mid-run
  if (options.max_batch > 1) CheckPlans(options.max_batch);
}

void InferencePlanner::CheckPlans(int batch) const {
  for (std::size_t s = 0; s < net_.subnets.size(); ++s) {
    for (std::size_t i = 0; i < net_.subnets[s].ops.size(); ++i) {
      PlanOp(static_cast<int>(s), static_cast<int>(i), EmptySubGraph(net_), batch);
    }
  }
}

void InferencePlanner::CheckFits(const SubGraph& cached) const {
  const Bytes bytes = BytesOf(net_, cached);
  if (bytes > hw_.accel.pb.capacity()) {
    throw UserError("accel.pb.capacity_kib: a SubGraph of " + std::to_string(bytes.value()) +
                    " bytes does not fit a Persistent Buffer of " +
                    std::to_string(hw_.accel.pb.capacity().value()) + " bytes");
  }
}

LayerAddresses InferencePlanner::AddressesOf(int subnet, const Op& op) const {
  LayerAddresses addresses;
  if (op.supernet_layer != kNone) {
    const auto layer = static_cast<std::size_t>(op.supernet_layer);
    addresses.weights = weight_base_[layer];
    addresses.quant_params = quant_base_[static_cast<std::size_t>(subnet) * net_.layers.size() + layer];
  }
  addresses.input = TensorBase(op.input);
  addresses.input_group = TensorGroup(subnet, op.input);
  addresses.output = TensorBase(op.output);
  if (op.residual != kNone) {
    addresses.residual = TensorBase(op.residual);
    addresses.residual_group = TensorGroup(subnet, op.residual);
  }
  return addresses;
}

const OpPlacement& InferencePlanner::PlacementOf(int subnet, int op, int batch) const {
  if (batch < 1 || batch > max_batch()) {
    throw InternalError("InferencePlanner: a batch of " + std::to_string(batch) + ", laid out for " +
                        std::to_string(max_batch()));
  }
  return placements_[static_cast<std::size_t>(batch - 1)][static_cast<std::size_t>(subnet)]
                    [static_cast<std::size_t>(op)];
}

Bytes InferencePlanner::KeptAfter(int subnet, int op, int batch) const {
  return PlacementOf(subnet, op, batch).kept_after;
}

LayerPlan InferencePlanner::PlanOp(int subnet, int op, const SubGraph& cached, int batch) const {
  const Op& step = this->subnet(subnet).ops[static_cast<std::size_t>(op)];
  const Rect rect =
      step.supernet_layer == kNone ? Rect{} : cached.rects[static_cast<std::size_t>(step.supernet_layer)];
  return LayerPlan(hw_, net_, step, PlacementOf(subnet, op, batch), rect, AddressesOf(subnet, step));
}

LayerPlan InferencePlanner::PlanAlone(int subnet, int op) const {
  const SubNet& net = this->subnet(subnet);
  Op step = net.ops[static_cast<std::size_t>(op)];
  if (step.kind != OpKind::kScale) step.residual = kNone;  // the board ran the convolution only
  return LayerPlan(hw_, net_, step, PlaceAlone(net, step, hw_.accel), Rect{}, AddressesOf(subnet, step));
}

std::vector<SwapPart> InferencePlanner::PlanSwap(const SubGraph& from, const SubGraph& to) const {
  const LinkSpeed link(hw_, hw_.accel.axi.weight_ports);
  std::vector<SwapPart> parts;
  for (std::size_t i = 0; i < net_.layers.size(); ++i) {
    const SuperNetLayer& layer = net_.layers[i];
    const int lanes = KernelLanes(hw_.accel, layer.depthwise);
    const Rect want = to.rects[i], have = from.rects[i];
    const std::int64_t cell = layer.CellBytes();
    for (int first = 0; first < want.kernels; first += lanes) {
      const std::int64_t kernels = std::min(lanes, want.kernels - first);
      const std::int64_t held_kernels = std::clamp<std::int64_t>(have.kernels - first, 0, kernels);
      const std::int64_t held_channels = std::min(want.channels, have.channels);
      const Bytes bytes((kernels * want.channels - held_kernels * held_channels) * cell);
      if (bytes == Bytes(0)) continue;
      const std::int64_t skip = held_kernels == kernels ? held_channels : 0;
      const std::int64_t kernels_here = std::min(lanes, layer.max_kernels - first);
      const std::uint64_t address =
          weight_base_[i] + static_cast<std::uint64_t>(std::int64_t{first} * layer.max_channels * cell +
                                                       skip * cell * kernels_here);
      SwapPart part;
      part.address = address;
      part.bytes = bytes;
      part.link = link.TransferCycles(bytes);
      part.layer = static_cast<int>(i);
      part.first_kernel = first;
      part.kernels = static_cast<int>(kernels);
      part.channels = want.channels;
      part.held_kernels = static_cast<int>(held_kernels);
      part.held_channels = static_cast<int>(held_channels);
      parts.push_back(part);
    }
  }
  return parts;
}

Cycles InferencePlanner::HostCycles(double layer_call_us) const {
  return Cycles(std::llround(layer_call_us * static_cast<double>(hw_.accel.clock_mhz)));
}

}  // namespace sushi
