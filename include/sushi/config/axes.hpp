// Axes over configuration keys, and the points that they span. An axis is one of
//
//   product:       {KEY: [VALUE, …], …}   every combination
//   one_at_a_time: {KEY: [VALUE, …], …}   the experiment as it is, then each value by itself; at most one
//
// Several axes are combined like the keys of a product. The last key varies fastest. The list of points is
// a function of the text alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sushi/config/experiment.hpp"

namespace sushi::config {

struct Point {
  std::vector<Override> overrides;
  std::vector<std::string> labels;  // a cell for each column of Axes
};

struct Axes {
  // The product's keys; for a one_at_a_time axis the columns `varied` (a key, or "nothing") and `value`.
  std::vector<std::string> columns;
  std::vector<Point> points;
};

// `section` is the list of axes, `path` its key for messages; without a list there is one point. UserError:
// an unknown axis or key, a key given twice, a value that is no list of scalars, more than `max_points`.
Axes ExpandAxes(const Node* section, const std::string& path, std::int64_t max_points);

}  // namespace sushi::config
