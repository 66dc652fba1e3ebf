// Why a query got its SubNet, and why the PB holds what it holds. The stream is served again on the fast
// engine, whose cycles are those of `run`.
#include "explain.hpp"

#include <charconv>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "manifest.hpp"
#include "serve.hpp"
#include "session.hpp"
#include "sushi/accel/fast_accelerator.hpp"
#include "sushi/report/explain_report.hpp"

namespace sushi::app {
namespace {

using Json = nlohmann::ordered_json;

struct ExplainOptions {
  std::vector<std::string> files, sets;
  std::optional<std::int64_t> query, after_query;
  bool layers = false, json = false;
};

class ExplainCommand {
 public:
  explicit ExplainCommand(const ExplainOptions& options)
      : options_(options), session_(options.files, options.sets) {
    config::RequireStream(session_.experiment);
    CheckStream(session_.experiment.trace);
    columns_ = RunColumns(session_);
    accelerator_ = std::make_unique<FastAccelerator>(*session_.planner, session_.layer_costs);
    book_ = std::make_unique<ServiceBook>(*accelerator_, static_cast<int>(session_.net.subnets.size()),
                                          columns_.columns, false);
    table_ = LoadedTable(session_, columns_);
    if (!table_) table_ = BuildLatencyTable(session_.net, columns_.columns, *book_);
    serving_ = MakeServingPolicy(session_.experiment.scheduler.policy);
  }

  void Run() {
    report::ExplainReport report;
    const config::Experiment& e = session_.experiment;
    report.hardware = &e.hardware;
    report.net = &session_.net;
    report.table = &*table_;
    report.policy = e.scheduler.policy;
    report.caching = CachingName(e.scheduler.caching, columns_);
    report.trace = StreamName(e.trace);
    report.basis = e.scheduler.latency_basis;
    report.period_queries = static_cast<int>(e.scheduler.period_queries);
    report.all_layers = options_.layers;
    if (options_.after_query) {
      report.decision = ExplainDecision(Stream(), *options_.after_query);
    } else {
      ExplainedQuery explained = ExplainQuery(Stream(), options_.query);
      report.query = std::move(explained.query);
      report.decision = std::move(explained.decision);
      const QueryRecord& record = report.query->record;
      report.served = &book_->KnownInference(record.choice.subnet, record.cached);
      report.uncached = &book_->KnownInference(record.choice.subnet, kEmptySubGraphId);
    }
    if (!options_.json) return report::PrintExplanation(report, std::cout);
    Json json = ManifestHead();
    json.update(report::ExplanationJson(report));
    std::cout << json.dump(2) << '\n';
  }

 private:
  ExplainedStream Stream() {
    const config::Experiment& e = session_.experiment;
    ExplainedStream stream;
    stream.table = &*table_;
    stream.serving = serving_.get();
    stream.caching = [this] {
      const config::SchedulerConfig& scheduler = session_.experiment.scheduler;
      return MakeCaching(scheduler, scheduler.caching, columns_, *book_, *table_, *serving_);
    };
    stream.source = [this] { return streams_.Open(session_.experiment); };
    stream.period_queries = static_cast<int>(e.scheduler.period_queries);
    stream.basis = e.scheduler.latency_basis;
    stream.book = book_.get();
    return stream;
  }

  const ExplainOptions& options_;
  Session session_;
  Columns columns_;
  std::unique_ptr<FastAccelerator> accelerator_;
  std::unique_ptr<ServiceBook> book_;
  std::optional<LatencyTable> table_;
  std::unique_ptr<ServingPolicy> serving_;
  StreamCache streams_;
};

// CLI11 would only say that it could not convert.
std::string CheckNumber(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stop == end) return "";
  return "expected a query's number, found '" + text.substr(0, 60) + "'";
}

}  // namespace

void AddExplain(CLI::App& app) {
  CLI::App* explain = app.add_subcommand(
      "explain", "say why a query got its SubNet and the PB its SubGraph, and what it took");
  const auto options = std::make_shared<ExplainOptions>();
  explain
      ->add_option("files", options->files,
                   "experiment files or names in configs/experiment, merged left to right")
      ->required()
      ->type_name("FILE");
  explain->add_option("--set", options->sets, "set one key; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  CLI::Option* query =
      explain
          ->add_option(
              "--query", options->query,
              "the query, as in queries.csv (default: the first that pays for a swap, else the first)")
          ->type_name("N")
          ->check(CheckNumber);
  explain
      ->add_option("--after-query", options->after_query,
                   "explain instead the caching decision taken after this query")
      ->type_name("N")
      ->check(CheckNumber)
      ->excludes(query);
  explain->add_flag("--layers", options->layers, "all layers of the query, not only five")
      ->excludes("--after-query");
  explain->add_flag("--json", options->json, "print JSON, with everything there is");
  explain->callback([options] { ExplainCommand(*options).Run(); });
}

}  // namespace sushi::app
