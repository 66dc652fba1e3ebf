#include "sushi/formats/arrival_import.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/formats/csv_reader.hpp"
#include "sushi/formats/number.hpp"

namespace sushi {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

// Reads exactly `digits` digits at the front and takes them off; -1 when they are not there.
int TakeDigits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool Take(std::string_view& text, std::string_view expected) {
  if (text.substr(0, expected.size()) != expected) return false;
  text.remove_prefix(expected.size());
  return true;
}

// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
std::int64_t DaysOf(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int month_of_year = (month + 9) % 12;
  return std::int64_t{365} * y + y / 4 - y / 100 + y / 400 + (153 * month_of_year + 2) / 5 + day - 719469;
}

int DaysIn(int year, int month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// "2023-11-16 18:17:03.9799600", the fraction of up to nine digits and "+00:00" may be missing.
std::optional<std::int64_t> ParseTimestamp(std::string_view text) {
  const int year = TakeDigits(text, 4);
  if (!Take(text, "-")) return std::nullopt;
  const int month = TakeDigits(text, 2);
  if (!Take(text, "-")) return std::nullopt;
  const int day = TakeDigits(text, 2);
  if (!Take(text, " ")) return std::nullopt;
  const int hour = TakeDigits(text, 2);
  if (!Take(text, ":")) return std::nullopt;
  const int minute = TakeDigits(text, 2);
  if (!Take(text, ":")) return std::nullopt;
  const int second = TakeDigits(text, 2);
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > DaysIn(year, month) ||
      hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  std::int64_t ns = 0;
  if (Take(text, ".")) {
    std::int64_t unit = kNsPerSecond;
    for (int digit = TakeDigits(text, 1); digit >= 0; digit = TakeDigits(text, 1)) {
      unit /= 10;
      if (unit == 0) return std::nullopt;
      ns += digit * unit;
    }
    if (unit == kNsPerSecond) return std::nullopt;
  }
  Take(text, "+00:00");
  if (!text.empty()) return std::nullopt;
  const int of_day = (hour * 60 + minute) * 60 + second;
  const std::int64_t seconds = DaysOf(year, month, day) * 86400 + of_day;
  return seconds * kNsPerSecond + ns;
}

// TIMESTAMP, ContextTokens, GeneratedTokens; a row a request. Only the time is used.
std::vector<std::int64_t> ReadAzureLlm(CsvReader& rows) {
  const std::size_t timestamp = rows.Column("TIMESTAMP");
  std::vector<std::int64_t> at_ns;
  while (rows.Next()) {
    const std::optional<std::int64_t> ns = ParseTimestamp(rows.Text(timestamp));
    if (!ns) {
      rows.Fail(timestamp, "expected a time like 2023-11-16 18:17:03.9799600, found '" +
                               rows.Text(timestamp).substr(0, 60) + "'");
    }
    at_ns.push_back(*ns);
  }
  return at_ns;
}

// app, func, end_timestamp, duration; both times in seconds. A request arrives at end − duration.
std::vector<std::int64_t> ReadAzureFunctions(CsvReader& rows) {
  constexpr double kMostSeconds = 1e9;
  const std::size_t end = rows.Column("end_timestamp"), duration = rows.Column("duration");
  std::vector<std::int64_t> at_ns;
  while (rows.Next()) {
    for (const std::size_t column : {end, duration}) {
      const double seconds = rows.Real(column);
      if (seconds < 0 || seconds > kMostSeconds)
        rows.Fail(column, "expected 0 to 1e9 seconds, found '" + rows.Text(column).substr(0, 60) + "'");
    }
    at_ns.push_back(std::llround((rows.Real(end) - rows.Real(duration)) * kNsPerSecond));
  }
  return at_ns;
}

struct Format {
  const char* name;
  std::vector<std::int64_t> (*read)(CsvReader&);
};
constexpr Format kFormats[] = {
    {"azure-llm", ReadAzureLlm},
    {"azure-functions-2021", ReadAzureFunctions},
};

std::int64_t CountOutOfOrder(const std::vector<std::int64_t>& at_ns) {
  std::int64_t count = 0;
  std::int64_t latest = at_ns.front();
  for (const std::int64_t ns : at_ns) {
    count += ns < latest;
    latest = std::max(latest, ns);
  }
  return count;
}

double ScaleOf(const std::vector<std::int64_t>& kept_ns, const ArrivalSelection& selection,
               const SelectionNames::Name& name) {
  if (!selection.rate_qps) return selection.scale_rate.value_or(1);
  const std::int64_t duration_ns = kept_ns.back() - kept_ns.front();
  if (duration_ns == 0) {
    throw UserError(name.mark, name.key, "the arrivals that are kept are all at one time");
  }
  const double seconds = static_cast<double>(duration_ns) / kNsPerSecond;
  return *selection.rate_qps * seconds / static_cast<double>(kept_ns.size() - 1);
}

class TargetedArrivals : public QuerySource {
 public:
  TargetedArrivals(std::vector<Picoseconds> at, std::unique_ptr<QuerySource> targets)
      : at_(std::move(at)), targets_(std::move(targets)) {}

  bool Next(Query& query) override {
    if (next_ == at_.size() || !targets_->Next(query)) return false;
    query.arrival = at_[next_++];
    return true;
  }

 private:
  std::vector<Picoseconds> at_;
  std::unique_ptr<QuerySource> targets_;
  std::size_t next_ = 0;
};

}  // namespace

std::vector<std::string> ImportFormats() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

ImportedArrivals ReadArrivals(const std::string& format, const std::string& path) {
  const Format* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                     [&](const Format& candidate) { return candidate.name == format; });
  if (found == std::end(kFormats)) {
    std::string names;
    for (const std::string& name : ImportFormats()) names += (names.empty() ? "" : " or ") + name;
    throw UserError("--from: no format '" + format.substr(0, 60) + "'" + DidYouMean(format, ImportFormats()) +
                    ", expected " + names);
  }
  CsvReader rows(path);
  ImportedArrivals arrivals;
  arrivals.at_ns = found->read(rows);
  if (arrivals.at_ns.empty()) throw UserError({path, 0}, "", "no request: expected a row after the header");
  arrivals.out_of_order = CountOutOfOrder(arrivals.at_ns);
  std::sort(arrivals.at_ns.begin(), arrivals.at_ns.end());
  const std::int64_t first = arrivals.at_ns.front();
  for (std::int64_t& ns : arrivals.at_ns) ns -= first;
  return arrivals;
}

