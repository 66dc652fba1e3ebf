#include "sushi/sched/candidates.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

namespace sushi {
namespace {

constexpr std::int64_t kFillPercent = 98;

// A SubGraph that grows and never takes more than the capacity.
class Packer {
 public:
  Packer(const SuperNet& net, Bytes capacity)
      : net_(net), graph_(EmptySubGraph(net)), capacity_(capacity), left_(capacity) {}

  const SubGraph& graph() const { return graph_; }
  bool Filled() const { return (capacity_ - left_) * 100 >= capacity_ * kFillPercent; }

  void Set(const SubGraph& graph) {
    graph_ = graph;
    left_ = capacity_ - BytesOf(net_, graph);
  }

  // Grows a layer towards `wanted`, by whole kernels of all its wanted channels.
  bool AddKernels(std::size_t layer, const Rect& wanted) {
    Rect next = graph_.rects[layer];
    if (next.kernels == 0) next.channels = wanted.channels;
    next.kernels += Affordable(layer, next.channels, wanted.kernels - next.kernels);
    return next.kernels > 0 && Take(layer, next);
  }

  // Grows a layer towards `wanted` by channels of the kernels it has, or of its first kernel.
  bool AddChannels(std::size_t layer, const Rect& wanted) {
    Rect next = graph_.rects[layer];
    if (next.kernels == 0) next = {std::min(1, wanted.kernels), 0};
    next.channels += Affordable(layer, next.kernels, wanted.channels - next.channels);
    return next.channels > 0 && Take(layer, next);
  }

 private:
  std::int64_t Taps(std::size_t layer) const {
    return std::int64_t{net_.layers[layer].kernel_h} * net_.layers[layer].kernel_w;
  }

  // How many rows of `width` weights fit, at most `wanted`.
  int Affordable(std::size_t layer, int width, int wanted) const {
    if (width <= 0 || wanted <= 0) return 0;
    return static_cast<int>(std::min<std::int64_t>(wanted, left_.value() / (width * Taps(layer))));
  }

  bool Take(std::size_t layer, const Rect& next) {
    Rect& now = graph_.rects[layer];
    if (next == now) return false;
    const std::int64_t weights =
        std::int64_t{next.kernels} * next.channels - std::int64_t{now.kernels} * now.channels;
    left_ -= Bytes(weights * Taps(layer));
    now = next;
    return true;
  }

  const SuperNet& net_;
  SubGraph graph_;
  Bytes capacity_, left_;
};

// All layers from `start` on, wrapping round.
std::vector<std::size_t> LayersFrom(const SuperNet& net, std::size_t start) {
  std::vector<std::size_t> order(net.layers.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = (start + i) % order.size();
  return order;
}

void AddWholeLayers(Packer& packer, const SubGraph& wanted, const std::vector<std::size_t>& order) {
  for (const std::size_t layer : order) packer.AddKernels(layer, wanted.rects[layer]);
}

// Spends what is left within `wanted`. Ends because every round but the last takes bytes.
void Fill(Packer& packer, const SubGraph& wanted, const std::vector<std::size_t>& order) {
  for (bool grew = true; grew;) {
    grew = false;
    for (const std::size_t layer : order) {
      grew |= packer.AddKernels(layer, wanted.rects[layer]);
      grew |= packer.AddChannels(layer, wanted.rects[layer]);
    }
  }
}

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
    box_ = EmptySubGraph(net);
    for (const SubNet& subnet : net.subnets) box_ = BoundingBox(box_, SubGraphOf(net, subnet));
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

  void FillAndAdd(const std::string& name, Packer& packer, const SubGraph& wanted,
                  const std::vector<std::size_t>& order) {
    Fill(packer, wanted, order);
    if (!packer.Filled()) Fill(packer, box_, order);
    Add(name, packer.graph());
  }

  void AddScaled(const SubNet& subnet, const char* family, bool scale_channels) {
    if (Full()) return;
    const SubGraph wanted = SubGraphOf(net_, subnet);
    Packer packer(net_, capacity_);
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
    Packer packer(net_, capacity_);
    AddWholeLayers(packer, wanted, order);
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
  Packer packer(net, capacity);
  AddWholeLayers(packer, cacheable, LayersFrom(net, 0));
  return packer.graph();
}

}  // namespace sushi
