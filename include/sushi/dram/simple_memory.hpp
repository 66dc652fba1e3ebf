// The fast memory model: one server, first come first served. Equations M1–M4 of docs/timing-model.md.
#pragma once

#include <cstddef>

#include "sushi/accel/hardware.hpp"
#include "sushi/dram/memory.hpp"

namespace sushi {

// M1  start      = max(now, free)
// M2  jump       = row_jump unless the request starts where the previous one ended
// M3  first_data = start + jump + (read ? latency : 0)      (writes are posted)
// M4  done       = first_data + ⌈moved / peak⌉,  free = start + jump + ⌈moved / peak⌉
// `moved` counts the bursts touched; a first burst that the previous request already opened is not
// fetched twice. Every request is taken at once, so its times are known when it is made.
class SimpleTiming {
 public:
  explicit SimpleTiming(const SimpleDramConfig& config);

  MemoryTiming Serve(Picoseconds now, const MemoryRequest& request);
  void Reset();

  // What later answers depend on, and how to move it: all of it by `time`, the last address by `bytes`.
  Picoseconds free() const { return free_; }
  std::uint64_t next_address() const { return next_address_; }
  std::int64_t busy_ps() const { return busy_ps_; }
  std::int64_t burst_bytes() const { return burst_bytes_; }
  void Shift(Picoseconds time, std::int64_t bytes, std::int64_t busy_ps);

 private:
  std::int64_t megabytes_per_second_;
  std::int64_t burst_bytes_;
  Picoseconds latency_;
  Picoseconds row_jump_;
  Picoseconds free_;
  bool row_open_ = false;
  std::uint64_t next_address_ = 0;  // where the previous request ended
  std::int64_t busy_ps_ = 0;
};

class SimpleMemory : public Memory {
 public:
  explicit SimpleMemory(const SimpleDramConfig& config) : timing_(config) {}

  RequestId Submit(Picoseconds now, const MemoryRequest& request) override;
  std::optional<Picoseconds> NextEvent() override;
  void AdvanceTo(Picoseconds now, std::vector<MemoryEvent>& events) override;
  MemoryTiming Finish(RequestId request) override;
  MemoryActivity Settle(Picoseconds now) override;
  void Quiesce() override;

 private:
  SimpleTiming timing_;
  Picoseconds last_now_;
  std::vector<MemoryTiming> timings_;  // of every request since quiesced
  std::vector<MemoryEvent> events_;    // yet to be reported
};

}  // namespace sushi
