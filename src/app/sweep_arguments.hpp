// The arguments of `sushisim sweep`.
#pragma once

#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace sushi::app {

struct SweepOptions {
  SweepPlanOptions plan;
  SweepRunOptions run;
  SweepStoreOptions store;
  SweepBestOptions best;
  SweepEmitOptions emit;
  bool estimate = false;
  int exit_code = 0;  // of the command that ran
};
void AddSweep(CLI::App& app, SweepOptions& options);

}  // namespace sushi::app
