// The keys trace.log.*, and which parts of a trace exclude each other: a file on the one side, the generator
// and the log on the other.
#pragma once

#include <string>
#include <vector>

#include "sushi/config/fields.hpp"

namespace sushi::config {

inline constexpr const char* kLogFileKey = "trace.log.file";
inline constexpr const char* kLogDirectoryKey = "trace.log.directory";

void AddLogFields(std::vector<Field>& fields);

// The file that a `trace` section takes as log; nullptr for none.
const Node* LogFileIn(const Node& trace);
// What excludes `file` in a `trace` section; without a node: nothing.
struct Rival {
  const Node* node = nullptr;
  std::string key;
};
Rival RivalOfFile(const Node& trace);
bool DropsTraceFile(const std::string& key, const Node& value);

// A key trace.* over what is there, as in a merge.
void SetTraceKey(const Field& field, const Node& value, Experiment& experiment);

}  // namespace sushi::config
