#include "run_serving.hpp"

#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "manifest.hpp"
#include "recorded_run.hpp"
#include "serve.hpp"
#include "serving_run.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/formats/output_directory.hpp"
#include "sushi/report/serving_report.hpp"

namespace sushi::app {
namespace {

void RefuseWhatIsOfStreams(const RunOptions& options) {
  const auto refuse = [](bool given, const char* option) {
    if (given)
      throw UserError(std::string(option) + ": is for one stream on one accelerator (serving.engine: none)");
  };
  refuse(options.exact, "--exact");
  refuse(options.data.functional, "--functional");
  refuse(!options.timeline.json.empty(), "--timeline");
  refuse(!options.timeline.vcd.empty(), "--vcd");
  refuse(options.timeline.window_given, "--timeline-from, --timeline-to, --timeline-max-events");
  refuse(!options.data.dumps.empty(), "--dump-layer");
  refuse(!options.data.weights_dir.empty(), "--weights-dir");
  refuse(!options.data.input.empty(), "--input");
}

class ServingCommand {
 public:
  ServingCommand(const RunOptions& options, const config::Experiment& experiment)
      : options_(options), experiment_(experiment), started_(std::time(nullptr)), run_(experiment) {
    if (!options.out.empty()) out_.emplace(options.out, options.force, RunFileNames());
    energy_ = run_.machine().config().energy;
    NameAll();
    Identify();
    const bool tlm = experiment.serving.engine == config::ServingEngine::kTlm;
    report_.engine = tlm ? "tlm" : "approximate";
    report_.scheduler = experiment.scheduler.policy;
    report_.caching = run_.caching();
    report_.queue_limit = experiment.serving.queue_limit;
    report_.energy_table = energy_.name;
    for (const config::AcceleratorPlan& type : run_.plan().types)
      report_.hypothetical = report_.hypothetical || !type.hardware.device.enforce_capacity;
  }

  void Run() {
    report_.metrics = Serve();
    if (report_.engine == "approximate" && experiment_.serving.check_frames > 0)
      report_.error = CheckAgainstTlm();
    if (options_.json) {
      std::cout << report::ServingSummaryJson(report_).dump(2) << '\n';
    } else if (!options_.quiet) {
      report::PrintServingSummary(report_, std::cout);
    }
    if (!out_) return;
    out_->Write("summary.json", report::ServingSummaryJson(report_).dump(2) + "\n");
    const nlohmann::ordered_json uncompared = UncomparedJson(options_.command_line, started_);
    out_->Write("manifest.json", RunManifest(report_.identity, experiment_, uncompared).dump(2) + "\n");
    out_->Commit();
  }

 private:
  ServingMetrics Serve() {
    ServingRun::Options serve;
    serve.engine = experiment_.serving.engine;
    serve.keep_times = options_.records;
    if (!out_ || !options_.records) return run_.Serve(serve);
    std::ofstream queries = out_->Open("queries.csv"), jobs = out_->Open("jobs.csv");
    report::ServingQueryTable query_rows(report_.names, queries);
    report::ServingJobTable job_rows(report_.names, energy_, jobs);
    serve.sinks.request = [&](const RequestRecord& record) { query_rows.Write(record); };
    serve.sinks.job = [&](const JobRecord& record) { job_rows.Write(record); };
    ServingMetrics metrics = run_.Serve(serve);
    OutputDirectory::Close(queries, "queries.csv");
    OutputDirectory::Close(jobs, "jobs.csv");
    return metrics;
  }

  // The first frames of every tenant on both engines.
  report::ApproximateError CheckAgainstTlm() {
    ServingRun::Options some;
    some.frames = experiment_.serving.check_frames;
    const ServingMetrics approximate = run_.Serve(some);
    some.engine = config::ServingEngine::kTlm;
    return report::ErrorAgainstTlm(approximate, run_.Serve(some));
  }

  void NameAll() {
    report::ServingNames& names = report_.names;
    names.profile = &run_.machine().profile();
    names.tenants = run_.tenants();
    for (const auto& model : run_.plan().models) names.models.push_back(model->name);
    std::vector<int> count(run_.plan().types.size());
    for (const int type : run_.plan().accelerators) {
      const std::string& name = run_.plan().types[static_cast<std::size_t>(type)].name;
      names.accelerators.push_back(
          {name + "." + std::to_string(count[static_cast<std::size_t>(type)]++), name});
    }
    for (std::size_t i = 0; i < run_.plan().tenants.size(); ++i) {
      const config::TenantPlan& tenant = run_.plan().tenants[i];
      if (tenant.trace && tenant.trace->file.empty())
        report_.seeds.emplace_back(tenant.tenant.name, ServingRun::SeedOf(*tenant.trace, i));
      if (!report_.trace.empty()) report_.trace += ", ";
      report_.trace += tenant.trace ? StreamName(*tenant.trace) : tenant.periodic ? "frames" : "a cascade";
    }
    if (run_.plan().tenants.size() > 4)
      report_.trace = std::to_string(run_.plan().tenants.size()) + " tenants";
  }

  void Identify() {
    report::Identity& identity = report_.identity;
    const config::Experiment& e = experiment_;
    identity.hardware_hash = config::HashText(
        config::CanonicalText(e, config::WithHardwareKeys({"serving.accelerators", "accelerators"})));
    identity.model_hash = config::HashText(config::CanonicalModels(e));
    identity.trace_hash = config::HashText(config::TraceHash(e) + config::CanonicalTenants(e));
    const std::vector<std::string> keys =
        config::WithHardwareKeys({"energy.", "scheduler.", "serving.", "accelerators"});
    identity.configuration_hash = config::HashText(config::CanonicalText(e, keys, "scheduler.table_file") +
                                                   identity.model_hash + identity.trace_hash);
  }

  const RunOptions& options_;
  const config::Experiment& experiment_;
  std::time_t started_;
  ServingRun run_;
  EnergyTable energy_;
  std::optional<OutputDirectory> out_;
  report::ServingReport report_;
};

}  // namespace

void RunServingSystem(const RunOptions& options, const config::Experiment& experiment) {
  RefuseWhatIsOfStreams(options);
  ServingCommand(options, experiment).Run();
}

}  // namespace sushi::app
