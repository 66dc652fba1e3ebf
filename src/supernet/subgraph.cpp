#include "sushi/supernet/subgraph.hpp"

#include <algorithm>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// SubGraphs of two SuperNets cannot be compared: no input leads here, only a mistake of ours.
std::size_t CommonSize(const SubGraph& a, const SubGraph& b) {
  if (a.rects.size() != b.rects.size()) throw InternalError("SubGraphs of different SuperNets");
  return a.rects.size();
}

Bytes RectBytes(const SuperNetLayer& layer, int kernels, int channels) {
  return Bytes(std::int64_t{kernels} * channels * layer.CellBytes());
}

}  // namespace

SubGraph EmptySubGraph(const SuperNet& net) {
  SubGraph g;
  g.rects.resize(net.layers.size());
  return g;
}

Rect RectOf(const SuperNetLayer& layer, const Op& op) {
  return {op.kernels, layer.centre_crop ? op.kernel_h * op.kernel_w : op.WeightChannels()};
}

SubGraph SubGraphOf(const SuperNet& net, const SubNet& subnet) {
  SubGraph g = EmptySubGraph(net);
  for (const Op& op : subnet.ops) {
    if (op.supernet_layer == kNone) continue;
    const auto layer = static_cast<std::size_t>(op.supernet_layer);
    if (net.layers[layer].cacheable) g.rects[layer] = RectOf(net.layers[layer], op);
  }
  return g;
}

SubGraph Intersect(const SubGraph& a, const SubGraph& b) {
  SubGraph g;
  g.rects.resize(CommonSize(a, b));
  for (std::size_t i = 0; i < g.rects.size(); ++i) {
    g.rects[i] = {std::min(a.rects[i].kernels, b.rects[i].kernels),
                  std::min(a.rects[i].channels, b.rects[i].channels)};
  }
  return g;
}

SubGraph BoundingBox(const SubGraph& a, const SubGraph& b) {
  SubGraph g;
  g.rects.resize(CommonSize(a, b));
  for (std::size_t i = 0; i < g.rects.size(); ++i) {
    g.rects[i] = {std::max(a.rects[i].kernels, b.rects[i].kernels),
                  std::max(a.rects[i].channels, b.rects[i].channels)};
  }
  return g;
}

bool Contains(const SubGraph& outer, const SubGraph& inner) {
  for (std::size_t i = 0; i < CommonSize(outer, inner); ++i) {
    if (inner.rects[i].kernels > outer.rects[i].kernels) return false;
    if (inner.rects[i].channels > outer.rects[i].channels) return false;
  }
  return true;
}

Bytes BytesOf(const SuperNet& net, const SubGraph& g) {
  if (g.rects.size() != net.layers.size()) throw InternalError("SubGraph of another SuperNet");
  Bytes sum;
  for (std::size_t i = 0; i < g.rects.size(); ++i) {
    sum += RectBytes(net.layers[i], g.rects[i].kernels, g.rects[i].channels);
  }
  return sum;
}

// Both rectangles start at kernel 0, channel 0, so what they share is the smaller side of each.
Bytes SharedBytes(const SuperNet& net, const SubGraph& a, const SubGraph& b) {
  return BytesOf(net, Intersect(a, b));
}

Bytes MissingBytes(const SuperNet& net, const SubGraph& want, const SubGraph& have) {
  return BytesOf(net, want) - SharedBytes(net, want, have);
}

std::int64_t SquaredDistance(const SubGraph& a, const SubGraph& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < CommonSize(a, b); ++i) {
    const std::int64_t dk = std::int64_t{a.rects[i].kernels} - b.rects[i].kernels;
    const std::int64_t dc = std::int64_t{a.rects[i].channels} - b.rects[i].channels;
    sum += dk * dk + dc * dc;
  }
  return sum;
}

}  // namespace sushi
