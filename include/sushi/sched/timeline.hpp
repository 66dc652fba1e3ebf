// A stream's queries event by event: those that are to be shown are simulated again, and what the blocks did
// is handed to sinks in the stream's time. The service book's results stay as they are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sushi/accel/activity.hpp"
#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/service_model.hpp"
#include "sushi/sched/latency_table.hpp"
#include "sushi/sched/stream_server.hpp"

namespace sushi {

// A row of the picture. Spans of a lane do not overlap; those of the host and the controller nest.
enum class Lane : std::size_t {
  kHost,
  kController,
  kDpeArray,
  kVectorUnit,
  kWeightDma,
  kIActDma,
  kOActDma,
  kDram,
  kPbSwap,
  kCount
};
const char* Name(Lane lane);

// What goes up and down. Queues count descriptors and requests, buffers bytes.
enum class Gauge : std::size_t {
  kWeightDmaQueue,
  kIActDmaQueue,
  kOActDmaQueue,
  kDramQueue,
  kPersistentBuffer,
  kDynamicBuffer,
  kStreamingBuffer,
  kLineBuffer,
  kOutputBuffer,
  kCount
};
const char* Name(Gauge gauge);
const char* UnitOf(Gauge gauge);

struct TimelineSpan {
  // On the host's lane: a query, a layer's call; the controller's: a layer, a unit of it; the array's: a
  // state; the vector unit's: a unit; the DMA engines': a transfer; the DRAM's: data of `requests` that
  // overlap; a swap. What does not apply is 0 or kNone.
  enum class Kind { kQuery, kLayerCall, kLayer, kUnit, kState, kPool, kTransfer, kData, kSwap };
  Lane lane = Lane::kHost;
  Kind kind = Kind::kQuery;
  Picoseconds begin, end;
  int layer = kNone, unit = kNone, kernel_tile = kNone, channel_tile = kNone;
  DpeState state = DpeState::kCompute;
  Traffic role = Traffic::kWeights;
  Bytes bytes;         // moved or fetched
  Bytes cached;        // of a unit: what the PB supplies
  Picoseconds busy;    // of a transfer: how long the ports were, from its begin on
  Picoseconds issued;  // of a transfer: when the engine got the descriptor
  int requests = 0;
};

class TimelineSink {
 public:
  virtual ~TimelineSink() = default;
  // A query; the spans and levels up to the next one are its own. Once a query, in order.
  virtual void Query(const QueryRecord& query) = 0;
  // In order of begin within a layer or swap, what contains before what is contained.
  virtual void Span(const TimelineSpan& span) = 0;
  virtual void Level(Gauge gauge, Picoseconds at, std::int64_t level) = 0;
};

// What is shown: queries first_query to last_query, of them what overlaps [from, to).
struct TimelineWindow {
  std::int64_t first_query = 0, last_query = std::numeric_limits<std::int64_t>::max();
  Picoseconds from, to{std::numeric_limits<std::int64_t>::max()};
  // Spans and changes of level; a query counts as two and two for each of waiting, swap and service, a swap
  // as two.
  std::int64_t max_events = 1'000'000;
};

struct TimelineSummary {
  std::int64_t queries = 0, events = 0;  // shown, the last query perhaps in part
  // Left out because there were enough. Events are those of queries that were simulated.
  std::int64_t queries_left_out = 0, events_left_out = 0;
  std::optional<Picoseconds> complete_until;  // nothing that begins before is left out; empty: nothing is
};

class Timeline : public ActivityObserver {
 public:
  // `planner` and the sinks outlive it. It must observe the model that Show() is given.
  Timeline(const InferencePlanner& planner, const TimelineWindow& window, std::vector<TimelineSink*> sinks);

  // Simulates the query again if it is in the window. InternalError when its times are not the record's.
  void Show(const QueryRecord& query, ServiceModel& model, const std::vector<SubGraphColumn>& columns);
  const TimelineSummary& summary() const { return summary_; }

  void LayerBegins(int layer, Cycles host) override;
  void BankFilled(Picoseconds at, Bytes bytes) override;
  void UnitDone(const UnitActivity& unit) override;
  void TransferDone(const TransferActivity& transfer) override;
  void LayerEnds(const LayerResult& result) override;
  void SwapBegins(const SubGraph& from, const SubGraph& to) override;

 private:
  enum class Recording { kNothing, kSwap, kInference };
  struct Step {
    Gauge gauge = Gauge::kDramQueue;
    Picoseconds at;
    std::int64_t by = 0;
  };

  bool Wanted(const QueryRecord& query) const;
  void ShowSwap(const QueryRecord& query, ServiceModel& model, const SubGraph& from, const SubGraph& to);
  void ShowStates(const UnitActivity& unit);
  void ShowData(const TransferActivity& transfer);
  void AddState(DpeState state, Cycles begin, Cycles end, int unit, int kernel_tile, int channel_tile);
  TimelineSpan& Add(Lane lane, TimelineSpan::Kind kind, Picoseconds begin, Picoseconds end);
  void Move(Gauge gauge, Picoseconds at, std::int64_t by);
  void SetTo(Gauge gauge, Picoseconds at, Bytes level);
  void JoinDramData();
  void Flush();
  void WriteLevels(std::size_t& next, Picoseconds until);
  void WriteLevel(std::size_t gauge, Picoseconds at);
  void OpenLevels();
  bool Take(Picoseconds at, std::int64_t events);
  Picoseconds At(Cycles cycle) const { return clock_.TimeOf(cycle); }

  const InferencePlanner& planner_;
  TimelineWindow window_;
  std::vector<TimelineSink*> sinks_;
  ClockDomain clock_;
  TimelineSummary summary_;
  Recording recording_ = Recording::kNothing;
  Picoseconds origin_;  // of the layer or swap, in the stream's time
  int layer_ = kNone;
  Picoseconds end_;                  // of what has been recorded of the query
  Cycles unit_end_;                  // of the layer's last unit
  std::vector<TimelineSpan> spans_;  // of the layer or swap, in its own time
  std::vector<TimelineSpan> data_;   // the DRAM's
  std::vector<Step> steps_;
  std::vector<Cycles> tile_begins_;
  using Levels = std::array<std::int64_t, static_cast<std::size_t>(Gauge::kCount)>;
  Levels set_to_{};    // with all steps
  Levels levels_{};    // with those that have been flushed
  Levels written_{};   // last
  bool open_ = false;  // levels have been written
};

}  // namespace sushi
