// The section `tenants`.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "merge.hpp"
#include "model_readers.hpp"
#include "section_keys.hpp"
#include "serving_sections.hpp"
#include "sushi/config/fields.hpp"
#include "sushi/config/shipped.hpp"
#include "trace_log.hpp"

namespace sushi::config {
namespace {

namespace fs = std::filesystem;

Picoseconds ReadMicros(const Node& node, const std::string& key, double low) {
  return Picoseconds(std::llround(AsReal(node, key, low, kMaxMicros) * 1e6));
}

// Beside the file that names it, below a root, or the NAME of a shipped model.
std::string FindModel(const Node& node, const std::string& key) {
  const std::string written = AsString(node, key);
  const fs::path path(written);
  const bool beside = node.mark.line > 0 && !path.is_absolute();
  const std::string resolved =
      (beside ? fs::path(node.mark.file).parent_path() / path : path).lexically_normal().string();
  std::error_code error;
  if (!written.empty() && fs::is_regular_file(resolved, error)) return resolved;
  try {
    const std::string found = FindFile("models", written);
    if (!written.empty() && fs::is_regular_file(found, error)) return found;
  } catch (const UserError& unknown) {  // a NAME
    throw UserError(node.mark, key, unknown.what());
  }
  throw UserError(node.mark, key, "no such file: " + resolved);
}

using Models = std::map<std::string, std::shared_ptr<const TenantModel>>;  // by path

std::shared_ptr<const TenantModel> ReadModel(const Node& node, const std::string& key, Models& models) {
  const std::string path = FindModel(node, key);
  auto& model = models[path];
  if (model != nullptr) return model;
  const Node merged = MergeAll({path}, {});
  const Node* section = merged.Find("supernet");
  if (section == nullptr) throw UserError(node.mark, key, path + " has no supernet section");
  model = std::make_shared<const TenantModel>(TenantModel{path, *section});
  return model;
}

PeriodicFrames ReadPeriodic(const Node& node, const std::string& path) {
  PeriodicFrames frames;
  frames.period = ReadMicros(Require(node, "period_us", path), path + ".period_us", kLeastMicros);
  frames.frames = AsInt(Require(node, "frames", path), path + ".frames", 1, kMaxFrames);
  if (const Node* offset = node.Find("offset_us"))
    frames.offset = ReadMicros(*offset, path + ".offset_us", 0);
  const WideInt last =
      frames.offset.value() + static_cast<WideInt>(frames.frames - 1) * frames.period.value();
  if (last > static_cast<WideInt>(kMaxMicros) * 1'000'000) {
    throw UserError(node.Find("frames")->mark, path + ".frames", "the last frame would begin after 10^12 us");
  }
  return frames;
}

void ReadTrace(const Node& node, const std::string& path, std::vector<Override>& overrides) {
  RequireKind(node, Node::Kind::kMap, path);
  const Rival rival = RivalOfFile(node);
  if (node.Find("file") != nullptr && rival.node != nullptr) {
    throw UserError(node.mark, path, "trace.file and " + rival.key + " exclude each other");
  }
  ReadOverrides(node, "trace", overrides);
}

// Where frames come from: one of trace, period_us and after.
void ReadFrames(const Node& node, const std::string& path, TenantEntry& entry) {
  const Node* first = nullptr;
  std::string name;
  for (const char* key : {"trace", "period_us", "after"}) {
    const Node* found = node.Find(key);
    if (found != nullptr && first != nullptr) {
      throw UserError(found->mark, path + "." + key,
                      "excludes " + name + ", which is set in line " + std::to_string(first->mark.line));
    }
    if (found == nullptr) continue;
    first = found;
    name = key;
  }
  for (const char* key : {"frames", "offset_us"}) {
    const Node* found = node.Find(key);
    if (found != nullptr && name != "period_us") {
      throw UserError(found->mark, path + "." + key, "belongs to period_us, which is not set");
    }
  }
  if (const Node* trace = node.Find("trace")) ReadTrace(*trace, path + ".trace", entry.trace);
  if (name == "period_us") entry.periodic = ReadPeriodic(node, path);
}

TenantEntry ReadEntry(const Node& node, const std::string& path, Models& models) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kTenant, path);
  TenantEntry entry;
  entry.mark = node.mark;
  entry.name = ReadName(node, path);
  if (const Node* model = node.Find("model")) entry.model = ReadModel(*model, path + ".model", models);
  if (const Node* priority = node.Find("priority")) {
    entry.priority = AsInt(*priority, path + ".priority", 1, kMaxPriority);
  }
  if (const Node* slo = node.Find("slo_us")) entry.slo = ReadMicros(*slo, path + ".slo_us", kLeastMicros);
  if (const Node* accuracy = node.Find("accuracy_min_percent")) {
    entry.accuracy_min_percent = AsReal(*accuracy, path + ".accuracy_min_percent", 0, 100);
  }
  ReadFrames(node, path, entry);
  if (const Node* conditions = node.Find("conditions")) {
    entry.conditions = ReadConditions(*conditions, path + ".conditions");
  }
  return entry;
}

