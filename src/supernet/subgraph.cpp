#include "sushi/supernet/subgraph.hpp"

#include <algorithm>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// An absent layer is (0,0), never a rectangle with only one side.
Rect Normal(int kernels, int channels) {
  return kernels > 0 && channels > 0 ? Rect{kernels, channels} : Rect{};
}

Bytes RectBytes(const SuperNetLayer& layer, const Rect& rect) {
  return Bytes(std::int64_t{rect.kernels} * rect.channels * layer.kernel_h * layer.kernel_w);
}

template <typename Combine>
SubGraph PerLayer(const SubGraph& a, const SubGraph& b, Combine combine) {
  if (a.rects.size() != b.rects.size()) throw InternalError("SubGraphs of different SuperNets");
  SubGraph result;
  result.rects.reserve(a.rects.size());
  for (std::size_t i = 0; i < a.rects.size(); ++i) {
    result.rects.push_back(Normal(combine(a.rects[i].kernels, b.rects[i].kernels),
                                  combine(a.rects[i].channels, b.rects[i].channels)));
  }
  return result;
}

}  // namespace

SubGraph EmptySubGraph(const SuperNet& net) { return {std::vector<Rect>(net.layers.size())}; }

SubGraph SubGraphOf(const SuperNet& net, const SubNet& subnet) {
  SubGraph graph = EmptySubGraph(net);
  for (const Op& op : subnet.ops) {
    if (op.supernet_layer == kNone) continue;
    const auto layer = static_cast<std::size_t>(op.supernet_layer);
    if (net.layers[layer].cacheable) graph.rects[layer] = {op.kernels, op.channels};
  }
  return graph;
}

SubGraph Intersect(const SubGraph& a, const SubGraph& b) {
  return PerLayer(a, b, [](int x, int y) { return std::min(x, y); });
}

SubGraph BoundingBox(const SubGraph& a, const SubGraph& b) {
  return PerLayer(a, b, [](int x, int y) { return std::max(x, y); });
}

bool Contains(const SubGraph& outer, const SubGraph& inner) { return Intersect(outer, inner) == inner; }

Bytes BytesOf(const SuperNet& net, const SubGraph& g) {
  if (g.rects.size() != net.layers.size()) throw InternalError("SubGraph of another SuperNet");
  Bytes sum;
  for (std::size_t i = 0; i < g.rects.size(); ++i) sum += RectBytes(net.layers[i], g.rects[i]);
  return sum;
}

Bytes SharedBytes(const SuperNet& net, const SubGraph& a, const SubGraph& b) {
  return BytesOf(net, Intersect(a, b));
}

Bytes MissingBytes(const SuperNet& net, const SubGraph& want, const SubGraph& have) {
  return BytesOf(net, want) - SharedBytes(net, want, have);
}

std::int64_t SquaredDistance(const SubGraph& a, const SubGraph& b) {
  if (a.rects.size() != b.rects.size()) throw InternalError("SubGraphs of different SuperNets");
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.rects.size(); ++i) {
    const std::int64_t dk = a.rects[i].kernels - b.rects[i].kernels;
    const std::int64_t dc = a.rects[i].channels - b.rects[i].channels;
    sum += dk * dk + dc * dc;
  }
  return sum;
}

}  // namespace sushi
