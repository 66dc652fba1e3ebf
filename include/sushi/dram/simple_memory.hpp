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
// fetched twice. Every request is taken at once.
class SimpleMemory : public Memory {
 public:
  explicit SimpleMemory(const SimpleDramConfig& config);

  RequestId Submit(Picoseconds now, const MemoryRequest& request) override;
  std::optional<Picoseconds> NextEvent() override;
  void AdvanceTo(Picoseconds now, std::vector<MemoryEvent>& events) override;
  MemoryTiming Finish(RequestId request) override;
  MemoryActivity Settle(Picoseconds now) override;
  void Quiesce() override;

 private:
  MemoryTiming Serve(Picoseconds now, const MemoryRequest& request);

  std::int64_t megabytes_per_second_;
  std::int64_t burst_bytes_;
  Picoseconds latency_;
  Picoseconds row_jump_;
  Picoseconds last_now_;
  Picoseconds free_;
  bool row_open_ = false;
  std::uint64_t next_address_ = 0;  // where the previous request ended
  MemoryActivity activity_;
  std::vector<MemoryTiming> timings_;  // of every request since quiesced
  std::vector<MemoryEvent> events_;    // yet to be reported
};

}  // namespace sushi
