// Numbers as text: the same bytes everywhere, shortest that reads back the same.
#pragma once

#include <cstdint>
#include <string>

namespace sushi {

std::string RealText(double value);                 // shortest round-trip
std::string FixedText(double value, int decimals);  // for people
std::string MicrosText(std::int64_t picoseconds);   // exact microseconds, no trailing zeros
std::string GroupedText(std::int64_t value);        // 1 234 567

// A CSV field per RFC 4180: quoted when it holds a comma, a quote or a line break.
std::string CsvCell(const std::string& text);

}  // namespace sushi
