// From directories to what the page shows.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sushi/core/error.hpp"
#include "sushi/formats/json_file.hpp"
#include "sushi/report/digest.hpp"
#include "sushi/report/html_report.hpp"

namespace sushi::report {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;  // of summary.json and model.json

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// The member at a path like "latency/service/mean_us".
const Json& At(const Json& json, const std::string& path, const std::string& file) {
  const Json* at = &json;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const auto found = at->is_object() ? at->find(path.substr(begin, end - begin)) : at->end();
    if (!at->is_object() || found == at->end()) throw UserError({file, 0}, path, "is missing");
    at = &*found;
    begin = end + 1;
  }
  return *at;
}

void RequireNumbers(const Json& json, const std::vector<std::string>& paths, const std::string& file) {
  for (const std::string& path : paths) {
    if (!At(json, path, file).is_number()) throw UserError({file, 0}, path, "expected a number");
  }
}

void RequirePositive(const Json& json, const std::vector<std::string>& paths, const std::string& file) {
  RequireNumbers(json, paths, file);
  for (const std::string& path : paths) {
    if (At(json, path, file) <= 0) throw UserError({file, 0}, path, "expected more than 0");
  }
}

// Objects of numbers by name.
void RequireTables(const Json& json, const std::vector<std::string>& paths, const std::string& file) {
  for (const std::string& path : paths) {
    const Json& table = At(json, path, file);
    bool numbers = table.is_object();
    for (const auto& [name, value] : table.items()) numbers = numbers && value.is_number();
    if (!numbers) throw UserError({file, 0}, path, "expected an object of numbers");
  }
}

Json ReadSummary(const std::string& file) {
  Json json = ReadJsonFile(file);
  RequireSchema(json, file, kSchemaVersion);
  if (json.contains("engine") && json.contains("tenants"))
    throw UserError({file, 0}, "", "is of a serving system; reports are of one stream's runs and of sweeps");
  for (const char* key : {"device", "supernet", "policy", "caching"}) {
    if (!At(json, key, file).is_string()) throw UserError({file, 0}, key, "expected text");
  }
  RequireNumbers(
      json,
      {"queries", "makespan_us", "served_accuracy_percent", "violations/accuracy", "violations/latency",
       "pb/capacity_bytes", "pb/hit_bytes", "pb/swaps", "pb/swap_us", "off_chip_bytes/total",
       "energy_pj/total", "energy_pj/mean_per_query", "no_pb/service_mean_us",
       "no_pb/served_accuracy_percent", "no_pb/off_chip_bytes/total", "no_pb/energy_pj/total"},
      file);
  RequirePositive(json, {"clock_mhz"}, file);
  for (const char* time : {"service", "response", "waiting"}) {
    for (const char* value : {"mean_us", "p50_us", "p95_us", "p99_us", "max_us"})
      RequireNumbers(json, {std::string("latency/") + time + "/" + value}, file);
  }
  RequireTables(json,
                {"served_by_subnet", "off_chip_bytes", "energy_pj", "no_pb/off_chip_bytes", "no_pb/energy_pj",
                 "saved_percent", "cycles/dpe_array", "cycles/weight_dma", "cycles/iact_dma",
                 "cycles/oact_dma", "cycles/dram", "dram/energy_pj"},
                file);
  if (!json["queries"].is_number_unsigned()) throw UserError({file, 0}, "queries", "expected a count");
  return json;
}

// Every rectangle list has one [K, C] for each layer.
void CheckRects(const Json& list, const char* key, std::size_t layers, const std::string& file) {
  if (!list.is_array()) throw UserError({file, 0}, key, "expected a list");
  for (const Json& item : list) {
    if (!item.is_object() || !At(item, "name", file).is_string())
      throw UserError({file, 0}, key, "expected objects with a name");
    const Json& rects = At(item, "rects", file);
    bool good = rects.is_array() && rects.size() == layers;
    for (const Json& rect : good ? rects : Json::array()) {
      good = good && rect.is_array() && rect.size() == 2 && rect[0].is_number_unsigned() &&
             rect[1].is_number_unsigned();
    }
    if (!good)
      throw UserError({file, 0}, std::string(key) + ".rects", "expected [kernels, channels] for each layer");
  }
}

