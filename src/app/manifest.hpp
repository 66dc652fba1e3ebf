// What every manifest.json says of the program and the run.
#pragma once

#include <ctime>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sushi/config/experiment.hpp"
#include "sushi/report/run_report.hpp"

namespace sushi::app {

// Tool, version, timing model.
nlohmann::ordered_json ManifestHead();
// Every key with its resolved value.
nlohmann::ordered_json ResolvedJson(const config::Experiment& experiment);
// Host, date, duration, compiler: what no comparison of results looks at.
nlohmann::ordered_json UncomparedJson(const std::vector<std::string>& command_line, std::time_t started);

// manifest.json of `run`, and of a sweep's point.
nlohmann::ordered_json RunManifest(const report::Identity& identity, const config::Experiment& experiment,
                                   const nlohmann::ordered_json& uncompared);

}  // namespace sushi::app
