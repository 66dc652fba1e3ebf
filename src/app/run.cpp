#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "functional.hpp"
#include "manifest.hpp"
#include "serve.hpp"
#include "session.hpp"
#include "spdlog/spdlog.h"
#include "sushi/config/hash.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/formats/output_directory.hpp"
#include "sushi/report/latency_table_file.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi::app {
namespace {

using Json = nlohmann::ordered_json;

// One run: everything that is opened, built and served in one elaboration.
class RunCommand {
 public:
  explicit RunCommand(const RunOptions& options)
      : options_(options),
        started_(std::time(nullptr)),
        session_(options.files, options.sets),
        data_(options.data, session_.net, kNone, options.force) {
    const config::Experiment& e = session_.experiment;
    config::RequireTrace(e);
    energy_ = config::RequireEnergy(e);
    CheckStream(e.trace);
    CheckRecords(e);
    session_.identity.trace_hash = e.trace.file.empty()
                                       ? config::HashText(config::CanonicalText(e, {"trace.generator."}))
                                       : config::HashFile(e.trace.file);
    session_.identity.configuration_hash = config::HashText(
        config::CanonicalText(e, config::WithHardwareKeys({"energy.", "scheduler.p", "scheduler.c",
                                                           "scheduler.b", "scheduler.l"})) +
        session_.identity.model_hash + session_.identity.trace_hash);
    const bool pb = e.hardware.accel.pb.capacity_kib > 0;
    const std::string& caching = e.scheduler.caching;
    if (e.merged.Find("study") != nullptr) {
      spdlog::warn("the study section is left out; `sushisim study` runs it");
    }
    columns_ = MakeColumns(session_, pb && caching != "none" && caching != "last_served",
                           pb && caching == "last_served");
    // Without anything to cache every policy is `none`.
    caching_name_ = columns_.columns.size() > 1 ? caching : "none";
    if (!e.scheduler.table_file.empty()) {
      loaded_table_ = EmptyLatencyTable(session_.net, columns_.columns);
      report::LoadTable(e.scheduler.table_file, session_.identity, *loaded_table_);
    }
    if (!options.out.empty()) out_.emplace(options.out, options.force);
  }

  void Run() {
    RunInElaboration(
        *session_.planner, MakeMemory(session_.experiment.hardware),
        [this](ServiceModel& model) { RunBody(model); }, data_.run());
    if (data_.run() != nullptr) spdlog::info("{} inferences with data", data_.inferences());
    data_.Commit();
    if (out_) out_->Commit();
  }

 private:
  // Three times of 8 bytes a query are kept for exact quantiles.
  void CheckRecords(const config::Experiment& e) const {
    constexpr std::int64_t kMaxRecorded = 200'000'000;
    if (!options_.records || !e.trace.file.empty() || e.trace.generator.queries <= kMaxRecorded) return;
    const config::Node* origin = config::FindOrigin(e, "trace.generator.queries");
    throw UserError(origin == nullptr ? SourceMark{} : origin->mark, "trace.generator.queries",
                    "records of more than 200000000 queries take over 4.8 GB; --no-records needs none");
  }

  void RunBody(ServiceModel& model) {
    const config::Experiment& e = session_.experiment;
    ServiceBook book(model, static_cast<int>(session_.net.subnets.size()), columns_.columns, options_.exact);
    LatencyTable table = MakeTable(book);
    report::RunReport report;
    report.result = Serve(book, table, caching_name_, true);
    report.no_pb = Serve(book, table, "none", false);
    report.hardware = &e.hardware;
    report.net = &session_.net;
    report.table = &table;
    report.energy = &energy_;
    report.policy = e.scheduler.policy;
    report.caching = caching_name_;
    report.trace = e.trace.file.empty() ? "the " + e.trace.generator.kind + " generator"
                                        : e.trace.file.substr(e.trace.file.find_last_of('/') + 1);
    report.identity = session_.identity;
    report.book = &book;
    if (data_.dumps()) DumpFirstQuery(model);
    Report(report);
  }

  // A result that is known is not simulated again, so the first query's inference is run once more.
  void DumpFirstQuery(ServiceModel& model) {
    data_.DumpNext(first_query_->choice.subnet);
    model.Infer(first_query_->choice.subnet,
                columns_.columns[static_cast<std::size_t>(first_query_->cached)].graph);
  }

  LatencyTable MakeTable(ServiceBook& book) {
    if (loaded_table_) return *loaded_table_;
    spdlog::info("SushiAbs: {} SubNets x {} SubGraphs", session_.net.subnets.size(), columns_.columns.size());
    return BuildLatencyTable(session_.net, columns_.columns, book);
  }

  StreamResult Serve(ServiceBook& book, const LatencyTable& table, const std::string& caching, bool main) {
    const config::Experiment& e = session_.experiment;
    const bool write = main && out_ && options_.records;
    const auto note_first = [&](const QueryRecord& record) {
      if (main && !first_query_) first_query_ = record;
    };
    const auto stream = OpenStream(e.trace);
    if (!write) return ServeOnce(e, *stream, caching, columns_, book, table, options_.records, note_first);
    std::ofstream queries = out_->Open("queries.csv");
    report::QueryTable rows(table, energy_, book, queries);
    const auto note = [&](const QueryRecord& record) {
      note_first(record);
      rows.Write(record);
    };
    StreamResult result = ServeOnce(e, *stream, caching, columns_, book, table, true, note);
    OutputDirectory::Close(queries, "queries.csv");
    return result;
  }

  void Report(const report::RunReport& report) {
    const Json summary = report::SummaryJson(report);
    if (options_.json) {
      std::cout << summary.dump(2) << '\n';
    } else if (!options_.quiet) {
      report::PrintSummary(report, std::cout);
    }
    if (!out_) return;
    out_->Write("summary.json", summary.dump(2) + "\n");
    std::ofstream layers = out_->Open("layers.csv");
    report::WriteLayers(report, layers);
    OutputDirectory::Close(layers, "layers.csv");
    out_->Write(
        "manifest.json",
        RunManifest(session_.identity, session_.experiment, options_.command_line, started_).dump(2) + "\n");
  }

  const RunOptions& options_;
  std::time_t started_;
  Session session_;
  FunctionalSession data_;
  std::optional<QueryRecord> first_query_;
  EnergyTable energy_;
  Columns columns_;
  std::string caching_name_;
  std::optional<LatencyTable> loaded_table_;
  std::optional<OutputDirectory> out_;
};

}  // namespace

void Run(const RunOptions& options) { RunCommand(options).Run(); }

}  // namespace sushi::app
