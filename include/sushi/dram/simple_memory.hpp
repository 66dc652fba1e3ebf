// The fast memory model: one server, first come first served. Equations M1–M4 of docs/timing-model.md.
#pragma once

#include <algorithm>
#include <cstddef>

#include "sushi/accel/hardware.hpp"
#include "sushi/dram/id_window.hpp"
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
  std::uint64_t burst_bytes() const { return burst_bytes_; }
  void Shift(Picoseconds time, std::int64_t bytes, std::int64_t busy_ps);

 private:
  std::uint64_t BurstOf(std::uint64_t address) const {
    return burst_bits_ >= 0 ? address >> burst_bits_ : address / burst_bytes_;
  }

  std::int64_t megabytes_per_second_;
  std::uint64_t burst_bytes_;
  int burst_bits_ = -1;  // of a power of two, -1 for others
  Picoseconds latency_;
  Picoseconds row_jump_;
  Picoseconds free_;
  bool row_open_ = false;
  std::uint64_t next_address_ = 0;  // where the previous request ended
  std::int64_t busy_ps_ = 0;
};

inline MemoryTiming SimpleTiming::Serve(Picoseconds now, const MemoryRequest& request) {
  const bool contiguous = row_open_ && request.address == next_address_;
  const std::uint64_t end = request.address + static_cast<std::uint64_t>(request.bytes.value());
  std::uint64_t bursts = BurstOf(end - 1) - BurstOf(request.address) + 1;
  if (contiguous && request.address != BurstOf(request.address) * burst_bytes_) --bursts;

  MemoryTiming timing;
  timing.moved = Bytes(bursts * burst_bytes_);
  const Picoseconds transfer(CeilDiv(timing.moved.value() * 1'000'000, megabytes_per_second_));
  timing.start = std::max(now, free_);
  const Picoseconds opened = timing.start + (contiguous ? Picoseconds(0) : row_jump_);
  timing.first_data = opened + (request.write ? Picoseconds(0) : latency_);
  timing.done = timing.first_data + transfer;
  free_ = opened + transfer;
  row_open_ = true;
  next_address_ = end;
  busy_ps_ += transfer.value();
  return timing;
}

class SimpleMemory : public Memory {
 public:
  explicit SimpleMemory(const SimpleDramConfig& config) : timing_(config) {}

  RequestId Submit(Picoseconds now, const MemoryRequest& request) override;
  std::optional<Picoseconds> NextEvent() override;
  void AdvanceTo(Picoseconds now, std::vector<MemoryEvent>& events) override;
  MemoryTiming Finish(RequestId request) override;
  void Forget(RequestId request) override { timings_.Forget(request); }
  MemoryActivity Settle(Picoseconds now) override;
  void Quiesce() override;

 private:
  SimpleTiming timing_;
  Picoseconds last_now_;
  IdWindow<MemoryTiming> timings_;   // of requests since quiesced
  std::vector<MemoryEvent> events_;  // yet to be reported
};

}  // namespace sushi
