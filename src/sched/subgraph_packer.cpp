#include "subgraph_packer.hpp"

#include <algorithm>

namespace sushi {
namespace {

constexpr std::int64_t kFillPercent = 98;

}  // namespace

SubGraphPacker::SubGraphPacker(const SuperNet& net, Bytes capacity)
    : net_(net), graph_(EmptySubGraph(net)), capacity_(capacity), left_(capacity) {}

bool SubGraphPacker::Filled() const { return (capacity_ - left_) * 100 >= capacity_ * kFillPercent; }

void SubGraphPacker::Set(const SubGraph& graph) {
  graph_ = graph;
  left_ = capacity_ - BytesOf(net_, graph);
}

bool SubGraphPacker::AddKernels(std::size_t layer, const Rect& wanted) {
  Rect next = graph_.rects[layer];
  if (next.kernels == 0) next.channels = wanted.channels;
  next.kernels += Affordable(layer, next.channels, wanted.kernels - next.kernels);
  return next.kernels > 0 && Take(layer, next);
}

bool SubGraphPacker::AddChannels(std::size_t layer, const Rect& wanted) {
  Rect next = graph_.rects[layer];
  if (next.kernels == 0) next = {std::min(1, wanted.kernels), 0};
  next.channels += Affordable(layer, next.kernels, wanted.channels - next.channels);
  return next.channels > 0 && Take(layer, next);
}

void SubGraphPacker::AddWholeLayers(const SubGraph& wanted, const std::vector<std::size_t>& order) {
  for (const std::size_t layer : order) AddKernels(layer, wanted.rects[layer]);
}

// Ends because every round but the last takes bytes.
void SubGraphPacker::Fill(const SubGraph& wanted, const std::vector<std::size_t>& order) {
  for (bool grew = true; grew;) {
    grew = false;
    for (const std::size_t layer : order) {
      grew |= AddKernels(layer, wanted.rects[layer]);
      grew |= AddChannels(layer, wanted.rects[layer]);
    }
  }
}

std::int64_t SubGraphPacker::CellBytes(std::size_t layer) const { return net_.layers[layer].CellBytes(); }

// How many rows of `width` cells fit, at most `wanted`.
int SubGraphPacker::Affordable(std::size_t layer, int width, int wanted) const {
  if (width <= 0 || wanted <= 0) return 0;
  return static_cast<int>(std::min<std::int64_t>(wanted, left_.value() / (width * CellBytes(layer))));
}

bool SubGraphPacker::Take(std::size_t layer, const Rect& next) {
  Rect& now = graph_.rects[layer];
  if (next == now) return false;
  const std::int64_t cells =
      std::int64_t{next.kernels} * next.channels - std::int64_t{now.kernels} * now.channels;
  left_ -= Bytes(cells * CellBytes(layer));
  now = next;
  return true;
}

std::vector<std::size_t> LayersFrom(const SuperNet& net, std::size_t start) {
  std::vector<std::size_t> order(net.layers.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = (start + i) % order.size();
  return order;
}

SubGraph BoxOfSubNets(const SuperNet& net) {
  SubGraph box = EmptySubGraph(net);
  for (const SubNet& subnet : net.subnets) box = BoundingBox(box, SubGraphOf(net, subnet));
  return box;
}

}  // namespace sushi
