#include "result_schemas.hpp"

#include <nlohmann/json.hpp>

#include "manifest.hpp"
#include "sushi/core/error.hpp"
#include "sushi/report/latency_table_file.hpp"
#include "sushi/report/run_report.hpp"
#include "sushi/report/serving_report.hpp"
#include "sushi/sweep/plan.hpp"

namespace sushi::app {
namespace {

using Json = nlohmann::ordered_json;

// A unit ends the name of what has one.
std::string DescriptionOf(const std::string& key) {
  static const std::vector<std::pair<std::string, std::string>> units{
      {"_us", "microseconds"}, {"_ps", "picoseconds"},        {"_pj", "picojoules"},
      {"_bytes", "bytes"},     {"_percent", "percent"},       {"_mhz", "MHz"},
      {"_nm", "nanometres"},   {"_mw", "milliwatts"},         {"_per_query", "per query"},
      {"_per_s", "a second"},  {"_pj_s", "picojoule seconds"}};
  for (const auto& [suffix, unit] : units) {
    const bool ends =
        key.size() > suffix.size() && key.compare(key.size() - suffix.size(), suffix.size(), suffix) == 0;
    if (ends) return unit;
  }
  return "";
}

// Of files that look like `sample`: the same keys and types. Lists hold what the sample's first item looks
// like.
Json Like(const Json& sample) {
  switch (sample.type()) {
    case Json::value_t::object: {
      Json properties = Json::object(), required = Json::array();
      for (const auto& [key, value] : sample.items()) {
        properties[key] = Like(value);
        const std::string description = DescriptionOf(key);
        if (!description.empty()) properties[key]["description"] = description;
        required.push_back(key);
      }
      return {{"type", "object"},
              {"properties", std::move(properties)},
              {"required", std::move(required)},
              {"additionalProperties", false}};
    }
    case Json::value_t::array:
      return {{"type", "array"}, {"items", Like(sample.at(0))}};
    case Json::value_t::boolean:
      return {{"type", "boolean"}};
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return {{"type", "integer"}};
    case Json::value_t::number_float:
      return {{"type", "number"}};
    case Json::value_t::string:
      return {{"type", "string"}};
    default:
      throw InternalError("a sample of a result has no type");
  }
}

// One whose names are data: any of them, with what the sample has below the first.
Json LikeByName(const Json& sample) {
  return {{"type", "object"}, {"additionalProperties", Like(sample.items().begin().value())}};
}

SuperNet SampleNet() {
  SuperNet net;
  net.name = "net";
  net.subnets.push_back({});
  net.subnets[0].name = "small";
  return net;
}

LatencyTable SampleTable() {
  SubGraph graph;
  graph.rects.push_back({0, 0});
  LatencyTable table({"small"}, {1.0}, {graph}, {{"empty", graph}});
  table.Set(0, 0, Picoseconds(1));
  return table;
}

Json Summary() {
  const HardwareConfig hardware;
  const SuperNet net = SampleNet();
  const LatencyTable table = SampleTable();
  const EnergyTable energy;
  report::RunReport report;
  report.hardware = &hardware;
  report.net = &net;
  report.table = &table;
  report.energy = &energy;
  report.result.served = {0};
  const Json sample = report::SummaryJson(report);
  Json schema = Like(sample);
  schema["properties"]["served_by_subnet"] = LikeByName(sample.at("served_by_subnet"));
  return schema;
}

// A profile that has one of everything.
class SampleProfile : public Profile {
 public:
  int models() const override { return 1; }
  int types() const override { return 1; }
  const std::vector<PowerLevel>& levels(int /*type*/) const override { return levels_; }
  int max_batch() const override { return 1; }
  const LatencyTable& table(int /*model*/, int /*type*/) const override { return table_; }
  std::int64_t Macs(int /*model*/, int /*subnet*/) const override { return 1; }
  Picoseconds Time(const JobShape& /*shape*/) const override { return cost_.time; }
  const JobCost& Cost(const JobShape& /*shape*/) const override { return cost_; }
  const JobCost& Swap(int /*model*/, int /*type*/, int /*level*/, SubGraphId /*from*/,
                      SubGraphId /*to*/) const override {
    return cost_;
  }
  Picoseconds MoveTime(int /*type*/, int /*level*/, Bytes /*bytes*/) const override { return cost_.time; }

