// A timeline as a value change dump through sc_trace, for GTKWave: docs/timeline.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sushi/sched/timeline.hpp"

namespace sushi {

// What a block did is known only when it is over, so changes are kept (16 bytes each) and played at the end:
// the caller's process waits from change to change and sc_trace writes what it sees.
class VcdTimeline : public TimelineSink {
 public:
  void Query(const QueryRecord& query) override;
  void Span(const TimelineSpan& span) override;
  void Level(Gauge gauge, Picoseconds at, std::int64_t level) override;

  // In a SystemC process, once nothing else is to be simulated: `path`.vcd gets the changes. Its times are
  // the kernel's: a time of the stream plus Offset().
  void Play(const std::string& path);
  std::uint64_t Offset() const { return offset_; }

 private:
  struct Change {
    std::int64_t at = 0;
    std::int32_t signal = 0;
    std::int64_t value = 0;
  };
  void Pulse(int signal, Picoseconds begin, Picoseconds end, std::int64_t value);

  std::vector<Change> changes_;
  std::uint64_t offset_ = 0;
};

// Copies the dump at `from` to `to` with the stream's times. UserError naming `shown_path` when it cannot.
void CopyVcdAtStreamTime(const std::string& from, const std::string& to, std::uint64_t offset,
                         const std::string& shown_path);

}  // namespace sushi
