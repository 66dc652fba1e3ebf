#include "sushi/config/sweep.hpp"

#include <filesystem>
#include <utility>

#include "merge.hpp"
#include "point_space.hpp"
#include "resolve.hpp"
#include "section_keys.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/config/shipped.hpp"

namespace sushi::config {
namespace {

std::vector<std::string> ReadTexts(const Node* node, const std::string& path) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  RequireKind(*node, Node::Kind::kSequence, path);
  for (const Node& item : node->items) texts.push_back(AsString(item, path));
  return texts;
}

bool ReadSkip(const Node* node) {
  if (node == nullptr) return false;
  const keys::Keys& names = keys::kInvalid;
  const std::string text = AsString(*node, "invalid");
  if (text == names[0] || text == names[1]) return text == names[1];
  throw UserError(node->mark, "invalid", "expected one of refuse, skip" + DidYouMean(text, names));
}

PointSpace::Source ReadSource(const std::string& written, const std::vector<std::string>& sets) {
  const std::string file = FindFile("configs/sweep", written);
  SplitFile split = ReadSplit(file);
  return {file, std::move(split.bases), std::move(split.own), sets};
}

Node MergeSource(const PointSpace::Source& source) {
  Node merged = source.bases;
  MergeFile(merged, source.own);
  MergeSets(merged, source.sets);
  return merged;
}

const Node& RequireAxes(const Node& merged, const std::string& file) {
  if (const Node* axes = merged.Find("axes")) return *axes;
  throw UserError({file, 0}, "axes", "is missing; `sushisim run` runs one experiment");
}

}  // namespace

class Sweep::State {
 public:
  State(const PointSpace::Source& source, const Node& merged)
      : space_(source, &RequireAxes(merged, source.file)), axes_mark_(merged.Find("axes")->mark) {
    name_ = title_ = std::filesystem::path(source.file).stem().string();
    if (const Node* title = merged.Find("title")) title_ = AsString(*title, "title");
    objectives_ = ReadTexts(merged.Find("objectives"), "objectives");
    skip_invalid_ = ReadSkip(merged.Find("invalid"));
    if (const Node* most = merged.Find("max_points")) {
      max_points_ = AsInt(*most, "max_points", 1, kMaxSweepPoints);
    }
    for (const Dimension& dimension : space_.axes().dimensions()) {
      columns_.insert(columns_.end(), dimension.columns.begin(), dimension.columns.end());
    }
    ReadConstraints(merged.Find("constraints"));
    Scan();
  }

  // The steps of the point, the last dimension's fastest.
  Steps StepsAt(std::int64_t index) const {
    if (index < 0 || index >= size_) throw InternalError("no point " + std::to_string(index));
    std::int64_t combination = kept_.empty() ? index : kept_[static_cast<std::size_t>(index)];
    const auto& dimensions = space_.axes().dimensions();
    Steps steps(dimensions.size());
    for (std::size_t d = dimensions.size(); d-- > 0;) {
      steps[d] = combination % dimensions[d].size();
      combination /= dimensions[d].size();
    }
    return steps;
  }

  std::string Fingerprint() {
    std::string text = space_.Fingerprint() + "\n" + std::to_string(size_) + "\n";
    for (const Dimension& dimension : space_.axes().dimensions())
      text += std::to_string(dimension.size()) + " ";
    text.append(reinterpret_cast<const char*>(kept_.data()), kept_.size() * sizeof kept_[0]);
    return HashText(text);
  }

  PointSpace space_;
  SourceMark axes_mark_;
  std::string name_, title_, first_skipped_;
  std::vector<std::string> objectives_, columns_;
  std::vector<SweepConstraint> constraints_;
  std::int64_t size_ = 0, skipped_ = 0;

 private:
  struct Checked {
    std::unique_ptr<Constraint> constraint;
    int last_dimension = -1;
  };

  void ReadConstraints(const Node* list) {
    if (list == nullptr) return;
    RequireKind(*list, Node::Kind::kSequence, "constraints");
    const std::vector<std::string> special = space_.SpecialKeys();
    for (const Node& item : list->items) {
      auto constraint = std::make_unique<Constraint>(item, "constraints", special);
      constraints_.push_back({constraint->text(), 0});
      const int last = space_.LastDimension(*constraint);
      checked_.push_back({std::move(constraint), last});
    }
  }

  void Scan() {
    const std::int64_t all = space_.axes().combinations();
    if (constraints_.empty()) RequireCount(all);
    Steps steps(space_.axes().dimensions().size(), 0);
    if (Satisfied(-1, steps, all)) ScanFrom(0, 0, all, steps);
    RequireCount(size_);
    if (size_ == all) kept_ = {};
    kept_.shrink_to_fit();
    if (size_ + skipped_ > 0) {
      if (size_ > 0) return;
      throw UserError(axes_mark_, "invalid",
                      "skip leaves no point; the first is refused as " + first_skipped_);
    }
    RefuseEmpty();
  }

  void RequireCount(std::int64_t count) const {
    if (count <= max_points_) return;
    throw UserError(axes_mark_, "axes",
                    std::to_string(count) + " points, more than max_points: " + std::to_string(max_points_));
  }

