// The axes of a sweep with every value read once: what it sets, and its part of a point's id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "point_id.hpp"
#include "sushi/config/axes.hpp"

namespace sushi::config {

struct Setting {
  const Field* field = nullptr;  // nullptr: a key of the model section
  std::string key;
  Node value;
  std::string text;  // what a constraint sees: canonical; of a path the name of its file
  std::string line;  // of the id
};

struct AxisStep {
  std::vector<Setting> settings;  // but the base
  std::size_t base = 0;           // 0: the sweep's own bases only; else bases()[base - 1] in addition
  std::string base_label;
};

class AxisSteps {
 public:
  // `axes` may be nullptr. UserError: as of ReadAxes; a value that its key does not take; a file that cannot
  // be read; more than kMaxCombinations; trace.file and a key of trace.generator that would drop each other.
  AxisSteps(const Node* axes, FileHashes& hashes);

  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  const std::vector<Node>& bases() const { return bases_; }
  bool Sets(std::size_t dimension, const std::string& key) const;
  bool SetsBelow(std::size_t dimension, const std::string& section) const;  // "trace."
  std::int64_t combinations() const { return combinations_; }
  int base_dimension() const { return base_dimension_; }  // −1: none
  bool UsesOwnBases() const;                              // without one of bases() in addition

  // Of a progression valid until its next.
  const AxisStep& StepOf(std::size_t dimension, std::int64_t step);

 private:
  void CountCombinations(const Node& axes);
  void Compile(std::size_t dimension);
  void RefuseTwins(std::size_t dimension) const;
  AxisStep CompileStep(const Point& point);
  Setting CompileSetting(const Override& item);
  std::size_t BaseNumber(const Node& file);
  void RefuseRivals(const Node& axes) const;

  FileHashes& hashes_;
  std::vector<Dimension> dimensions_;
  std::vector<std::vector<std::string>> keys_;  // of each dimension
  std::vector<std::vector<AxisStep>> steps_;    // of a progression one, remade
  std::vector<std::int64_t> made_;              // which that is
  std::vector<Node> bases_;
  std::int64_t combinations_ = 1;
  int base_dimension_ = -1;
  Experiment scratch_;
};

}  // namespace sushi::config
