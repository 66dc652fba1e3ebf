// `sushisim check`: a result against a baseline, for CI (docs/ci.md).
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sushi::app {

inline constexpr int kCheckFailed = 3;  // exit code

struct CheckOptions {
  std::string result, baseline, junit;
  std::vector<std::string> tolerances, allowed;
  bool all = false, json = false, github = false, update = false, force = false;
  int exit_code = 0;
};
void AddCheck(CLI::App& app, CheckOptions& options);

}  // namespace sushi::app