 private:
  LatencyTable table_ = SampleTable();
  std::vector<PowerLevel> levels_{PowerLevel()};
  JobCost cost_;
};

// null: nothing was served that a number could be taken of.
void AllowNull(Json& schema) { schema["type"] = {schema.at("type"), "null"}; }

Json ServingSummary() {
  const SampleProfile profile;
  report::ServingReport report;
  report.names.profile = &profile;
  report.names.tenants.resize(1);
  report.names.tenants[0].name = "tenant";
  report.names.models = {"net"};
  report.names.accelerators = {{"accelerator", "type"}};
  report.metrics.tenants.resize(1);
  report.metrics.tenants[0].served_as = {0};
  for (TenantMetrics* some : {&report.metrics.all, &report.metrics.tenants[0]})
    some->served = some->in_time = 1;
  report.metrics.accelerators.resize(1);
  report.seeds = {{"tenant", 1}};
  report.error.emplace();
  const Json sample = report::ServingSummaryJson(report);
  Json schema = Like(sample);
  Json& properties = schema["properties"];
  for (const char* by_name : {"seeds", "tenants", "accelerators"})
    properties[by_name] = LikeByName(sample.at(by_name));
  properties["tenants"]["additionalProperties"]["properties"]["served_by_subnet"] =
      LikeByName(sample.at("tenants").at("tenant").at("served_by_subnet"));
  Json& tenant = properties["tenants"]["additionalProperties"]["properties"];
  for (Json* who : {&properties["all"]["properties"], &tenant}) {
    for (const char* key : {"in_time_top1_percent", "served_top1_percent", "latency", "mean_slowdown"})
      AllowNull((*who)[key]);
  }
  AllowNull(properties["energy_pj"]["properties"]["mean_per_served"]);
  AllowNull(properties["system"]["properties"]["antt"]);
  AllowNull(properties["system"]["properties"]["energy_delay_pj_s"]);
  properties["approximate_error"]["type"] = {"object", "null"};
  properties["approximate_error"]["description"] = "of engine approximate against tlm; null: not measured";
  return schema;
}

// A row of a CSV as an object; a cell that may be empty is left out or null.
Json RowOf(const std::vector<report::ServingColumn>& columns) {
  Json properties = Json::object(), required = Json::array();
  for (const report::ServingColumn& column : columns) {
    Json& property = properties[column.name];
    if (column.optional) {
      property["type"] = {column.type, "null"};
    } else {
      property["type"] = column.type;
      required.push_back(column.name);
    }
    const std::string description = DescriptionOf(column.name);
    if (!description.empty()) property["description"] = description;
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

Json ServingQueries() {
  Json schema = RowOf(report::ServingQueryColumns());
  Json& fates = schema["properties"]["fate"]["enum"] = Json::array();
  for (const Fate fate : {Fate::kServed, Fate::kQueueFull, Fate::kDropped, Fate::kCancelled})
    fates.push_back(Name(fate));
  return schema;
}

Json ServingJobs() { return RowOf(report::ServingJobColumns()); }

Json Manifest() {
  config::Experiment experiment;
  experiment.trace.generator.seed = 1;
  Json schema = Like(RunManifest({}, experiment, UncomparedJson({"sushisim"}, 0)));
  schema["properties"]["uncompared"]["additionalProperties"] = true;  // a sweep's point says which it is
  schema["properties"]["seed"] = {{"type", {"integer", "null"}},
                                  {"description", "of the generator; null with a trace file"}};
  return schema;
}

Json Plan() {
  sweep::Plan plan;
  plan.objectives = plan.sets = plan.columns.axes = plan.columns.metrics = plan.columns.subnets = {"text"};
  return Like(sweep::PlanJson(plan));
}

Json Table() { return Like(Json::parse(report::TableText(SampleTable(), {}))); }

struct Kind {
  config::SchemaKind kind;
  Json (*make)();
};

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kinds{
      {{"summary", "summary.json of `run --out`"}, Summary},
      {{"serving", "summary.json of a serving run"}, ServingSummary},
      {{"requests", "a row of queries.csv of a serving run"}, ServingQueries},
      {{"jobs", "a row of jobs.csv of a serving run"}, ServingJobs},
      {{"manifest", "manifest.json of `run --out`"}, Manifest},
      {{"table", "a SushiAbs saved by `table --out`"}, Table},
      {{"plan", "plan.json of a sweep's store"}, Plan},
  };
  return kinds;
}

}  // namespace

const std::vector<config::SchemaKind>& ResultSchemaKinds() {
  static const std::vector<config::SchemaKind> kinds = [] {
    std::vector<config::SchemaKind> names;
    for (const Kind& kind : Kinds()) names.push_back(kind.kind);
    return names;
  }();
  return kinds;
}

std::string ResultSchema(const std::string& name) {
  for (const Kind& kind : Kinds()) {
    if (kind.kind.name != name) continue;
    Json json{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "sushisim: " + kind.kind.title}};
    json.update(kind.make());
    return json.dump(1) + "\n";
  }
  throw InternalError("no schema '" + name + "'");
}

}  // namespace sushi::app
