#include "sushi/config/experiment.hpp"

#include <algorithm>
#include <unordered_set>

#include "merge.hpp"
#include "resolve.hpp"
#include "section_keys.hpp"
#include "sushi/config/fields.hpp"

namespace sushi::config {
namespace {

std::vector<std::string> ChildrenOf(const std::string& prefix) {
  std::vector<std::string> names;
  for (const Field& field : Fields()) {
    if (field.path.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string name =
        field.path.substr(prefix.size(), field.path.find('.', prefix.size()) - prefix.size());
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (prefix.empty()) names.insert(names.end(), {"supernet", "study", "schema_version", "base"});
  return names;
}

// Whether keys stand below that path.
bool IsSection(const std::string& path) {
  static const std::unordered_set<std::string> sections = [] {
    std::unordered_set<std::string> found;
    for (const Field& field : Fields()) {
      for (std::size_t dot = field.path.find('.'); dot != std::string::npos;
           dot = field.path.find('.', dot + 1)) {
        found.insert(field.path.substr(0, dot));
      }
    }
    return found;
  }();
  return sections.count(path) > 0;
}

// The nearest among the keys of that place; else a key that ends so elsewhere; else the nearest of all.
std::string NearestKey(const std::string& path, const std::string& prefix, const std::string& name) {
  std::string hint = DidYouMean(name, ChildrenOf(prefix));
  if (!hint.empty()) return hint;
  std::vector<std::string> all;
  for (const Field& field : Fields()) {
    const std::size_t found = field.path.find("." + name);
    if (found != std::string::npos) {
      const std::size_t end = found + 1 + name.size();
      if (end == field.path.size() || field.path[end] == '.') {
        return " (did you mean '" + field.path.substr(0, end) + "'?)";
      }
    }
    all.push_back(field.path);
  }
  return DidYouMean(path, all);
}

[[noreturn]] void UnknownKey(const Node& node, const std::string& path, const std::string& prefix,
                             const std::string& name) {
  // In a file "a.b: 1" is one key with a dot in it; merging would not find it again.
  const bool dotted = name.find('.') != std::string::npos;
  throw UserError(node.mark, path,
                  dotted ? "dotted keys are for --set; in a file write nested maps"
                         : "unknown key" + NearestKey(path, prefix, name));
}

void ReadFields(const Node& map, const std::string& prefix, Experiment& experiment) {
  for (const auto& [name, node] : map.entries) {
    const std::string path = prefix + name;
    if (name.find('.') != std::string::npos) UnknownKey(node, path, prefix, name);
    if (path == "supernet") {
      experiment.supernet = node;
      continue;
    }
    if (path == "study") continue;  // LoadStudy's
    if (prefix.empty() && IsSweepKey(name)) {
      throw UserError(node.mark, path, "belongs to a sweep; `sushisim sweep plan` reads such a file");
    }
    if (const Field* field = FindField(path)) {
      field->read(experiment, node);
    } else if (IsSection(path)) {
      RequireKind(node, Node::Kind::kMap, path);
      ReadFields(node, path + ".", experiment);
    } else {
      UnknownKey(node, path, prefix, name);
    }
  }
}

// A contradiction between keys is reported where the first of them that the user has set stands.
SourceMark FirstSet(const Experiment& e, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (const Node* node = FindOrigin(e, key)) return node->mark;
  }
  return {};
}

void CheckPorts(const Experiment& e) {
  const AxiConfig& axi = e.hardware.accel.axi;
  const int used = axi.weight_ports + axi.iact_ports + axi.oact_ports;
  if (used > axi.ports) {
    throw UserError(FirstSet(e, {"accel.axi.ports", "accel.axi.weight_ports", "accel.axi.iact_ports",
                                 "accel.axi.oact_ports"}),
                    "accel.axi.ports",
                    "the DMA engines use " + std::to_string(used) + " ports (weight_ports + iact_ports + " +
                        "oact_ports), but there are " + std::to_string(axi.ports));
  }
}

void CheckCapacity(const Experiment& e) {
  const std::int64_t sum = e.hardware.accel.BufferKib();
  const DeviceConfig& device = e.hardware.device;
  if (device.enforce_capacity && sum > device.onchip_memory_kib) {
    throw UserError(FirstSet(e, {"accel.pb.capacity_kib", "accel.db.capacity_kib", "accel.ob.capacity_kib",
                                 "accel.sb.capacity_kib", "accel.lb.capacity_kib", "accel.qb.capacity_kib",
                                 "device.onchip_memory_kib"}),
                    "accel.*.capacity_kib",
                    "the buffers need " + std::to_string(sum) + " KiB, the device has " +
                        std::to_string(device.onchip_memory_kib) +
                        " KiB (device.enforce_capacity: false simulates it as hypothetical)");
  }
}

void CheckMemory(const Experiment& e) {
  if (e.hardware.dram_model != DramModel::kBankLevel) return;
  const DramFault fault = FindDramFault(e.hardware.memory);
  if (fault.key.empty()) return;
  const std::string key = "memory." + fault.key;
  const std::string section = key.substr(0, key.rfind('.'));
  throw UserError(FirstSet(e, {key, section, "memory", "dram.model"}), key, fault.message);
}

void CheckGenerator(const Experiment& e) {
  const GeneratorConfig& g = e.trace.generator;
  const auto ordered = [&](double low, double high, const std::string& low_key, const std::string& high_key) {
    if (low <= high) return;
    throw UserError(FirstSet(e, {"trace.generator." + low_key, "trace.generator." + high_key}),
                    "trace.generator." + low_key, "must not be above trace.generator." + high_key);
  };
  ordered(g.accuracy_low_percent, g.accuracy_high_percent, "accuracy_low_percent", "accuracy_high_percent");
  ordered(g.latency_low_us, g.latency_high_us, "latency_low_us", "latency_high_us");
  const GeneratorFault fault = FindArrivalFault(g);
  if (fault.key.empty()) return;
  const std::string key = "trace.generator." + fault.key;
  throw UserError(FirstSet(e, {key, "trace.generator.arrivals"}), key, fault.message);
}

}  // namespace

const Node* FindOrigin(const Experiment& experiment, const std::string& key) {
  const Node* node = &experiment.merged;
  for (std::size_t begin = 0; node != nullptr && begin <= key.size();) {
    const std::size_t dot = std::min(key.find('.', begin), key.size());
    node = node->Find(key.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return node;
}

Experiment LoadExperiment(const std::vector<std::string>& files, const std::vector<std::string>& sets) {
  return ResolveExperiment(MergeAll(files, sets), {});
}

void ReadTree(const Node& merged, Experiment& experiment) { ReadFields(merged, "", experiment); }

bool IsSweepKey(const std::string& name) {
  return std::find(keys::kSweep.begin(), keys::kSweep.end(), name) != keys::kSweep.end();
}

void CheckTogether(const Experiment& experiment) {
  CheckPorts(experiment);
  CheckCapacity(experiment);
  CheckMemory(experiment);
  CheckGenerator(experiment);
}

Experiment ResolveExperiment(const Node& merged, const std::vector<Override>& overrides) {
  Experiment experiment;
  experiment.merged = merged;
  for (const Override& item : overrides) SetKey(experiment.merged, item.key, item.value);
  ReadTree(experiment.merged, experiment);
  CheckTogether(experiment);
  return experiment;
}

void RequireSupernet(const Experiment& experiment) {
  if (experiment.supernet.kind == Node::Kind::kNull) {
    throw UserError("supernet: no file gives one (add a file of models/)");
  }
}

void RequireTrace(const Experiment& experiment) {
  if (experiment.trace.file.empty() && FindOrigin(experiment, "trace.generator") == nullptr) {
    throw UserError("trace: no file gives one (set trace.file or trace.generator.kind)");
  }
}

}  // namespace sushi::config
