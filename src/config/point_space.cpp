#include "point_space.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "merge.hpp"
#include "resolve.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/config/serving.hpp"
#include "trace_log.hpp"

namespace sushi::config {
namespace {

const std::string kTrace = "trace.", kGenerator = "trace.generator.", kTraceFile = "trace.file";
const std::string kLog = "trace.log.";
constexpr std::size_t kMaxModels = 4096;  // kept; a sweep over model keys may have more

bool Begins(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

std::size_t PlaceOf(const Field& field) { return static_cast<std::size_t>(&field - Fields().data()); }

void AddScalarPaths(const Node& node, const std::string& path, std::vector<std::string>& paths) {
  if (node.kind == Node::Kind::kScalar) paths.push_back(path);
  for (const auto& [key, child] : node.entries)
    AddScalarPaths(child, std::string(path).append(".").append(key), paths);
}

const Node* FindPath(const Node& root, const std::string& path) {
  const Node* node = &root;
  for (std::size_t begin = 0; node != nullptr && begin <= path.size();) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    node = node->Find(path.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return node;
}

// Tenants may all have models of their own.
bool NeedsSupernet(const ServingConfig& serving) {
  const auto lacks_model = [](const TenantEntry& tenant) { return tenant.model == nullptr; };
  return serving.tenants.empty() || std::any_of(serving.tenants.begin(), serving.tenants.end(), lacks_model);
}

Node ReadAxisBase(const Node& item, const std::string& file) {
  Node base = ReadBaseOf(item, file);
  for (const auto& [key, node] : base.entries) {
    if (IsSweepKey(key)) throw UserError(node.mark, key, "cannot stand in a file that an axis names");
  }
  return base;
}

Node Merged(const PointSpace::Source& source, const Node* axis_base) {
  Node merged = source.bases;
  if (axis_base != nullptr) MergeFile(merged, *axis_base);
  MergeFile(merged, source.own);
  MergeSets(merged, source.sets);
  EraseSweepKeys(merged);
  return merged;
}

}  // namespace

void EraseSweepKeys(Node& merged) {
  auto& entries = merged.entries;
  const auto is_sweep_key = [](const auto& entry) { return IsSweepKey(entry.first); };
  entries.erase(std::remove_if(entries.begin(), entries.end(), is_sweep_key), entries.end());
}

PointSpace::PointSpace(const Source& source, const Node* axes) : axes_(axes, hashes_) {
  for (std::size_t d = 0; d < axes_.dimensions().size(); ++d) {
    sets_trace_.push_back(axes_.SetsBelow(d, kTrace));
    sets_model_.push_back(axes_.SetsBelow(d, "supernet."));
  }
  if (axes_.UsesOwnBases()) {
    AddFrame(Merged(source, nullptr));
  } else {
    frames_.emplace_back();
  }
  for (const Node& item : axes_.bases()) {
    const Node base = ReadAxisBase(item, source.file);
    AddFrame(Merged(source, &base));
  }
  RefuseLoneGeneratorKeys();
  RefuseLoneLogKeys();
  LogLines();
}

// A seed for a stream that comes from a file would drop the file and run the generator's defaults.
void PointSpace::RefuseLoneGeneratorKeys() const {
  for (std::size_t d = 0; d < sets_trace_.size(); ++d) {
    if (axes_.Sets(d, "trace.generator.kind") || axes_.Sets(d, kLogFileKey)) return;
  }
  for (std::size_t d = 0; d < sets_trace_.size(); ++d) {
    if (!axes_.SetsBelow(d, kGenerator)) continue;
    for (const Frame& frame : frames_) {
      const Node* file = FindPath(frame.merged, kTraceFile);
      if (file == nullptr) continue;
      throw UserError(file->mark, kTraceFile,
                      "an axis over trace.generator.* would drop it; set trace.generator.kind instead of it");
    }
  }
}

void PointSpace::AddFrame(Node merged) {
  Frame frame;
  ReadTree(merged, frame.base);
  frame.base.supernet = {};
  frame.merged = std::move(merged);
  for (const Field& field : Fields()) {
    try {
      frame.base_lines.push_back(IdLine(field, frame.base, hashes_));
    } catch (const UserError& error) {
      throw UserError(FindPath(frame.merged, field.path)->mark, field.path, error.what());
    }
  }
  frame.sections = SectionLinesOf(frame.base, hashes_);
  frame.now = frame.base;
  frame.lines = frame.base_lines;
  frame.steps.assign(axes_.dimensions().size(), -1);
  frames_.push_back(std::move(frame));
}

PointSpace::Frame& PointSpace::FrameOf(const Steps& steps) {
  const int d = axes_.base_dimension();
  if (d < 0) return frames_[0];
  const auto dimension = static_cast<std::size_t>(d);
  return frames_[axes_.StepOf(dimension, steps[dimension]).base];
}

PointSpace::Frame& PointSpace::MoveTo(const Steps& steps) {
  Frame& frame = FrameOf(steps);
  bool trace = false;
  for (std::size_t d = 0; d < steps.size(); ++d) {
    if (frame.steps[d] == steps[d]) continue;
    trace = trace || sets_trace_[d];
    // The steps of a progression set the same key, those of a list may not.
    if (frame.steps[d] >= 0 && !axes_.dimensions()[d].progression) {
      for (const Setting& old : axes_.StepOf(d, frame.steps[d]).settings) {
        if (old.field == nullptr) continue;
        old.field->copy(frame.base, frame.now);
        frame.lines[PlaceOf(*old.field)] = frame.base_lines[PlaceOf(*old.field)];
      }
    }
    for (const Setting& setting : axes_.StepOf(d, steps[d]).settings) {
      if (setting.field == nullptr) continue;
      setting.field->read(frame.now, setting.value);
      frame.lines[PlaceOf(*setting.field)] = setting.line;
    }
    frame.steps[d] = steps[d];
  }
  if (trace) SetTrace(frame, steps);
  return frame;
}

// trace.file and its rivals drop each other, as in a merge, so these keys are set anew together.
void PointSpace::SetTrace(Frame& frame, const Steps& steps) {
  frame.now.trace = frame.base.trace;
  for (std::size_t d = 0; d < steps.size(); ++d) {
    if (!sets_trace_[d]) continue;
    for (const Setting& setting : axes_.StepOf(d, steps[d]).settings) {
      if (Begins(setting.key, kTrace)) SetTraceKey(*setting.field, setting.value, frame.now);
    }
  }
  for (const Field& field : Fields()) {
    if (Begins(field.path, kTrace)) frame.lines[PlaceOf(field)] = IdLine(field, frame.now, hashes_);
  }
}

const PointSpace::Model& PointSpace::ModelOf(const Steps& steps) {
  const Frame& frame = FrameOf(steps);
  std::string key = std::to_string(&frame - frames_.data());
  for (std::size_t d = 0; d < steps.size(); ++d) {
    if (sets_model_[d]) key.append(":").append(std::to_string(steps[d]));
  }
  const auto found = models_.find(key);
  if (found != models_.end()) return found->second;
  Experiment model;
  model.merged.kind = Node::Kind::kMap;
  if (const Node* section = frame.merged.Find("supernet")) {
    model.merged.entries.emplace_back("supernet", *section);
  }
  for (std::size_t d = 0; d < steps.size(); ++d) {
    if (!sets_model_[d]) continue;
    for (const Setting& setting : axes_.StepOf(d, steps[d]).settings) {
      if (setting.field == nullptr) SetKey(model.merged, setting.key, setting.value);
    }
  }
  Model result;
  try {
    if (const Node* section = model.merged.Find("supernet")) model.supernet = *section;
    if (NeedsSupernet(frame.base.serving)) {
      RequireSupernet(model);
      LoadSuperNet(model.supernet);
    }
    result.hash = ModelHash(model.supernet, hashes_);
  } catch (const UserError& error) {
    result.error = error.what();
  }
  if (models_.size() >= kMaxModels) models_.clear();
  return models_.emplace(key, std::move(result)).first->second;
}

void PointSpace::Check(const Steps& steps) {
  CheckTogether(MoveTo(steps).now);
  const Model& model = ModelOf(steps);
  if (!model.error.empty()) throw UserError(model.error);
}

void PointSpace::CheckSections(const Steps& steps) {
  Frame& frame = MoveTo(steps);
  const bool system = frame.now.serving.engine != ServingEngine::kNone;
  const std::size_t kind = frame.now.hardware.dram_model == DramModel::kBankLevel ? 1 : 0;
  bool& checked = frame.checked[kind + (system ? 2 : 0)];
  if (checked) return;
  const Experiment experiment = Resolve(steps);
  if (system) {
    LoadServingPlan(experiment);
  } else {
    RequireTrace(experiment);
  }
  RequireEnergy(experiment);
  checked = true;
}

std::string PointSpace::IdOf(const Steps& steps) {
  const Frame& frame = MoveTo(steps);
  const Model& model = ModelOf(steps);
  if (!model.error.empty()) throw UserError(model.error);
  std::string lines;
  lines.reserve(std::size_t{8} << 10);
  for (const std::string& line : frame.lines) lines += line;
  lines += frame.sections;
  return config::IdOf(lines, model.hash);
}

std::string PointSpace::Fingerprint() {
  std::string text;
  for (Frame& frame : frames_) {
    std::string lines;
    for (const std::string& line : frame.base_lines) lines += line;
    lines += frame.sections;
    const Node* const section = frame.merged.Find("supernet");
    text += config::IdOf(lines, section == nullptr ? "" : ModelHash(*section, hashes_)) + "\n";
  }
  for (std::size_t d = 0; d < axes_.dimensions().size(); ++d) {
    std::string steps;
    for (std::int64_t i = 0; i < axes_.dimensions()[d].size(); ++i) {
      const AxisStep& step = axes_.StepOf(d, i);
      steps += "step of base " + std::to_string(step.base) + "\n";
      for (const Setting& setting : step.settings) {
        steps += setting.key + "\n" + setting.line + "\n";
        if (setting.field != nullptr) continue;
        Node part;
        part.kind = Node::Kind::kMap;
        SetKey(part, setting.key, setting.value);
        steps += ModelHash(*part.Find("supernet"), hashes_) + "\n";
      }
    }
    text += HashText(steps) + "\n";
  }
  text += LogLines();
  return HashText(text);
}

Experiment PointSpace::Resolve(const Steps& steps) {
  std::vector<Override> overrides;
  for (std::size_t d = 0; d < steps.size(); ++d) {
    for (const Setting& setting : axes_.StepOf(d, steps[d]).settings) {
      overrides.push_back({setting.key, setting.value});
    }
  }
  ++resolved_;
  return ResolveExperiment(FrameOf(steps).merged, overrides);
}

std::vector<std::string> PointSpace::LabelsOf(const Steps& steps) const {
  std::vector<std::string> labels;
  for (std::size_t d = 0; d < steps.size(); ++d) {
    const Point step = axes_.dimensions()[d].StepAt(steps[d]);
    labels.insert(labels.end(), step.labels.begin(), step.labels.end());
  }
  return labels;
}

std::vector<std::string> PointSpace::SpecialKeys() const {
  std::vector<std::string> keys{"seed", "base"};
  for (const Dimension& dimension : axes_.dimensions()) {
    for (const std::string& column : dimension.columns) {
      if (Begins(column, "supernet.")) keys.push_back(column);
    }
  }
  for (const Frame& frame : frames_) {
    const Node* section = frame.merged.Find("supernet");
    if (section != nullptr) AddScalarPaths(*section, "supernet", keys);
  }
  return keys;
}

int PointSpace::LastDimension(const Constraint& constraint) const {
  int last = constraint.operands().empty() ? -1 : axes_.base_dimension();
  for (std::size_t d = 0; d < axes_.dimensions().size(); ++d) {
    for (const Constraint::Operand& operand : constraint.operands()) {
      const bool trace = sets_trace_[d] && Begins(operand.key, kTrace);
      if (trace || axes_.Sets(d, operand.key)) last = std::max(last, static_cast<int>(d));
    }
  }
  return last;
}

// The value that the key resolves to. Only dimensions up to LastDimension's are looked at.
std::string PointSpace::TextOf(const std::string& key, const Steps& steps) {
  const bool trace = Begins(key, kTrace);
  const bool rival = Begins(key, kGenerator) || Begins(key, kLog);
  bool dropped = false;  // by its rival
  for (std::size_t d = 0; d < steps.size(); ++d) {
    if (!(trace && sets_trace_[d]) && !axes_.Sets(d, key)) continue;
    for (const Setting& setting : axes_.StepOf(d, steps[d]).settings) {
      if (setting.key == key) return setting.text;
      dropped = dropped || (rival && setting.key == kTraceFile) ||
                (key == kTraceFile && DropsTraceFile(setting.key, setting.value));
    }
  }
  const int base = axes_.base_dimension();
  if (key == "base") {
    if (base < 0) return "";
    return axes_.StepOf(static_cast<std::size_t>(base), steps[static_cast<std::size_t>(base)]).base_label;
  }
  const Frame& frame = FrameOf(steps);
  const Field* field = FindField(key);
  if (field == nullptr) {
    const Node* node = FindPath(frame.merged, key);
    return node == nullptr ? "" : node->scalar;
  }
  const std::string text = dropped ? field->text({}) : field->text(frame.base);
  return field->type == "path" ? std::filesystem::path(text).stem().string() : text;
}

bool PointSpace::Holds(Constraint& constraint, const Steps& steps) {
  const auto& operands = constraint.operands();
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Constraint::Operand& operand = operands[i];
    const std::string text = TextOf(operand.key, steps);
    const bool equal = text == operand.literal;
    const double value = operand.is_text ? (equal == operand.equal ? 1 : 0) : NumberOf(text);
    if (std::isnan(value)) {
      throw UserError(constraint.mark(), constraint.path(),
                      "'" + operand.key + "' is the text '" + text + "', which can only be compared as " +
                          operand.key + " == \"text\" or != (in \"" + constraint.text() + "\")");
    }
    constraint.Set(i, value);
  }
  return constraint.Holds();
}

}  // namespace sushi::config
