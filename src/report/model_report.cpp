#include "sushi/report/model_report.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sushi/report/text_table.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi::report {
namespace {

constexpr std::size_t kLineWidth = 80;

using Row = TextRow;

std::string Fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

// The unit in which the largest of a column is at least one, so that a small model is not all zeros.
struct Unit {
  const char* name;
  double size;

  std::string Show(std::int64_t count) const { return Fixed(static_cast<double>(count) / size, 3); }
  std::string Show(Bytes bytes) const { return Show(bytes.value()); }
};

Unit ByteUnit(Bytes largest) {
  return largest.value() >= 1 << 20 ? Unit{"MiB", 1 << 20} : Unit{"KiB", 1 << 10};
}
Unit ParameterUnit(std::int64_t largest) { return largest >= 1'000'000 ? Unit{"M", 1e6} : Unit{"k", 1e3}; }
Unit MacUnit(std::int64_t largest) { return largest >= 100'000'000 ? Unit{"GMAC", 1e9} : Unit{"MMAC", 1e6}; }

std::string KiB(Bytes bytes) { return Fixed(static_cast<double>(bytes.value()) / (1 << 10), 1); }
std::string Millions(std::int64_t count, int decimals) {
  return Fixed(static_cast<double>(count) / 1e6, decimals);
}
std::string Sides(int height, int width) { return std::to_string(height) + "x" + std::to_string(width); }

std::vector<SubGraph> SubGraphsOf(const SuperNet& net) {
  std::vector<SubGraph> graphs;
  for (const SubNet& subnet : net.subnets) graphs.push_back(SubGraphOf(net, subnet));
  return graphs;
}

template <typename Combine>
SubGraph Fold(const std::vector<SubGraph>& graphs, Combine combine) {
  SubGraph all = graphs.front();
  for (const SubGraph& graph : graphs) all = combine(all, graph);
  return all;
}

// How many numbers of `cell` characters stand beside a name in one line.
std::size_t ColumnsThatFit(std::size_t name_width, std::size_t cell) {
  return std::max<std::size_t>(1, (kLineWidth - std::min(name_width, kLineWidth)) / (cell + 2));
}

const char* ShortKind(OpKind kind) {
  if (kind == OpKind::kScale) return "scale";
  return kind == OpKind::kMaxPool ? "max" : "avg";
}

Row LayerRow(const SubNet& subnet, const Op& op) {
  const bool conv = op.kind == OpKind::kConv;
  const Tensor& output = subnet.tensors[static_cast<std::size_t>(op.output)];
  const std::string stride = op.stride_h == op.stride_w
                                 ? std::to_string(op.stride_h)
                                 : std::to_string(op.stride_h) + "," + std::to_string(op.stride_w);
  return {op.name,
          conv ? std::to_string(op.supernet_layer) : ShortKind(op.kind),
          std::to_string(op.kernels),
          std::to_string(op.channels),
          Sides(op.kernel_h, op.kernel_w) + "/" + stride,
          Sides(op.in_h, op.in_w),
          Sides(output.height, output.width),
          conv ? KiB(op.WeightBytes()) : "-",
          conv ? Millions(op.Macs(), 2) : "-"};
}

nlohmann::ordered_json IndexOrNull(int index) {
  return index == kNone ? nlohmann::ordered_json() : nlohmann::ordered_json(index);
}

nlohmann::ordered_json SubNetJson(const SubNet& subnet) {
  nlohmann::ordered_json json{{"name", subnet.name},
                              {"top1_percent", subnet.top1_percent},
                              {"input_size", subnet.input_size},
                              {"conv_layers", subnet.ConvLayers()},
                              {"conv_weight_bytes", subnet.ConvWeightBytes().value()},
                              {"parameters", subnet.TotalWeightBytes().value()},
                              {"conv_macs", subnet.ConvMacs()},
                              {"macs", subnet.Macs()}};
  json["ops"] = nlohmann::ordered_json::array();
  for (const Op& op : subnet.ops) json["ops"].push_back(OpJson(op));
  return json;
}

nlohmann::ordered_json LayersJson(const SuperNet& net) {
  auto layers = nlohmann::ordered_json::array();
  for (const SuperNetLayer& layer : net.layers) {
    layers.push_back({{"name", layer.name},
                      {"max_out_channels", layer.max_kernels},
                      {"max_in_channels", layer.KernelChannels()},
                      {"kernel", {layer.kernel_h, layer.kernel_w}},
                      {"weight_bytes", layer.WeightBytes().value()},
                      {"cacheable", layer.cacheable},
                      {"depthwise", layer.depthwise},
                      {"centre_crop", layer.centre_crop}});
  }
  return layers;
}

}  // namespace

