// Accelerators that share a DRAM, transaction by transaction.
#include <gtest/gtest.h>

#include <functional>

#include "builders.hpp"
#include "serving_run.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/serving/machine.hpp"
#include "sushi/sim/serving_elaboration.hpp"

namespace sushi {
namespace {

using test::QueryAt;
using test::ScriptedScheduler;
using test::Stream;

// Four layers, all of their weights fetched; the image and the result cross the port, too.
SuperNet FourLayers() {
  return testing::SuperNetBuilder()
      .AddSubNet("net", {{0, 64, 36, 3, 14}, {1, 64, 64, 3, 14}, {2, 64, 64, 3, 14}, {3, 64, 64, 3, 14}})
      .Build();
}

EnergyTable NoEnergy() { return {}; }

struct System {
  explicit System(int accelerators, const std::function<void(HardwareConfig&)>& change = {}) {
    HardwareConfig hw;
    if (change) change(hw);
    MachineConfig config;
    config.types.push_back({hw, {PowerLevel{hw.accel.clock_mhz, 1, 0, 0}}});
    config.accelerators.assign(static_cast<std::size_t>(accelerators), 0);
    config.models = {&net};
    config.max_batch = 4;
    config.energy = NoEnergy();
    config.columns = [this](int, int) { return std::vector<SubGraphColumn>{{"empty", EmptySubGraph(net)}}; };
    machine = std::make_unique<ServingMachine>(std::move(config));
  }

  test::ServingOutcome Run(ScriptedScheduler& scheduler, std::vector<Query> queries,
                           std::vector<Throttle> throttles = {}) {
    test::ServingOutcome outcome;
    ServingSetup setup;
    setup.profile = &machine->profile();
    setup.tenants.resize(1);
    setup.types = machine->config().accelerators;
    setup.scheduler = &scheduler;
    setup.throttles = std::move(throttles);
    setup.dram_bytes_per_s = machine->dram_bytes_per_s();
    ServingSinks sinks;
    sinks.request = [&](const RequestRecord& record) { outcome.requests.push_back(record); };
    sinks.job = [&](const JobRecord& record) { outcome.jobs.push_back(record); };
    std::vector<TenantSource> sources;
    sources.push_back(Stream(std::move(queries)));
    ServingCore core(setup, std::move(sources), sinks);
    RunServingInElaboration(*machine, MakeMemory(machine->memory_hardware()), core, scheduler.layers);
    return outcome;
  }

