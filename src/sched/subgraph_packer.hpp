// A SubGraph that grows and never takes more than a capacity: what every way to make candidates uses to
// spend the bytes it has.
#pragma once

#include <cstddef>
#include <vector>

#include "sushi/supernet/subgraph.hpp"

namespace sushi {

class SubGraphPacker {
 public:
  SubGraphPacker(const SuperNet& net, Bytes capacity);

  const SubGraph& graph() const { return graph_; }
  bool Filled() const;  // to at least 98 %

  void Set(const SubGraph& graph);
  // Grows a layer towards `wanted`, by whole kernels of all its wanted channels.
  bool AddKernels(std::size_t layer, const Rect& wanted);
  // Grows a layer towards `wanted` by channels of the kernels it has, or of its first kernel.
  bool AddChannels(std::size_t layer, const Rect& wanted);

  void AddWholeLayers(const SubGraph& wanted, const std::vector<std::size_t>& order);
  // Spends what is left within `wanted`, again and again over the layers.
  void Fill(const SubGraph& wanted, const std::vector<std::size_t>& order);

 private:
  std::int64_t CellBytes(std::size_t layer) const;
  int Affordable(std::size_t layer, int width, int wanted) const;
  bool Take(std::size_t layer, const Rect& next);

  const SuperNet& net_;
  SubGraph graph_;
  Bytes capacity_, left_;
};

// All layers from `start` on, wrapping round.
std::vector<std::size_t> LayersFrom(const SuperNet& net, std::size_t start);
// The smallest SubGraph that contains all SubNets.
SubGraph BoxOfSubNets(const SuperNet& net);

}  // namespace sushi
