// The arguments of `sushisim report`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sushi::app {

struct ReportOptions {
  std::vector<std::string> directories;
  std::string out;
  bool force = false;
};
void AddReport(CLI::App& app, ReportOptions& options);

}  // namespace sushi::app
