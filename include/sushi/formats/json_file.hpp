// JSON files of the project, read back.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sushi {

// UserError with file and line when it cannot be read, is larger than 256 MiB, or is not JSON.
nlohmann::ordered_json ReadJsonFile(const std::string& path);
// The same for one line of a file.
nlohmann::ordered_json ParseJsonLine(const std::string& text, const std::string& path, int line);
// UserError unless `json` is an object whose schema_version is `version`.
void RequireSchema(const nlohmann::ordered_json& json, const std::string& path, int version);

}  // namespace sushi
