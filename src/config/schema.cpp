#include "sushi/config/schema.hpp"

#include <algorithm>
#include <charconv>

#include "schema_sections.hpp"
#include "sushi/config/fields.hpp"
#include "sushi/core/error.hpp"

namespace sushi::config {
namespace {

using Json = SchemaJson;

struct Kind {
  SchemaKind kind;
  std::vector<std::string> sections;  // of the field table
  bool supernet = false, study = false, sweep = false, system = false;
  std::vector<std::string> required = {};
};

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kinds = [] {
    const std::vector<std::string> hardware{"device", "accel", "dram", "memory", "host", "sim"};
    std::vector<std::string> all = hardware;
    all.insert(all.end(), {"trace", "scheduler", "serving", "energy"});
    return std::vector<Kind>{
        {{"experiment", "an experiment; any file may set any key"}, all, true, true, false, true},
        {{"hardware", "SushiAccel, its memory and its host"}, hardware},
        {{"memory", "a bank-level memory"}, {"memory", "dram"}},
        {{"energy", "an energy table"}, {"energy"}},
        {{"scheduler", "SushiSched, or a serving system's scheduler"}, {"scheduler", "serving"}},
        {{"model", "a SuperNet and its SubNets"}, {}, true},
        {{"study", "an experiment varied along axes"}, all, true, true, false, true, {"study"}},
        {{"sweep", "a design space"}, all, true, false, true, true},
    };
  }();
  return kinds;
}

// As a value of its type: the same digits, whatever their number.
Json Number(const std::string& text) { return Json::parse(text); }

void AddDefault(const Field& field, const Experiment& defaults, Json& json) {
  const std::string text = field.text(defaults);
  const bool figure = field.path.compare(0, 7, "energy.") == 0 && field.type == "number";
  if (figure || text.empty()) return;
  const bool plain = field.type == "integer" || field.type == "number" || field.type == "true/false";
  json["default"] = plain ? Number(text) : Json(text);
}

Json FieldSchema(const Field& field) {
  const std::string description =
      field.description + (field.unit.empty() ? "" : std::string(" (").append(field.unit).append(")"));
  Json json;
  if (!field.choices.empty()) {
    json = {{"enum", field.choices}, {"description", description}};
  } else if (field.type == "integer" || field.type == "number") {
    json = {{"type", field.type},
            {"minimum", Number(field.low)},
            {"maximum", Number(field.high)},
            {"description", description}};
  } else if (field.type == "true/false") {
    json = {{"type", "boolean"}, {"description", description}};
  } else {
    json = TextSchema(description);
  }
  return json;
}

Json EmptyMap() {
  return {{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
}

// nullptr: without the field's default.
void AddField(const Field& field, const Experiment* defaults, Json& root) {
  Json* map = &root;
  std::size_t begin = 0;
  for (std::size_t dot = field.path.find('.'); dot != std::string::npos; dot = field.path.find('.', begin)) {
    Json& section = (*map)["properties"][field.path.substr(begin, dot - begin)];
    if (section.is_null()) section = EmptyMap();
    map = &section;
    begin = dot + 1;
  }
  Json& json = (*map)["properties"][field.path.substr(begin)];
  json = FieldSchema(field);
  if (defaults != nullptr) AddDefault(field, *defaults, json);
}

}  // namespace

SchemaJson FieldSection(const std::string& section) {
  Json root = EmptyMap();
  for (const Field& field : Fields()) {
    if (field.path.compare(0, section.size() + 1, section + ".") == 0) AddField(field, nullptr, root);
  }
  return root["properties"][section];
}

const std::vector<SchemaKind>& ConfigSchemaKinds() {
  static const std::vector<SchemaKind> kinds = [] {
    std::vector<SchemaKind> names;
    for (const Kind& kind : Kinds()) names.push_back(kind.kind);
    return names;
  }();
  return kinds;
}

std::string ConfigSchema(const std::string& name) {
  const auto found =
      std::find_if(Kinds().begin(), Kinds().end(), [&](const Kind& kind) { return kind.kind.name == name; });
  if (found == Kinds().end()) throw InternalError("no schema '" + name + "'");
  const Kind& kind = *found;
  Json root = EmptyMap();
  root["properties"]["schema_version"] = {{"const", 1}, {"description", "the version of the files' format"}};
  root["properties"]["base"] = {{"type", "array"},
                                {"items", {{"type", "string"}}},
                                {"description", "files that this one builds on, beside it or shipped"}};
  if (kind.sweep) {
    const auto schemas = SweepSchemas();
    for (const std::string& key : keys::kSweep) root["properties"][key] = schemas.at(key);
  }
  const Experiment defaults;
  for (const Field& field : Fields()) {
    const std::string section = field.path.substr(0, field.path.find('.'));
    const bool wanted = std::find(kind.sections.begin(), kind.sections.end(), section) != kind.sections.end();
    if (wanted) AddField(field, &defaults, root);
  }
  if (kind.supernet) root["properties"]["supernet"] = SuperNetSchema();
  if (kind.system) {
    root["properties"]["accelerators"] = AcceleratorsSchema();
    root["properties"]["tenants"] = TenantsSchema();
  }
  if (kind.study) root["properties"]["study"] = StudySchema();
  std::vector<std::string> required{"schema_version"};
  required.insert(required.end(), kind.required.begin(), kind.required.end());
  root["required"] = required;
  Json json{{"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "sushisim: " + kind.kind.title}};
  json.update(root);
  return json.dump(1) + "\n";
}

}  // namespace sushi::config
