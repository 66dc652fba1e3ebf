// The memory behind the DRAM port, as plain C++ that is handed the time.
#pragma once

#include <cstdint>

#include "sushi/core/units.hpp"

namespace sushi {

struct MemoryRequest {
  std::uint64_t address = 0;
  Bytes bytes;
  bool write = false;
};

struct MemoryTiming {
  Picoseconds start;       // the memory begins to work on the request
  Picoseconds first_data;  // the first data leave (read) or are taken (write)
  Picoseconds done;        // the last data leave or are taken
  Bytes moved;             // whole bursts
};

// Contract: requests are handed over with non-decreasing `now` (InternalError otherwise) and are
// served in that order; the answer is final. After Quiesce() the next request finds the memory as new:
// idle, no row open, and time may start again from zero.
class Memory {
 public:
  virtual ~Memory() = default;
  virtual MemoryTiming Accept(Picoseconds now, const MemoryRequest& request) = 0;
  virtual void Quiesce() = 0;
};

}  // namespace sushi
