// `sushisim run` of a serving system.
#pragma once

#include "commands.hpp"
#include "sushi/config/experiment.hpp"

namespace sushi::app {

// `experiment` is what the options' files and sets say.
void RunServingSystem(const RunOptions& options, const config::Experiment& experiment);

}  // namespace sushi::app
