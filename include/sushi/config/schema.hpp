// JSON Schemas (draft-07, which editors read) of the configuration files, made from the field table and from
// the key lists that the readers use. A schema takes every file that the reader takes.
#pragma once

#include <string>
#include <vector>

namespace sushi::config {

struct SchemaKind {
  std::string name;   // "hardware"
  std::string title;  // "SushiAccel, its memory and its host"
};

const std::vector<SchemaKind>& ConfigSchemaKinds();
// The text of the schema, with a newline at its end. InternalError: no such kind.
std::string ConfigSchema(const std::string& kind);

}  // namespace sushi::config
