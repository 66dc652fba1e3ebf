#include "sushi/functional/dram_content.hpp"

namespace sushi {
namespace {

TensorLayout LayoutOf(const InferencePlanner& planner, int subnet, int tensor) {
  const Tensor& shape = planner.subnet(subnet).tensors[static_cast<std::size_t>(tensor)];
  return {planner.TensorBase(tensor), planner.TensorGroup(subnet, tensor), shape.channels, shape.height,
          shape.width};
}

std::vector<std::uint8_t> BytesOf(const std::vector<QuantParam>& params) {
  std::vector<std::uint8_t> bytes;
  for (const QuantParam& param : params) {
    const auto scale = static_cast<std::uint32_t>(param.scale);
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(scale >> shift));
    bytes.push_back(static_cast<std::uint8_t>(param.zero_point));
  }
  return bytes;
}

void WriteAll(std::uint64_t address, std::vector<std::uint8_t> bytes, const DramAccess& write) {
  write(address, bytes.data(), static_cast<std::int64_t>(bytes.size()));
}

}  // namespace

WeightLayout WeightLayoutOf(const InferencePlanner& planner, int layer) {
  const SuperNetLayer& of = planner.net().layers[static_cast<std::size_t>(layer)];
  return {planner.WeightBase(layer),
          KernelLanes(planner.hw().accel, of.depthwise),
          of.max_kernels,
          of.max_channels,
          of.CellBytes(),
          of.centre_crop ? of.kernel_h : 0};
}

void WriteWeights(const InferencePlanner& planner, const NetworkData& data, const DramAccess& write) {
  for (std::size_t i = 0; i < planner.net().layers.size(); ++i) {
    const int index = static_cast<int>(i);
    const WeightLayout layout = WeightLayoutOf(planner, index);
    WriteAll(layout.base, layout.FromKcrs(data.weights(index)), write);
  }
}

void WriteSubNet(const InferencePlanner& planner, const NetworkData& data, int subnet,
                 const DramAccess& write) {
  const SubNet& net = planner.subnet(subnet);
  for (const Op& op : net.ops) {
    if (op.supernet_layer == kNone) continue;
    WriteAll(planner.AddressesOf(subnet, op).quant_params,
             BytesOf(data.QuantParams(subnet, op.supernet_layer)), write);
  }
  for (int tensor = 0; tensor < static_cast<int>(net.tensors.size()); ++tensor) {
    if (!IsExternal(net, tensor)) continue;
    const TensorLayout layout = LayoutOf(planner, subnet, tensor);
    WriteAll(layout.base, layout.FromChw(data.External(subnet, tensor)), write);
  }
}

std::vector<std::uint8_t> ReadTensor(const InferencePlanner& planner, int subnet, int tensor,
                                     const DramAccess& read) {
  const TensorLayout layout = LayoutOf(planner, subnet, tensor);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(layout.bytes()));
  read(layout.base, bytes.data(), layout.bytes());
  return layout.ToChw(bytes);
}

}  // namespace sushi
