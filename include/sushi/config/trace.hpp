// Where an experiment's queries come from.
#pragma once

#include <memory>

#include "sushi/config/experiment.hpp"

namespace sushi::config {

// Some file or `--set` says where queries come from.
bool HasTrace(const Experiment& experiment);
// By the generator alone: no file is read.
bool IsGenerated(const TraceConfig& trace);

// Arrivals of trace.log, which is read here, with the generator's targets: what `trace import` makes of the
// same log. UserError with the key's line when the log cannot be read, is of another format, or nothing is
// left of it.
std::unique_ptr<QuerySource> OpenLog(const TraceConfig& trace);

}  // namespace sushi::config
