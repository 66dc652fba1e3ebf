// What is reported about a serving run, by hand (docs/serving.md).
#include "sushi/serving/metrics.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "serving_run.hpp"
#include "six_requests.hpp"

namespace sushi {
namespace {

using test::Asked;
using test::FakeProfile;
using test::JobOf;
using test::Lost;
using test::QueryAt;
using test::ScriptedScheduler;
using test::Served;
using test::Stay;
using test::TellSix;
using test::Us;
using test::Work;
using Bench = test::MetricsBench;

TEST(ServingMetrics, S0EveryRequestHasOneFate) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  const TenantMetrics &a = metrics.tenants[0], &b = metrics.tenants[1], &all = metrics.all;
  EXPECT_EQ(std::tie(a.issued, a.served, a.queue_full, a.dropped, a.cancelled),
            std::make_tuple(4, 2, 1, 1, 0));
  EXPECT_EQ(std::tie(b.issued, b.served, b.queue_full, b.dropped, b.cancelled),
            std::make_tuple(2, 1, 0, 0, 1));
  EXPECT_EQ(std::tie(all.issued, all.served, all.queue_full, all.dropped, all.cancelled),
            std::make_tuple(6, 3, 1, 1, 1));
  EXPECT_EQ(a.served_as, (std::vector<std::int64_t>{0, 2}));
  EXPECT_EQ(b.served_as, (std::vector<std::int64_t>{1}));
}

TEST(ServingMetrics, S1AttainmentIsOfAllThatWereIssued) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  EXPECT_DOUBLE_EQ(metrics.tenants[0].Attainment(), 1.0 / 4);
  EXPECT_DOUBLE_EQ(metrics.tenants[1].Attainment(), 1.0 / 2);
  EXPECT_DOUBLE_EQ(metrics.all.Attainment(), 2.0 / 6);
}

TEST(ServingMetrics, S2S4ProgressOfWhatIsNotServedIsNone) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  const double a = (200.0 / 350 + 200.0 / 300) / 4, b = (400.0 / 700) / 2;
  EXPECT_DOUBLE_EQ(metrics.tenants[0].NormalisedProgress(), a);
  EXPECT_DOUBLE_EQ(metrics.tenants[1].NormalisedProgress(), b);
  EXPECT_DOUBLE_EQ(metrics.stp, a + b);
  EXPECT_DOUBLE_EQ(metrics.fairness, b / a);
}

TEST(ServingMetrics, S3SlowdownIsMeanOverTheServed) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  EXPECT_DOUBLE_EQ(metrics.antt, (350.0 / 200 + 300.0 / 200 + 700.0 / 400) / 3);
  EXPECT_DOUBLE_EQ(metrics.tenants[0].MeanSlowdown(), (1.75 + 1.5) / 2);
}

TEST(ServingMetrics, S4AStarvedTenantMakesFairnessZeroAndAnIdleOneDoesNotCount) {
  const auto tell = [](bool starved) {
    return [starved](const ServingSinks& sinks) {
      const JobRecord job = JobOf(0, {0, 0, 0, 0, 0, 1}, 0, 100, {Stay(0, 0, 100, 0, 100, {})});
      sinks.job(job);
      sinks.request(Served(Asked(0, 0, 500), job, 70, 100));
      if (starved) sinks.request(Lost(Asked(1, 0, 50), Fate::kDropped, 100));
    };
  };
  EXPECT_DOUBLE_EQ(Bench().Of(tell(true)).fairness, 0);
  EXPECT_DOUBLE_EQ(Bench().Of(tell(false)).fairness, 1);
}

TEST(ServingMetrics, S5UxCostIsViolationRatesTimesEnergies) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  // 1000 + 300 × 10 pJ of 4 × 2000; 400 + 800 + 20 × 10 pJ of 2 × 700.
  EXPECT_DOUBLE_EQ(metrics.tenants[0].energy_pj, 4000);
  EXPECT_DOUBLE_EQ(metrics.tenants[0].worst_energy_pj, 8000);
  EXPECT_DOUBLE_EQ(metrics.tenants[1].energy_pj, 1400);
  EXPECT_DOUBLE_EQ(metrics.tenants[1].worst_energy_pj, 1400);
  EXPECT_DOUBLE_EQ(metrics.ux_cost, (3.0 / 4 + 1.0 / 2) * (4000.0 / 8000 + 1400.0 / 1400));
}

TEST(ServingMetrics, S5ARateOfZeroCountsAsHalfARequest) {
  const ServingMetrics metrics = Bench(1, 1).Of([](const ServingSinks& sinks) {
    const JobRecord job =
        JobOf(0, {0, 0, 0, 0, 0, 2}, 0, 100, {Stay(0, 0, 100, 0, 100, Work(2000, Traffic::kWeights, 0))});
    sinks.job(job);
    sinks.request(Served(Asked(0, 0, 100), job, 70, 100));
    sinks.request(Served(Asked(0, 0, 100), job, 70, 100));
  });
  EXPECT_DOUBLE_EQ(metrics.all.Attainment(), 1);
  EXPECT_DOUBLE_EQ(metrics.ux_cost, 1.0 / 4 * (2000.0 / 4000));
}

