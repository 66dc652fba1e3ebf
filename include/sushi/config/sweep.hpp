// A sweep: an experiment, axes to vary it along, and constraints that its points must satisfy
// (docs/sweeps.md). Points are numbers until they are asked for: a sweep of a million holds at most four
// bytes for each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sushi/config/axes.hpp"

namespace sushi::config {

inline constexpr std::int64_t kDefaultSweepPoints = 10'000, kMaxSweepPoints = 10'000'000;
inline constexpr std::int64_t kMaxCombinations = 100'000'000;  // of all axes, before constraints

struct SweepPoint {
  std::int64_t index = 0;           // among the points that satisfy the constraints
  std::string id;                   // PointId(experiment)
  std::vector<std::string> labels;  // a cell for each of columns(); "" where a list or base says nothing
  Experiment experiment;
};

struct SweepConstraint {
  std::string text;
  std::int64_t excluded = 0;  // combinations for which it was the first to fail
};

// What identifies a result, as 32 hex digits: a hash of the timing model's version, of every resolved key
// but names, sources and `assumed`, of the model section, and of the content (not the path) of the files that
// they name. UserError when a file cannot be read.
std::string PointId(const Experiment& experiment);

class Sweep {
 public:
  // Checks every point, by what its keys say one by one and together, without resolving it. UserError: as of
  // LoadExperiment and ReadAxes; no axes; a constraint that is no expression over keys or leaves no point;
  // more than max_points; a point that is refused, unless `invalid: skip`.
  static Sweep Load(const std::string& file, const std::vector<std::string>& sets);
  ~Sweep();
  Sweep(Sweep&&) noexcept;
  Sweep& operator=(Sweep&&) noexcept;

  const std::string& name() const;                     // the file's stem
  const std::string& title() const;                    // the name when the file gives none
  const std::vector<std::string>& objectives() const;  // as written
  const std::vector<Dimension>& dimensions() const;    // the first varies slowest
  const std::vector<std::string>& columns() const;     // of the labels

  std::int64_t size() const;
  std::int64_t combinations() const;  // without constraints
  const std::vector<SweepConstraint>& constraints() const;
  std::int64_t skipped() const;              // points left out by `invalid: skip`
  const std::string& first_skipped() const;  // why the first of them was

  // Cost does not depend on the index or size(). Not for several threads at once: neighbouring points share
  // what was worked out for the one before.
  SweepPoint PointAt(std::int64_t index) const;
  std::string IdAt(std::int64_t index) const;  // that point's id, at a small part of the cost
  std::vector<std::string> LabelsAt(std::int64_t index) const;
  // Hash of the whole list of ids, without making them: equal ones mean equal lists. Costs as much as the
  // axes have steps.
  std::string Fingerprint() const;

  // How many whole experiments were resolved so far: each base once or twice, and one for each PointAt().
  std::int64_t resolved() const;

 private:
  class State;
  explicit Sweep(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sushi::config
