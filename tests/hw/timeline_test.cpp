// What a timeline shows must be what the simulation counts, for any hardware, SubNet and SubGraph; and
// looking changes nothing.
#include "sushi/sched/timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>

#include "builders.hpp"
#include "forked.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

using Kind = TimelineSpan::Kind;

struct LevelChange {
  Gauge gauge;
  Picoseconds at;
  std::int64_t level;
};

// Spans of one query, levels of all.
class Collector : public TimelineSink {
 public:
  void Query(const QueryRecord& query) override { queries.push_back(query); }
  void Span(const TimelineSpan& span) override { spans.push_back(span); }
  void Level(Gauge gauge, Picoseconds at, std::int64_t level) override {
    levels.push_back({gauge, at, level});
  }
  void NextQuery() {
    spans.clear();
    queries.clear();
  }

  std::vector<QueryRecord> queries;
  std::vector<TimelineSpan> spans;
  std::vector<LevelChange> levels;
};

// Lanes with one thing at a time; the controller's and the host's spans are in the one around them.
void ExpectLanesInOrder(const std::vector<TimelineSpan>& spans) {
  std::map<Lane, std::vector<Picoseconds>> open;  // ends, outermost first
  for (const TimelineSpan& span : spans) {
    const bool nests = span.lane == Lane::kHost || span.lane == Lane::kController;
    ASSERT_LT(span.begin.value(), span.end.value());
    std::vector<Picoseconds>& ends = open[span.lane];
    while (!ends.empty() && ends.back() <= span.begin) ends.pop_back();
    if (nests && !ends.empty()) {
      EXPECT_LE(span.end.value(), ends.back().value()) << Name(span.lane);
    } else {
      EXPECT_TRUE(ends.empty()) << Name(span.lane) << " overlaps at " << span.begin.value();
    }
    ends.push_back(span.end);
  }
}

// The sums over the spans are the inference's counters.
void ExpectCounted(const std::vector<TimelineSpan>& spans, const HardwareConfig& hw,
                   const InferenceResult& result) {
  const ClockDomain clock(hw.accel.clock_mhz);
  EnumArray<DpeState, std::int64_t> states;
  EnumArray<Traffic, std::int64_t> traffic;
  std::map<Lane, std::int64_t> busy;
  std::int64_t moved = 0, data_ps = 0, transactions = 0, pools = 0, layers = 0;
  bool joined = false;
  Picoseconds layer;
  for (const TimelineSpan& span : spans) {
    if (span.kind == Kind::kLayer) {
      layer = span.begin;
      ++layers;
    }
    const auto cycles = [&](Picoseconds end) {
      return (clock.EdgeAtOrAfter(end - layer) - clock.EdgeAtOrAfter(span.begin - layer)).value();
    };
    if (span.kind == Kind::kState) states[span.state] += cycles(span.end);
    if (span.kind == Kind::kPool) pools += cycles(span.end);
    if (span.kind == Kind::kTransfer) {
      traffic[span.role] += span.bytes.value();
      busy[span.lane] += cycles(span.begin + span.busy);
      EXPECT_LE(span.begin + span.busy, span.end);
      EXPECT_LE(span.issued, span.begin);
    }
    if (span.kind == Kind::kData) {
      moved += span.bytes.value();
      transactions += span.requests;
      data_ps += (span.end - span.begin).value();
      joined = joined || span.requests > 1;
    }
  }
  const Counters& total = result.total;
  EXPECT_EQ(layers, static_cast<std::int64_t>(result.layers.size()));
  EXPECT_EQ(states.values, total.dpe_cycles.values);
  EXPECT_EQ(pools, total.dpe_cycles[DpeState::kVectorUnit]);
  EXPECT_EQ(traffic.values, total.traffic_bytes.values);
  EXPECT_EQ(busy[Lane::kWeightDma], total.weight_dma_busy_cycles);
  EXPECT_EQ(busy[Lane::kIActDma], total.iact_dma_busy_cycles);
  EXPECT_EQ(busy[Lane::kOActDma], total.oact_dma_busy_cycles);
  // What the burst before has fetched already has no length, nor have short writes that the bank-level memory
  // posts.
  const std::int64_t all = total.events[Event::kDramRead] + total.events[Event::kDramWrite];
  EXPECT_LE(moved, all);
  EXPECT_LE(transactions, total.dram_transactions);
  EXPECT_LE(total.events[Event::kDramRead], moved);
  if (hw.dram_model == DramModel::kSimple) {
    EXPECT_EQ(moved, all);
    if (!joined) {
      EXPECT_EQ(data_ps, total.dram_busy_ps);
    }
  }
}