TEST(ServingMetrics, S6AccuracyIsOfRequestsServedInTime) {
  const ServingMetrics metrics = Bench().Of([](const ServingSinks& sinks) {
    TellSix(sinks);
    const JobRecord late = JobOf(2, {0, 0, 0, 0, 0, 1}, 350, 450, {Stay(1, 0, 100, 0, 100, {})});
    sinks.job(late);
    sinks.request(Served(Asked(0, 300, 449, 70), late, 70, 100));
  });
  EXPECT_DOUBLE_EQ(metrics.tenants[0].InTimeTop1(), 80);
  EXPECT_DOUBLE_EQ(metrics.all.InTimeTop1(), (80.0 + 75) / 2);
  EXPECT_DOUBLE_EQ(metrics.all.ServedTop1(), (80.0 + 80 + 75 + 70) / 4);
  EXPECT_EQ(metrics.tenants[0].accuracy_met, 2);  // 85 was asked for, and 80 served
  EXPECT_EQ(metrics.all.accuracy_met, 3);
}

TEST(ServingMetrics, S7EnergyDelayIsEnergyAServedRequestTimesMeanResponse) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  EXPECT_DOUBLE_EQ(metrics.EnergyDelayPjS(), metrics.EnergyPj() / 3 * (350 + 300 + 700) / 3 * 1e-6);
}

TEST(ServingMetrics, S8AStayIsTimeOfItsOwnAccelerator) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  const AcceleratorMetrics &first = metrics.accelerators[0], &second = metrics.accelerators[1];
  EXPECT_EQ(metrics.makespan, Us(700));
  EXPECT_EQ(first.busy_ps, Us(250 + 350).value());
  EXPECT_EQ(second.busy_ps, Us(110).value());
  EXPECT_DOUBLE_EQ(metrics.utilisation, 710.0 / 1400);
  EXPECT_EQ(first.swap_ps, Us(50).value());
  EXPECT_EQ(std::tie(first.swaps, second.swaps), std::make_tuple(1, 0));
  EXPECT_EQ(std::tie(first.preemptions, second.preemptions), std::make_tuple(0, 1));
  EXPECT_EQ(std::tie(first.jobs, first.requests, second.jobs), std::make_tuple(2, 3, 0));
  EXPECT_EQ(std::tie(first.moving_ps, second.moving_ps), std::make_tuple(Us(10).value(), Us(10).value()));
  EXPECT_DOUBLE_EQ(metrics.mean_batch, 1.5);
}

TEST(ServingMetrics, S9DramUtilisationIsBytesOverWhatThePeakMoves) {
  EXPECT_DOUBLE_EQ(Bench().Of(TellSix).dram_utilisation, 320.0 / (1e6 * 700e-6));
}

TEST(ServingMetrics, S10StallIsServiceBeyondTheProfile) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  EXPECT_EQ(metrics.accelerators[0].stall_ps, Us(20 + 40).value());
  EXPECT_EQ(metrics.accelerators[1].stall_ps, 0);
  EXPECT_EQ(metrics.StallPs(), Us(60).value());
}

TEST(ServingMetrics, S11TimesAreOfTheServed) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  EXPECT_EQ(metrics.all.response.p50_ps, Us(350).value());
  EXPECT_EQ(metrics.all.response.max_ps, Us(700).value());
  EXPECT_DOUBLE_EQ(metrics.tenants[0].waiting.MeanPs(2), 75e6);
  EXPECT_DOUBLE_EQ(metrics.tenants[1].service.MeanPs(1), 440e6);
}

TEST(ServingMetrics, S12RatesAreOverTheMakespanAndTheOfferedOneOverTheFrames) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  EXPECT_DOUBLE_EQ(metrics.throughput_per_s, 3 / 700e-6);
  EXPECT_DOUBLE_EQ(metrics.goodput_per_s, 2 / 700e-6);
  EXPECT_DOUBLE_EQ(metrics.offered_per_s, 6 / 200e-6);
}

// Four together take 2.5 times as long as one; 100 us make 62.5 us a request.
TEST(ServingMetrics, S12CapacityIsTheFastestSubNetInFullBatches) {
  const Bench bench;
  const auto capacity = [&](std::vector<int> types, std::vector<std::int64_t> issued, double dram = 0) {
    return ServingCapacityPerS(bench.profile, types, bench.setup.tenants, issued, dram);
  };
  EXPECT_DOUBLE_EQ(capacity({0}, {10, 0}), 16000);
  EXPECT_DOUBLE_EQ(capacity({0, 0}, {10, 0}), 32000);
  EXPECT_DOUBLE_EQ(capacity({0}, {5, 5}), 1 / (0.5 * 62.5e-6 + 0.5 * 250e-6));
  EXPECT_DOUBLE_EQ(capacity({0, 0}, {10, 0}, 32e6), 32000);  // of 1000 bytes each
  EXPECT_DOUBLE_EQ(capacity({0, 0}, {10, 0}, 8e6), 8000);
  EXPECT_DOUBLE_EQ(capacity({0}, {0, 0}), 0);
}

