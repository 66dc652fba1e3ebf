// The combinations of a sweep's axes, each given by its steps. Going from one to the next changes the few
// values that differ instead of merging, reading and printing every key again.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "axis_steps.hpp"
#include "constraint.hpp"

namespace sushi::config {

using Steps = std::vector<std::int64_t>;  // one for each dimension

// Erases the keys of a sweep from a merged tree.
void EraseSweepKeys(Node& merged);

class PointSpace {
 public:
  struct Source {
    std::string file;  // the sweep's
    Node bases, own;
    std::vector<std::string> sets;
  };
  // A base of an axis is merged between the sweep's bases and its own keys. UserError.
  PointSpace(const Source& source, const Node* axes);

  const AxisSteps& axes() const { return axes_; }
  // Keys beside those of the configuration that a constraint can name.
  std::vector<std::string> SpecialKeys() const;

  // The last dimension that the constraint depends on, −1 for none.
  int LastDimension(const Constraint& constraint) const;
  // Steps after LastDimension do not matter.
  bool Holds(Constraint& constraint, const Steps& steps);

  // UserError, of which only Resolve knows the line, when the configuration or the model refuses the point.
  void Check(const Steps& steps);
  // UserError for what no point of this base can do without: a model, a trace, an energy table.
  void CheckSections(const Steps& steps);
  std::string IdOf(const Steps& steps);
  // Hash of what every step of every axis sets, and over what: equal ones make equal points of equal steps.
  std::string Fingerprint();
  Experiment Resolve(const Steps& steps);
  std::vector<std::string> LabelsOf(const Steps& steps) const;
  std::int64_t resolved() const { return resolved_; }

 private:
  // What stays the same while the base does, and the combination last moved to.
  struct Frame {
    Node merged;
    Experiment base, now;                        // fields only
    std::vector<std::string> base_lines, lines;  // of the id, one a field
    std::string sections;                        // of the id: accelerators, tenants
    Steps steps;                                 // of `now`; −1 for the base's values
    std::array<bool, 4> checked{};               // CheckSections, by dram.model and serving.engine

    bool used() const { return !base_lines.empty(); }  // the sweep's own base may stand in no point
  };
  struct Model {
    std::string hash, error;
  };

  void AddFrame(Node merged);
  void RefuseLoneGeneratorKeys() const;
  // point_space_log.cpp
  void RefuseLoneLogKeys();
  std::string LogLines();
  template <typename Use>
  void ForEachLogSetting(const Use& use);
  Frame& FrameOf(const Steps& steps);
  Frame& MoveTo(const Steps& steps);
  void SetTrace(Frame& frame, const Steps& steps);
  const Model& ModelOf(const Steps& steps);
  std::string TextOf(const std::string& key, const Steps& steps);

  FileHashes hashes_;
  AxisSteps axes_;
  std::vector<bool> sets_trace_, sets_model_;  // of each dimension
  std::vector<Frame> frames_;
  std::unordered_map<std::string, Model> models_;
  std::int64_t resolved_ = 0;
};

}  // namespace sushi::config
