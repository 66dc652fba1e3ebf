// model.json and layers_no_pb.csv: what a run's other files do not say and `sushisim report` needs.
#include <nlohmann/json.hpp>
#include <ostream>

#include "rects_json.hpp"
#include "sushi/report/run_report.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

Json LayersJson(const SuperNet& net) {
  Json layers = Json::array();
  for (const SuperNetLayer& layer : net.layers) {
    layers.push_back({{"name", layer.name},
                      {"kernels", layer.max_kernels},
                      {"channels", layer.max_channels},
                      {"kernel_h", layer.kernel_h},
                      {"kernel_w", layer.kernel_w},
                      {"cell_bytes", layer.CellBytes()},
                      {"cacheable", layer.cacheable},
                      {"depthwise", layer.depthwise}});
  }
  return layers;
}

// A column that was cached while a query was served.
bool Occurred(const RunReport& report, SubGraphId column) {
  for (const std::vector<std::int64_t>& uses : report.result.uses) {
    if (uses[static_cast<std::size_t>(column)] > 0) return true;
  }
  return false;
}

Json ModelJson(const RunReport& report) {
  const AccelConfig& accel = report.hardware->accel;
  const bool simple = report.hardware->dram_model == DramModel::kSimple;
  const auto mhz = static_cast<double>(accel.clock_mhz);
  Json json;
  json["schema_version"] = 1;
  json["supernet"] = report.net->name;
  json["trace"] = report.trace;
  constexpr int kWindow = 9;  // multipliers of a kernel and channel
  json["peak"] = {
      {"macs_per_cycle", accel.dpe_array.kernels * accel.dpe_array.channels * kWindow},
      {"clock_mhz", accel.clock_mhz},
      {"dram_gbps", simple ? report.hardware->dram.peak_gbps
                           : static_cast<double>(report.hardware->memory.PeakMegabytesPerSecond()) / 1000},
      {"axi_gbps", static_cast<double>(accel.axi.ports) * accel.axi.beat_bytes * mhz / 1000}};
  json["layers"] = LayersJson(*report.net);
  json["subnets"] = Json::array();
  for (int s = 0; s < report.table->subnets(); ++s) {
    json["subnets"].push_back({{"name", report.table->SubNetName(s)},
                               {"top1_percent", report.table->Top1Percent(s)},
                               {"rects", RectsJson(report.table->SubNetVector(s))}});
  }
  json["subgraphs"] = Json::array();
  for (int c = 0; c < report.table->columns(); ++c) {
    if (!Occurred(report, c)) continue;
    const SubGraphColumn& column = report.table->Column(c);
    json["subgraphs"].push_back({{"name", column.name},
                                 {"bytes", BytesOf(*report.net, column.graph).value()},
                                 {"rects", RectsJson(column.graph)}});
  }
  return json;
}

}  // namespace

void WriteModel(const RunReport& report, std::ostream& out) { out << ModelJson(report).dump() << '\n'; }

}  // namespace sushi::report
