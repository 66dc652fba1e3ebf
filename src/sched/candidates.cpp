#include "sushi/sched/candidates.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "subgraph_packer.hpp"

namespace sushi {
namespace {

constexpr int kScaleBits = 16;  // scales are n/65536, so that shapes need no floating point
constexpr int kFullScale = 1 << kScaleBits;

int Scaled(int size, int scale) { return static_cast<int>((std::int64_t{size} * scale) >> kScaleBits); }

SubGraph ScaledGraph(const SubGraph& graph, int scale, bool scale_channels) {
  SubGraph scaled = graph;
  for (Rect& rect : scaled.rects) {
    rect.kernels = Scaled(rect.kernels, scale);
    if (scale_channels) rect.channels = Scaled(rect.channels, scale);
    if (rect.kernels == 0 || rect.channels == 0) rect = Rect{};
  }
  return scaled;
}

// The largest scale that fits, by bisection: the bytes never fall as the scale grows.
SubGraph LargestScaled(const SuperNet& net, const SubGraph& graph, Bytes capacity, bool scale_channels) {
  int fits = 0, above = kFullScale + 1;
  while (above - fits > 1) {
    const int middle = fits + (above - fits) / 2;
    const bool ok = BytesOf(net, ScaledGraph(graph, middle, scale_channels)) <= capacity;
    (ok ? fits : above) = middle;
  }
  return ScaledGraph(graph, fits, scale_channels);
}

// 0, 1/2, 1/4, 3/4, 1/8, … of `layers`, each layer once: any beginning of it is spread evenly.
std::vector<std::size_t> SpreadStarts(std::vector<std::size_t> layers) {
  std::vector<std::size_t> starts;
  std::set<std::size_t> used;
  std::size_t denominator = 1;
  while (denominator < 2 * layers.size()) {
    for (std::size_t numerator = denominator == 1 ? 0 : 1; numerator < denominator; numerator += 2) {
      const std::size_t layer = layers[numerator * layers.size() / denominator];
      if (used.insert(layer).second) starts.push_back(layer);
    }
    denominator *= 2;
  }
  return starts;
}

std::vector<std::size_t> LayersOf(const SubGraph& graph) {
  std::vector<std::size_t> layers;
  for (std::size_t i = 0; i < graph.rects.size(); ++i) {
    if (graph.rects[i].kernels > 0) layers.push_back(i);
  }
  return layers;
}

class CandidateList {
 public:
  CandidateList(const SuperNet& net, Bytes capacity, int count)
      : net_(net), capacity_(capacity), count_(static_cast<std::size_t>(std::max(count, 0))) {
    box_ = BoxOfSubNets(net);
  }

  std::vector<SubGraphColumn> Make() && {
    if (BytesOf(net_, box_) <= capacity_) {
      Add("all", box_);
      return std::move(columns_);
    }
    for (const SubNet& subnet : net_.subnets) AddScaled(subnet, "scaled", true);
    for (const SubNet& subnet : net_.subnets) AddScaled(subnet, "kernels", false);
    AddWindows();
    return std::move(columns_);
  }

 private:
  bool Full() const { return columns_.size() >= count_; }

  void Add(const std::string& name, const SubGraph& graph) {
    if (Full() || graph == EmptySubGraph(net_) || !seen_.insert(graph).second) return;
    columns_.push_back({name, graph});
  }

  void FillAndAdd(const std::string& name, SubGraphPacker& packer, const SubGraph& wanted,
                  const std::vector<std::size_t>& order) {
    packer.Fill(wanted, order);
    if (!packer.Filled()) packer.Fill(box_, order);
    Add(name, packer.graph());
  }

  void AddScaled(const SubNet& subnet, const char* family, bool scale_channels) {
    if (Full()) return;
    const SubGraph wanted = SubGraphOf(net_, subnet);
    SubGraphPacker packer(net_, capacity_);
    packer.Set(LargestScaled(net_, wanted, capacity_, scale_channels));
    FillAndAdd(subnet.name + "." + family, packer, wanted, LayersFrom(net_, 0));
  }

  // One start a SubNet and round, until there are enough or all starts of all SubNets are used.
  void AddWindows() {
    std::vector<std::vector<std::size_t>> starts;
    std::size_t rounds = 0;
    for (const SubNet& subnet : net_.subnets) {
      starts.push_back(SpreadStarts(LayersOf(SubGraphOf(net_, subnet))));
      rounds = std::max(rounds, starts.back().size());
    }
    for (std::size_t round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < starts.size() && !Full(); ++i) {
        if (round < starts[i].size()) AddWindow(net_.subnets[i], starts[i][round]);
      }
    }
  }

  void AddWindow(const SubNet& subnet, std::size_t start) {
    const SubGraph wanted = SubGraphOf(net_, subnet);
    const std::vector<std::size_t> order = LayersFrom(net_, start);
    SubGraphPacker packer(net_, capacity_);
    packer.AddWholeLayers(wanted, order);
    FillAndAdd(subnet.name + ".window" + std::to_string(start), packer, wanted, order);
  }

  const SuperNet& net_;
  Bytes capacity_;
  std::size_t count_;
  SubGraph box_;
  std::set<SubGraph> seen_;
  std::vector<SubGraphColumn> columns_;
};

}  // namespace

std::vector<SubGraphColumn> MakeCandidates(const SuperNet& net, Bytes capacity, int count) {
  return CandidateList(net, capacity, count).Make();
}

SubGraph PrefixThatFits(const SuperNet& net, const SubGraph& wanted, Bytes capacity) {
  SubGraph cacheable = wanted;
  for (std::size_t i = 0; i < cacheable.rects.size(); ++i) {
    if (!net.layers[i].cacheable) cacheable.rects[i] = Rect{};
  }
  SubGraphPacker packer(net, capacity);
  packer.AddWholeLayers(cacheable, LayersFrom(net, 0));
  return packer.graph();
}

}  // namespace sushi
