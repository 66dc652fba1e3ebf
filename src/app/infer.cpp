#include <iostream>
#include <nlohmann/json.hpp>

#include "functional.hpp"
#include "session.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/formats/npy.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/formats/output_file.hpp"
#include "sushi/sched/candidates.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi::app {
namespace {

using Json = nlohmann::ordered_json;

// What --cached names: "empty", a candidate of `sushisim table`, or a SubNet, of which as much as fits.
SubGraph FindSubGraph(const Session& session, const std::string& name) {
  const Bytes capacity = session.experiment.hardware.accel.pb.capacity();
  std::vector<std::string> names;
  for (const SubGraphColumn& column : MakeColumns(session, true, false).columns) {
    if (column.name == name) return column.graph;
    names.push_back(column.name);
  }
  for (const SubNet& subnet : session.net.subnets) {
    if (subnet.name == name) return PrefixThatFits(session.net, SubGraphOf(session.net, subnet), capacity);
    names.push_back(subnet.name);
  }
  throw UserError("--cached: expected empty, a SubNet, or a SubGraph that `sushisim table` lists, found '" +
                  name.substr(0, 60) + "'" + DidYouMean(name, names));
}

std::string HashOf(const std::vector<std::uint8_t>& bytes) {
  return config::HashText(std::string(bytes.begin(), bytes.end()));
}

class InferCommand {
 public:
  explicit InferCommand(const InferOptions& options)
      : options_(options),
        session_(options.files, options.sets),
        subnet_(FindSubNet(session_.net, options.subnet)),
        cached_(FindSubGraph(session_, options.cached)),
        data_(options.data, session_.net, subnet_, options.force) {
    WarnOfServingSystem(session_.experiment, "infer");
    if (!options.output.empty()) CheckWritable(options.output, options.force);
    data_.DumpNext(subnet_);
  }

  void Run() {
    RunInElaboration(
        *session_.planner, MakeMemory(session_.experiment.hardware),
        [this](ServiceModel& model) { result_ = model.Infer(subnet_, cached_); }, data_.run());
    if (!options_.output.empty()) WriteOutput();
    data_.Commit();
    if (options_.json) {
      std::cout << ToJson().dump(2) << '\n';
    } else {
      Print();
    }
  }

 private:
  const SubNet& net() const { return session_.net.subnets[static_cast<std::size_t>(subnet_)]; }
  std::vector<std::int64_t> OutputShape() const {
    const Tensor& result = net().tensors[static_cast<std::size_t>(net().ops.back().output)];
    return {result.channels, result.height, result.width};
  }

  void WriteOutput() const {
    WriteFile(options_.output, NpyText(MakeNpy(NpyType::kUint8, OutputShape(), data_.result())),
              options_.force);
  }

  Json ToJson() const {
    Json json{{"supernet", session_.net.name},
              {"subnet", net().name},
              {"cached", options_.cached},
              {"cached_bytes", BytesOf(session_.net, cached_).value()},
              {"cycles", result_.cycles.value()},
              {"service_us", static_cast<double>(result_.service.value()) / 1e6}};
    json["layers"] = Json::array();
    for (std::size_t i = 0; i < result_.layers.size(); ++i) {
      json["layers"].push_back({{"op", i},
                                {"name", net().ops[i].name},
                                {"cycles", result_.layers[i].cycles.value()},
                                {"dram_bytes", result_.layers[i].counters.TrafficBytes()},
                                {"pb_hit_bytes", result_.layers[i].counters.pb_hit_bytes}});
    }
    if (data_.run() != nullptr) {
      json["functional"] = {{"seed", options_.data.seed},
                            {"output_shape", OutputShape()},
                            {"output_xxh3_128", HashOf(data_.result())}};
    }
    return json;
  }

  void Print() const {
    std::cout << session_.net.name << '.' << net().name << ", cached: " << options_.cached << " ("
              << FixedText(static_cast<double>(BytesOf(session_.net, cached_).value()) / 1024, 1) << " KiB)\n"
              << "cycles   " << GroupedText(result_.cycles.value()) << '\n'
              << "service  " << MicrosText(result_.service.value()) << " us\n";
    if (data_.run() == nullptr) return;
    std::cout << "output   uint8 " << ShapeText(OutputShape()) << ", XXH3 " << HashOf(data_.result()) << '\n';
  }

  const InferOptions& options_;
  Session session_;
  int subnet_;
  SubGraph cached_;
  FunctionalSession data_;
  InferenceResult result_;
};

}  // namespace

void Infer(const InferOptions& options) {
  RemovePartialOutputsOnSignals();
  InferCommand(options).Run();
}

}  // namespace sushi::app
