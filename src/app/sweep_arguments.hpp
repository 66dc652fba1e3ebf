// The arguments of `sushisim sweep`.
#pragma once

#include "commands.hpp"

namespace CLI {
class App;
}

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
