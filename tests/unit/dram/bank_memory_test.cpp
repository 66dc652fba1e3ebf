// The bank-level memory against closed forms, against itself burst by burst, and against the checker.
#include "sushi/dram/bank_memory.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/command_checker.hpp"
#include "sushi/dram/command_energy.hpp"
#include "sushi/dram/traffic.hpp"

namespace sushi {
namespace {

DramDeviceConfig Ddr4(const std::string& map = "row:ba:bg:col") {
  DramDeviceConfig dram;
  dram.controller.address_map = map;
  return dram;
}

MemoryTiming Serve(const DramDeviceConfig& dram, Bytes bytes, std::uint64_t address = 0) {
  BankMemory memory(dram);
  return memory.Finish(memory.Submit(Picoseconds(0), {address, bytes, false, 0}));
}

TEST(BankMemory, AClosedBankAnswersAfterRcdClAndABurst) {
  const MemoryTiming timing = Serve(Ddr4(), Bytes(64));
  EXPECT_EQ(timing.start.value(), 833) << "taken at the edge after it came";
  EXPECT_EQ(timing.first_data.value(), 833 * (1 + 1 + 17 + 17)) << "ACT a clock after it was taken";
  EXPECT_EQ(timing.done.value(), 833 * (1 + 1 + 17 + 17 + 4));
  EXPECT_EQ(timing.moved, Bytes(64));
}

TEST(BankMemory, ARowStreamsAtTccdLInOneBankAndTccdSAcrossGroups) {
  const std::int64_t first = 833 * (1 + 1 + 17 + 17 + 4);
  EXPECT_EQ(Serve(Ddr4(), Bytes(64 * 100)).done.value(), first + 833 * 6 * 99);
  // Banks of four groups open one every tRRD_S; all sixteen are open long before their turn.
  EXPECT_EQ(Serve(Ddr4("row:col:ba:bg"), Bytes(64 * 100)).done.value(), first + 833 * 4 * 99);
}

TEST(BankMemory, ARequestIsMovedInWholeBurstsAndASharedOneOnce) {
  BankMemory memory(Ddr4());
  EXPECT_EQ(memory.Finish(memory.Submit(Picoseconds(0), {0, Bytes(1), false, 0})).moved, Bytes(64));
  EXPECT_EQ(memory.Finish(memory.Submit(Picoseconds(200'000), {1, Bytes(63), false, 0})).moved, Bytes(0));
  EXPECT_EQ(memory.Finish(memory.Submit(Picoseconds(400'000), {64, Bytes(65), false, 0})).moved, Bytes(128));
  EXPECT_EQ(memory.Finish(memory.Submit(Picoseconds(600'000), {129, Bytes(1), false, 1})).moved, Bytes(64))
      << "another requester has not got it";
}

TEST(BankMemory, AWriteIsDoneWhenTheQueueHasTakenIt) {
  BankMemory memory(Ddr4());
  const MemoryTiming few = memory.Finish(memory.Submit(Picoseconds(0), {0, Bytes(64 * 32), true, 0}));
  EXPECT_EQ(few.done.value(), 833 * 32) << "one a clock into an empty queue of 32";
  const MemoryActivity activity = memory.Settle(few.done);
  EXPECT_EQ(activity.busy_ps, 833 * 4 * 32) << "what was posted has been written";
  memory.Quiesce();
  // Draining begins with the seventh (low watermark 6): ACT at 8, writes at 25, 31, 37 … The queue is full at
  // clock 34.
  const MemoryTiming more = memory.Finish(memory.Submit(Picoseconds(0), {0, Bytes(64 * 40), true, 0}));
  EXPECT_EQ(more.done.value(), 833 * (37 + 5 * 6)) << "the 35th to 40th each wait for a write";
}

TEST(BankMemory, RefusesWhatLiesBeyondItsCapacityAndBehindItsTime) {
  BankMemory memory(Ddr4());
  EXPECT_NO_THROW(memory.Submit(Picoseconds(1000), {(std::uint64_t{4} << 30) - 1, Bytes(1), false, 0}));
  EXPECT_THROW(memory.Submit(Picoseconds(1000), {(std::uint64_t{4} << 30) - 1, Bytes(2), false, 0}),
               UserError);
  EXPECT_THROW(memory.Submit(Picoseconds(999), {0, Bytes(1), false, 0}), InternalError);
  EXPECT_THROW(memory.Submit(Picoseconds(1000), {0, Bytes(0), false, 0}), InternalError);
}

TEST(BankMemory, IsAsNewAfterQuiescing) {
  BankMemory memory(Ddr4());
  const auto run = [&] {
    return memory.Finish(memory.Submit(Picoseconds(5000), {4096, Bytes(9000), false, 0}));
  };
  const Picoseconds first = run().done;
  EXPECT_LT((memory.Finish(memory.Submit(first, {4096, Bytes(9000), false, 0})).done - first).value(),
            (first - Picoseconds(5000)).value())
      << "its row was open";
  memory.Quiesce();
  EXPECT_EQ(run().done, first);
}

struct Outcome {
  std::vector<std::int64_t> times;
  std::vector<std::vector<IssuedCommand>> logs;
};

// Requests of three requesters at random times, driven by events as the DRAM port does.
Outcome Drive(const DramDeviceConfig& dram, std::uint64_t seed, bool whole_rows, bool log) {
  Random random(seed);
  BankMemory memory(dram);
  memory.SetStepping(whole_rows);
  Outcome outcome;
  outcome.logs.resize(static_cast<std::size_t>(dram.organization.channels));
  for (std::size_t i = 0; log && i < outcome.logs.size(); ++i)
    memory.LogTo(static_cast<int>(i), &outcome.logs[i]);
  std::vector<MemoryEvent> events;
  Picoseconds now(0);
  for (int i = 0; i < 60; ++i) {
    now +=
        Picoseconds(random.Integer(0, 3) == 0 ? random.Integer(0, 20'000'000) : random.Integer(0, 300'000));
    memory.AdvanceTo(now, events);
    const std::int64_t bytes = random.Integer(0, 2) == 0 ? random.Integer(1, 40'000) : random.Integer(1, 300);
    const auto address =
        static_cast<std::uint64_t>(random.Integer(0, dram.organization.CapacityBytes() - bytes));
    memory.Submit(now,
                  {address, Bytes(bytes), random.Integer(0, 2) == 0, static_cast<int>(random.Integer(0, 2))});
  }
  while (const auto next = memory.NextEvent()) {
    now = *next;
    memory.AdvanceTo(now, events);
  }
  for (const MemoryEvent& event : events) {
    outcome.times.insert(outcome.times.end(),
                         {event.request, static_cast<std::int64_t>(event.kind), event.at.value(),
                          event.timing.first_data.value(), event.timing.done.value()});
  }
  const MemoryActivity activity = memory.Settle(now);
  outcome.times.insert(outcome.times.end(), {activity.busy_ps, activity.activates, activity.refreshes,
                                             activity.open_clocks, activity.closed_clocks});
  return outcome;
}

class RandomMemory : public ::testing::TestWithParam<int> {};

TEST_P(RandomMemory, SteppedByRowsEqualsSteppedByBursts) {
  for (int i = 0; i < 40; ++i) {
    const auto seed = static_cast<std::uint64_t>(GetParam() * 1000 + i);
    Random random(seed);
    const DramDeviceConfig dram =
        i % 4 == 0 ? Ddr4(i % 8 == 0 ? "row:col:ba:bg" : "row:ba:bg:col") : testing::RandomDram(random);
    EXPECT_EQ(Drive(dram, seed, true, false).times, Drive(dram, seed, false, false).times) << seed;
  }
}

TEST_P(RandomMemory, KeepsEveryTimingRule) {
  for (int i = 0; i < 20; ++i) {
    const auto seed = static_cast<std::uint64_t>(GetParam() * 1000 + i);
    Random random(seed);
    DramDeviceConfig dram = testing::RandomDram(random);
    const Outcome outcome = Drive(dram, seed, true, true);
    for (const auto& log : outcome.logs) EXPECT_EQ(FindViolation(dram, log), "") << seed;
    if (dram.timing.rcd < 2) continue;
    // The same commands under a slower tRCD are refused: the checker can fail.
    ++dram.timing.rcd;
    dram.timing.ras += 1;
    std::string violations;
    for (const auto& log : outcome.logs) violations += FindViolation(dram, log);
    EXPECT_NE(violations, "") << seed;
  }
}

std::vector<std::int64_t> Figures(const std::vector<IssuedCommand>& log) {
  std::vector<std::int64_t> figures;
  for (const IssuedCommand& issued : log) {
    figures.insert(figures.end(), {issued.at, static_cast<std::int64_t>(issued.command), issued.bank,
                                   issued.row, issued.column});
  }
  return figures;
}

// The same with a burst or two elsewhere that come just before and may still wait while the rounds go on.
TEST_P(RandomMemory, RoundsOfBanksDoNotOvertakeOlderBursts) {
  for (int i = 0; i < 60; ++i) {
    Random random(static_cast<std::uint64_t>(GetParam() * 1000 + i));
    DramDeviceConfig dram = Ddr4(i % 2 == 0 ? "row:col:ba:bg" : "row:ba:col:bg");
    dram.controller.read_queue = static_cast<int>(random.Integer(2, 40));
    dram.controller.row_hit_cap = static_cast<int>(random.Integer(1, 40));
    dram.timing.ccd_l = static_cast<int>(random.Integer(4, 8));
    dram.timing.rcd = static_cast<int>(random.Integer(10, 60));
    const auto run = [&](bool whole_rows) {
      BankMemory memory(dram);
      memory.SetStepping(whole_rows);
      std::vector<IssuedCommand> log;
      memory.LogTo(0, &log);
      Random requests(static_cast<std::uint64_t>(GetParam() * 1000 + i));
      RequestId last = 0;
      for (int k = 0; k < 12; ++k) {
        const auto begin = static_cast<std::uint64_t>(requests.Integer(0, 200)) * 64;
        memory.Submit(Picoseconds(0), {begin, Bytes(requests.Integer(1, 6'000)), false, 0});
        const auto elsewhere = static_cast<std::uint64_t>(requests.Integer(0, 64)) * 32'768;
        last = memory.Submit(Picoseconds(0), {elsewhere, Bytes(requests.Integer(1, 200)), false, 1});
      }
      const std::int64_t done = memory.Finish(last).done.value();
      memory.Settle(Picoseconds(done));
      std::vector<std::int64_t> figures = Figures(log);
      figures.push_back(done);
      return figures;
    };
    ASSERT_EQ(run(true), run(false)) << i;
  }
}

// Transfers that go round the banks, through rows, refreshes and writes that wait.
TEST_P(RandomMemory, RoundsOfBanksEqualSingleBursts) {
  for (const char* map : {"row:col:ba:bg", "row:ba:col:bg", "ba:row:col:bg", "row:col4:ba:col3:bg"}) {
    Random random(static_cast<std::uint64_t>(GetParam()));
    DramDeviceConfig dram = Ddr4(map);
    dram.controller.read_queue = static_cast<int>(random.Integer(2, 70));
    dram.timing.ccd_l = static_cast<int>(random.Integer(4, 10));
    dram.timing.refi = static_cast<int>(random.Integer(2000, 9360));
    const auto run = [&](bool whole_rows) {
      BankMemory memory(dram);
      memory.SetStepping(whole_rows);
      std::vector<IssuedCommand> log;
      memory.LogTo(0, &log);
      Random requests(static_cast<std::uint64_t>(GetParam()));
      std::vector<std::int64_t> times;
      std::uint64_t address = 0;
      for (int i = 0; i < 6; ++i) {
        const Bytes bytes(requests.Integer(1, 300'000));
        const bool write = requests.Integer(0, 1) == 0;
        const MemoryTiming timing = memory.Finish(
            memory.Submit(Picoseconds(times.empty() ? 0 : times.back()), {address, bytes, write, 0}));
        times.insert(times.end(), {timing.first_data.value(), timing.done.value()});
        if (requests.Integer(0, 2) > 0) address += static_cast<std::uint64_t>(bytes.value());
      }
      memory.Settle(Picoseconds(times.back()));
      EXPECT_EQ(FindViolation(dram, log), "") << map;
      const std::vector<std::int64_t> figures = Figures(log);
      times.insert(times.end(), figures.begin(), figures.end());
      return times;
    };
    EXPECT_EQ(run(true), run(false)) << map;
  }
}

TrafficConfig RandomTraffic(Random& random) {
  TrafficConfig traffic;
  traffic.pattern = static_cast<TrafficPattern>(random.Integer(0, 2));
  traffic.requests = 400;
  traffic.outstanding = static_cast<int>(random.Integer(1, 40));
  traffic.write_ratio = 0.1 * static_cast<double>(random.Integer(0, 10));
  traffic.stride_bytes = 64 * random.Integer(1, 1000);
  return traffic;
}

TEST_P(RandomMemory, TrafficOfferedTogetherEqualsSingleSteps) {
  for (int i = 0; i < 60; ++i) {
    Random random(static_cast<std::uint64_t>(GetParam() * 1000 + i));
    DramDeviceConfig dram = i % 2 == 0 ? Ddr4() : testing::RandomDram(random);
    if (i % 2 == 0) dram.timing.ccd_l += static_cast<int>(random.Integer(0, 12));  // waits for the queue, too
    TrafficConfig traffic = RandomTraffic(random);
    traffic.requests = 2000;
    if (i % 3 != 0) traffic.write_ratio = 0;
    if (i % 4 < 3) traffic.pattern = TrafficPattern::kSequential;
    std::vector<std::vector<IssuedCommand>> logs, single_logs;
    const TrafficResult result = RunTraffic(dram, traffic, &logs);
    const TrafficResult single = RunTraffic(dram, traffic, &single_logs, true);
    const auto figures = [](const TrafficResult& r) {
      return std::vector<std::int64_t>{r.clocks,
                                       r.reads,
                                       r.writes,
                                       r.latency_clocks,
                                       r.latency_p99_clocks,
                                       r.latency_max_clocks,
                                       r.activity.activates,
                                       r.activity.precharges,
                                       r.activity.refreshes,
                                       r.activity.forwarded,
                                       r.activity.open_rank_clocks};
    };
    EXPECT_EQ(figures(result), figures(single)) << i;
    EXPECT_EQ(figures(RunTraffic(dram, traffic)), figures(single)) << i << ", without logs";
    for (std::size_t channel = 0; channel < logs.size(); ++channel)
      EXPECT_EQ(Figures(logs[channel]), Figures(single_logs[channel])) << i;
  }
}

TEST_P(RandomMemory, KeepsEveryTimingRuleUnderTraffic) {
  for (int i = 0; i < 20; ++i) {
    Random random(static_cast<std::uint64_t>(GetParam() * 1000 + i));
    const DramDeviceConfig dram = testing::RandomDram(random);
    const TrafficConfig traffic = RandomTraffic(random);
    std::vector<std::vector<IssuedCommand>> logs;
    const TrafficResult result = RunTraffic(dram, traffic, &logs);
    for (const auto& log : logs) EXPECT_EQ(FindViolation(dram, log), "");
    EXPECT_EQ(result.reads + result.writes, traffic.requests);
    const std::int64_t bursts = std::max<std::int64_t>(1, 64 / dram.organization.BurstBytes());
    EXPECT_EQ(result.activity.reads + result.activity.forwarded, result.reads * bursts);
    EXPECT_EQ(result.activity.writes, result.writes * bursts);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomMemory, ::testing::Range(0, 4));

TEST(DramTraffic, ObeysTheClosedFormBounds) {
  const auto gbps = [](const std::string& map, TrafficPattern pattern, int outstanding) {
    TrafficConfig traffic;
    traffic.pattern = pattern;
    traffic.outstanding = outstanding;
    traffic.requests = 100'000;
    return RunTraffic(Ddr4(map), traffic).Gbps(Ddr4(map));
  };
  const double refreshed = 1 - 312.0 / 9360;
  const double peak = 64 / (4 * 0.833);
  EXPECT_LT(gbps("row:col:ba:bg", TrafficPattern::kSequential, 32), peak * refreshed);
  EXPECT_GT(gbps("row:col:ba:bg", TrafficPattern::kSequential, 32), 0.99 * peak * refreshed);
  EXPECT_NEAR(gbps("row:ba:bg:col", TrafficPattern::kSequential, 8), 64 / (6 * 0.833) * refreshed, 0.08)
      << "tCCD_L";
  EXPECT_LT(gbps("row:ba:bg:col", TrafficPattern::kRandom, 32), 4 * 64 / (26 * 0.833) * refreshed) << "tFAW";
  EXPECT_GT(gbps("row:ba:bg:col", TrafficPattern::kRandom, 32), 0.97 * 4 * 64 / (26 * 0.833) * refreshed);
}

TEST(DramTraffic, ClosedPagesActivateForEveryAccess) {
  DramDeviceConfig dram = Ddr4();
  dram.controller.page = PagePolicy::kClosed;
  TrafficConfig traffic;
  traffic.requests = 1000;
  const TrafficResult result = RunTraffic(dram, traffic);
  EXPECT_GE(result.activity.activates, 1000);
  EXPECT_LE(result.activity.activates, 1000 + result.activity.refreshes) << "a refresh may come between";
  EXPECT_EQ(result.activity.precharges, result.activity.activates);
  EXPECT_EQ(result.RowHitRate(), 0);
}

TEST(DramTraffic, FcfsIsNeverFasterThanFrFcfsOnRandomReads) {
  DramDeviceConfig fcfs = Ddr4();
  fcfs.controller.scheduling = DramScheduling::kFcfs;
  TrafficConfig traffic;
  traffic.pattern = TrafficPattern::kRandom;
  traffic.requests = 5000;
  const DramClock in_order = RunTraffic(fcfs, traffic).clocks;
  EXPECT_GT(in_order, 3 * RunTraffic(Ddr4(), traffic).clocks) << "one bank at a time";
  EXPECT_NEAR(static_cast<double>(in_order), 5000 * (17 + 17 + 9.0), 5000 * 14) << "about PRE, ACT, RD each";
}

TEST(DramEnergy, FollowsTheCurrentsOfTheDataSheet) {
  DramDeviceConfig dram = Ddr4();
  dram.timing.tck_ps = 1000;
  dram.currents = {1.2, 60, 45, 60, 145, 175, 175, 2.5, 3, 4};
  const DramCoefficients c = CoefficientsOf(dram);  // eight devices; mA · V · ns = pJ
  EXPECT_DOUBLE_EQ(c.activate, 8 * 1.2 * (60 * 56 - 60 * 39 - 45 * 17));
  EXPECT_DOUBLE_EQ(c.read_byte * 64, 8 * 1.2 * (145 - 60) * 4);
  EXPECT_DOUBLE_EQ(c.write_byte * 64, 8 * 1.2 * (175 - 60) * 4);
  EXPECT_DOUBLE_EQ(c.refresh, 8 * 1.2 * (175 - 45) * 312);
  EXPECT_DOUBLE_EQ(c.open_clock, 8 * (1.2 * 60 + 2.5 * 3));
  EXPECT_DOUBLE_EQ(c.closed_clock, 8 * (1.2 * 45 + 2.5 * 3));
  EXPECT_DOUBLE_EQ(c.io_byte, 32);
  DramActivity activity;
  activity.activates = 2;
  activity.reads = 3;
  activity.writes = 5;
  activity.refreshes = 7;
  activity.open_rank_clocks = 11;
  activity.rank_clocks = 24;
  const DramEnergy energy = EnergyOf(dram, activity);
  EXPECT_DOUBLE_EQ(energy.TotalPj(), 2 * c.activate + 3 * 64 * c.read_byte + 5 * 64 * c.write_byte +
                                         7 * c.refresh + 11 * c.open_clock + 13 * c.closed_clock +
                                         8 * 64 * c.io_byte);
}

}  // namespace
}  // namespace sushi
