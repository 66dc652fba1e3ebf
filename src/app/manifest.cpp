#include "manifest.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "build_info.hpp"
#include "sushi/core/version.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi::app {

using Json = nlohmann::ordered_json;

Json ManifestHead() {
  Json json;
  json["tool"] = "sushisim";
  json["version"] = kToolVersion;
  json["timing_model_version"] = kTimingModelVersion;
  return json;
}

Json ResolvedJson(const config::Experiment& experiment) {
  Json resolved = Json::object();
  const std::string text = config::CanonicalText(experiment);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::size_t colon = text.find(": ", begin);
    resolved[text.substr(begin, colon - begin)] = text.substr(colon + 2, end - colon - 2);
    begin = end + 1;
  }
  return resolved;
}

Json UncomparedJson(const std::vector<std::string>& command_line, std::time_t started) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  char date[32] = "";
  std::tm utc{};
  gmtime_r(&started, &utc);
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {{"command_line", command_line},
          {"host", host},
          {"date", date},
          {"seconds", std::difftime(std::time(nullptr), started)},
          {"compiler", Compiler()},
          {"build_type", BuildType()},
          {"commit", Commit()},
          {"systemc", SystemCVersion()}};
}

Json RunManifest(const report::Identity& identity, const config::Experiment& experiment,
                 const Json& uncompared) {
  Json json = ManifestHead();
  json["identity"] = {{"configuration", identity.configuration_hash},
                      {"hardware", identity.hardware_hash},
                      {"model", identity.model_hash},
                      {"trace", identity.trace_hash}};
  json["configuration"] = ResolvedJson(experiment);
  json["seed"] = experiment.trace.file.empty() ? Json(experiment.trace.generator.seed) : Json();
  json["uncompared"] = uncompared;
  return json;
}

}  // namespace sushi::app
