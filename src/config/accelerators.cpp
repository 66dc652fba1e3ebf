// The section `accelerators`.
#include <algorithm>

#include "model_readers.hpp"
#include "section_keys.hpp"
#include "serving_sections.hpp"
#include "sushi/config/fields.hpp"

namespace sushi::config {
namespace {

PowerLevel ReadLevel(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kPowerLevel, path);
  const auto real = [&](const char* key, double low, double high) {
    return AsReal(Require(node, key, path), path + "." + key, low, high);
  };
  PowerLevel level;
  level.clock_mhz = AsInt(Require(node, "clock_mhz", path), path + ".clock_mhz", 1, kMaxClockMhz);
  level.energy_scale = real("energy_scale", kLeastEnergyScale, kMaxEnergyScale);
  level.active_mw = real("active_mw", 0, kMaxMilliwatts);
  level.idle_mw = real("idle_mw", 0, kMaxMilliwatts);
  if (level.idle_mw > level.active_mw) {
    throw UserError(node.Find("idle_mw")->mark, path + ".idle_mw", "must not be above active_mw");
  }
  return level;
}

std::vector<PowerLevel> ReadLevels(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kSequence, path);
  const std::size_t count = node.items.size();
  if (count == 0 || count > static_cast<std::size_t>(kMaxLevels)) {
    throw UserError(
        node.mark, path,
        "expected 1 to " + std::to_string(kMaxLevels) + " levels, found " + std::to_string(count));
  }
  std::vector<PowerLevel> levels;
  levels.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const PowerLevel level = ReadLevel(node.items[i], At(path, i));
    const auto same = [&](const PowerLevel& other) { return other.clock_mhz == level.clock_mhz; };
    if (std::any_of(levels.begin(), levels.end(), same)) {
      throw UserError(node.items[i].Find("clock_mhz")->mark, At(path, i) + ".clock_mhz",
                      "an earlier level has " + std::to_string(level.clock_mhz) + " MHz, too");
    }
    levels.push_back(level);
  }
  return levels;
}

ThrottleConfig ReadThrottle(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kThrottle, path);
  const auto number = [&](const char* key) {
    return AsInt(Require(node, key, path), path + "." + key, 1, kMaxThrottle);
  };
  return {number("bursts"), number("window_cycles")};
}

AcceleratorEntry ReadEntry(const Node& node, const std::string& path, std::size_t index) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kAccelerator, path);
  AcceleratorEntry entry;
  entry.mark = node.mark;
  entry.name = node.Find("name") == nullptr ? "type" + std::to_string(index) : ReadName(node, path);
  if (const Node* count = node.Find("count")) {
    entry.count = AsInt(*count, path + ".count", 1, kMaxAccelerators);
  }
  if (const Node* accel = node.Find("accel")) ReadOverrides(*accel, "accel", entry.accel);
  if (const Node* levels = node.Find("levels")) {
    entry.levels = ReadLevels(*levels, path + ".levels");
    entry.levels_mark = levels->mark;
  }
  if (const Node* throttle = node.Find("throttle"))
    entry.throttle = ReadThrottle(*throttle, path + ".throttle");
  return entry;
}

}  // namespace

std::vector<AcceleratorEntry> ReadAccelerators(const Node& section) {
  const std::string path = "accelerators";
  RequireKind(section, Node::Kind::kSequence, path);
  std::vector<AcceleratorEntry> entries;
  entries.reserve(section.items.size());
  std::int64_t total = 0;
  for (std::size_t i = 0; i < section.items.size(); ++i) {
    const Node& node = section.items[i];
    AcceleratorEntry entry = ReadEntry(node, At(path, i), i);
    total += entry.count;
    if (total > kMaxAccelerators) {
      throw UserError(node.mark, At(path, i),
                      "more than " + std::to_string(kMaxAccelerators) + " accelerators in all");
    }
    const auto same = [&](const AcceleratorEntry& other) { return other.name == entry.name; };
    if (std::any_of(entries.begin(), entries.end(), same)) {
      throw UserError(node.mark, At(path, i) + ".name", "'" + entry.name + "' is listed twice");
    }
    entries.push_back(std::move(entry));
  }
  if (entries.empty()) throw UserError(section.mark, path, "expected at least one accelerator");
  return entries;
}

HardwareConfig HardwareOf(const Experiment& experiment, const AcceleratorEntry& entry) {
  Experiment scratch;
  scratch.hardware = experiment.hardware;
  for (const Override& item : entry.accel) FindField(item.key)->read(scratch, item.value);
  return scratch.hardware;
}

}  // namespace sushi::config
