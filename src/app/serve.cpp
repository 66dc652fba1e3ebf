#include "serve.hpp"

#include <utility>

#include "sushi/config/trace.hpp"
#include "sushi/formats/trace_csv.hpp"
#include "sushi/query/generators.hpp"
#include "sushi/sched/objective.hpp"

namespace sushi::app {
namespace {

CachingContext MakeContext(const config::SchedulerConfig& scheduler, const Columns& columns,
                           ServiceBook& book, const LatencyTable& table, const ServingPolicy& serving) {
  CachingContext context = ContextWithoutCosts(scheduler, columns, table, serving);
  context.swap_time = [&book](SubGraphId from, SubGraphId to) { return book.KnownSwap(from, to).duration; };
  const std::int64_t byte_value_ps = scheduler.byte_value_ps;
  context.service_cost = [&book, byte_value_ps](int subnet, SubGraphId cached) {
    const InferenceResult& known = book.KnownInference(subnet, cached);
    return ObjectiveCost(known.service, known.total, byte_value_ps);
  };
  context.swap_cost = [&book, byte_value_ps](SubGraphId from, SubGraphId to) {
    const SwapResult& known = book.KnownSwap(from, to);
    return ObjectiveCost(known.duration, known.total, byte_value_ps);
  };
  return context;
}

constexpr std::size_t kMostKept = 1'000'000;  // queries; 40 MB

class KeptStream : public QuerySource {
 public:
  explicit KeptStream(std::shared_ptr<const std::vector<Query>> queries) : queries_(std::move(queries)) {}

  bool Next(Query& query) override {
    if (next_ == queries_->size()) return false;
    query = (*queries_)[next_++];
    return true;
  }

 private:
  std::shared_ptr<const std::vector<Query>> queries_;
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<QuerySource> OpenStream(const config::TraceConfig& trace) {
  if (!trace.file.empty()) return OpenTraceCsv(trace.file);
  if (!trace.log.file.empty()) return config::OpenLog(trace);
  return MakeGenerator(trace.generator);
}

void CheckStream(const config::TraceConfig& trace) {
  if (config::IsGenerated(trace)) return;
  const auto source = OpenStream(trace);
  Query query;
  while (source->Next(query)) {
  }
}

std::unique_ptr<QuerySource> StreamCache::Open(const config::Experiment& experiment) {
  std::string key = config::CanonicalText(experiment, {"trace."});
  if (key != key_) {
    auto queries = std::make_shared<std::vector<Query>>();
    const auto source = OpenStream(experiment.trace);
    Query query;
    while (queries != nullptr && source->Next(query)) {
      queries->push_back(query);
      if (queries->size() > kMostKept) queries = nullptr;
    }
    queries_ = std::move(queries);
    key_ = std::move(key);
  }
  if (queries_ == nullptr) return OpenStream(experiment.trace);
  return std::make_unique<KeptStream>(queries_);
}

std::string StreamName(const config::TraceConfig& trace) {
  if (config::IsGenerated(trace)) return "the " + trace.generator.kind + " generator";
  const std::string path = trace.file.empty() ? trace.log.Path() : trace.file;
  return path.substr(path.find_last_of('/') + 1);
}

CachingContext ContextWithoutCosts(const config::SchedulerConfig& scheduler, const Columns& columns,
                                   const LatencyTable& table, const ServingPolicy& serving) {
  CachingContext context;
  context.table = &table;
  context.serving = &serving;
  context.period_queries = static_cast<int>(scheduler.period_queries);
  context.first_candidate = columns.first_candidate;
  context.end_candidate = columns.end_candidate;
  context.prefix_column = columns.prefix_column;
  return context;
}

std::string CachingName(const std::string& caching, const Columns& columns) {
  return columns.columns.size() > 1 ? caching : "none";
}

std::unique_ptr<CachingPolicy> MakeCaching(const config::SchedulerConfig& scheduler,
                                           const std::string& caching, const Columns& columns,
                                           ServiceBook& book, const LatencyTable& table,
                                           const ServingPolicy& serving) {
  return MakeCachingPolicy(CachingName(caching, columns),
                           MakeContext(scheduler, columns, book, table, serving));
}

StreamResult ServeOnce(const config::Experiment& experiment, QuerySource& stream, const std::string& caching,
                       const Columns& columns, ServiceBook& book, const LatencyTable& table, bool keep_times,
                       const std::function<void(const QueryRecord&)>& sink) {
  const config::SchedulerConfig& scheduler = experiment.scheduler;
  const auto serving = MakeServingPolicy(scheduler.policy);
  const auto policy = MakeCaching(scheduler, caching, columns, book, table, *serving);
  StreamSetup setup;
  setup.table = &table;
  setup.serving = serving.get();
  setup.caching = policy.get();
  setup.period_queries = static_cast<int>(scheduler.period_queries);
  setup.basis = scheduler.latency_basis;
  setup.keep_times = keep_times;
  return RunStream(stream, setup, book, sink);
}

}  // namespace sushi::app
