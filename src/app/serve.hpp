// A stream under the experiment's scheduler, for `run` and for studies.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "session.hpp"
#include "sushi/sched/stream_run.hpp"

namespace sushi::app {

std::unique_ptr<QuerySource> OpenStream(const config::TraceConfig& trace);
// Reads a file once to its end, so that a bad record is found before anything is simulated.
void CheckStream(const config::TraceConfig& trace);

// `caching` is the policy's name; without columns to cache it is `none` whatever it says.
StreamResult ServeOnce(const config::Experiment& experiment, const std::string& caching,
                       const Columns& columns, ServiceBook& book, const LatencyTable& table, bool keep_times,
                       const std::function<void(const QueryRecord&)>& sink);

}  // namespace sushi::app
