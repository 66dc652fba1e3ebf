// A stream under the experiment's scheduler, for `run` and for studies.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "session.hpp"
#include "sushi/sched/stream_run.hpp"

namespace sushi::app {

std::unique_ptr<QuerySource> OpenStream(const config::TraceConfig& trace);
// Reads a file or log once to its end, so that a bad record is found before anything is simulated.
void CheckStream(const config::TraceConfig& trace);

// The stream of one experiment after the other: one that is not too long is read or made once.
class StreamCache {
 public:
  // As OpenStream().
  std::unique_ptr<QuerySource> Open(const config::Experiment& experiment);

 private:
  std::string key_;
  std::shared_ptr<const std::vector<Query>> queries_;  // nullptr: too long
};

// The trace's file, log or generator, for people.
std::string StreamName(const config::TraceConfig& trace);

// `caching`, or `none` without columns to cache.
std::string CachingName(const std::string& caching, const Columns& columns);
// What a caching policy is asked with, but for what inferences and swaps cost.
CachingContext ContextWithoutCosts(const config::SchedulerConfig& scheduler, const Columns& columns,
                                   const LatencyTable& table, const ServingPolicy& serving);
// The policy of that name. Everything must outlive it.
std::unique_ptr<CachingPolicy> MakeCaching(const config::SchedulerConfig& scheduler,
                                           const std::string& caching, const Columns& columns,
                                           ServiceBook& book, const LatencyTable& table,
                                           const ServingPolicy& serving);

// `caching` as of CachingName().
StreamResult ServeOnce(const config::Experiment& experiment, QuerySource& stream, const std::string& caching,
                       const Columns& columns, ServiceBook& book, const LatencyTable& table, bool keep_times,
                       const std::function<void(const QueryRecord&)>& sink);

}  // namespace sushi::app
