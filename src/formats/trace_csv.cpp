#include "sushi/formats/trace_csv.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr std::array<std::string_view, 4> kColumns = {"query", "arrival_us", "accuracy_min_percent",
                                                      "latency_max_us"};
constexpr std::string_view kHeader = "query,arrival_us,accuracy_min_percent,latency_max_us";
constexpr std::size_t kMaxLineBytes = 4096;
constexpr std::int64_t kPsPerUs = 1'000'000;
constexpr double kMaxUs = 1e12;  // 10^18 ps: fits 64 bits and leaves room for sums

// `text` in quotes, short and printable whatever the file holds.
std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string shown = "'";
  for (const char c : text.substr(0, kShown)) shown += c >= ' ' && c <= '~' ? c : '.';
  return shown + (text.size() > kShown ? "…'" : "'");
}

// The whole of `text` as a finite number.
std::optional<double> ParseReal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Plain decimals are converted in integers because a double has too few digits for picoseconds beyond
// 2.5 hours; what lies below a picosecond is rounded half up. `text` is a number of at most kMaxUs.
Picoseconds ToPicoseconds(std::string_view text, double value_us) {
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) {
    return Picoseconds(std::llround(value_us * kPsPerUs));
  }
  std::int64_t ps = 0;
  std::int64_t unit = kPsPerUs;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    const std::int64_t digit = c - '0';
    if (!fraction) {
      ps = ps * 10 + digit * kPsPerUs;
    } else if (unit > 1) {
      unit /= 10;
      ps += digit * unit;
    } else {
      return Picoseconds(ps + (digit >= 5 ? 1 : 0));
    }
  }
  return Picoseconds(ps);
}

