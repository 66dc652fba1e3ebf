// The sections `accelerators` and `tenants` as lines: for hashing and for `config show`.
#include "model_readers.hpp"
#include "point_id.hpp"
#include "serving_sections.hpp"
#include "sushi/config/fields.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::config {
namespace {

class Lines {
 public:
  explicit Lines(std::string prefix) : prefix_(std::move(prefix)) {}
  void Add(const std::string& key, const std::string& value) { lines_.push_back({prefix_ + key, value}); }
  void AddModel(const TenantModel& model) { lines_.push_back({prefix_ + "model", model.path, &model}); }
  // Over `scratch`. All are read first: where a log is depends on trace.log.directory.
  void AddOverrides(const std::vector<Override>& overrides, Experiment scratch) {
    for (const Override& item : overrides) FindField(item.key)->read(scratch, item.value);
    for (const Override& item : overrides) {
      const Field& field = *FindField(item.key);
      SectionLine line{prefix_ + item.key, field.text(scratch)};
      line.is_path = field.type == "path";
      if (!field.unit.empty()) line.value += " " + field.unit;
      lines_.push_back(std::move(line));
    }
  }
  void MoveTo(std::vector<SectionLine>& all) {
    for (SectionLine& line : lines_) all.push_back(std::move(line));
  }

 private:
  std::string prefix_;
  std::vector<SectionLine> lines_;
};

std::string LevelText(const PowerLevel& level) {
  return std::to_string(level.clock_mhz) + " MHz, energy x " + RealText(level.energy_scale) + ", " +
         RealText(level.active_mw) + " mW active, " + RealText(level.idle_mw) + " mW idle";
}

std::string GroupText(const std::vector<Condition>& group) {
  std::string text;
  for (const Condition& condition : group) text += (text.empty() ? "" : ", ") + ConditionText(condition);
  return text;
}

void AddFrames(const Experiment& experiment, const TenantEntry& tenant, Lines& lines) {
  Experiment scratch;
  scratch.trace.log.directory = experiment.trace.log.directory;
  lines.AddOverrides(tenant.trace, std::move(scratch));
  if (tenant.periodic) {
    lines.Add("period_us", MicrosText(tenant.periodic->period.value()));
    lines.Add("frames", std::to_string(tenant.periodic->frames));
    lines.Add("offset_us", MicrosText(tenant.periodic->offset.value()));
  }
  if (tenant.after >= 0) {
    lines.Add("after", experiment.serving.tenants[static_cast<std::size_t>(tenant.after)].name);
  }
}

}  // namespace

std::vector<SectionLine> AcceleratorLines(const ServingConfig& serving) {
  std::vector<SectionLine> all;
  for (std::size_t i = 0; i < serving.types.size(); ++i) {
    const AcceleratorEntry& entry = serving.types[i];
    Lines lines(At("accelerators", i) + ".");
    lines.Add("name", entry.name);
    lines.Add("count", std::to_string(entry.count));
    lines.AddOverrides(entry.accel, {});
    for (std::size_t j = 0; j < entry.levels.size(); ++j)
      lines.Add(At("levels", j), LevelText(entry.levels[j]));
    if (entry.throttle.bursts > 0) {
      lines.Add("throttle.bursts", std::to_string(entry.throttle.bursts));
      lines.Add("throttle.window_cycles", std::to_string(entry.throttle.window_cycles));
    }
    lines.MoveTo(all);
  }
  return all;
}

std::vector<SectionLine> TenantLines(const Experiment& experiment) {
  const ServingConfig& serving = experiment.serving;
  std::vector<SectionLine> all;
  for (std::size_t i = 0; i < serving.tenants.size(); ++i) {
    const TenantEntry& tenant = serving.tenants[i];
    Lines lines(At("tenants", i) + ".");
    lines.Add("name", tenant.name);
    if (tenant.model != nullptr) lines.AddModel(*tenant.model);
    lines.Add("priority", std::to_string(tenant.priority));
    if (tenant.slo) lines.Add("slo_us", MicrosText(tenant.slo->value()));
    if (tenant.accuracy_min_percent)
      lines.Add("accuracy_min_percent", RealText(*tenant.accuracy_min_percent));
    AddFrames(experiment, tenant, lines);
    for (std::size_t j = 0; j < tenant.conditions.size(); ++j) {
      lines.Add(At("conditions", j), GroupText(tenant.conditions[j]));
    }
    lines.MoveTo(all);
  }
  return all;
}

std::string CanonicalLines(const std::vector<SectionLine>& lines, FileHashes* files) {
  std::string text;
  FileHashes own;
  for (const SectionLine& line : lines) {
    std::string value = line.value;
    if (line.model != nullptr) value = ModelHash(line.model->section, files == nullptr ? own : *files);
    if (line.is_path && files != nullptr && !value.empty()) value = files->Of(value);
    text += line.key + ": " + value + "\n";
  }
  return text;
}

}  // namespace sushi::config
