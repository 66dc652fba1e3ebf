// One inference of SubNet F, and SushiAbs for six SubNets and forty candidates.
#include <vector>

#include "setup.hpp"
#include "sushi/accel/fast_accelerator.hpp"
#include "sushi/sched/candidates.hpp"
#include "sushi/sched/service_book.hpp"

namespace sushi::bench {
namespace {

void Inference(benchmark::State& state, const Setup& setup, ServiceModel& model) {
  const SubGraph nothing_cached = EmptySubGraph(setup.net);
  std::int64_t cycles = 0;
  std::int64_t transactions = 0;
  for (auto _ : state) {
    const InferenceResult result = model.Infer(kSubNetF, nothing_cached);
    cycles = result.cycles.value();
    transactions = result.total.dram_transactions;
    benchmark::DoNotOptimize(cycles);
  }
  const auto each = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["mac/s"] = {static_cast<double>(MacsOf(setup.planner->subnet(kSubNetF))), each};
  state.counters["cycles/s"] = {static_cast<double>(cycles), each};
  state.counters["transactions"] = static_cast<double>(transactions);
}

std::vector<SubGraphColumn> CandidateColumns(const Setup& setup) {
  const Bytes capacity = setup.experiment.hardware.accel.pb.capacity();
  std::vector<SubGraphColumn> columns = MakeCandidates(setup.net, capacity, 40);
  columns.insert(columns.begin(), {"empty", EmptySubGraph(setup.net)});
  return columns;
}

void SushiAbs(benchmark::State& state, const Setup& setup, ServiceModel& model) {
  const std::vector<SubGraphColumn> columns = CandidateColumns(setup);
  const auto subnets = static_cast<int>(setup.net.subnets.size());
  for (auto _ : state) {
    ServiceBook book(model, subnets, columns, false);
    benchmark::DoNotOptimize(BuildLatencyTable(setup.net, columns, book).At(0, 0));
  }
  state.counters["inferences"] = static_cast<double>(columns.size()) * subnets;
}

// Each time as for the first point of a sweep: nothing is known of any layer.
void FastSushiAbs(benchmark::State& state, const Setup& setup) {
  const std::vector<SubGraphColumn> columns = CandidateColumns(setup);
  const auto subnets = static_cast<int>(setup.net.subnets.size());
  for (auto _ : state) {
    FastAccelerator model(*setup.planner);
    ServiceBook book(model, subnets, columns, false);
    benchmark::DoNotOptimize(BuildLatencyTable(setup.net, columns, book).At(0, 0));
  }
  state.counters["inferences"] = static_cast<double>(columns.size()) * subnets;
}

}  // namespace

void RegisterFastSushiAbs(const Setup& setup) {
  benchmark::RegisterBenchmark("SushiAbs6x40/fast", [&](benchmark::State& state) {
    FastSushiAbs(state, setup);
  })->Unit(benchmark::kMillisecond);
}

void RegisterEngine(const std::string& name, const Setup& setup, ServiceModel& model) {
  benchmark::RegisterBenchmark(("InferenceF/" + name).c_str(), [&](benchmark::State& state) {
    Inference(state, setup, model);
  })->Unit(benchmark::kMillisecond);
}

void RegisterSushiAbs(const std::string& name, const Setup& setup, ServiceModel& model) {
  benchmark::RegisterBenchmark(("SushiAbs6x40/" + name).c_str(), [&](benchmark::State& state) {
    SushiAbs(state, setup, model);
  })->Unit(benchmark::kMillisecond);
}

}  // namespace sushi::bench
