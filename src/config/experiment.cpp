#include "sushi/config/experiment.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "sushi/config/fields.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/config/model_file.hpp"

namespace sushi::config {
namespace {

namespace fs = std::filesystem;
constexpr int kMaxBaseDepth = 16;

// Later wins; maps are merged, everything else is replaced. A trace file and a generator exclude each
// other, so whichever comes later drops the earlier.
void Merge(Node& into, const Node& over) {
  if (into.kind != Node::Kind::kMap || over.kind != Node::Kind::kMap) {
    into = over;
    return;
  }
  for (const auto& [key, node] : over.entries) {
    const char* excluded = key == "file" ? "generator" : key == "generator" ? "file" : nullptr;
    if (excluded != nullptr) {
      const auto drop = [&](const auto& entry) { return entry.first == excluded; };
      into.entries.erase(std::remove_if(into.entries.begin(), into.entries.end(), drop), into.entries.end());
    }
    if (Node* found = into.Find(key)) {
      Merge(*found, node);
    } else {
      into.entries.emplace_back(key, node);
    }
  }
}

void Erase(Node& map, const std::string& key) {
  const auto is_key = [&](const auto& entry) { return entry.first == key; };
  map.entries.erase(std::remove_if(map.entries.begin(), map.entries.end(), is_key), map.entries.end());
}

// A file with its `base` files merged below it.
Node LoadFile(const std::string& path, std::vector<std::string>& open) {
  const std::string identity = fs::weakly_canonical(path).string();
  if (std::find(open.begin(), open.end(), identity) != open.end()) {
    throw UserError({path, 0}, "base", "the file includes itself");
  }
  if (open.size() >= kMaxBaseDepth) throw UserError({path, 0}, "base", "files nested too deeply");
  open.push_back(identity);
  Node file = ReadYamlFile(path);
  RequireKind(file, Node::Kind::kMap, "");
  const Node* version = file.Find("schema_version");
  if (version == nullptr) throw UserError({path, 1}, "schema_version", "is missing, expected 1");
  AsInt(*version, "schema_version", 1, 1);

  Node merged;
  merged.kind = Node::Kind::kMap;
  merged.mark = file.mark;
  if (const Node* base = file.Find("base")) {
    RequireKind(*base, Node::Kind::kSequence, "base");
    for (const Node& item : base->items) {
      const fs::path written = AsString(item, "base");
      const fs::path resolved = written.is_absolute() ? written : fs::path(path).parent_path() / written;
      if (!fs::exists(resolved)) throw UserError(item.mark, "base", "no such file: " + resolved.string());
      Merge(merged, LoadFile(resolved.lexically_normal().string(), open));
    }
  }
  Erase(file, "base");
  Erase(file, "schema_version");
  Merge(merged, file);
  open.pop_back();
  return merged;
}

// "a.b.c=value" as a tree.
Node ParseSet(const std::string& text) {
  const std::string origin = "--set " + text.substr(0, 120);
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UserError({origin, 0}, "", "expected --set key=value");
  }
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = text.substr(equals + 1);
  node.mark = {origin, 0};
  std::string path = text.substr(0, equals);
  if (std::count(path.begin(), path.end(), '.') >= kMaxDepth)
    throw UserError({origin, 0}, "", "key too deep");
  while (true) {
    const std::size_t dot = path.rfind('.');
    Node parent;
    parent.kind = Node::Kind::kMap;
    parent.mark = {origin, 0};
    parent.entries.emplace_back(dot == std::string::npos ? path : path.substr(dot + 1), std::move(node));
    node = std::move(parent);
    if (dot == std::string::npos) return node;
    path.resize(dot);
  }
}

std::vector<std::string> ChildrenOf(const std::string& prefix) {
  std::vector<std::string> names;
  for (const Field& field : Fields()) {
    if (field.path.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string name =
        field.path.substr(prefix.size(), field.path.find('.', prefix.size()) - prefix.size());
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (prefix.empty()) names.insert(names.end(), {"supernet", "schema_version", "base"});
  return names;
}

[[noreturn]] void UnknownKey(const Node& node, const std::string& path, const std::string& prefix,
                             const std::string& name) {
  std::string hint = DidYouMean(name, ChildrenOf(prefix));
  if (hint.empty()) {
    std::vector<std::string> all;
    for (const Field& field : Fields()) all.push_back(field.path);
    hint = DidYouMean(path, all);
  }
  throw UserError(node.mark, path, "unknown key" + hint);
}

void ReadFields(const Node& map, const std::string& prefix, Experiment& experiment) {
  for (const auto& [name, node] : map.entries) {
    const std::string path = prefix + name;
    if (path == "supernet") {
      experiment.supernet = node;
      continue;
    }
    const auto& fields = Fields();
    const auto field =
        std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.path == path; });
    if (field != fields.end()) {
      field->read(experiment, node);
    } else if (!ChildrenOf(path + ".").empty()) {
      RequireKind(node, Node::Kind::kMap, path);
      ReadFields(node, path + ".", experiment);
    } else {
      UnknownKey(node, path, prefix, name);
    }
  }
}

const Node* FindPath(const Node& root, const std::string& path) {
  const Node* node = &root;
  std::size_t begin = 0;
  while (node != nullptr && begin <= path.size()) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    node = node->Find(path.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return node;
}

SourceMark MarkOf(const Experiment& e, const std::string& path) {
  const Node* node = FindPath(e.merged, path);
  return node == nullptr ? SourceMark{} : node->mark;
}

void CheckPorts(const Experiment& e) {
  const AxiConfig& axi = e.hardware.accel.axi;
  const int used = axi.weight_ports + axi.iact_ports + axi.oact_ports;
  if (used > axi.ports) {
    throw UserError(MarkOf(e, "accel.axi.ports"), "accel.axi.ports",
                    "the DMA engines use " + std::to_string(used) + " ports (weight_ports + iact_ports + " +
                        "oact_ports), but there are " + std::to_string(axi.ports));
  }
}

void CheckCapacity(const Experiment& e) {
  const AccelConfig& a = e.hardware.accel;
  const std::int64_t sum = a.pb.capacity_kib + a.db.capacity_kib + a.sb.capacity_kib + a.lb.capacity_kib +
                           a.ob.capacity_kib + a.qb.capacity_kib;
  const DeviceConfig& device = e.hardware.device;
  if (device.enforce_capacity && sum > device.onchip_memory_kib) {
    throw UserError(MarkOf(e, "accel.pb.capacity_kib"), "accel.*.capacity_kib",
                    "the buffers need " + std::to_string(sum) + " KiB, the device has " +
                        std::to_string(device.onchip_memory_kib) +
                        " KiB (device.enforce_capacity: false simulates it as hypothetical)");
  }
}

void CheckGenerator(const Experiment& e) {
  const GeneratorConfig& g = e.trace.generator;
  const auto ordered = [&](double low, double high, const std::string& low_key, const std::string& high_key) {
    if (low <= high) return;
    throw UserError(MarkOf(e, "trace.generator." + low_key), "trace.generator." + low_key,
                    "must not be above trace.generator." + high_key);
  };
  ordered(g.accuracy_low_percent, g.accuracy_high_percent, "accuracy_low_percent", "accuracy_high_percent");
  ordered(g.latency_low_us, g.latency_high_us, "latency_low_us", "latency_high_us");
}

void AppendCanonical(const Node& node, std::string& text) {
  switch (node.kind) {
    case Node::Kind::kNull:
      text += "null";
      break;
    case Node::Kind::kScalar:
      text += node.scalar;
      break;
    case Node::Kind::kSequence:
      text += '[';
      for (const Node& item : node.items) {
        AppendCanonical(item, text);
        text += ',';
      }
      text += ']';
      break;
    case Node::Kind::kMap:
      text += '{';
      for (const auto& [key, value] : node.entries) {
        text += key + ':';
        AppendCanonical(value, text);
        text += ',';
      }
      text += '}';
      break;
  }
}

}  // namespace

Experiment LoadExperiment(const std::vector<std::string>& files, const std::vector<std::string>& sets) {
  Experiment experiment;
  experiment.merged.kind = Node::Kind::kMap;
  for (const std::string& file : files) {
    std::vector<std::string> open;
    Merge(experiment.merged, LoadFile(file, open));
  }
  for (const std::string& set : sets) Merge(experiment.merged, ParseSet(set));
  ReadFields(experiment.merged, "", experiment);
  CheckPorts(experiment);
  CheckCapacity(experiment);
  CheckGenerator(experiment);
  return experiment;
}

void RequireSupernet(const Experiment& experiment) {
  if (experiment.supernet.kind == Node::Kind::kNull) {
    throw UserError("supernet: no file gives one (add a file of models/)");
  }
}

void RequireTrace(const Experiment& experiment) {
  if (experiment.merged.Find("trace") == nullptr) {
    throw UserError("trace: no file gives one (set trace.file or trace.generator.kind)");
  }
}

std::string FindPreset(const std::string& dir, const std::string& name_or_path) {
  const bool is_path = name_or_path.find('/') != std::string::npos || fs::path(name_or_path).has_extension();
  if (is_path) return name_or_path;
  std::vector<fs::path> roots;
  if (const char* home = std::getenv("SUSHISIM_HOME")) roots.emplace_back(home);
  roots.emplace_back(".");
  roots.emplace_back(SUSHISIM_SOURCE_DIR);
  std::vector<std::string> known;
  for (const fs::path& root : roots) {
    const fs::path file = root / dir / (name_or_path + ".yaml");
    if (fs::exists(file)) return file.lexically_normal().string();
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / dir, error)) {
      if (entry.path().extension() == ".yaml") known.push_back(entry.path().stem().string());
    }
  }
  std::sort(known.begin(), known.end());
  throw UserError("no '" + name_or_path.substr(0, 80) + ".yaml' in " + dir + DidYouMean(name_or_path, known));
}

