// Candidates by measured benefit per byte. Layers are barriers, so what a rectangle saves in its layer does
// not depend on what is cached of the others: benefits add up, and the best SubGraph of a size is a
// multiple-choice knapsack over the layers.
#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "subgraph_packer.hpp"
#include "sushi/accel/fast_accelerator.hpp"
#include "sushi/sched/candidates.hpp"
#include "sushi/sched/knapsack.hpp"
#include "sushi/sched/objective.hpp"

namespace sushi {
namespace {

constexpr std::size_t kMaxCuts = 16;  // of a layer and direction; more are thinned out

// Where a layer may be cut in one direction: after the first tile and after each quarter of every size that
// a SubNet has, rounded up to whole tiles.
std::vector<int> Cuts(const std::set<int>& sizes, int tile) {
  std::set<int> cuts;
  for (const int size : sizes) {
    cuts.insert(std::min(size, tile));
    for (std::int64_t quarter = 1; quarter <= 4; ++quarter) {
      const std::int64_t tiles = CeilDiv(size * quarter, std::int64_t{4} * tile);
      cuts.insert(static_cast<int>(std::min<std::int64_t>(size, tiles * tile)));
    }
  }
  const std::vector<int> all(cuts.begin(), cuts.end());
  if (all.size() <= kMaxCuts) return all;
  std::vector<int> thinned;
  for (std::size_t i = 1; i <= kMaxCuts; ++i) thinned.push_back(all[i * all.size() / kMaxCuts - 1]);
  return thinned;
}

// The rectangles that each layer may have in a candidate.
std::vector<std::vector<Rect>> MakeOptions(const SuperNet& net, const DpeArrayConfig& array) {
  std::vector<std::vector<Rect>> options(net.layers.size());
  for (std::size_t layer = 0; layer < net.layers.size(); ++layer) {
    const SuperNetLayer& of = net.layers[layer];
    if (!of.cacheable) continue;
    std::set<int> kernels, channels;
    for (const SubNet& subnet : net.subnets) {
      for (const Op& op : subnet.ops) {
        if (op.supernet_layer != static_cast<int>(layer)) continue;
        const Rect rect = RectOf(of, op);
        kernels.insert(rect.kernels);
        channels.insert(rect.channels);
      }
    }
    const bool pointwise = of.kernel_h == 1 && of.kernel_w == 1;
    const std::vector<int> channel_cuts =
        of.centre_crop ? std::vector<int>(channels.begin(), channels.end())  // taps: where a size ends
                       : Cuts(channels, array.channels * (pointwise ? 9 : 1));
    const int lanes = of.depthwise ? std::min(array.kernels, array.channels) : array.kernels;  // V1
    for (const int k : Cuts(kernels, lanes)) {
      for (const int c : channel_cuts) options[layer].push_back({k, c});
    }
  }
  return options;
}

class KnapsackCandidates {
 public:
  KnapsackCandidates(const HardwareConfig& hw, const SuperNet& net, std::int64_t byte_value_ps,
                     const std::shared_ptr<LayerCosts>& costs)
      : net_(net),
        clock_(hw.accel.clock_mhz),
        capacity_(hw.accel.pb.capacity()),
        byte_value_ps_(byte_value_ps),
        box_(BoxOfSubNets(net)),
        options_(MakeOptions(net, hw.accel.dpe_array)) {
    HardwareConfig roomy = hw;  // every rectangle is measured, also those larger than the PB
    roomy.accel.pb.capacity_kib = std::max<std::int64_t>(1, CeilDiv(BytesOf(net, box_).value(), 1024));
    const InferencePlanner planner(roomy, net);
    FastAccelerator accelerator(planner, costs);
    Measure(accelerator);
  }

  std::vector<SubGraphColumn> Make(std::size_t count) {
    const std::size_t subnets = net_.subnets.size();
    Add(0, subnets, count);
    for (std::size_t length = 1; length < subnets; ++length) {
      for (std::size_t first = 0; first + length <= subnets && columns_.size() < count; ++first) {
        Add(first, first + length, count);
      }
    }
    return std::move(columns_);
  }

