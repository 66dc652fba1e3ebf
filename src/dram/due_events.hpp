// Events that a memory has yet to report.
#pragma once

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

#include "sushi/dram/memory.hpp"

namespace sushi {

// Moves those up to and including `now` to the end of `due`, in the order that Memory promises.
inline void MoveDueEvents(std::vector<MemoryEvent>& pending, Picoseconds now, std::vector<MemoryEvent>& due) {
  const std::size_t before = due.size();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (pending[i].at <= now) {
      due.push_back(pending[i]);
    } else {
      if (kept < i) pending[kept] = pending[i];
      ++kept;
    }
  }
  pending.resize(kept);
  if (due.size() - before < 2) return;
  std::sort(due.begin() + static_cast<std::ptrdiff_t>(before), due.end(),
            [](const MemoryEvent& a, const MemoryEvent& b) {
              return std::tie(a.at, a.kind, a.request) < std::tie(b.at, b.kind, b.request);
            });
}

// nullptr: none.
inline const MemoryEvent* FirstEvent(const std::vector<MemoryEvent>& pending) {
  const MemoryEvent* first = nullptr;
  for (const MemoryEvent& event : pending) {
    if (first == nullptr || event.at < first->at) first = &event;
  }
  return first;
}

}  // namespace sushi
