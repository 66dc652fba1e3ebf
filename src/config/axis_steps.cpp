#include "axis_steps.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "sushi/config/sweep.hpp"
#include "trace_log.hpp"

namespace sushi::config {
namespace {

bool Begins(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

}  // namespace

AxisSteps::AxisSteps(const Node* axes, FileHashes& hashes) : hashes_(hashes) {
  if (axes == nullptr) return;
  dimensions_ = ReadAxes(*axes, "axes", AxisKeys::kSweep);
  CountCombinations(*axes);
  keys_.resize(dimensions_.size());
  steps_.resize(dimensions_.size());
  made_.assign(dimensions_.size(), -1);
  for (std::size_t d = 0; d < dimensions_.size(); ++d) Compile(d);
  RefuseRivals(*axes);
}

void AxisSteps::CountCombinations(const Node& axes) {
  for (const Dimension& dimension : dimensions_) {
    if (dimension.size() > kMaxCombinations / combinations_) {
      throw UserError(axes.mark, "axes",
                      "more than " + std::to_string(kMaxCombinations) + " combinations before constraints");
    }
    combinations_ *= dimension.size();
  }
}

void AxisSteps::Compile(std::size_t d) {
  const Dimension& dimension = dimensions_[d];
  const bool listed = !dimension.progression;
  for (std::int64_t i = 0; i < dimension.size(); ++i) {
    AxisStep step = CompileStep(dimension.StepAt(i));
    if (step.base != 0) base_dimension_ = static_cast<int>(d);
    for (const Setting& setting : step.settings) {
      if (!Sets(d, setting.key)) keys_[d].push_back(setting.key);
    }
    if (listed) steps_[d].push_back(std::move(step));
  }
  if (!listed) steps_[d].resize(1);
  if (listed) RefuseTwins(d);
}

// Two steps that set the same make points of one id, which would be computed once and counted twice. Files of
// equal content may be meant: their cells differ.
void AxisSteps::RefuseTwins(std::size_t d) const {
  std::map<std::vector<std::string>, std::int64_t> seen;
  for (std::size_t i = 0; i < steps_[d].size(); ++i) {
    const AxisStep& step = steps_[d][i];
    std::vector<std::string> sets{std::to_string(step.base)};
    for (const Setting& setting : step.settings)
      sets.push_back(setting.key + '=' + setting.line + '\n' + setting.text);
    std::sort(sets.begin() + 1, sets.end());
    const auto [first, added] = seen.emplace(std::move(sets), static_cast<std::int64_t>(i));
    if (added) continue;
    const Point twin = dimensions_[d].StepAt(first->second);
    const Point point = dimensions_[d].StepAt(static_cast<std::int64_t>(i));
    if (twin.overrides.empty() || point.overrides.empty()) continue;
    const Override& item = point.overrides.front();
    throw UserError(item.value.mark, "axes." + item.key,
                    "'" + item.value.scalar.substr(0, 60) + "' stands twice, before in line " +
                        std::to_string(twin.overrides.front().value.mark.line) +
                        "; the same point would be counted twice");
  }
}

AxisStep AxisSteps::CompileStep(const Point& point) {
  AxisStep step;
  for (const Override& item : point.overrides) {
    if (item.key != "base") {
      step.settings.push_back(CompileSetting(item));
      continue;
    }
    step.base = BaseNumber(item.value);
    step.base_label = std::filesystem::path(item.value.scalar).stem().string();
  }
  return step;
}

Setting AxisSteps::CompileSetting(const Override& item) {
  Setting setting{FindField(item.key), item.key, item.value, item.value.scalar, ""};
  const Field* field = setting.field;
  if (field == nullptr) return setting;
  field->read(scratch_, item.value);
  setting.text = field->text(scratch_);
  try {
    // Where a log is depends on other keys, so the space makes its line.
    if (item.key != kLogFileKey) setting.line = IdLine(*field, scratch_, hashes_);
  } catch (const UserError& error) {
    throw UserError(item.value.mark, item.key, error.what());
  }
  if (field->type == "path") setting.text = std::filesystem::path(setting.text).stem().string();
  return setting;
}

// A file is the same when it is written the same in the same place.
std::size_t AxisSteps::BaseNumber(const Node& file) {
  const auto same = [&](const Node& other) {
    return other.scalar == file.scalar && other.mark.file == file.mark.file;
  };
  const auto found = std::find_if(bases_.begin(), bases_.end(), same);
  if (found != bases_.end()) return static_cast<std::size_t>(found - bases_.begin()) + 1;
  bases_.push_back(file);
  return bases_.size();
}

bool AxisSteps::UsesOwnBases() const {
  if (base_dimension_ < 0) return true;
  const auto& steps = steps_[static_cast<std::size_t>(base_dimension_)];
  return std::any_of(steps.begin(), steps.end(), [](const AxisStep& step) { return step.base == 0; });
}

bool AxisSteps::Sets(std::size_t dimension, const std::string& key) const {
  const auto& keys = keys_[dimension];
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool AxisSteps::SetsBelow(std::size_t dimension, const std::string& section) const {
  const auto& keys = keys_[dimension];
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) { return Begins(key, section); });
}

// Whichever came last would silently drop the other, and with it a whole axis.
void AxisSteps::RefuseRivals(const Node& axes) const {
  const std::string message =
      "trace.file and trace.generator exclude each other, and so do trace.file and trace.log.file; to vary "
      "both, give each its own rows of a list";
  std::size_t files = 0, generators = 0;
  for (std::size_t d = 0; d < dimensions_.size(); ++d) {
    const bool file = Sets(d, "trace.file");
    const bool generator = SetsBelow(d, "trace.generator.") || Sets(d, kLogFileKey);
    files += file ? 1 : 0;
    generators += generator ? 1 : 0;
    if (!file || !generator) continue;
    --generators;
    for (const AxisStep& step : steps_[d]) {
      bool row_file = false, row_generator = false;
      for (const Setting& setting : step.settings) {
        row_file |= setting.key == "trace.file";
        row_generator |= DropsTraceFile(setting.key, setting.value);
      }
      if (row_file && row_generator) throw UserError(step.settings.front().value.mark, "axes", message);
    }
  }
  if (files > 0 && generators > 0) throw UserError(axes.mark, "axes", message);
}

const AxisStep& AxisSteps::StepOf(std::size_t dimension, std::int64_t step) {
  if (!dimensions_[dimension].progression) return steps_[dimension][static_cast<std::size_t>(step)];
  if (made_[dimension] != step) {
    steps_[dimension][0] = CompileStep(dimensions_[dimension].StepAt(step));
    made_[dimension] = step;
  }
  return steps_[dimension][0];
}

}  // namespace sushi::config