 private:
  // costs_[subnet][layer][1 + option], [0] with nothing cached. All layers take their i-th option at once.
  void Measure(ServiceModel& accelerator) {
    std::size_t most = 0;
    for (const auto& layer : options_) most = std::max(most, layer.size());
    costs_.assign(net_.subnets.size(), std::vector<std::vector<WideInt>>(net_.layers.size()));
    for (std::size_t i = 0; i <= most; ++i) {
      SubGraph cached = EmptySubGraph(net_);
      for (std::size_t layer = 0; layer < options_.size(); ++layer) {
        if (i > 0 && i <= options_[layer].size()) cached.rects[layer] = options_[layer][i - 1];
      }
      for (std::size_t s = 0; s < net_.subnets.size(); ++s) {
        for (std::size_t layer = 0; layer < options_.size(); ++layer) {
          if (i <= options_[layer].size()) costs_[s][layer].push_back(0);
        }
        AddCosts(s, i, accelerator.Infer(static_cast<int>(s), cached));
      }
    }
  }

  void AddCosts(std::size_t subnet, std::size_t option, const InferenceResult& result) {
    const std::vector<Op>& ops = net_.subnets[subnet].ops;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (ops[i].supernet_layer == kNone) continue;
      const auto layer = static_cast<std::size_t>(ops[i].supernet_layer);
      if (option > options_[layer].size()) continue;
      const LayerResult& layer_result = result.layers[i];
      costs_[subnet][layer][option] +=
          ObjectiveCost(clock_.TimeOf(layer_result.cycles), layer_result.counters, byte_value_ps_);
    }
  }

  std::vector<std::vector<KnapsackOption>> Benefits(std::size_t first, std::size_t end) const {
    std::vector<std::vector<KnapsackOption>> classes(options_.size());
    for (std::size_t layer = 0; layer < options_.size(); ++layer) {
      const std::int64_t cell = net_.layers[layer].CellBytes();
      for (std::size_t o = 0; o < options_[layer].size(); ++o) {
        const Rect& rect = options_[layer][o];
        KnapsackOption option{Bytes(cell * rect.kernels * rect.channels), 0};
        for (std::size_t s = first; s < end; ++s) {
          option.benefit += costs_[s][layer][0] - costs_[s][layer][1 + o];
        }
        classes[layer].push_back(option);
      }
    }
    return classes;
  }

  // SubNets [first, end) in equal parts.
  void Add(std::size_t first, std::size_t end, std::size_t count) {
    if (columns_.size() >= count) return;
    const std::vector<int> taken = SolveKnapsack(Benefits(first, end), capacity_);
    SubGraph graph = EmptySubGraph(net_);
    for (std::size_t layer = 0; layer < taken.size(); ++layer) {
      if (taken[layer] >= 0) graph.rects[layer] = options_[layer][static_cast<std::size_t>(taken[layer])];
    }
    SubGraphPacker packer(net_, capacity_);
    packer.Set(graph);
    SubGraph shared = SubGraphOf(net_, net_.subnets[first]), any = shared;
    for (std::size_t s = first + 1; s < end; ++s) {
      const SubGraph subnet = SubGraphOf(net_, net_.subnets[s]);
      shared = Intersect(shared, subnet);
      any = BoundingBox(any, subnet);
    }
    const std::vector<std::size_t> order = LayersFrom(net_, 0);
    packer.Fill(shared, order);
    packer.Fill(any, order);
    if (!packer.Filled()) packer.Fill(box_, order);
    if (packer.graph() == EmptySubGraph(net_) || !seen_.insert(packer.graph()).second) return;
    columns_.push_back({NameOf(first, end), packer.graph()});
  }

  std::string NameOf(std::size_t first, std::size_t end) const {
    const std::string from = net_.subnets[first].name;
    return (end - first == 1 ? from : from + "-" + net_.subnets[end - 1].name) + ".knapsack";
  }

  const SuperNet& net_;
  ClockDomain clock_;
  Bytes capacity_;
  std::int64_t byte_value_ps_;
  SubGraph box_;
  std::vector<std::vector<Rect>> options_;
  std::vector<std::vector<std::vector<WideInt>>> costs_;
  std::set<SubGraph> seen_;
  std::vector<SubGraphColumn> columns_;
};

}  // namespace

std::vector<SubGraphColumn> MakeKnapsackCandidates(const HardwareConfig& hw, const SuperNet& net,
                                                   std::int64_t byte_value_ps, int count,
                                                   const std::shared_ptr<LayerCosts>& costs) {
  const Bytes capacity = hw.accel.pb.capacity();
  if (count <= 0 || capacity == Bytes(0)) return {};
  const SubGraph box = BoxOfSubNets(net);
  if (box == EmptySubGraph(net)) return {};
  if (BytesOf(net, box) <= capacity) return {{"all", box}};
  return KnapsackCandidates(hw, net, byte_value_ps, costs).Make(static_cast<std::size_t>(count));
}

}  // namespace sushi
