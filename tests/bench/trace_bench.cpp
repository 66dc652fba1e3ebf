// Reading a trace of 100,000 queries.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "setup.hpp"
#include "sushi/formats/trace_csv.hpp"
#include "sushi/query/generators.hpp"

namespace sushi::bench {
namespace {

constexpr std::int64_t kQueries = 100'000;

void ReadTraceCsv(benchmark::State& state) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("sushi_bench_" + std::to_string(getpid()) + ".csv");
  {
    GeneratorConfig generator;
    generator.queries = kQueries;
    generator.arrival_rate_qps = 20;
    std::ofstream out(path);
    WriteTraceHeader(out);
    Query query;
    for (const auto source = MakeGenerator(generator); source->Next(query);) WriteTraceRow(out, query);
  }
  for (auto _ : state) {
    Query query;
    for (const auto source = OpenTraceCsv(path.string()); source->Next(query);)
      benchmark::DoNotOptimize(query);
  }
  const auto each = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["queries/s"] = {static_cast<double>(kQueries), each};
  state.counters["bytes/s"] = {static_cast<double>(std::filesystem::file_size(path)), each};
  std::filesystem::remove(path);
}

}  // namespace

void RegisterTraceCsv() {
  benchmark::RegisterBenchmark("ReadTraceCsv100k", ReadTraceCsv)->Unit(benchmark::kMillisecond);
}

}  // namespace sushi::bench
