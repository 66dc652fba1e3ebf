#include "sushi/report/layer_dump.hpp"

#include <nlohmann/json.hpp>

#include "sushi/formats/npy.hpp"
#include "sushi/report/model_report.hpp"

namespace sushi::report {
namespace {

template <typename T>
void Write(const OutputDirectory& out, const std::string& name, NpyType type,
           const std::vector<std::int64_t>& shape, const std::vector<T>& values) {
  out.Write(name, NpyText(MakeNpy(type, shape, values)));
}

void WriteQuantParams(const std::vector<QuantParam>& params, const OutputDirectory& out) {
  std::vector<std::int32_t> scales;
  std::vector<std::int8_t> zero_points;
  for (const QuantParam& param : params) {
    scales.push_back(param.scale);
    zero_points.push_back(param.zero_point);
  }
  const auto kernels = static_cast<std::int64_t>(params.size());
  Write(out, "scale.npy", NpyType::kInt32, {kernels}, scales);
  Write(out, "zero_point.npy", NpyType::kInt8, {kernels}, zero_points);
}

}  // namespace

const ResultFileNames& LayerDumpNames() {
  static const ResultFileNames names{"layer.json", "input.npy",      "output.npy",  "weights.npy",
                                     "scale.npy",  "zero_point.npy", "residual.npy"};
  return names;
}

void WriteLayerDump(const SuperNet& net, const LayerRecord& record, const OutputDirectory& out) {
  const SubNet& subnet = net.subnets[static_cast<std::size_t>(record.subnet)];
  const Op& op = subnet.ops[static_cast<std::size_t>(record.op)];
  const std::vector<std::int64_t> output{op.kernels, op.OutH(), op.OutW()};
  Write(out, "input.npy", NpyType::kUint8, {op.channels, op.in_h, op.in_w}, record.input);
  Write(out, "output.npy", NpyType::kUint8, output, record.output);
  if (op.kind == OpKind::kConv) {
    Write(out, "weights.npy", NpyType::kInt8, {op.kernels, op.WeightChannels(), op.kernel_h, op.kernel_w},
          record.weights);
    WriteQuantParams(record.quant_params, out);
  }
  const std::vector<std::int64_t> factors{op.kernels, 1, 1};
  if (op.residual != kNone) {
    Write(out, "residual.npy", NpyType::kUint8, op.kind == OpKind::kScale ? factors : output,
          record.residual);
  }

  nlohmann::ordered_json json{{"supernet", net.name}, {"subnet", subnet.name}, {"op", record.op}};
  json.update(OpJson(op));
  json["ceil_mode"] = op.ceil_mode;
  json["input_zero_point"] = record.input_zero_point;
  json["output_zero_point"] = record.output_zero_point;
  json["residual_zero_point"] =
      op.residual == kNone ? nlohmann::ordered_json() : nlohmann::ordered_json(record.residual_zero_point);
  out.Write("layer.json", json.dump(2) + "\n");
}

}  // namespace sushi::report
