// The arguments of `sushisim trace`.
#pragma once

#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace sushi::app {

struct TraceOptions {
  TraceGenOptions gen;
  TraceStatsOptions stats;
  TraceImportOptions import;
};
void AddTrace(CLI::App& app, TraceOptions& options);

}  // namespace sushi::app
