// The arguments of `run` for timelines.
#pragma once

#include "commands.hpp"

namespace CLI {
class App;
}

namespace sushi::app {

void AddTimeline(CLI::App* command, TimelineOptions& timeline);

}  // namespace sushi::app
