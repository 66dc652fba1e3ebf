// Sweep files over the shipped quickstart: a PB of 1728 KiB, a DB of 576, the device holds 4864.
#pragma once

#include <string>
#include <vector>

#include "config_fixture.hpp"
#include "sushi/config/sweep.hpp"

namespace sushi::config {

using Rows = std::vector<std::vector<std::string>>;

class SweepFile : public InDirectory {
 protected:
  static std::string Shipped(const std::string& path) { return std::string(SUSHI_SOURCE_DIR) + "/" + path; }

  // What follows lines 1 and 2 of the file.
  static std::string WriteSweep(const std::string& text, const std::string& name = "s.yaml") {
    return WriteConfig(name, "base: [" + Shipped("configs/experiment/quickstart.yaml") + "]\n" + text);
  }
  static Sweep Load(const std::string& text, const std::vector<std::string>& sets = {}) {
    return Sweep::Load(WriteSweep(text), sets);
  }
  static std::string LoadError(const std::string& text) {
    return ErrorOf([&] { Load(text); });
  }
  static Rows Labels(const Sweep& sweep) {
    Rows rows;
    for (std::int64_t i = 0; i < sweep.size(); ++i) rows.push_back(sweep.LabelsAt(i));
    return rows;
  }
  static std::vector<std::string> Ids(const Sweep& sweep) {
    std::vector<std::string> ids;
    for (std::int64_t i = 0; i < sweep.size(); ++i) ids.push_back(sweep.IdAt(i));
    return ids;
  }
};

}  // namespace sushi::config
