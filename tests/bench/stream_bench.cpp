// A stream of 100,000 queries served from a book in which every inference and swap is already known.
#include <memory>
#include <vector>

#include "setup.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/sched/candidates.hpp"
#include "sushi/sched/stream_run.hpp"

namespace sushi::bench {
namespace {

constexpr std::int64_t kQueries = 100'000;

void Stream(benchmark::State& state, const Setup& setup, bool keep_times) {
  const config::Experiment& e = setup.experiment;
  KernelFreeAccelerator model(*setup.planner, setup.MakeMemory());
  std::vector<SubGraphColumn> columns = MakeCandidates(setup.net, e.hardware.accel.pb.capacity(), 40);
  columns.insert(columns.begin(), {"empty", EmptySubGraph(setup.net)});
  ServiceBook book(model, static_cast<int>(setup.net.subnets.size()), columns, false);
  const LatencyTable table = BuildLatencyTable(setup.net, columns, book);
  const auto serving = MakeServingPolicy(e.scheduler.policy);

  CachingContext context;
  context.table = &table;
  context.serving = serving.get();
  context.period_queries = static_cast<int>(e.scheduler.period_queries);
  context.end_candidate = static_cast<int>(columns.size());
  StreamSetup stream;
  stream.table = &table;
  stream.serving = serving.get();
  stream.period_queries = context.period_queries;
  stream.keep_times = keep_times;
  GeneratorConfig generator = e.trace.generator;
  generator.queries = kQueries;

  std::int64_t swaps = 0;
  const auto serve = [&] {
    const auto caching = MakeCachingPolicy(e.scheduler.caching, context);
    stream.caching = caching.get();
    const auto source = MakeGenerator(generator);
    swaps = RunStream(*source, stream, book, nullptr).swaps;
  };
  serve();  // fills the book
  for (auto _ : state) serve();
  state.counters["queries/s"] = {static_cast<double>(kQueries),
                                 benchmark::Counter::kIsIterationInvariantRate};
  state.counters["swaps"] = static_cast<double>(swaps);
}

}  // namespace

void RegisterStream(const Setup& setup) {
  for (const bool keep_times : {true, false}) {
    benchmark::RegisterBenchmark(
        keep_times ? "Stream100k/records" : "Stream100k/no_records",
        [&setup, keep_times](benchmark::State& state) { Stream(state, setup, keep_times); })
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace sushi::bench
