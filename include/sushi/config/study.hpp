// A study: an experiment, what to report of it, and axes to vary it along (docs/studies.md).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sushi/config/axes.hpp"

namespace sushi::config {

enum class StudyKind { kSubNets, kStreams, kRoofline, kServing };

// One picture of the table: a curve for every combination of the `series` columns' values, of the rows
// that have the values of `where`.
struct StudyPlot {
  std::string name;  // of its file
  std::string x;
  std::vector<std::string> y;      // a curve each
  std::vector<std::string> lines;  // those of y that are lines without points
  std::vector<std::string> series;
  std::map<std::string, std::string> where;
  bool points = false;  // the others are points without lines
  bool log_scale = false;
  SourceMark mark;
};

struct Study {
  std::string name;  // the file's stem
  std::string title;
  StudyKind kind = StudyKind::kSubNets;
  int seeds = 10;  // kServing: streams that are averaged
  Axes axes;
  std::vector<StudyPlot> plots;
  Node merged;  // what the points' overrides are applied to

  Experiment ExperimentOf(const Point& point) const { return ResolveExperiment(merged, point.overrides); }
};

inline constexpr std::int64_t kDefaultPoints = 10'000, kMaxStudyPoints = 100'000;  // study.max_points

// Every point has been resolved once, so that ExperimentOf() does not fail later. Throws UserError.
Study LoadStudy(const std::string& file, const std::vector<std::string>& sets);

}  // namespace sushi::config