nlohmann::ordered_json OpJson(const Op& op) {
  nlohmann::ordered_json json{{"name", op.name}, {"kind", Name(op.kind)}};
  json["supernet_layer"] = IndexOrNull(op.supernet_layer);
  json["out_channels"] = op.kernels;
  json["in_channels"] = op.channels;
  json["kernel"] = {op.kernel_h, op.kernel_w};
  json["stride"] = {op.stride_h, op.stride_w};
  json["pad"] = {op.pad_h, op.pad_w};
  json["in"] = {op.in_h, op.in_w};
  json["out"] = {op.OutH(), op.OutW()};
  if (op.kind == OpKind::kConv) {
    json["depthwise"] = op.depthwise;
    json["bias"] = op.bias;
    json["activation"] = Name(op.activation);
  }
  json["input_tensor"] = op.input;
  json["output_tensor"] = op.output;
  json["residual_tensor"] = IndexOrNull(op.residual);
  json["weight_bytes"] = op.WeightBytes().value();
  json["macs"] = op.Macs();
  return json;
}

void PrintSubNets(const SuperNet& net, std::ostream& out) {
  Bytes conv_bytes;
  std::int64_t parameters = 0;
  std::int64_t macs = 0;
  for (const SubNet& subnet : net.subnets) {
    conv_bytes = std::max(conv_bytes, subnet.ConvWeightBytes());
    parameters = std::max(parameters, subnet.TotalWeightBytes().value());
    macs = std::max(macs, subnet.ConvMacs());
  }
  const Unit bytes = ByteUnit(conv_bytes);
  const Unit params = ParameterUnit(parameters);
  const Unit work = MacUnit(macs);
  std::vector<Row> rows{{"SubNet", "input px", "convs", std::string("int8 ") + bytes.name,
                         std::string("params ") + params.name, work.name, "top-1 %"}};
  for (const SubNet& subnet : net.subnets) {
    rows.push_back({subnet.name, subnet.input_size == 0 ? "-" : std::to_string(subnet.input_size),
                    std::to_string(subnet.ConvLayers()), bytes.Show(subnet.ConvWeightBytes()),
                    params.Show(subnet.TotalWeightBytes()), work.Show(subnet.ConvMacs()),
                    Fixed(subnet.top1_percent, 2)});
  }
  PrintTextTable(rows, "lr", "", "  ", out);
  out << bytes.name << " and " << work.name
      << " of convolutions; params with classifier, no bias or batch norm.\n";
}

void PrintSharedWeights(const SuperNet& net, std::ostream& out) {
  const std::vector<SubGraph> graphs = SubGraphsOf(net);
  const SubGraph common = Fold(graphs, Intersect);
  const SubGraph box = Fold(graphs, BoundingBox);
  const Unit unit = ByteUnit(BytesOf(net, box));
  std::size_t name_width = 0;
  for (const SubNet& subnet : net.subnets) name_width = std::max(name_width, subnet.name.size());
  const std::size_t cell = std::max(name_width, unit.Show(BytesOf(net, box)).size());
  const std::size_t step = ColumnsThatFit(std::max<std::size_t>(name_width, 10), cell);
  for (std::size_t first = 0; first < graphs.size(); first += step) {
    const std::size_t end = std::min(first + step, graphs.size());
    std::vector<Row> rows{{std::string("shared ") + unit.name}};
    for (std::size_t c = first; c < end; ++c) rows[0].push_back(net.subnets[c].name);
    for (std::size_t r = 0; r < graphs.size(); ++r) {
      rows.push_back({net.subnets[r].name});
      for (std::size_t c = first; c < end; ++c) {
        rows.back().push_back(unit.Show(SharedBytes(net, graphs[r], graphs[c])));
      }
    }
    PrintTextTable(rows, "lr", "", "  ", out);
    out << '\n';
  }
  out << "shared by all  " << unit.Show(BytesOf(net, common)) << " " << unit.name << "\n";
  out << "bounding box   " << unit.Show(BytesOf(net, box)) << " " << unit.name << "\n";
}

void PrintLayers(const SuperNet& net, int subnet, std::ostream& out) {
  const SubNet& chosen = net.subnets[static_cast<std::size_t>(subnet)];
  std::vector<Row> rows{{"op", "SN", "K", "C", "k/stride", "in", "out", "KiB", "MMAC"}};
  for (const Op& op : chosen.ops) rows.push_back(LayerRow(chosen, op));
  PrintTextTable(rows, "lr", "", " ", out);
  out << "SN: layer of the SuperNet, or the pool's kind. K, C: kernels and channels kept.\n";
}

nlohmann::ordered_json ModelJson(const SuperNet& net) {
  nlohmann::ordered_json json{{"name", net.name}};
  json["layers"] = LayersJson(net);
  json["subnets"] = nlohmann::ordered_json::array();
  for (const SubNet& subnet : net.subnets) json["subnets"].push_back(SubNetJson(subnet));
  const std::vector<SubGraph> graphs = SubGraphsOf(net);
  auto& shared = json["shared_bytes"] = nlohmann::ordered_json::array();  // as the order of `subnets`
  for (const SubGraph& a : graphs) {
    auto row = nlohmann::ordered_json::array();
    for (const SubGraph& b : graphs) row.push_back(SharedBytes(net, a, b).value());
    shared.push_back(row);
  }
  json["shared_by_all_bytes"] = BytesOf(net, Fold(graphs, Intersect)).value();
  json["bounding_box_bytes"] = BytesOf(net, Fold(graphs, BoundingBox)).value();
  return json;
}

}  // namespace sushi::report
