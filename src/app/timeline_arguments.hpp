// The arguments of `run` for timelines.
#pragma once

#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace sushi::app {

void AddTimeline(CLI::App* command, TimelineOptions& timeline);

}  // namespace sushi::app
