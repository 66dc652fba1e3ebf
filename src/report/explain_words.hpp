// Prose, units and names for a reader at a terminal of 80 columns.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "sushi/report/explain_report.hpp"

namespace sushi::report {

inline constexpr std::size_t kTextWidth = 80;

// A blank line before it.
void PrintHeading(const std::string& text, std::ostream& out);
// Wrapped and indented by two.
void PrintParagraph(const std::string& text, std::ostream& out);

// The unit of a table's times: ms where the largest has at least one.
struct TimeUnit {
  explicit TimeUnit(Picoseconds largest);
  std::string Show(Picoseconds time) const;
  const char* name;
  double picoseconds;
};

std::string TimeWords(Picoseconds time);            // with its unit
std::string SizeWords(std::int64_t bytes);          // KiB, or MiB from one on
std::string KiBText(std::int64_t bytes);            // the number alone
std::string PercentWords(double part, double all);  // "12.3 %"
// Without what a terminal takes for commands; cut to `width` characters.
std::string Clip(const std::string& name, std::size_t width);
std::string ClipFront(const std::string& name, std::size_t width);  // for names that differ at their end

// A SubGraph's and a SubNet's name, cut to what a table has room for.
std::string CachedName(const ExplainReport& report, SubGraphId id);  // "nothing" for the empty one
std::string SubNetName(const ExplainReport& report, int subnet);

// The parts of the text.
void PrintChoice(const ExplainReport& report, std::ostream& out);
void PrintDecision(const ExplainReport& report, std::ostream& out);
void PrintSavings(const ExplainReport& report, std::ostream& out);
void PrintLayers(const ExplainReport& report, std::ostream& out);

// What takes most of a layer's cycles, fill counted as compute: "compute", "weights", "iActs", …
const char* BoundOf(const Counters& counters);

}  // namespace sushi::report