// Sets `after` of all entries, whose names are known only now.
void LinkCascades(const Node& section, const std::vector<std::string>& names,
                  std::vector<TenantEntry>& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Node* after = section.items[i].Find("after");
    if (after == nullptr) continue;
    const std::string key = At("tenants", i) + ".after";
    const std::string parent = AsString(*after, key);
    const auto found = std::find(names.begin(), names.end(), parent);
    if (found == names.end()) {
      throw UserError(after->mark, key,
                      "no tenant '" + parent.substr(0, 60) + "'" + DidYouMean(parent, names));
    }
    entries[i].after = static_cast<int>(found - names.begin());
    if (static_cast<std::size_t>(entries[i].after) == i) {
      throw UserError(after->mark, key, "a tenant cannot come after itself");
    }
  }
}

void RefuseCycles(const Node& section, const std::vector<TenantEntry>& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::string chain = entries[i].name;
    int at = entries[i].after;
    for (std::size_t steps = 0; at >= 0 && steps < entries.size(); ++steps) {
      const auto next = static_cast<std::size_t>(at);
      chain.append(" after ").append(entries[next].name);
      if (next == i) {
        throw UserError(section.items[i].Find("after")->mark, At("tenants", i) + ".after",
                        "the tenants wait for each other: " + chain);
      }
      at = entries[next].after;
    }
  }
}

}  // namespace

std::vector<TenantEntry> ReadTenants(const Node& section) {
  const std::string path = "tenants";
  RequireKind(section, Node::Kind::kSequence, path);
  const std::size_t count = section.items.size();
  if (count == 0 || count > static_cast<std::size_t>(kMaxTenants)) {
    throw UserError(
        section.mark, path,
        "expected 1 to " + std::to_string(kMaxTenants) + " tenants, found " + std::to_string(count));
  }
  Models models;
  std::vector<TenantEntry> entries;
  std::vector<std::string> names;
  entries.reserve(count);
  names.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Node& node = section.items[i];
    entries.push_back(ReadEntry(node, At(path, i), models));
    const std::string& name = entries.back().name;
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw UserError(node.Find("name")->mark, At(path, i) + ".name",
                      "tenant '" + name + "' is listed twice");
    }
    names.push_back(name);
  }
  LinkCascades(section, names, entries);
  RefuseCycles(section, entries);
  return entries;
}

TraceConfig TraceOf(const Experiment& experiment, const TenantEntry& entry) {
  Experiment scratch;
  scratch.trace = experiment.trace;
  for (const Override& item : entry.trace) SetTraceKey(*FindField(item.key), item.value, scratch);
  return scratch.trace;
}

}  // namespace sushi::config