Json ReadModel(const std::string& file) {
  Json json = ReadJsonFile(file);
  RequireSchema(json, file, kSchemaVersion);
  RequirePositive(json, {"peak/macs_per_cycle", "peak/clock_mhz", "peak/dram_gbps", "peak/axi_gbps"}, file);
  const Json& layers = At(json, "layers", file);
  if (!layers.is_array()) throw UserError({file, 0}, "layers", "expected a list");
  for (const Json& layer : layers) {
    if (!At(layer, "name", file).is_string()) throw UserError({file, 0}, "layers.name", "expected text");
    RequirePositive(layer, {"kernels", "channels", "kernel_h", "kernel_w", "cell_bytes"}, file);
  }
  CheckRects(At(json, "subnets", file), "subnets", layers.size(), file);
  CheckRects(At(json, "subgraphs", file), "subgraphs", layers.size(), file);
  if (json["subnets"].empty()) throw UserError({file, 0}, "subnets", "expected at least one");
  for (const Json& subnet : json["subnets"]) RequireNumbers(subnet, {"top1_percent"}, file);
  return json;
}

// What identifies the result; host, date and duration stay out, so that equal results give equal pages.
Json ReadManifest(const std::string& file) {
  const Json json = ReadJsonFile(file);
  if (!json.is_object()) throw UserError({file, 0}, "", "expected an object");
  Json kept = Json::object();
  for (const char* key : {"version", "timing_model_version", "configuration"}) {
    if (json.contains(key)) kept[key] = json[key];
  }
  const auto configuration = kept.find("configuration");
  if (configuration != kept.end() && !configuration->is_object())
    throw UserError({file, 0}, "configuration", "expected an object");
  return kept;
}

Json ReadRun(const std::string& directory) {
  Json run;
  run["name"] = directory;
  run["summary"] = ReadSummary(directory + "/summary.json");
  const auto optional = [&](const char* key, const char* name, const auto& read) {
    const std::string file = directory + "/" + name;
    run[key] = Exists(file) ? read(file) : Json();
  };
  optional("manifest", "manifest.json", ReadManifest);
  optional("model", "model.json", ReadModel);
  const auto queries = run["summary"]["queries"].get<std::int64_t>();
  std::vector<std::string> subnets;
  for (const auto& [name, served] : run["summary"]["served_by_subnet"].items()) subnets.push_back(name);
  optional("queries", "queries.csv",
           [&](const std::string& file) { return DigestQueries(file, queries, subnets); });
  optional("layers", "layers.csv", DigestLayers);
  optional("layers_no_pb", "layers_no_pb.csv", DigestLayers);
  return run;
}

// As the user wrote it, without slashes at its end.
std::string Trimmed(std::string directory) {
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  return directory;
}

}  // namespace

Json ReportData(const std::vector<std::string>& directories) {
  Json data;
  data["schema_version"] = kSchemaVersion;
  data["runs"] = Json::array();
  data["sweep"] = nullptr;
  if (directories.size() > kMaxReportedRuns) {
    throw UserError("at most " + std::to_string(kMaxReportedRuns) + " runs in a report; more are a sweep's");
  }
  for (const std::string& given : directories) {
    const std::string directory = Trimmed(given);
    std::error_code error;
    if (!fs::is_directory(directory, error)) throw UserError({given, 0}, "", "is no directory");
    if (Exists(directory + "/sweep.jsonl")) {
      if (directories.size() > 1) throw UserError({given, 0}, "", "is a sweep; it has a report of its own");
      data["sweep"] = DigestSweep(directory);
      data["sweep"]["name"] = directory;
    } else if (Exists(directory + "/summary.json")) {
      data["runs"].push_back(ReadRun(directory));
    } else if (Exists(directory + "/plan.json")) {
      throw UserError({given, 0}, "", "is a sweep's store; `sushisim sweep merge` makes what is reported");
    } else {
      throw UserError({given, 0}, "",
                      "holds neither summary.json (of `run --out`) nor sweep.jsonl (of `sweep merge`)");
    }
  }
  return data;
}

}  // namespace sushi::report
