// Small experiments with a serving system, in the order in which files are usually written.
#pragma once

#include <string>
#include <vector>

#include "config_fixture.hpp"
#include "sushi/config/serving.hpp"

namespace sushi::config {

class ServingFile : public InDirectory {
 protected:
  static std::string Shipped(const std::string& path) { return std::string(SUSHI_SOURCE_DIR) + "/" + path; }

  // The text begins in line 4.
  static std::string WriteSystem(const std::string& text, const std::string& name = "s.yaml") {
    return WriteConfig(name, "base: [" + Shipped("models/tiny.yaml") + "]\nserving: {engine: tlm}\n" + text);
  }
  static Experiment Load(const std::string& text, const std::vector<std::string>& sets = {}) {
    return LoadExperiment({WriteSystem(text)}, sets);
  }
  static std::string LoadError(const std::string& text, const std::vector<std::string>& sets = {}) {
    return ErrorOf([&] { Load(text, sets); });
  }
  static ServingPlan Plan(const std::string& text, const std::vector<std::string>& sets = {}) {
    return LoadServingPlan(Load(text, sets));
  }
};

}  // namespace sushi::config
