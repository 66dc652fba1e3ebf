// Schemas of the sections that have readers of their own.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "section_keys.hpp"

namespace sushi::config {

using SchemaJson = nlohmann::ordered_json;

// A map with exactly these keys. InternalError when `properties` has others than `known`.
SchemaJson ObjectSchema(const keys::Keys& known, const std::map<std::string, SchemaJson>& properties,
                        const keys::Keys& required);
// What the reader takes for a text: any scalar.
SchemaJson TextSchema(const std::string& description);

// The keys of the field table below `section`, without the defaults.
SchemaJson FieldSection(const std::string& section);

SchemaJson SuperNetSchema();
SchemaJson AcceleratorsSchema();
SchemaJson TenantsSchema();
SchemaJson StudySchema();
// The keys of a sweep file beside its sections.
std::map<std::string, SchemaJson> SweepSchemas();

}  // namespace sushi::config
