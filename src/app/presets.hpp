// What is shipped.
#pragma once

#include <string>
#include <vector>

namespace sushi::app {

struct Preset {
  std::string kind;  // "hardware", …; an experiment with a study is a "study"
  std::string name, description, file;
};

// By kind, then by name. UserError when one cannot be read.
std::vector<Preset> ShippedPresets();

}  // namespace sushi::app
