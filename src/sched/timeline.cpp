#include "sushi/sched/timeline.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// A query and what it is made of, a begin and an end each.
std::int64_t EventsOf(const QueryRecord& query) {
  return 4 + (query.waiting > Picoseconds(0) ? 2 : 0) + (query.swap > Picoseconds(0) ? 2 : 0);
}

Lane LaneOf(DmaId engine) {
  return static_cast<Lane>(static_cast<std::size_t>(Lane::kWeightDma) + static_cast<std::size_t>(engine));
}

Gauge QueueOf(DmaId engine) {
  return static_cast<Gauge>(static_cast<std::size_t>(Gauge::kWeightDmaQueue) +
                            static_cast<std::size_t>(engine));
}

}  // namespace

const char* Name(Lane lane) {
  constexpr std::array<const char*, static_cast<std::size_t>(Lane::kCount)> kNames{
      "host",     "controller", "dpe_array", "vector_unit", "weight_dma",
      "iact_dma", "oact_dma",   "dram",      "pb_swap"};
  return kNames[static_cast<std::size_t>(lane)];
}

const char* Name(Gauge gauge) {
  constexpr std::array<const char*, static_cast<std::size_t>(Gauge::kCount)> kNames{
      "weight_dma_queue", "iact_dma_queue",   "oact_dma_queue", "dram_queue",   "persistent_buffer",
      "dynamic_buffer",   "streaming_buffer", "line_buffer",    "output_buffer"};
  return kNames[static_cast<std::size_t>(gauge)];
}

const char* UnitOf(Gauge gauge) {
  if (gauge < Gauge::kDramQueue) return "descriptors";
  return gauge == Gauge::kDramQueue ? "requests" : "bytes";
}

Timeline::Timeline(const InferencePlanner& planner, const TimelineWindow& window,
                   std::vector<TimelineSink*> sinks)
    : planner_(planner), window_(window), sinks_(std::move(sinks)), clock_(planner.hw().accel.clock_mhz) {}

bool Timeline::Wanted(const QueryRecord& query) const {
  const std::int64_t id = query.query.id;
  return id >= window_.first_query && id <= window_.last_query && query.arrival < window_.to &&
         query.arrival + query.response > window_.from;
}

void Timeline::Show(const QueryRecord& query, ServiceModel& model,
                    const std::vector<SubGraphColumn>& columns) {
  if (!Wanted(query)) return;
  if (summary_.complete_until || !Take(query.arrival, EventsOf(query))) {
    ++summary_.queries_left_out;
    return;
  }
  ++summary_.queries;
  for (TimelineSink* sink : sinks_) sink->Query(query);
  end_ = query.arrival + query.waiting;
  if (end_ >= window_.to) return;  // only waits in the window
  const SubGraph& cached = columns[static_cast<std::size_t>(query.cached)].graph;
  const SubGraph& before = columns[static_cast<std::size_t>(query.cached_before)].graph;
  origin_ = end_;
  SetTo(Gauge::kPersistentBuffer, Picoseconds(0), BytesOf(planner_.net(), before));
  Add(Lane::kHost, TimelineSpan::Kind::kQuery, Picoseconds(0), query.swap + query.service);
  Flush();
  if (query.cached_before != query.cached) ShowSwap(query, model, before, cached);
  recording_ = Recording::kInference;
  model.Infer(query.choice.subnet, cached);
  recording_ = Recording::kNothing;
  if (end_ != query.arrival + query.response)
    throw InternalError("a query that is shown took another time than before");
}

void Timeline::ShowSwap(const QueryRecord& query, ServiceModel& model, const SubGraph& from,
                        const SubGraph& to) {
  recording_ = Recording::kSwap;
  const SwapResult swap = model.Swap(from, to);
  recording_ = Recording::kNothing;
  if (swap.duration != query.swap) throw InternalError("a swap that is shown took another time than before");
  TimelineSpan& span = Add(Lane::kPbSwap, TimelineSpan::Kind::kSwap, Picoseconds(0), swap.duration);
  span.bytes = Bytes(swap.total.traffic_bytes[Traffic::kSwap]);
  Flush();
  end_ += swap.duration;
}

// The model may load what is to be replaced first: the last swap is the one.
void Timeline::SwapBegins(const SubGraph& from, const SubGraph& to) {
  if (recording_ != Recording::kSwap) return;
  spans_.clear();
  data_.clear();
  steps_.clear();
  set_to_ = levels_;
  origin_ = end_;
  const Bytes kept = BytesOf(planner_.net(), Intersect(from, to));
  SetTo(Gauge::kPersistentBuffer, Picoseconds(0), kept);
}

void Timeline::LayerBegins(int layer, Cycles host) {
  if (recording_ != Recording::kInference) return;
  origin_ = end_;
  layer_ = layer;
  unit_end_ = host;
  Add(Lane::kHost, TimelineSpan::Kind::kLayerCall, Picoseconds(0), At(host));
  AddState(DpeState::kHost, Cycles(0), host, kNone, kNone, kNone);
}

