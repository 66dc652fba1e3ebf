// A timeline as trace-event JSON, which Perfetto and speedscope open: docs/timeline.md.
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "sushi/sched/latency_table.hpp"
#include "sushi/sched/timeline.hpp"

namespace sushi::report {

// Writes as it goes: what is written stays valid JSON once Finish() has closed it.
class TimelineJson : public TimelineSink {
 public:
  // `net` and `columns` outlive it. `path` is written from its beginning.
  TimelineJson(const std::string& path, const SuperNet& net, const std::vector<SubGraphColumn>& columns);

  void Query(const QueryRecord& query) override;
  void Span(const TimelineSpan& span) override;
  void Level(Gauge gauge, Picoseconds at, std::int64_t level) override;

  // What was shown and left out, and the end. UserError naming `shown_path` when not all could be written.
  void Finish(const TimelineSummary& summary, const std::string& shown_path);

 private:
  void Event(char phase, const std::string& name, Picoseconds at);
  void Argument(const char* key, const std::string& json);
  void Argument(const char* key, std::int64_t value) { Argument(key, std::to_string(value)); }
  void EndEvent();
  void NameLanes();
  void AddPlace(const TimelineSpan& span);
  std::string Length(const TimelineSpan& span);
  std::string NameOf(const TimelineSpan& span) const;
  const std::string& SubNetName() const;
  const std::string& ColumnName(SubGraphId id) const { return columns_[static_cast<std::size_t>(id)].name; }

  const SuperNet& net_;
  const std::vector<SubGraphColumn>& columns_;
  std::ofstream out_;
  std::string text_;  // not yet written
  bool first_ = true, arguments_ = false;
  QueryRecord query_;
  std::array<std::int64_t, static_cast<std::size_t>(Lane::kCount)>
      whole_end_ns_{};  // of the last that has parts
};

}  // namespace sushi::report