  SuperNet net = FourLayers();
  std::unique_ptr<ServingMachine> machine;
};

// Whatever waits first, on the first idle accelerator, `batch` at a time.
void FirstCome(ScriptedScheduler& scheduler, std::size_t batch = 1) {
  scheduler.decide = [batch](const SystemView& view, Decision& decision) {
    for (std::size_t i = 0; i < view.accelerators->size(); ++i) {
      if ((*view.accelerators)[i].job != nullptr || view.waiting->size() < batch) continue;
      const auto end = view.waiting->begin() + static_cast<std::ptrdiff_t>(batch);
      decision.start.push_back({static_cast<int>(i), {view.waiting->begin(), end}, 0, 0, std::nullopt});
      return;
    }
  };
}

std::vector<Query> AtOnce(int count) {
  return std::vector<Query>(static_cast<std::size_t>(count), QueryAt(0, 1e6));
}

double Relative(Picoseconds a, Picoseconds b) {
  return static_cast<double>((a - b).value()) / static_cast<double>(b.value());
}

void Slow(HardwareConfig& hw) { hw.dram.peak_gbps = 1; }
void VerySlow(HardwareConfig& hw) { hw.dram.peak_gbps = 0.2; }

TEST(ServingSoc, AloneAJobTakesWhatTheProfileSays) {
  System system(1);
  ScriptedScheduler scheduler;
  FirstCome(scheduler);
  const test::ServingOutcome out = system.Run(scheduler, AtOnce(2));
  ASSERT_EQ(out.jobs.size(), 2u);
  for (const JobRecord& job : out.jobs) {
    EXPECT_NEAR(Relative(job.service, job.profiled), 0, 0.005);
    EXPECT_EQ(job.counters.TrafficBytes(), system.machine->profile().Cost(job.shape).dram_bytes);
  }
  EXPECT_EQ(out.requests[1].finished, out.jobs[0].service + out.jobs[1].service);
}

TEST(ServingSoc, AnotherMemoryChangesTheTimeOfALayerButNotWhatItComputes) {
  const System usual(1), slow(1, VerySlow);
  const JobCost& cost = usual.machine->profile().Cost({});
  const JobCost& slowed = slow.machine->profile().Cost({});
  ASSERT_EQ(cost.layers.size(), 4u);
  for (std::size_t i = 0; i < cost.layers.size(); ++i) {
    EXPECT_GT(cost.layers[i].compute, Picoseconds(0));
    EXPECT_LT(cost.layers[i].compute, cost.layers[i].time);
    EXPECT_EQ(slowed.layers[i].compute, cost.layers[i].compute);
    EXPECT_GT(slowed.layers[i].time, cost.layers[i].time);
  }
}

TEST(ServingSoc, ABatchTakesWhatTheProfileSaysOfABatch) {
  System system(1);
  ScriptedScheduler scheduler;
  FirstCome(scheduler, 4);
  const test::ServingOutcome out = system.Run(scheduler, AtOnce(4));
  ASSERT_EQ(out.jobs.size(), 1u);
  EXPECT_NEAR(Relative(out.jobs[0].service, out.jobs[0].profiled), 0, 0.005);
  EXPECT_EQ(out.jobs[0].counters.useful_macs, 4 * system.machine->profile().Macs(0, 0));
}

// Two jobs want twice what the port gives: neither can be done before all bytes of both have passed.
TEST(ServingSoc, OnASlowDramTwoJobsDelayEachOtherAndObeyItsBandwidth) {
  System system(2, VerySlow);
  ScriptedScheduler scheduler;
  FirstCome(scheduler);
  const test::ServingOutcome out = system.Run(scheduler, AtOnce(2));
  ASSERT_EQ(out.jobs.size(), 2u);
  std::int64_t bytes = 0;
  for (const JobRecord& job : out.jobs) {
    EXPECT_GT(Relative(job.service, job.profiled), 0.3);
    bytes += job.counters.TrafficBytes();
  }
  EXPECT_GE(out.requests[1].finished.value(), bytes * 5000);  // ps a byte at 0.2 · 10^9 bytes a second
  EXPECT_NEAR(Relative(out.jobs[0].service, out.jobs[1].service), 0, 0.1);  // nobody is starved
}

TEST(ServingSoc, AThrottleDelaysItsAcceleratorAndSparesTheOther) {
  System system(2, Slow);
  ScriptedScheduler scheduler;
  FirstCome(scheduler);
  // 16 bursts of 64 bytes in 1024 cycles at 100 MHz: 10^8 of the 10^9 bytes a second.
  const test::ServingOutcome out = system.Run(scheduler, AtOnce(2), {{0, 16, 1024}});
  std::vector<Picoseconds> throttled(2);
  for (const JobRecord& job : out.jobs) throttled[static_cast<std::size_t>(job.accelerator)] = job.service;
  const JobShape shape{0, 0, 0, 0, kEmptySubGraphId, 1};
  const Picoseconds isolated = system.machine->profile().Time(shape);
  const std::int64_t bytes = system.machine->profile().Cost(shape).dram_bytes;
  const std::int64_t largest =
      std::int64_t{16} * 64 * 9;  // transaction: nothing waits for the last one's windows
  EXPECT_GE(throttled[0].value(), (bytes - largest) * 10'000);
  EXPECT_LT(Relative(throttled[1], isolated), 0.25);
}

TEST(ServingSoc, APreemptedJobSavesAndRestoresWhatWasOnChip) {
  System system(1);
  ScriptedScheduler scheduler;
  scheduler.preempts = true;
  scheduler.decide = [](const SystemView& view, Decision& decision) {
    const Job* job = (*view.accelerators)[0].job;
    if (job != nullptr) {
      if (!view.waiting->empty() && !job->stopping && job->id == 0) decision.preempt.push_back(0);
    } else if (!view.waiting->empty()) {
      decision.start.push_back({0, {view.waiting->front()}, 0, 0, std::nullopt});
    } else if (!view.paused->empty()) {
      decision.resume.push_back({0, view.paused->front()});
    }
  };
  const test::ServingOutcome out = system.Run(scheduler, {QueryAt(0, 1e6), QueryAt(1, 1e6)});
  ASSERT_EQ(out.jobs.size(), 2u);
  const JobRecord& preempted = out.jobs[1];
  const JobCost& cost = system.machine->profile().Cost(preempted.shape);
  ASSERT_GT(cost.layers[0].kept, Bytes(0));
  EXPECT_EQ(preempted.preemptions, 1);
  EXPECT_EQ(preempted.moved_bytes, 2 * cost.layers[0].kept.value());
  EXPECT_EQ(preempted.counters.TrafficBytes(), cost.dram_bytes + preempted.moved_bytes);
  EXPECT_NEAR(Relative(preempted.service, preempted.profiled), 0, 0.005);
  EXPECT_GT(preempted.moving, Picoseconds(0));
  EXPECT_EQ(out.requests[1].finished, preempted.finished);
  EXPECT_EQ(preempted.finished, preempted.service + preempted.moving + out.jobs[0].service);
}

}  // namespace
}  // namespace sushi