void Timeline::BankFilled(Picoseconds at, Bytes bytes) {
  if (recording_ == Recording::kInference) Move(Gauge::kDynamicBuffer, at, bytes.value());
}

void Timeline::UnitDone(const UnitActivity& done) {
  if (recording_ != Recording::kInference) return;
  const Unit& unit = *done.unit;
  unit_end_ = done.finish;
  TimelineSpan& span =
      Add(Lane::kController, TimelineSpan::Kind::kUnit, At(done.inputs.begin), At(done.finish));
  span.unit = unit.index;
  span.kernel_tile = unit.kernel_tile;
  span.bytes = unit.fetch;
  span.cached = unit.shape->cached;
  ShowStates(done);
  const Picoseconds start = At(done.start);
  SetTo(Gauge::kStreamingBuffer, start, done.plan->StreamingBytes(unit));
  SetTo(Gauge::kLineBuffer, start, done.plan->LineBytes());
  SetTo(Gauge::kOutputBuffer, start, done.plan->PartialSumBytes(unit));
  Move(Gauge::kDynamicBuffer, At(done.finish), -unit.shape->fetch.value());
}

// Waits, then tile by tile; fill is drawn before the windows that it delays.
void Timeline::ShowStates(const UnitActivity& done) {
  const Unit& unit = *done.unit;
  const int index = unit.index, kernel_tile = unit.kernel_tile;
  const Cycles drained = std::max(done.inputs.begin, done.inputs.ob_free);
  AddState(DpeState::kWaitDrain, done.inputs.begin, drained, index, kernel_tile, kNone);
  AddState(DpeState::kWaitIActs, drained, done.start, index, kernel_tile, kNone);
  TileBegins(unit, done.start, *done.fetch, planner_.hw().accel.db_ping_pong, tile_begins_);
  const Cycles fill(done.plan->is_conv() ? planner_.hw().accel.dpe_array.fill_cycles : 0);
  Cycles free = done.start;
  for (std::size_t i = 0; i < tile_begins_.size(); ++i) {
    const int tile = static_cast<int>(i);
    Cycles begin = tile_begins_[i];
    AddState(DpeState::kWaitWeights, free, begin, index, kernel_tile, tile);
    if (i + 1 == tile_begins_.size()) {  // U3: the last one drains and needs its operands
      const Cycles late = done.finish - done.compute_finish;
      AddState(DpeState::kWaitOperand, begin, begin + late, index, kernel_tile, tile);
      begin += late;
    }
    free = begin + unit.tile_cycles;
    AddState(DpeState::kFill, begin, begin + fill, index, kernel_tile, tile);
    AddState(done.plan->is_conv() ? DpeState::kCompute : DpeState::kVectorUnit, begin + fill, free, index,
             kernel_tile, tile);
  }
  if (free != done.finish) throw InternalError("the tiles of a unit do not end with it");
}

void Timeline::AddState(DpeState state, Cycles begin, Cycles end, int unit, int kernel_tile,
                        int channel_tile) {
  if (begin == end) return;
  const auto fill_in = [&](TimelineSpan& span) {
    span.state = state;
    span.unit = unit;
    span.kernel_tile = kernel_tile;
    span.channel_tile = channel_tile;
  };
  fill_in(Add(Lane::kDpeArray, TimelineSpan::Kind::kState, At(begin), At(end)));
  if (state == DpeState::kVectorUnit)
    fill_in(Add(Lane::kVectorUnit, TimelineSpan::Kind::kPool, At(begin), At(end)));
}

void Timeline::TransferDone(const TransferActivity& transfer) {
  if (recording_ == Recording::kNothing) return;
  if ((recording_ == Recording::kSwap) != (transfer.role == Traffic::kSwap)) return;
  const Picoseconds begin = At(transfer.link.start), done = At(transfer.link.done);
  TimelineSpan& span = Add(LaneOf(transfer.engine), TimelineSpan::Kind::kTransfer, begin, done);
  span.role = transfer.role;
  span.bytes = transfer.bytes;
  span.unit = transfer.unit;
  span.busy = At(transfer.link.start + transfer.busy) - begin;
  span.issued = transfer.issued;
  Move(QueueOf(transfer.engine), transfer.issued, 1);
  Move(QueueOf(transfer.engine), done, -1);
  Move(Gauge::kDramQueue, transfer.sent, 1);
  Move(Gauge::kDramQueue, transfer.memory.done, -1);
  if (transfer.role == Traffic::kSwap) {
    const std::int64_t held = set_to_[static_cast<std::size_t>(Gauge::kPersistentBuffer)];
    SetTo(Gauge::kPersistentBuffer, done, Bytes(held) + transfer.bytes);
  }
  ShowData(transfer);
}

