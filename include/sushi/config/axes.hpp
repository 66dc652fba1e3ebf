// Axes over configuration keys, and the points that they span. An axis is one of
//
//   product:       {KEY: [VALUE, …], …}   every combination
//   zip:           {KEY: [VALUE, …], …}   first with first, second with second, …; lists of one length
//   list:          [{KEY: VALUE, …}, …]   the combinations that are written down
//   range, log2, linspace: {KEY: {…}, …}  every combination of such values (progression.hpp)
//   one_at_a_time: {KEY: [VALUE, …], …}   the experiment as it is, then each value by itself; at most one
//
// Several axes are combined like the keys of a product. The last key varies fastest. The list of points is
// a function of the text alone.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sushi/config/experiment.hpp"
#include "sushi/config/progression.hpp"

namespace sushi::config {

struct Point {
  std::vector<Override> overrides;
  std::vector<std::string> labels;  // a cell for each column
};

// One direction: its steps are listed, or one key follows a progression.
struct Dimension {
  std::string kind;                  // as in the file: "zip"
  std::vector<std::string> columns;  // of the labels
  std::vector<Point> steps;
  std::optional<Progression> progression;

  std::int64_t size() const {
    return progression ? progression->size() : static_cast<std::int64_t>(steps.size());
  }
  Point StepAt(std::int64_t step) const;
};

enum class AxisKeys {
  kFields,  // configuration keys
  kSweep,   // also `seed` (trace.generator.seed), `base` (a file) and `supernet.…`
};

// `section` is the list of axes, `path` its key for messages. UserError: an unknown axis or key, a key given
// twice, a value that is no list of scalars, lists of a zip that differ in length.
std::vector<Dimension> ReadAxes(const Node& section, const std::string& path, AxisKeys keys);

struct Axes {
  // The product's keys; for a one_at_a_time axis the columns `varied` (a key, or "nothing") and `value`.
  std::vector<std::string> columns;
  std::vector<Point> points;
};

// All points of a study; without a list there is one point. UserError as above, and more than `max_points`.
Axes ExpandAxes(const Node* section, const std::string& path, std::int64_t max_points);

}  // namespace sushi::config
