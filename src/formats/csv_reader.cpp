#include "sushi/formats/csv_reader.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>

namespace sushi {
namespace {

constexpr std::size_t kMaxLineBytes = 1 << 20;
constexpr std::size_t kMaxColumns = 4096;

template <typename Number>
bool Parse(const std::string& text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

// Short and printable whatever the file holds.
std::string Shown(const std::string& text) {
  std::string shown;
  for (const char c : text.substr(0, 60)) shown += c >= ' ' && c <= '~' ? c : '.';
  return shown;
}

}  // namespace

CsvReader::CsvReader(const std::string& path) : mark_{path, 0} {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw UserError(mark_, "", "is a directory, expected a CSV file");
  in_.open(path, std::ios::binary);
  if (!in_) throw UserError(mark_, "", "cannot open the file");
  if (!ReadRow(header_)) throw UserError(mark_, "", "is empty, expected a header");
}

std::size_t CsvReader::Column(const std::string& name) const {
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (header_[i] == name) return i;
  }
  throw UserError({mark_.file, 1}, "", "no column '" + name + "'");
}

bool CsvReader::ReadLine() {
  if (!std::getline(in_, line_)) return false;
  ++last_line_;
  if (line_.size() > kMaxLineBytes)
    throw UserError({mark_.file, last_line_}, "", "more than 1 MiB in a line");
  return true;
}

bool CsvReader::ReadRow(std::vector<std::string>& cells) {
  mark_.line = last_line_ + 1;
  if (!ReadLine()) return false;
  Split(cells);
  return true;
}

// A quote that is open at the end of the line goes on in the next.
void CsvReader::Split(std::vector<std::string>& cells) {
  std::size_t count = 0;
  const auto next_cell = [&]() -> std::string& {
    if (count == cells.size()) cells.emplace_back();
    if (++count > kMaxColumns) throw UserError(mark_, "", "more than 4096 cells in a row");
    cells[count - 1].clear();
    return cells[count - 1];
  };
  std::string* cell = &next_cell();
  bool quoted = false;
  std::size_t at = 0;
  while (true) {
    if (at == line_.size()) {
      if (!quoted) break;
      *cell += '\n';
      if (cell->size() > kMaxLineBytes || !ReadLine()) throw UserError(mark_, "", "a quote does not end");
      at = 0;
      continue;
    }
    const char c = line_[at++];
    if (quoted && c == '"') {
      quoted = at < line_.size() && line_[at] == '"';
      if (quoted) *cell += line_[at++];
    } else if (!quoted && c == '"' && cell->empty()) {
      quoted = true;
    } else if (!quoted && c == ',') {
      cell = &next_cell();
    } else if (quoted || c != '\r' || at != line_.size()) {
      *cell += c;
    }
  }
  cells.resize(count);
}

bool CsvReader::Next() {
  if (!ReadRow(cells_)) return false;
  if (cells_.size() != header_.size()) {
    throw UserError(mark_, "",
                    "expected " + std::to_string(header_.size()) + " cells as in the header, found " +
                        std::to_string(cells_.size()));
  }
  return true;
}

void CsvReader::Fail(std::size_t column, const std::string& message) const {
  throw UserError(mark_, Shown(header_[column]), message);
}

std::int64_t CsvReader::Integer(std::size_t column) const {
  std::int64_t value = 0;
  if (!Parse(cells_[column], value))
    Fail(column, "expected an integer, found '" + Shown(cells_[column]) + "'");
  return value;
}

double CsvReader::Real(std::size_t column) const {
  double value = 0;
  if (!Parse(cells_[column], value) || !std::isfinite(value))
    Fail(column, "expected a number, found '" + Shown(cells_[column]) + "'");
  return value;
}

std::int64_t CsvReader::Picoseconds(std::size_t column) const {
  const double micros = Real(column);
  if (micros < 0 || micros > 1e12)
    Fail(column, "expected 0 to 1e12 us, found '" + Shown(cells_[column]) + "'");
  return std::llround(micros * 1e6);
}

}  // namespace sushi