void Timeline::ShowData(const TransferActivity& transfer) {
  TimelineSpan& data = data_.emplace_back();
  data.lane = Lane::kDram;
  data.kind = TimelineSpan::Kind::kData;
  data.begin = transfer.memory.first_data;
  data.end = transfer.memory.done;
  if (recording_ == Recording::kInference) data.layer = layer_;
  data.role = transfer.role;
  data.bytes = transfer.memory.moved;
  data.requests = 1;
}

// A lane shows one thing at a time: data that overlap become one span.
void Timeline::JoinDramData() {
  std::stable_sort(data_.begin(), data_.end(),
                   [](const TimelineSpan& a, const TimelineSpan& b) { return a.begin < b.begin; });
  TimelineSpan* last = nullptr;
  spans_.reserve(spans_.size() + data_.size());
  for (const TimelineSpan& data : data_) {
    if (last == nullptr || data.begin >= last->end) {
      last = &spans_.emplace_back(data);
      continue;
    }
    last->end = std::max(last->end, data.end);
    last->bytes += data.bytes;
    last->requests += data.requests;
  }
  data_.clear();
}

void Timeline::LayerEnds(const LayerResult& result) {
  if (recording_ != Recording::kInference) return;
  AddState(DpeState::kWaitDrain, unit_end_, result.cycles, kNone, kNone, kNone);
  Add(Lane::kController, TimelineSpan::Kind::kLayer, Picoseconds(0), At(result.cycles)).bytes =
      Bytes(result.counters.TrafficBytes());
  Flush();
  end_ += At(result.cycles);
}

TimelineSpan& Timeline::Add(Lane lane, TimelineSpan::Kind kind, Picoseconds begin, Picoseconds end) {
  TimelineSpan& span = spans_.emplace_back();
  span.lane = lane;
  span.kind = kind;
  span.begin = begin;
  span.end = end;
  if (recording_ == Recording::kInference) span.layer = layer_;
  return span;
}

void Timeline::Move(Gauge gauge, Picoseconds at, std::int64_t by) {
  steps_.push_back({gauge, at, by});
  set_to_[static_cast<std::size_t>(gauge)] += by;
}

void Timeline::SetTo(Gauge gauge, Picoseconds at, Bytes level) {
  Move(gauge, at, level.value() - set_to_[static_cast<std::size_t>(gauge)]);
}

void Timeline::Flush() {
  JoinDramData();
  std::stable_sort(spans_.begin(), spans_.end(), [](const TimelineSpan& a, const TimelineSpan& b) {
    // Of two of one length the whole comes first, as in Kind: a layer may have a single unit.
    return std::make_tuple(a.begin, a.lane, b.end, a.kind) < std::make_tuple(b.begin, b.lane, a.end, b.kind);
  });
  std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) {
    return std::make_pair(a.at, a.gauge) < std::make_pair(b.at, b.gauge);
  });
  std::size_t next = 0;
  for (TimelineSpan& span : spans_) {
    WriteLevels(next, span.begin);
    span.begin += origin_;
    span.end += origin_;
    span.issued += origin_;
    const bool seen = span.begin < span.end && span.begin < window_.to && span.end > window_.from;
    if (!seen || !Take(span.begin, span.kind == TimelineSpan::Kind::kSwap ? 2 : 1)) continue;
    for (TimelineSink* sink : sinks_) sink->Span(span);
  }
  WriteLevels(next, Picoseconds(std::numeric_limits<std::int64_t>::max()));
  spans_.clear();
  steps_.clear();
}

// What has changed up to and including `until`, in the layer's time; several changes at once are one.
void Timeline::WriteLevels(std::size_t& next, Picoseconds until) {
  while (next < steps_.size() && steps_[next].at <= until) {
    const Picoseconds at = steps_[next].at;
    const auto gauge = static_cast<std::size_t>(steps_[next].gauge);
    if (origin_ + at >= window_.from) OpenLevels();
    for (; next < steps_.size() && steps_[next].at == at && steps_[next].gauge == static_cast<Gauge>(gauge);
         ++next)
      levels_[gauge] += steps_[next].by;
    if (open_ && levels_[gauge] != written_[gauge]) WriteLevel(gauge, origin_ + at);
  }
}

// The window's first levels.
void Timeline::OpenLevels() {
  if (open_) return;
  open_ = true;
  for (std::size_t gauge = 0; gauge < levels_.size(); ++gauge)
    WriteLevel(gauge, std::max(window_.from, origin_));
}

void Timeline::WriteLevel(std::size_t gauge, Picoseconds at) {
  if (at >= window_.to || !Take(at, 1)) return;
  written_[gauge] = levels_[gauge];
  for (TimelineSink* sink : sinks_) sink->Level(static_cast<Gauge>(gauge), at, levels_[gauge]);
}

bool Timeline::Take(Picoseconds at, std::int64_t events) {
  if (!summary_.complete_until && summary_.events + events <= window_.max_events) {
    summary_.events += events;
    return true;
  }
  summary_.events_left_out += events;
  summary_.complete_until = std::min(summary_.complete_until.value_or(at), at);
  return false;
}

}  // namespace sushi