class TraceReader : public QuerySource {
 public:
  explicit TraceReader(const std::string& path) : mark_{path, 0} {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) Fail("", "is a directory; expected a CSV trace");
    in_.open(path, std::ios::binary);
    if (!in_) Fail("", std::string("cannot be opened: ") + std::strerror(errno));
    ReadHeader();
    has_first_ = ReadQuery(first_);
    if (!has_first_) Fail("", "no query: expected at least one row after the header");
  }

  bool Next(Query& query) override {
    if (!has_first_) return ReadQuery(query);
    query = first_;
    has_first_ = false;
    return true;
  }

 private:
  [[noreturn]] void Fail(std::string_view column, const std::string& message) const {
    throw UserError(mark_, std::string(column), message);
  }

  // The next line without its line end; false at the end of the file.
  bool ReadLine(std::string_view& line) {
    in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    std::size_t length = static_cast<std::size_t>(in_.gcount());
    if (in_.bad()) Fail("", "cannot be read");
    if (length == 0 && in_.eof()) return false;
    ++mark_.line;
    const bool too_long = in_.fail();
    if (!too_long && !in_.eof()) --length;  // the '\n' counts
    line = std::string_view(buffer_.data(), length);
    if (line.substr(0, 2) == "\x1f\x8b") Fail("", "is compressed with gzip; expected a plain CSV trace");
    if (line.find('\0') != std::string_view::npos) Fail("", "is binary; expected a plain CSV trace");
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (too_long || line.size() > kMaxLineBytes) Fail("", "expected at most 4096 bytes in a line");
    return true;
  }

  void ReadHeader() {
    std::string_view line;
    if (!ReadLine(line)) Fail("", "is empty; expected the header '" + std::string(kHeader) + "'");
    if (line.substr(0, 3) == "\xef\xbb\xbf") line.remove_prefix(3);  // byte-order mark of spreadsheets
    if (line == kHeader) return;
    Fail("", "expected the header '" + std::string(kHeader) + "', found " + Quoted(line));
  }

  bool ReadQuery(Query& query) {
    std::string_view line;
    if (!ReadLine(line)) return false;
    const std::array<std::string_view, 4> fields = Split(line);
    Query read;
    read.id = ParseId(fields[0]);
    read.arrival = ParseArrival(fields[1]);
    read.accuracy_min_percent = ParseAccuracy(fields[2]);
    read.latency_max = ParseLatency(fields[3]);
    last_id_ = read.id;
    query = read;
    return true;
  }

  std::array<std::string_view, 4> Split(std::string_view line) const {
    if (line.empty()) Fail("", "expected 4 fields, found a blank line");
    std::array<std::string_view, 4> fields;
    std::size_t found = 0;
    for (std::string_view rest = line;; ++found) {
      const std::size_t comma = rest.find(',');
      if (found < fields.size()) fields[found] = rest.substr(0, comma);
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
    if (++found != fields.size()) Fail("", "expected 4 fields, found " + std::to_string(found));
    return fields;
  }

  std::int64_t ParseId(std::string_view text) const {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size() || id < 0) {
      Fail(kColumns[0], "expected an integer of at least 0, found " + Quoted(text));
    }
    if (id <= last_id_) {
      Fail(kColumns[0], "expected an id above the previous row's " + std::to_string(last_id_) + ", found " +
                            std::to_string(id));
    }
    return id;
  }

  std::optional<Picoseconds> ParseArrival(std::string_view text) {
    const bool first_row = last_id_ < 0;
    if (first_row) closed_loop_ = text.empty();
    if (closed_loop_ != text.empty()) {
      Fail(kColumns[1], closed_loop_ ? "expected it empty as in the rows before, found " + Quoted(text)
                                     : "expected a number as in the rows before, found it empty");
    }
    if (text.empty()) return std::nullopt;
    const std::optional<double> us = ParseReal(text);
    if (!us || *us < 0 || *us > kMaxUs) {
      Fail(kColumns[1],
           "expected a number from 0 to 1e12, or nothing for closed loop, found " + Quoted(text));
    }
    const Picoseconds arrival = ToPicoseconds(text, *us);
    if (arrival < last_arrival_) {
      Fail(kColumns[1], "expected no earlier arrival than the previous row's, found " + Quoted(text));
    }
    last_arrival_ = arrival;
    return arrival;
  }

  double ParseAccuracy(std::string_view text) const {
    const std::optional<double> percent = ParseReal(text);
    if (!percent || *percent < 0 || *percent > 100) {
      Fail(kColumns[2], "expected a number from 0 to 100, found " + Quoted(text));
    }
    return *percent + 0.0;  // no -0
  }

  Picoseconds ParseLatency(std::string_view text) const {
    const std::optional<double> us = ParseReal(text);
    Picoseconds latency;
    if (us && *us > 0 && *us <= kMaxUs) latency = ToPicoseconds(text, *us);
    if (latency <= Picoseconds(0)) {
      Fail(kColumns[3], "expected a number above 0 (at least 1 ps) and at most 1e12, found " + Quoted(text));
    }
    return latency;
  }

  SourceMark mark_;
  std::ifstream in_;
  std::array<char, kMaxLineBytes + 3> buffer_{};  // '\r', and getline's terminator
  Query first_;
  bool has_first_ = false;
  bool closed_loop_ = false;
  std::int64_t last_id_ = -1;
  Picoseconds last_arrival_;
};

// Microseconds with as many decimals as the picoseconds need.
void WriteMicroseconds(std::ostream& out, Picoseconds time) {
  out << time.value() / kPsPerUs;
  std::int64_t rest = time.value() % kPsPerUs;
  if (rest == 0) return;
  std::string decimals = std::to_string(kPsPerUs + rest).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  out << '.' << decimals;
}

}  // namespace

std::unique_ptr<QuerySource> OpenTraceCsv(const std::string& path) {
  return std::make_unique<TraceReader>(path);
}

void WriteTraceHeader(std::ostream& out) { out << kHeader << '\n'; }

void WriteTraceRow(std::ostream& out, const Query& query) {
  std::array<char, 32> accuracy{};  // the longest double takes 24
  const auto [end, error] =
      std::to_chars(accuracy.data(), accuracy.data() + accuracy.size(), query.accuracy_min_percent);
  if (error != std::errc()) throw InternalError("a double longer than 32 characters");
  out << query.id << ',';
  if (query.arrival) WriteMicroseconds(out, *query.arrival);
  out << ',' << std::string_view(accuracy.data(), static_cast<std::size_t>(end - accuracy.data())) << ',';
  WriteMicroseconds(out, query.latency_max);
  out << '\n';
}

}  // namespace sushi
