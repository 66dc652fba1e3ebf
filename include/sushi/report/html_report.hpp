// `sushisim report`: results as one HTML page that needs nothing else.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sushi::report {

inline constexpr std::size_t kMaxReportedRuns = 24;

// What the page shows: {"schema_version", "runs": […], "sweep": {…} or null}. A directory holds summary.json
// (a run) or sweep.jsonl (a merged sweep). A run's manifest.json, model.json, queries.csv, layers.csv and
// layers_no_pb.csv may be absent: null then. UserError for anything broken, for more than 24 runs, and for a
// sweep beside something else.
nlohmann::ordered_json ReportData(const std::vector<std::string>& directories);

// JSON as it may stand in a script element: ASCII without <, > and &, so that no name can end the element.
// Text that is not UTF-8 gets U+FFFD.
std::string ScriptJson(const nlohmann::ordered_json& json);

// The page: markup, style, scripts and `data`. The same bytes for the same data.
std::string ReportPage(const nlohmann::ordered_json& data);

}  // namespace sushi::report
