#include "sushi/dram/simple_memory.hpp"

#include <algorithm>
#include <cmath>

#include "due_events.hpp"
#include "sushi/core/error.hpp"

namespace sushi {

SimpleTiming::SimpleTiming(const SimpleDramConfig& config)
    : megabytes_per_second_(std::llround(config.peak_gbps * 1000)),
      burst_bytes_(static_cast<std::uint64_t>(config.burst_bytes)),
      latency_(config.latency_ns * 1000),
      row_jump_(config.row_jump_ns * 1000) {
  if (megabytes_per_second_ <= 0 || config.burst_bytes <= 0)
    throw InternalError("memory without bandwidth or burst");
  for (int bits = 0; bits < 31; ++bits) {
    if (config.burst_bytes == 1 << bits) burst_bits_ = bits;
  }
}

void SimpleTiming::Reset() {
  free_ = Picoseconds(0);
  row_open_ = false;
  next_address_ = 0;
  busy_ps_ = 0;
}

void SimpleTiming::Shift(Picoseconds time, std::int64_t bytes, std::int64_t busy_ps) {
  free_ += time;
  next_address_ += static_cast<std::uint64_t>(bytes);
  busy_ps_ += busy_ps;
}

RequestId SimpleMemory::Submit(Picoseconds now, const MemoryRequest& request) {
  if (now < last_now_) throw InternalError("memory requests must come in order of time");
  if (request.bytes <= Bytes(0)) throw InternalError("memory request without data");
  last_now_ = now;
  const RequestId id = timings_.end();
  const MemoryTiming timing = timing_.Serve(now, request);
  timings_.Push(timing);
  events_.push_back({now, MemoryEvent::Kind::kTaken, id, {}});
  events_.push_back({timing.done, MemoryEvent::Kind::kDone, id, timing});
  return id;
}

std::optional<Picoseconds> SimpleMemory::NextEvent() {
  const MemoryEvent* first = FirstEvent(events_);
  if (first == nullptr) return std::nullopt;
  return first->at;
}

void SimpleMemory::AdvanceTo(Picoseconds now, std::vector<MemoryEvent>& events) {
  MoveDueEvents(events_, now, events);
}

MemoryTiming SimpleMemory::Finish(RequestId request) { return timings_[request]; }

MemoryActivity SimpleMemory::Settle(Picoseconds /*now*/) {
  MemoryActivity activity;
  activity.busy_ps = timing_.busy_ps();
  return activity;
}

void SimpleMemory::Quiesce() {
  last_now_ = Picoseconds(0);
  timing_.Reset();
  timings_.Clear();
  events_.clear();
}

}  // namespace sushi
