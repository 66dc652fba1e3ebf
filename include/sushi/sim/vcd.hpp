// A timeline as a value change dump through sc_trace, for GTKWave: docs/timeline.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sushi/sched/timeline.hpp"

namespace sushi {

// What a block did is known only when it is over, so changes are kept (24 bytes each) and played at the end:
// the caller's process waits from change to change and sc_trace writes what it sees.
class VcdTimeline : public TimelineSink {
 public:
  void Query(const QueryRecord& query) override;
  void Span(const TimelineSpan& span) override;
  void Level(Gauge gauge, Picoseconds at, std::int64_t level) override;

  // In a SystemC process, once nothing else is to be simulated: writes the changes to `path`, at the stream's
  // times. UserError naming `shown_path` when not all can be written. Takes `path`.vcd for itself meanwhile.
  void Write(const std::string& path, const std::string& shown_path);

 private:
  struct Change {
    std::int64_t at = 0;
    std::int32_t signal = 0;
    std::int64_t value = 0;
  };
  std::uint64_t Play(const std::string& path) const;
  void Pulse(int signal, Picoseconds begin, Picoseconds end, std::int64_t value);

  std::vector<Change> changes_;
};

}  // namespace sushi
