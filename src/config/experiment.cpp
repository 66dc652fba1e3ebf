#include "sushi/config/experiment.hpp"

#include <algorithm>
#include <unordered_set>

#include "merge.hpp"
#include "resolve.hpp"
#include "section_keys.hpp"
#include "serving_sections.hpp"
#include "sushi/config/fields.hpp"
#include "sushi/config/trace.hpp"

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
  if (prefix.empty()) {
    names.insert(names.end(), {"supernet", "accelerators", "tenants", "study", "schema_version", "base"});
  }
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

// Hands the key, or all keys of that section, to `use` with their nodes. UserError: unknown, or no map.
template <typename Use>
void WalkField(const std::string& name, const Node& node, const std::string& prefix, const Use& use) {
  const std::string path = prefix + name;
  if (name.find('.') != std::string::npos) UnknownKey(node, path, prefix, name);
  if (const Field* field = FindField(path)) {
    use(*field, node);
  } else if (IsSection(path)) {
    RequireKind(node, Node::Kind::kMap, path);
    for (const auto& [child, value] : node.entries) WalkField(child, value, path + ".", use);
  } else {
    UnknownKey(node, path, prefix, name);
  }
}

// Sections with readers of their own. False: `name` is none.
bool ReadSection(const std::string& name, const Node& node, Experiment& experiment) {
  if (name == "supernet") {
    experiment.supernet = node;
  } else if (name == "accelerators") {
    experiment.serving.types = ReadAccelerators(node);
  } else if (name == "tenants") {
    experiment.serving.tenants = ReadTenants(node);
  } else if (name != "study") {  // LoadStudy's
    return false;
  }
  return true;
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

void ReadTree(const Node& merged, Experiment& experiment) {
  for (const auto& [name, node] : merged.entries) {
    if (ReadSection(name, node, experiment)) continue;
    if (IsSweepKey(name)) {
      throw UserError(node.mark, name, "belongs to a sweep; `sushisim sweep plan` reads such a file");
    }
    WalkField(name, node, "", [&](const Field& field, const Node& value) { field.read(experiment, value); });
  }
}

void ReadOverrides(const Node& map, const std::string& section, std::vector<Override>& overrides) {
  Experiment scratch;
  WalkField(section, map, "", [&](const Field& field, const Node& value) {
    field.read(scratch, value);
    overrides.push_back({field.path, value});
  });
}

bool IsSweepKey(const std::string& name) {
  return std::find(keys::kSweep.begin(), keys::kSweep.end(), name) != keys::kSweep.end();
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
  if (!HasTrace(experiment)) {
    throw UserError("trace: no file gives one (set trace.file or trace.generator.kind)");
  }
}

void RequireStream(const Experiment& experiment) {
  RequireTrace(experiment);
  if (experiment.serving.engine == ServingEngine::kNone) return;
  const Node* node = FindOrigin(experiment, "serving.engine");
  throw UserError(node == nullptr ? SourceMark{} : node->mark, "serving.engine",
                  "expected none: this command serves one stream on one accelerator");
}

}  // namespace sushi::config
