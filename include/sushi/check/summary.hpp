// The summary.json of a run as a list of metrics.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace sushi::check {

// JSON's null (what a number that is none becomes), boolean, integer, real, text.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

bool IsNumber(const Value& value);
// Of a number; exact for every integer of 64 bits and every double.
long double Number(const Value& value);
// Numbers by value, so 100 equals 100.0; everything else by kind and content.
bool Same(const Value& a, const Value& b);
// As it stands in JSON, but texts without quotes.
std::string Text(const Value& value);

struct Metric {
  std::string
      key;  // the path to a leaf, joined by dots, elements of arrays by their index: latency.service.p99_us
  Value value;
};

struct Summary {
  std::string path, text;        // the file and its bytes
  std::vector<Metric> identity;  // keys without "identity."
  std::vector<Metric> metrics;   // the other leaves, in the file's order
};

// `path` as the user named it, for messages. UserError with file and line when `text` is no JSON; with the
// key when one stands twice, when an integer exceeds 64 bits, at more than 64 levels; when it is no
// summary.json (schema_version 1 and an identity) of sushisim.
Summary ParseSummary(const std::string& path, const std::string& text);

// UserError also when `path` cannot be read, holds more than 64 MiB, or no metrics: nothing could be
// compared.
Summary ReadSummary(const std::string& path);

}  // namespace sushi::check
