// One stream under the experiment's scheduler and the files that tell of it, on any engine: what `run`
// writes, and a point of a sweep that keeps records.
#pragma once

#include <fstream>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "session.hpp"
#include "sushi/formats/output_directory.hpp"
#include "sushi/report/run_report.hpp"

namespace sushi::app {

// Where result files go: opens one, and closes it with an error when anything could not be written.
struct ResultFiles {
  std::function<std::ofstream(const std::string& name)> open;
  std::function<void(std::ofstream& file, const std::string& name)> close;

  void Write(const std::string& name, const std::string& text) const;
};

// All that RecordedRun writes.
const ResultFileNames& RunFileNames();

class RecordedRun {
 public:
  // Completes the session's identity; the session must outlive it. UserError when the experiment lacks what a
  // stream needs, or its trace or table is refused.
  explicit RecordedRun(Session& session);
  RecordedRun(const RecordedRun&) = delete;
  RecordedRun& operator=(const RecordedRun&) = delete;

  struct Options {
    bool exact = false;                            // simulate every query
    bool keep_times = true;                        // exact quantiles
    const ResultFiles* queries = nullptr;          // queries.csv goes there
    std::function<void(const QueryRecord&)> sink;  // may be empty
  };
  // Serves the stream, and again without a PB. Valid until the next call; `model` must outlive its use.
  const report::RunReport& Serve(ServiceModel& model, const Options& options);
  // All files of what was served but queries.csv. `uncompared` is the manifest's block of that name.
  void Write(const ResultFiles& files, const nlohmann::ordered_json& uncompared) const;

  const Columns& columns() const { return columns_; }

 private:
  StreamResult ServeMain(const Options& options);

  Session& session_;
  EnergyTable energy_;
  Columns columns_;
  std::string caching_;  // `none` without anything to cache
  std::optional<LatencyTable> loaded_table_, table_;
  std::optional<ServiceBook> book_;
  report::RunReport report_;
};

}  // namespace sushi::app