std::string CanonicalText(const Experiment& experiment, const std::vector<std::string>& prefixes) {
  std::string text;
  for (const Field& field : Fields()) {
    const auto matches = [&](const std::string& prefix) {
      return field.path.compare(0, prefix.size(), prefix) == 0;
    };
    if (!prefixes.empty() && std::none_of(prefixes.begin(), prefixes.end(), matches)) continue;
    text += field.path + ": " + field.text(experiment) + "\n";
  }
  return text;
}

std::string CanonicalModel(const Experiment& experiment) {
  std::string text;
  AppendCanonical(experiment.supernet, text);
  const std::string table = TableFileOf(experiment.supernet);
  if (!table.empty()) text += HashFile(table);
  return text;
}

std::string ConfigShow(const Experiment& experiment) {
  std::string text;
  for (const Field& field : Fields()) {
    std::string line = field.path + ": " + field.text(experiment);
    if (!field.unit.empty()) line += " " + field.unit;
    const Node* node = FindPath(experiment.merged, field.path);
    std::string origin = "default";
    if (node != nullptr) {
      origin = node->mark.file + (node->mark.line > 0 ? ":" + std::to_string(node->mark.line) : "");
    }
    constexpr std::size_t kOriginColumn = 48;
    line.resize(std::max(line.size() + 2, kOriginColumn), ' ');
    text += line + "# " + origin + "\n";
  }
  return text;
}

std::string ConfigReferenceMarkdown() {
  std::string text, section;
  const Experiment defaults;
  for (const Field& field : Fields()) {
    const std::string top = field.path.substr(0, field.path.find('.'));
    if (top != section) {
      section = top;
      text += "\n### `" + top + "`\n\n| key | type and range | default | meaning |\n|---|---|---|---|\n";
    }
    std::string value = field.text(defaults);
    if (!field.unit.empty()) value += " " + field.unit;
    text += "| `" + field.path + "` | " + field.type + (field.range.empty() ? "" : ", " + field.range) +
            " | " + value + " | " + field.description + " |\n";
  }
  return text;
}

}  // namespace sushi::config
