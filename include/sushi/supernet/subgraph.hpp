// A SubGraph: one rectangle K×C per SuperNet convolution, the first K kernels and first C channels
// (depthwise: see SuperNetLayer); absent ones are (0,0). What the Persistent Buffer holds, and (as a vector)
// what a SubNet asks for.
#pragma once

#include <vector>

#include "sushi/supernet/supernet.hpp"

namespace sushi {

struct Rect {
  int kernels = 0;
  int channels = 0;
  friend bool operator==(const Rect& a, const Rect& b) {
    return a.kernels == b.kernels && a.channels == b.channels;
  }
  friend bool operator!=(const Rect& a, const Rect& b) { return !(a == b); }
  friend bool operator<(const Rect& a, const Rect& b) {
    return a.kernels != b.kernels ? a.kernels < b.kernels : a.channels < b.channels;
  }
};

struct SubGraph {
  std::vector<Rect> rects;  // one per SuperNet layer, classifier included and always (0,0)

  friend bool operator==(const SubGraph& a, const SubGraph& b) { return a.rects == b.rects; }
  friend bool operator!=(const SubGraph& a, const SubGraph& b) { return !(a == b); }
  friend bool operator<(const SubGraph& a, const SubGraph& b) { return a.rects < b.rects; }
};

SubGraph EmptySubGraph(const SuperNet& net);
// What an op needs of its SuperNet layer.
Rect RectOf(const SuperNetLayer& layer, const Op& op);
// The rectangles of the SubNet's cacheable convolutions.
SubGraph SubGraphOf(const SuperNet& net, const SubNet& subnet);
SubGraph Intersect(const SubGraph& a, const SubGraph& b);    // per layer min K × min C
SubGraph BoundingBox(const SubGraph& a, const SubGraph& b);  // per layer max K × max C
bool Contains(const SubGraph& outer, const SubGraph& inner);
Bytes BytesOf(const SuperNet& net, const SubGraph& g);                                // Σ K·C·cell
Bytes SharedBytes(const SuperNet& net, const SubGraph& a, const SubGraph& b);         // |a ∩ b|
Bytes MissingBytes(const SuperNet& net, const SubGraph& want, const SubGraph& have);  // |want ∖ have|
// Σ (ΔK² + ΔC²) over all layers: the square of the Euclidean distance over [K1,C1,…,Kn,Cn].
std::int64_t SquaredDistance(const SubGraph& a, const SubGraph& b);

}  // namespace sushi
