// JSON Schemas of the result files, made from what their writers write for an example.
#pragma once

#include <string>
#include <vector>

#include "sushi/config/schema.hpp"

namespace sushi::app {

const std::vector<config::SchemaKind>& ResultSchemaKinds();
std::string ResultSchema(const std::string& kind);  // InternalError: no such kind

}  // namespace sushi::app