SelectionNames OptionNames() { return {{{}, "--from-time, --to-time"}, {{}, "--to-time"}, {{}, "--rate"}}; }

SelectedArrivals SelectArrivals(const std::vector<std::int64_t>& at_ns, const ArrivalSelection& selection,
                                const SelectionNames& names) {
  const std::int64_t from_ns = std::llround(selection.from_s * kNsPerSecond);
  const auto begin = std::lower_bound(at_ns.begin(), at_ns.end(), from_ns);
  auto end = at_ns.end();
  if (selection.to_s) end = std::lower_bound(begin, end, std::llround(*selection.to_s * kNsPerSecond));
  if (selection.limit && *selection.limit < end - begin) end = begin + *selection.limit;
  if (begin >= end) {
    throw UserError(names.window.mark, names.window.key,
                    "no arrival is left; those of the file are from 0 to " +
                        FixedText(static_cast<double>(at_ns.back()) / kNsPerSecond, 3) + " s");
  }
  std::vector<std::int64_t> kept(begin, end);
  SelectedArrivals selected;
  selected.scale = ScaleOf(kept, selection, names.rate);
  selected.at.reserve(kept.size());
  for (const std::int64_t ns : kept) {
    const double ps = static_cast<double>(ns - from_ns) * 1000 / selected.scale;
    if (!(ps <= 1e18)) {
      throw UserError(names.latest.mark, names.latest.key,
                      "expected arrivals within 1e12 us; take a shorter window or a higher rate");
    }
    selected.at.emplace_back(selected.scale == 1 ? (ns - from_ns) * 1000 : std::llround(ps));
  }
  return selected;
}

std::unique_ptr<QuerySource> AttachTargets(std::vector<Picoseconds> at, GeneratorConfig targets) {
  targets.arrivals = "closed";
  targets.queries = static_cast<std::int64_t>(at.size());
  auto source = MakeGenerator(targets);
  if (source == nullptr) return nullptr;
  return std::make_unique<TargetedArrivals>(std::move(at), std::move(source));
}

}  // namespace sushi