  // `combination` is the first of the `count` that begin with steps[0 … d − 1].
  void ScanFrom(std::size_t d, std::int64_t combination, std::int64_t count, Steps& steps) {
    if (d == steps.size()) return Take(combination, steps);
    const std::int64_t size = space_.axes().dimensions()[d].size();
    const std::int64_t below = count / size;
    for (std::int64_t step = 0; step < size; ++step) {
      steps[d] = step;
      if (!Satisfied(static_cast<int>(d), steps, below)) continue;
      ScanFrom(d + 1, combination + step * below, below, steps);
    }
    steps[d] = 0;
  }

  // The constraints that can be decided with dimension d, of `count` combinations.
  bool Satisfied(int d, const Steps& steps, std::int64_t count) {
    for (std::size_t i = 0; i < checked_.size(); ++i) {
      if (checked_[i].last_dimension != d || space_.Holds(*checked_[i].constraint, steps)) continue;
      constraints_[i].excluded += count;
      return false;
    }
    return true;
  }

  // Beyond max_points only the number matters, for the message.
  void Take(std::int64_t combination, const Steps& steps) {
    if (size_ < max_points_) {
      if (!Valid(steps)) return;
      kept_.push_back(static_cast<std::uint32_t>(combination));
    }
    ++size_;
  }

  bool Valid(const Steps& steps) {
    try {
      space_.Check(steps);
    } catch (const UserError& error) {
      if (!skip_invalid_) {
        throw UserError(WhyRefused(steps, error.what()) + "; invalid: skip leaves such points out (point " +
                        PointText(steps) + ")");
      }
      if (skipped_++ == 0)
        first_skipped_ = WhyRefused(steps, error.what()) + " (point " + PointText(steps) + ")";
      return false;
    }
    space_.CheckSections(steps);
    return true;
  }

  // With the line of the key that is to blame.
  std::string WhyRefused(const Steps& steps, const std::string& otherwise) {
    try {
      space_.Resolve(steps);
    } catch (const UserError& error) {
      return error.what();
    }
    return otherwise;
  }

  std::string PointText(const Steps& steps) const {
    const std::vector<std::string> labels = space_.LabelsOf(steps);
    std::string text;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      text += (text.empty() ? "" : ", ") + columns_[i] + "=" + labels[i];
    }
    return text;
  }

  [[noreturn]] void RefuseEmpty() const {
    std::size_t most = 0;
    for (std::size_t i = 1; i < constraints_.size(); ++i) {
      if (constraints_[i].excluded > constraints_[most].excluded) most = i;
    }
    const Constraint& constraint = *checked_[most].constraint;
    throw UserError(constraint.mark(), constraint.path(),
                    "no point is left; \"" + constraint.text() + "\" excludes " +
                        std::to_string(constraints_[most].excluded) + " of " +
                        std::to_string(space_.axes().combinations()));
  }

  bool skip_invalid_ = false;
  std::int64_t max_points_ = kDefaultSweepPoints;
  std::vector<Checked> checked_;     // as constraints_
  std::vector<std::uint32_t> kept_;  // the combination of each point; empty when all are kept
};

Sweep::Sweep(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sweep::~Sweep() = default;
Sweep::Sweep(Sweep&&) noexcept = default;
Sweep& Sweep::operator=(Sweep&&) noexcept = default;

Sweep Sweep::Load(const std::string& file, const std::vector<std::string>& sets) {
  const PointSpace::Source source = ReadSource(file, sets);
  return Sweep(std::make_unique<State>(source, MergeSource(source)));
}

const std::string& Sweep::name() const { return state_->name_; }
const std::string& Sweep::title() const { return state_->title_; }
const std::vector<std::string>& Sweep::objectives() const { return state_->objectives_; }
const std::vector<Dimension>& Sweep::dimensions() const { return state_->space_.axes().dimensions(); }
const std::vector<std::string>& Sweep::columns() const { return state_->columns_; }
std::int64_t Sweep::size() const { return state_->size_; }
std::int64_t Sweep::combinations() const { return state_->space_.axes().combinations(); }
const std::vector<SweepConstraint>& Sweep::constraints() const { return state_->constraints_; }
std::int64_t Sweep::skipped() const { return state_->skipped_; }
const std::string& Sweep::first_skipped() const { return state_->first_skipped_; }
std::int64_t Sweep::resolved() const { return state_->space_.resolved(); }

std::string Sweep::IdAt(std::int64_t index) const { return state_->space_.IdOf(state_->StepsAt(index)); }

std::string Sweep::Fingerprint() const { return state_->Fingerprint(); }

std::vector<std::string> Sweep::LabelsAt(std::int64_t index) const {
  return state_->space_.LabelsOf(state_->StepsAt(index));
}

SweepPoint Sweep::PointAt(std::int64_t index) const {
  const Steps steps = state_->StepsAt(index);
  return {index, state_->space_.IdOf(steps), state_->space_.LabelsOf(steps), state_->space_.Resolve(steps)};
}

}  // namespace sushi::config
