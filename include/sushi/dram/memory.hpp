// The memory behind the DRAM port, as plain C++ that is handed the time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sushi/core/units.hpp"

namespace sushi {

struct MemoryRequest {
  std::uint64_t address = 0;
  Bytes bytes;
  bool write = false;
  int requester = 0;  // a DMA engine; each has one request at a time before the memory
};

struct MemoryTiming {
  Picoseconds start;       // the memory begins to work on the request
  Picoseconds first_data;  // the first data leave (read) or are taken (write)
  Picoseconds done;        // the last data leave or are taken
  Bytes moved;             // whole bursts

  MemoryTiming Later(Picoseconds by) const { return {start + by, first_data + by, done + by, moved}; }
};

using RequestId = std::int64_t;  // counts from 0 since the memory was quiesced

struct MemoryEvent {
  enum class Kind { kTaken, kDone };
  Picoseconds at;
  Kind kind = Kind::kTaken;
  RequestId request = 0;
  MemoryTiming timing;  // when done
};

// What a memory did besides moving data, since it was quiesced. A model that does not know leaves zeros.
struct MemoryActivity {
  std::int64_t busy_ps = 0;  // of the data bus, mean over the channels
  std::int64_t activates = 0, refreshes = 0;
  std::int64_t open_clocks = 0, closed_clocks = 0;  // Σ over ranks: with a row open, and without
};

// Contract. Times never go back (InternalError). A request is *taken* when the memory has room for all of it,
// and until then its requester's next ones wait; it is *done* when its last data have moved. Requests may
// finish in another order than they came in. After Quiesce() the memory is as new: idle, rows closed, refresh
// at its beginning, time at zero.
//
// Two ways to drive it: an event-driven caller asks NextEvent(), waits, and calls AdvanceTo(); a caller that
// knows that nothing will be submitted before a request is done calls Finish(). Both see the same times.
class Memory {
 public:
  virtual ~Memory() = default;

  // `now` is not before any time this memory has been advanced to.
  virtual RequestId Submit(Picoseconds now, const MemoryRequest& request) = 0;

  // The next time at which a request is taken or done if nothing is submitted before; empty when none waits.
  virtual std::optional<Picoseconds> NextEvent() = 0;
  // Appends what happens up to and including `now`, in order of time (then taken before done, then by
  // request).
  virtual void AdvanceTo(Picoseconds now, std::vector<MemoryEvent>& events) = 0;
  virtual MemoryTiming Finish(RequestId request) = 0;
  // Finish() will not be asked about what lies before `request`: a memory that is never quiesced need not
  // keep it.
  virtual void Forget(RequestId request) = 0;

  // All requests are done: runs on to `now`, and further until what was posted has been written.
  virtual MemoryActivity Settle(Picoseconds now) = 0;
  virtual void Quiesce() = 0;
};

}  // namespace sushi
