// The bank-level memory by itself: 64-byte requests as `sushisim dram` makes them, and contiguous transfers
// as the DMA engines make them.
#include "setup.hpp"
#include "sushi/dram/bank_memory.hpp"
#include "sushi/dram/traffic.hpp"

namespace sushi::bench {
namespace {

DramDeviceConfig Ddr4(const char* map) {
  DramDeviceConfig dram =
      config::LoadExperiment({SUSHI_SOURCE_DIR "/configs/memory/ddr4_2400_x64.yaml"}, {}).hardware.memory;
  dram.controller.address_map = map;
  return dram;
}

void Traffic(benchmark::State& state, const char* map, TrafficPattern pattern, int outstanding) {
  const DramDeviceConfig dram = Ddr4(map);
  TrafficConfig config;
  config.pattern = pattern;
  config.outstanding = outstanding;
  for (auto _ : state) benchmark::DoNotOptimize(RunTraffic(dram, config).clocks);
  state.counters["requests/s"] = {static_cast<double>(config.requests),
                                  benchmark::Counter::kIsIterationInvariantRate};
}

void Contiguous(benchmark::State& state, const char* map, bool whole_rows) {
  constexpr std::int64_t kTransfers = 64, kBytes = 1 << 18;
  BankMemory memory(Ddr4(map));
  memory.SetStepping(whole_rows);
  for (auto _ : state) {
    memory.Quiesce();
    RequestId last = 0;
    for (std::int64_t i = 0; i < kTransfers; ++i) {
      last = memory.Submit(Picoseconds(0), {static_cast<std::uint64_t>(i * kBytes), Bytes(kBytes), false, 0});
    }
    benchmark::DoNotOptimize(memory.Finish(last).done);
  }
  state.counters["requests/s"] = {static_cast<double>(kTransfers * kBytes / 64),
                                  benchmark::Counter::kIsIterationInvariantRate};
}

}  // namespace

void RegisterDram() {
  const auto traffic = [](const char* name, const char* map, TrafficPattern pattern, int outstanding) {
    benchmark::RegisterBenchmark(name, [=](benchmark::State& state) {
      Traffic(state, map, pattern, outstanding);
    })->Unit(benchmark::kMillisecond);
  };
  traffic("DramRandom/8", "row:ba:bg:col", TrafficPattern::kRandom, 8);
  traffic("DramRandom/32", "row:ba:bg:col", TrafficPattern::kRandom, 32);
  traffic("DramSequential/8", "row:ba:bg:col", TrafficPattern::kSequential, 8);
  traffic("DramSequential/32", "row:ba:bg:col", TrafficPattern::kSequential, 32);
  traffic("DramSequential/32/interleaved", "row:col:ba:bg", TrafficPattern::kSequential, 32);
  for (const bool whole_rows : {true, false}) {
    const std::string how = whole_rows ? "whole_rows" : "single_bursts";
    benchmark::RegisterBenchmark(("DramContiguous/" + how).c_str(), [=](benchmark::State& state) {
      Contiguous(state, "row:ba:bg:col", whole_rows);
    })->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("DramContiguous/interleaved/" + how).c_str(), [=](benchmark::State& state) {
      Contiguous(state, "row:col:ba:bg", whole_rows);
    })->Unit(benchmark::kMillisecond);
  }
}

}  // namespace sushi::bench
