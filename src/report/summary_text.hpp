// What the terminal summaries of `run` share: 80 columns.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "sushi/stats/time_collector.hpp"

namespace sushi::report {

struct Units {
  double picoseconds = 1e9;
  const char* time = "ms";
  double bytes = 1024.0 * 1024.0;
  const char* size = "MiB";
};

std::string Pad(const std::string& text, int width);  // right-aligned; negative: left-aligned
std::string TimeText(double picoseconds, const Units& units);
std::string Percent(double part, double whole);
std::string EnergyText(double pj);
// Mean, p50, p95, p99 and max under the name; the row above them.
void TimeHeader(const Units& units, std::ostream& out);
void TimeRow(const char* name, const TimeStatistics& time, std::int64_t queries, const Units& units,
             std::ostream& out);
// Items one behind the other, on as many lines of at most 80 columns as it takes; the first begins with
// `title`, the others with as many blanks as `indent`.
void PrintFolded(const std::string& title, std::size_t indent, const std::vector<std::string>& items,
                 std::ostream& out);

}  // namespace sushi::report
