#include "sushi/config/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "sushi/report/text_table.hpp"

namespace sushi::app {
namespace {

using Json = nlohmann::ordered_json;
using config::Dimension;
using config::Sweep;

constexpr std::int64_t kValuesShown = 8;  // of an axis

std::string Join(const std::vector<std::string>& texts, const char* between) {
  std::string joined;
  for (const std::string& text : texts) joined.append(joined.empty() ? "" : between).append(text);
  return joined;
}

// The first values: of an axis of several keys "a/b".
std::vector<std::string> ValuesOf(const Dimension& dimension) {
  std::vector<std::string> values;
  for (std::int64_t i = 0; i < std::min(dimension.size(), kValuesShown); ++i) {
    values.push_back(Join(dimension.StepAt(i).labels, "/"));
  }
  return values;
}

// "3 h 20 min"; seconds only below two minutes.
std::string Duration(double seconds) {
  char text[64];
  if (seconds < 120) {
    std::snprintf(text, sizeof text, "%.3g s", seconds);
    return text;
  }
  const auto minutes = static_cast<std::int64_t>(std::llround(seconds / 60));
  const std::string rest = std::to_string(minutes % 60) + " min";
  return minutes < 60 ? rest : std::to_string(minutes / 60) + " h " + rest;
}

void PrintAxes(const Sweep& sweep) {
  std::vector<std::vector<std::string>> rows{{"axis", "keys", "values", ""}};
  for (const Dimension& dimension : sweep.dimensions()) {
    const bool more = dimension.size() > kValuesShown;
    rows.push_back({dimension.kind, Join(dimension.columns, "/"), std::to_string(dimension.size()),
                    Join(ValuesOf(dimension), ", ") + (more ? ", ..." : "")});
  }
  report::PrintTextTable(rows, "l", "", "  ", std::cout);
}

void PrintPoints(const Sweep& sweep, std::int64_t count) {
  std::vector<std::vector<std::string>> rows{{"point", "id"}};
  rows[0].insert(rows[0].end(), sweep.columns().begin(), sweep.columns().end());
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<std::string> row{std::to_string(i), sweep.IdAt(i).substr(0, 8)};
    const std::vector<std::string> labels = sweep.LabelsAt(i);
    row.insert(row.end(), labels.begin(), labels.end());
    rows.push_back(std::move(row));
  }
  report::PrintTextTable(rows, "l", "", "  ", std::cout);
  if (count < sweep.size()) std::cout << "... and " << sweep.size() - count << " more\n";
}

void PrintPlan(const Sweep& sweep, std::int64_t count, const PointEstimate& estimate) {
  std::cout << sweep.title() << ": " << sweep.size() << " points";
  if (sweep.size() != sweep.combinations()) std::cout << " of " << sweep.combinations() << " combinations";
  std::cout << "\n\n";
  PrintAxes(sweep);
  for (const config::SweepConstraint& constraint : sweep.constraints()) {
    std::cout << "constraint " << constraint.text << ": excludes " << constraint.excluded << "\n";
  }
  if (sweep.skipped() > 0) {
    std::cout << "invalid: " << sweep.skipped() << " skipped, the first is refused as "
              << sweep.first_skipped() << "\n";
  }
  if (count > 0) {
    std::cout << "\n";
    PrintPoints(sweep, count);
  }
  if (estimate) {
    std::cout << "\nestimated time: " << Duration(estimate(sweep) * static_cast<double>(sweep.size()))
              << " on one core\n";
  }
}

Json PlanJson(const Sweep& sweep, std::int64_t count, const PointEstimate& estimate) {
  Json json;
  json["schema_version"] = 1;
  json["sweep"] = sweep.name();
  json["title"] = sweep.title();
  json["points"] = sweep.size();
  json["combinations"] = sweep.combinations();
  json["skipped_invalid"] = sweep.skipped();
  json["axes"] = Json::array();
  for (const Dimension& dimension : sweep.dimensions()) {
    json["axes"].push_back({{"kind", dimension.kind},
                            {"keys", dimension.columns},
                            {"size", dimension.size()},
                            {"first_values", ValuesOf(dimension)}});
  }
  json["constraints"] = Json::array();
  for (const config::SweepConstraint& constraint : sweep.constraints()) {
    json["constraints"].push_back({{"expression", constraint.text}, {"excluded", constraint.excluded}});
  }
  json["columns"] = sweep.columns();
  json["first_points"] = Json::array();
  for (std::int64_t i = 0; i < count; ++i) {
    json["first_points"].push_back({{"index", i}, {"id", sweep.IdAt(i)}, {"labels", sweep.LabelsAt(i)}});
  }
  if (estimate) json["estimated_seconds_per_point"] = estimate(sweep);
  return json;
}

}  // namespace

void PlanSweep(const SweepPlanOptions& options, const PointEstimate& estimate) {
  const Sweep sweep = Sweep::Load(options.file, options.sets);
  const std::int64_t count = std::min(options.limit, sweep.size());
  if (options.json) {
    std::cout << PlanJson(sweep, count, estimate).dump(2) << "\n";
  } else {
    PrintPlan(sweep, count, estimate);
  }
}

}  // namespace sushi::app
