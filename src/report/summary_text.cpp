#include "summary_text.hpp"

#include <algorithm>

#include "sushi/formats/number.hpp"

namespace sushi::report {

std::string Pad(const std::string& text, int width) {
  const auto size = static_cast<int>(text.size());
  if (width < 0) return text + std::string(static_cast<std::size_t>(std::max(0, -width - size)), ' ');
  return std::string(static_cast<std::size_t>(std::max(0, width - size)), ' ') + text;
}

std::string TimeText(double picoseconds, const Units& units) {
  return FixedText(picoseconds / units.picoseconds, 3);
}

std::string Percent(double part, double whole) {
  return FixedText(whole == 0 ? 0 : 100 * part / whole, 1) + " %";
}

std::string EnergyText(double pj) {
  return pj < 1e9 ? FixedText(pj / 1e6, 3) + " uJ" : FixedText(pj / 1e9, 3) + " mJ";
}

void TimeHeader(const Units& units, std::ostream& out) {
  out << Pad(std::string("Latency, ") + units.time, -11)
      << "             mean         p50         p95         p99         max\n";
}

void TimeRow(const char* name, const TimeStatistics& time, std::int64_t queries, const Units& units,
             std::ostream& out) {
  out << "  " << Pad(name, -14) << Pad(TimeText(time.MeanPs(queries), units), 12);
  for (const std::int64_t ps : {time.p50_ps, time.p95_ps, time.p99_ps, time.max_ps}) {
    out << Pad(TimeText(static_cast<double>(ps), units), 12);
  }
  out << '\n';
}

void PrintFolded(const std::string& title, std::size_t indent, const std::vector<std::string>& items,
                 std::ostream& out) {
  std::string line = title;
  bool first = true;
  for (const std::string& item : items) {
    if (!first && line.size() + 1 + item.size() > 80) {
      out << line << '\n';
      line = std::string(indent, ' ') + item;
    } else {
      line += (first ? "" : " ") + item;
    }
    first = false;
  }
  out << line << '\n';
}

}  // namespace sushi::report
