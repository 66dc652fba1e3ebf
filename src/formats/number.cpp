#include "sushi/formats/number.hpp"

#include <charconv>
#include <cstdio>

namespace sushi {

std::string RealText(double value) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

std::string FixedText(double value, int decimals) {
  char buffer[400];  // the longest double has 309 digits before the point
  const int length = std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  return std::string(buffer, static_cast<std::size_t>(length));
}

std::string MicrosText(std::int64_t picoseconds) {
  const bool negative = picoseconds < 0;
  const auto magnitude =
      negative ? 0 - static_cast<std::uint64_t>(picoseconds) : static_cast<std::uint64_t>(picoseconds);
  std::string text = (negative ? "-" : "") + std::to_string(magnitude / 1'000'000);
  std::string fraction = std::to_string(1'000'000 + magnitude % 1'000'000).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? text : text + "." + fraction;
}

std::string GroupedText(std::int64_t value) {
  std::string text = std::to_string(value);
  const std::size_t first = text[0] == '-' ? 1 : 0;
  for (std::size_t i = text.size(); i > first + 3;) {
    i -= 3;
    text.insert(i, " ");
  }
  return text;
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
}

}  // namespace sushi
