#include <ctime>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "functional.hpp"
#include "log.hpp"
#include "manifest.hpp"
#include "recorded_run.hpp"
#include "run_serving.hpp"
#include "session.hpp"
#include "sushi/config/trace.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/formats/output_directory.hpp"
#include "sushi/sim/elaboration.hpp"
#include "timeline.hpp"

namespace sushi::app {
namespace {

// One run: everything that is opened, built and served in one elaboration.
class RunCommand {
 public:
  RunCommand(const RunOptions& options, config::Experiment experiment)
      : options_(options),
        started_(std::time(nullptr)),
        session_(std::move(experiment)),
        data_(options.data, session_.net, kNone, options.force),
        run_(session_) {
    const config::Experiment& e = session_.experiment;
    CheckRecords(e);
    if (e.merged.Find("study") != nullptr) {
      Warn("the study section is left out; `sushisim study` runs it");
    }
    CheckApart("--timeline", options.timeline.json);
    CheckApart("--vcd", options.timeline.vcd);
    if (!options.out.empty()) {
      out_.emplace(options.out, options.force, RunFileNames());
      files_.open = [this](const std::string& name) { return out_->Open(name); };
      files_.close = OutputDirectory::Close;
    }
    timeline_.emplace(options.timeline, *session_.planner, run_.columns().columns, options.force);
  }

  void Run() {
    RunInElaboration(
        *session_.planner, MakeMemory(session_.experiment.hardware),
        [this](ServiceModel& model) { RunBody(model); }, data_.run(), timeline_->observer());
    if (data_.run() != nullptr) Inform(std::to_string(data_.inferences()) + " inferences with data");
    data_.Commit();
    if (out_) out_->Commit();
    timeline_->Commit();
  }

 private:
  // Three times of 8 bytes a query are kept for exact quantiles.
  void CheckRecords(const config::Experiment& e) const {
    constexpr std::int64_t kMaxRecorded = 200'000'000;
    if (!options_.records || !config::IsGenerated(e.trace) || e.trace.generator.queries <= kMaxRecorded)
      return;
    const config::Node* origin = config::FindOrigin(e, "trace.generator.queries");
    throw UserError(origin == nullptr ? SourceMark{} : origin->mark, "trace.generator.queries",
                    "records of more than 200000000 queries take over 4.8 GB; --no-records needs none");
  }

  // The results' directory appears as a whole, and may replace one.
  void CheckApart(const std::string& option, const std::string& file) const {
    if (options_.out.empty() || file.empty()) return;
    const auto out = std::filesystem::absolute(options_.out).lexically_normal();
    const auto place = std::filesystem::absolute(file).lexically_normal().lexically_relative(out);
    if (!place.empty() && *place.begin() != "..")
      throw UserError(option + ": " + file + " lies in the directory of --out; it has to be elsewhere");
  }

  void RunBody(ServiceModel& model) {
    RecordedRun::Options serve;
    serve.exact = options_.exact;
    serve.keep_times = options_.records;
    if (out_ && options_.records) serve.queries = &files_;
    serve.sink = [this, &model](const QueryRecord& record) {
      if (!first_query_) first_query_ = record;
      timeline_->Show(record, model);
    };
    const report::RunReport& report = run_.Serve(model, serve);
    timeline_->Finish();
    if (data_.dumps()) DumpFirstQuery(model);
    if (options_.json) {
      std::cout << report::SummaryJson(report).dump(2) << '\n';
    } else if (!options_.quiet) {
      report::PrintSummary(report, std::cout);
    }
    if (out_) run_.Write(files_, UncomparedJson(options_.command_line, started_));
  }

  // A result that is known is not simulated again, so the first query's inference is run once more.
  void DumpFirstQuery(ServiceModel& model) {
    data_.DumpNext(first_query_->choice.subnet);
    model.Infer(first_query_->choice.subnet,
                run_.columns().columns[static_cast<std::size_t>(first_query_->cached)].graph);
  }

  const RunOptions& options_;
  std::time_t started_;
  Session session_;
  FunctionalSession data_;
  RecordedRun run_;
  std::optional<QueryRecord> first_query_;
  std::optional<OutputDirectory> out_;
  ResultFiles files_;  // in out_
  std::optional<TimelineSession> timeline_;
};

}  // namespace

void Run(const RunOptions& options) {
  RemovePartialOutputsOnSignals();
  config::Experiment experiment = config::LoadExperiment(options.files, options.sets);
  if (experiment.serving.engine != config::ServingEngine::kNone) return RunServingSystem(options, experiment);
  RunCommand(options, std::move(experiment)).Run();
}

}  // namespace sushi::app
