#include "functional.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "sushi/core/error.hpp"
#include "sushi/formats/network_files.hpp"
#include "sushi/report/layer_dump.hpp"

namespace sushi::app {
namespace {

// A layer is given by its number or its name.
int FindOp(const SubNet& subnet, const std::string& layer) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < subnet.ops.size(); ++i) {
    if (layer == std::to_string(i) || layer == subnet.ops[i].name) return static_cast<int>(i);
    names.push_back(subnet.ops[i].name);
  }
  throw UserError("--dump-layer: SubNet " + subnet.name + " has no layer '" + layer.substr(0, 60) +
                  "', expected 0 to " + std::to_string(subnet.ops.size() - 1) + " or a name" +
                  DidYouMean(layer, names));
}

// A layer, a directory, a layer, a directory …: each needs one of its own.
void CheckDumps(const std::vector<std::string>& dumps, const std::string& out) {
  namespace fs = std::filesystem;
  const auto place = [](const std::string& path) { return fs::weakly_canonical(fs::absolute(path)); };
  std::set<fs::path> seen;
  if (!out.empty()) seen.insert(place(out));
  for (std::size_t i = 1; i < dumps.size(); i += 2) {
    if (seen.insert(place(dumps[i])).second) continue;
    throw UserError("--dump-layer: the directory " + dumps[i] + " is used twice");
  }
}

}  // namespace

int FindSubNet(const SuperNet& net, const std::string& name) {
  const int subnet = net.FindSubNet(name);
  if (subnet != kNone) return subnet;
  std::vector<std::string> names;
  for (const SubNet& s : net.subnets) names.push_back(s.name);
  throw UserError("--subnet: " + net.name + " has no SubNet '" + name.substr(0, 60) + "'" +
                  DidYouMean(name, names));
}

FunctionalSession::FunctionalSession(const DataOptions& options, const SuperNet& net, int subnet, bool force)
    : net_(net), result_of_(net.subnets.size()) {
  const bool wanted =
      options.functional || !options.weights_dir.empty() || !options.input.empty() || !options.dumps.empty();
  if (!wanted) return;
  data_ = std::make_unique<NetworkData>(net, options.seed);
  if (!options.weights_dir.empty()) ReadNetwork(options.weights_dir, *data_);
  if (!options.input.empty()) ReadImage(options.input, subnet, *data_);
  CheckDumps(options.dumps, options.out);
  for (std::size_t i = 0; i + 1 < options.dumps.size(); i += 2) {
    dumps_.push_back(
        {options.dumps[i], 0,
         std::make_unique<OutputDirectory>(options.dumps[i + 1], force, report::LayerDumpNames())});
  }
  run_.data = data_.get();
  run_.records = [this](int, int op) {
    return dumping_ && std::any_of(dumps_.begin(), dumps_.end(), [&](const Dump& d) { return d.op == op; });
  };
  run_.layer_done = [this](const LayerRecord& record) {
    for (const Dump& dump : dumps_) {
      if (dump.op == record.op) report::WriteLayerDump(net_, record, *dump.out);
    }
  };
  run_.inference_done = [this](int done, const std::vector<std::uint8_t>& result) {
    InferenceDone(done, result);
  };
}

void FunctionalSession::DumpNext(int subnet) {
  for (Dump& dump : dumps_) dump.op = FindOp(net_.subnets[static_cast<std::size_t>(subnet)], dump.layer);
  dumping_ = !dumps_.empty();
}

// What is cached must not change what is computed.
void FunctionalSession::InferenceDone(int subnet, const std::vector<std::uint8_t>& result) {
  dumping_ = false;
  ++inferences_;
  result_ = result;
  std::vector<std::uint8_t>& first = result_of_[static_cast<std::size_t>(subnet)];
  if (first.empty()) first = result;
  if (first == result) return;
  throw InternalError("SubNet " + net_.subnets[static_cast<std::size_t>(subnet)].name +
                      " gave two different results with different SubGraphs cached");
}

void FunctionalSession::Commit() {
  for (const Dump& dump : dumps_) dump.out->Commit();
}

}  // namespace sushi::app
