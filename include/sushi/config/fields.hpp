// The field table: the one place that knows every configuration key. The reader, `config show`, the tables of
// docs/configuration.md and the JSON Schemas are made from it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sushi/config/experiment.hpp"

namespace sushi::config {

struct Field {
  std::string path;         // "accel.pb.capacity_kib"
  std::string type;         // "integer", "number", "true/false", "text", "path", "directory", "one of a, b"
  std::string low, high;    // of a number, as decimals: "0", "4194304"; else ""
  std::string unit;         // "KiB", "" for none
  std::string description;  // one line; where the default comes from in brackets: [S] [D] [A]
  std::function<void(Experiment&, const Node&)> read;  // throws UserError
  std::function<std::string(const Experiment&)> text;  // canonical
  std::function<void(const Experiment& from, Experiment& to)> copy = nullptr;
  std::vector<std::string> choices = {};  // the names that a "one of" takes
  // A key that came later: at its default it is left out of what is hashed, so that results and points from
  // before keep their identity.
  bool later = false;
};

// "key: value", the line that is hashed; "" for what is left out.
std::string CanonicalLine(const Field& field, const std::string& text);

const std::vector<Field>& Fields();
const Field* FindField(const std::string& path);  // nullptr when there is none

}  // namespace sushi::config