// Never below zero, nothing left in queues and Dynamic Buffer, and what is cached in the PB.
void ExpectLevels(const std::vector<LevelChange>& levels, const HardwareConfig& hw, Bytes cached) {
  std::map<Gauge, std::int64_t> last;
  Picoseconds now;
  for (const LevelChange& change : levels) {
    EXPECT_GE(change.level, 0) << Name(change.gauge);
    EXPECT_LE(now.value(), change.at.value());
    now = change.at;
    last[change.gauge] = change.level;
    if (change.gauge == Gauge::kPersistentBuffer) {
      EXPECT_LE(change.level, hw.accel.pb.capacity().value());
    }
    if (change.gauge == Gauge::kDynamicBuffer) {
      EXPECT_LE(change.level, hw.accel.db.capacity().value());
    }
  }
  for (const Gauge gauge : {Gauge::kWeightDmaQueue, Gauge::kIActDmaQueue, Gauge::kOActDmaQueue,
                            Gauge::kDramQueue, Gauge::kDynamicBuffer}) {
    EXPECT_EQ(last[gauge], 0) << Name(gauge);
  }
  EXPECT_EQ(last[Gauge::kPersistentBuffer], cached.value());
}

// One query after the other, each with another SubGraph, served by `model` as a record says.
QueryRecord RecordOf(std::int64_t id, Picoseconds arrival, int subnet, const SwapResult& swap,
                     const InferenceResult& result, SubGraphId from, SubGraphId to) {
  QueryRecord record;
  record.query.id = id;
  record.arrival = arrival;
  record.waiting = Picoseconds(id % 2 == 0 ? 0 : 1234);
  record.swap = swap.duration;
  record.service = result.service;
  record.response = record.waiting + record.swap + record.service;
  record.choice.subnet = subnet;
  record.cached_before = from;
  record.cached = to;
  return record;
}

bool RunCase(std::uint64_t seed) {
  Random random(seed);
  const SuperNet net = testing::RandomSuperNet(random);
  const HardwareConfig hw = testing::RandomHardware(random);
  std::unique_ptr<InferencePlanner> planner;
  try {
    planner = std::make_unique<InferencePlanner>(hw, net);
  } catch (const UserError&) {
    return false;
  }
  std::vector<SubGraphColumn> columns{{"empty", EmptySubGraph(net)}};
  for (int i = 0; i < 3; ++i)
    columns.push_back({"random", testing::RandomSubGraph(net, hw.accel.pb.capacity(), random)});
  testing::InChild([&] {
    Collector collected;
    Timeline timeline(*planner, {}, {&collected});
    KernelFreeAccelerator driver(*planner, MakeMemory(hw));
    RunInElaboration(
        *planner, MakeMemory(hw),
        [&](ServiceModel& shell) {
          Picoseconds now(77'000'001);
          for (int id = 0; id < 4; ++id) {
            const int from = std::max(0, id - 1), to = id, subnet = id % 2;
            const SubGraph& cached = columns[static_cast<std::size_t>(to)].graph;
            const SubGraph& before = columns[static_cast<std::size_t>(from)].graph;
            const InferenceResult result = driver.Infer(subnet, cached);
            SwapResult swap;
            if (from != to) swap = driver.Swap(before, cached);
            const QueryRecord record = RecordOf(id, now, subnet, swap, result, from, to);
            collected.NextQuery();
            timeline.Show(record, shell, columns);
            ExpectLanesInOrder(collected.spans);
            std::vector<TimelineSpan> inference;
            for (const TimelineSpan& span : collected.spans) {
              EXPECT_GE(span.begin, record.arrival + record.waiting);
              EXPECT_LE(span.end, record.arrival + record.response);
              if (span.kind == Kind::kSwap) {
                EXPECT_EQ((span.end - span.begin).value(), swap.duration.value());
                EXPECT_EQ(span.bytes.value(), swap.total.traffic_bytes[Traffic::kSwap]);
              }
              if (span.layer != kNone) inference.push_back(span);
            }
            ExpectCounted(inference, hw, result);
            ExpectLevels(collected.levels, hw, BytesOf(net, cached));
            now += record.response;
            EXPECT_TRUE(shell.Infer(subnet, cached).layers == result.layers);  // looking changed nothing
          }
          EXPECT_EQ(timeline.summary().queries, 4);
          EXPECT_FALSE(timeline.summary().complete_until.has_value());
        },
        nullptr, &timeline);
  });
  return true;
}

class TimelineCounts : public ::testing::TestWithParam<int> {};

TEST_P(TimelineCounts, AreTheSimulationsForRandomHardwareSubNetsAndSubGraphs) {
  constexpr int kCases = 40;
  int ran = 0;
  for (int i = 0; i < kCases; ++i) ran += RunCase(static_cast<std::uint64_t>(GetParam() * kCases + i));
  EXPECT_GE(ran, kCases / 3) << "too few of the random cases can run at all";
}

INSTANTIATE_TEST_SUITE_P(Seeds, TimelineCounts, ::testing::Range(0, 3));

}  // namespace
}  // namespace sushi