TEST(ServingMetrics, S13StaticPowerIsOfTheLevelWhileBusyAndOfTheNominalOneWhileIdle) {
  const ServingMetrics metrics = Bench().Of(TellSix);
  EXPECT_DOUBLE_EQ(metrics.dynamic_pj, 5400);
  EXPECT_DOUBLE_EQ(metrics.accelerators[0].dynamic_pj, 4000 + 1000);
  EXPECT_DOUBLE_EQ(metrics.accelerators[1].dynamic_pj, 400);
  // 1 mW · 1 us = 1000 pJ
  EXPECT_DOUBLE_EQ(metrics.accelerators[0].static_pj, (600 * 2 + 100 * 1) * 1e3);
  EXPECT_DOUBLE_EQ(metrics.accelerators[1].static_pj, (110 * 2 + 590 * 1) * 1e3);
}

TEST(ServingMetrics, S13ALevelScalesWhatIsOnChip) {
  MemoryActivity memory;
  memory.refreshes = 3;
  const ServingMetrics metrics = Bench(1, 1).Of(
      [](const ServingSinks& sinks) {
        const JobRecord job = JobOf(0, {0, 0, 1, 0, 0, 1}, 0, 200,
                                    {Stay(0, 0, 200, 0, 200, Work(1000, Traffic::kWeights, 64))});
        sinks.job(job);
        sinks.request(Served(Asked(0, 0, 300), job, 70, 100));
        sinks.request(Lost(Asked(0, 0, 250), Fate::kDropped, 250));
      },
      memory);
  EXPECT_DOUBLE_EQ(metrics.dynamic_pj, 1000 * 0.25 + 640);
  EXPECT_DOUBLE_EQ(metrics.static_pj, (200 * 0.5 + 50 * 1) * 1e3);
  EXPECT_DOUBLE_EQ(metrics.background_pj, 21);
  EXPECT_DOUBLE_EQ(metrics.EnergyPj(), metrics.dynamic_pj + metrics.static_pj + 21);
}

TEST(ServingMetrics, ARunWithoutRequestsHasNoRates) {
  const ServingMetrics metrics = Bench().Of([](const ServingSinks&) {});
  for (const double value :
       {metrics.stp, metrics.antt, metrics.fairness, metrics.ux_cost, metrics.utilisation,
        metrics.dram_utilisation, metrics.throughput_per_s, metrics.offered_per_s, metrics.capacity_per_s,
        metrics.mean_batch, metrics.EnergyDelayPjS()})
    EXPECT_EQ(value, 0);
  EXPECT_EQ(metrics.all.Attainment(), 1);
}

// A whole run: a job is preempted after its first layer on accelerator 0 and goes on, on accelerator 1, whose
// PB holds what saves a fifth.
TEST(ServingMetrics, APreemptedJobsStaysAddUpAndStallOnlyByWhatTheProfileDoesNotSay) {
  std::vector<FakeProfile::FakeSubNet> subnets{{"only", 70, 100}};
  subnets[0].cached_saves = 0.2;
  subnets[0].kept = Bytes(8);
  const FakeProfile profile({subnets});
  ScriptedScheduler scheduler;
  scheduler.preempts = true;
  scheduler.decide = [](const SystemView& view, Decision& decision) {
    const auto& at = *view.accelerators;
    if (view.now == Us(0) && at[0].job == nullptr)
      decision.start.push_back({0, {view.waiting->front()}, 0, 0, 0});
    if (view.now == Us(10) && at[1].job == nullptr) {
      decision.preempt.push_back(0);
      decision.start.push_back({1, {view.waiting->front()}, 0, 0, 1});
    }
    if (!view.paused->empty() && at[1].job == nullptr) decision.resume.push_back({1, view.paused->front()});
  };
  ServingSetup setup;
  setup.profile = &profile;
  setup.tenants.resize(1);
  setup.types = {0, 0};
  setup.scheduler = &scheduler;
  std::vector<TenantSource> sources;
  sources.push_back(test::Stream({QueryAt(0, 900), QueryAt(10, 900)}));
  const test::ServingOutcome out = test::Serve(setup, std::move(sources));
  ASSERT_EQ(out.jobs.size(), 2U);
  const JobRecord& job = out.jobs[1];
  ASSERT_EQ(job.stays.size(), 2U);
  EXPECT_EQ(std::tie(job.stays[0].accelerator, job.stays[1].accelerator), std::make_tuple(0, 1));
  EXPECT_EQ(job.stays[0].profiled, Us(25));
  EXPECT_EQ(job.stays[1].profiled, Us(60));
  EXPECT_EQ(job.service, Us(85));
  EXPECT_EQ(job.profiled, job.service);
  EXPECT_EQ(job.stays[0].moved_bytes + job.stays[1].moved_bytes, job.moved_bytes);
  EXPECT_EQ(out.jobs[0].stays.size(), 1U);
}

}  // namespace
}  // namespace sushi
