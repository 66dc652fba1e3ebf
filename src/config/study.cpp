#include "sushi/config/study.hpp"

#include <algorithm>
#include <filesystem>

#include "merge.hpp"
#include "section_keys.hpp"

namespace sushi::config {
namespace {

StudyKind ReadKind(const Node& section) {
  const keys::Keys& names = keys::kStudyKinds;
  const Node& node = Require(section, "kind", "study");
  const std::string text = AsString(node, "study.kind");
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) {
    throw UserError(node.mark, "study.kind",
                    "unknown name '" + text.substr(0, 60) +
                        "', expected one of subnets, streams, roofline, serving" + DidYouMean(text, names));
  }
  return static_cast<StudyKind>(found - names.begin());
}

std::vector<std::string> ReadNames(const Node* node, const std::string& path) {
  std::vector<std::string> names;
  if (node == nullptr) return names;
  RequireKind(*node, Node::Kind::kSequence, path);
  for (const Node& item : node->items) names.push_back(AsString(item, path));
  return names;
}

// Names become file names.
std::string ReadFileName(const Node& node, const std::string& path) {
  const std::string name = AsString(node, path);
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (name.empty() || name.size() > 60 || !std::all_of(name.begin(), name.end(), plain)) {
    throw UserError(node.mark, path, "expected up to 60 of a to z, 0 to 9 and _");
  }
  return name;
}

StudyPlot ReadPlot(const Node& node) {
  const std::string path = "study.plots";
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kStudyPlot, path);
  StudyPlot plot;
  plot.mark = node.mark;
  plot.name = ReadFileName(Require(node, "name", path), path + ".name");
  plot.x = AsString(Require(node, "x", path), path + ".x");
  plot.y = ReadNames(&Require(node, "y", path), path + ".y");
  if (plot.y.empty()) throw UserError(node.mark, path + ".y", "expected at least one column");
  plot.lines = ReadNames(node.Find("lines"), path + ".lines");
  plot.series = ReadNames(node.Find("series"), path + ".series");
  if (const Node* where = node.Find("where")) {
    RequireKind(*where, Node::Kind::kMap, path + ".where");
    for (const auto& [column, value] : where->entries) {
      RequireKind(value, Node::Kind::kScalar, path + ".where");
      plot.where[column] = value.scalar;
    }
  }
  if (const Node* points = node.Find("points")) plot.points = AsBool(*points, path + ".points");
  if (const Node* log = node.Find("log_scale")) plot.log_scale = AsBool(*log, path + ".log_scale");
  return plot;
}

}  // namespace

Study LoadStudy(const std::string& file, const std::vector<std::string>& sets) {
  Study study;
  study.merged = MergeAll({file}, sets);
  const Node* section = study.merged.Find("study");
  if (section == nullptr)
    throw UserError({file, 0}, "study", "is missing; `sushisim run` runs an experiment");
  RequireKind(*section, Node::Kind::kMap, "study");
  RefuseUnknown(*section, keys::kStudy, "study");
  study.name = std::filesystem::path(file).stem().string();
  study.title = study.name;
  if (const Node* title = section->Find("title")) study.title = AsString(*title, "study.title");
  study.kind = ReadKind(*section);
  if (const Node* seeds = section->Find("seeds")) {
    if (study.kind != StudyKind::kServing)
      throw UserError(seeds->mark, "study.seeds", "is for kind serving; others are not averaged");
    study.seeds = static_cast<int>(AsInt(*seeds, "study.seeds", 1, 1000));
  }
  std::int64_t max_points = kDefaultPoints;
  if (const Node* most = section->Find("max_points")) {
    max_points = AsInt(*most, "study.max_points", 1, kMaxStudyPoints);
  }
  study.axes = ExpandAxes(section->Find("axes"), "study.axes", max_points);
  if (const Node* plots = section->Find("plots")) {
    RequireKind(*plots, Node::Kind::kSequence, "study.plots");
    for (const Node& plot : plots->items) study.plots.push_back(ReadPlot(plot));
  }
  for (const Point& point : study.axes.points) study.ExperimentOf(point);
  return study;
}

}  // namespace sushi::config
