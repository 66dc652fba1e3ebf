#include "recorded_run.hpp"

#include <nlohmann/json.hpp>

#include "log.hpp"
#include "manifest.hpp"
#include "serve.hpp"
#include "sushi/config/hash.hpp"

namespace sushi::app {
namespace {

using Json = nlohmann::ordered_json;

void Identify(const config::Experiment& e, report::Identity& identity) {
  identity.trace_hash = config::TraceHash(e);
  identity.configuration_hash = config::HashText(
      config::CanonicalText(e, config::WithHardwareKeys(
                                   {"energy.", "scheduler.p", "scheduler.c", "scheduler.b", "scheduler.l"})) +
      identity.model_hash + identity.trace_hash);
}

}  // namespace

const ResultFileNames& RunFileNames() {
  static const ResultFileNames names{"manifest.json", "summary.json",     "queries.csv", "jobs.csv",
                                     "layers.csv",    "layers_no_pb.csv", "model.json"};
  return names;
}

void ResultFiles::Write(const std::string& name, const std::string& text) const {
  std::ofstream file = open(name);
  file << text;
  close(file, name);
}

RecordedRun::RecordedRun(Session& session) : session_(session) {
  const config::Experiment& e = session_.experiment;
  config::RequireStream(e);
  energy_ = config::RequireEnergy(e);
  CheckStream(e.trace);
  Identify(e, session_.identity);
  columns_ = RunColumns(session_);
  caching_ = CachingName(e.scheduler.caching, columns_);
  loaded_table_ = LoadedTable(session_, columns_);
}

const report::RunReport& RecordedRun::Serve(ServiceModel& model, const Options& options) {
  const config::Experiment& e = session_.experiment;
  book_.emplace(model, static_cast<int>(session_.net.subnets.size()), columns_.columns, options.exact);
  if (!loaded_table_) {
    Inform("SushiAbs: " + std::to_string(session_.net.subnets.size()) + " SubNets x " +
           std::to_string(columns_.columns.size()) + " SubGraphs");
  }
  table_ = loaded_table_ ? *loaded_table_ : BuildLatencyTable(session_.net, columns_.columns, *book_);
  report_.result = ServeMain(options);
  report_.no_pb =
      ServeOnce(e, *OpenStream(e.trace), "none", columns_, *book_, *table_, options.keep_times, nullptr);
  report_.hardware = &e.hardware;
  report_.net = &session_.net;
  report_.table = &*table_;
  report_.energy = &energy_;
  report_.policy = e.scheduler.policy;
  report_.caching = caching_;
  report_.trace = StreamName(e.trace);
  report_.identity = session_.identity;
  report_.book = &*book_;
  return report_;
}

StreamResult RecordedRun::ServeMain(const Options& options) {
  const config::Experiment& e = session_.experiment;
  const auto stream = OpenStream(e.trace);
  if (options.queries == nullptr) {
    return ServeOnce(e, *stream, caching_, columns_, *book_, *table_, options.keep_times, options.sink);
  }
  std::ofstream queries = options.queries->open("queries.csv");
  report::QueryTable rows(*table_, energy_, *book_, queries);
  const auto note = [&](const QueryRecord& record) {
    if (options.sink) options.sink(record);
    rows.Write(record);
  };
  StreamResult result = ServeOnce(e, *stream, caching_, columns_, *book_, *table_, options.keep_times, note);
  options.queries->close(queries, "queries.csv");
  return result;
}

void RecordedRun::Write(const ResultFiles& files, const Json& uncompared) const {
  files.Write("summary.json", report::SummaryJson(report_).dump(2) + "\n");
  const auto write = [&](const char* name, void (*what)(const report::RunReport&, std::ostream&)) {
    std::ofstream file = files.open(name);
    what(report_, file);
    files.close(file, name);
  };
  write("layers.csv", report::WriteLayers);
  write("layers_no_pb.csv", report::WriteLayersNoPb);
  write("model.json", report::WriteModel);
  files.Write("manifest.json",
              RunManifest(session_.identity, session_.experiment, uncompared).dump(2) + "\n");
}

}  // namespace sushi::app
