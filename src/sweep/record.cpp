#include "sushi/sweep/record.hpp"

#include <xxhash.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "json_text.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::sweep {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kHashDigits = 16;
constexpr std::size_t kIdDigits = 32;
constexpr std::string_view kResultHead = "{\"result\":\"";
constexpr std::string_view kFailureHead = "{\"failure\":\"";

std::string HashText(std::uint64_t hash) { return PointId{hash, 0}.Hex().substr(0, kHashDigits); }

std::uint64_t HashOf(std::string_view json) { return XXH64(json.data(), json.size(), 0); }

std::string Line(const std::string& json) {
  std::string line = HashText(HashOf(json));
  line.reserve(line.size() + json.size() + 2);
  line += ' ';
  line += json;
  line += '\n';
  return line;
}

void AppendCell(const Cell& cell, std::string* json) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    AppendJsonText(*text, json);
    return;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    *json += std::to_string(*integer);
    return;
  }
  const double real = std::get<double>(cell);
  if (std::isfinite(real)) {
    AppendJsonReal(real, json);
  } else {
    *json += "{\"real\":\"" + RealText(real) + "\"}";
  }
}

void AppendCells(const std::vector<Cell>& cells, std::string* json) {
  *json += '[';
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) *json += ',';
    AppendCell(cells[i], json);
  }
  *json += ']';
}

double NotFinite(const std::string& text) {
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  return std::numeric_limits<double>::quiet_NaN();
}

std::vector<Cell> ReadCells(const Json& json) {
  std::vector<Cell> cells;
  cells.reserve(json.size());
  for (const Json& cell : json) {
    if (cell.is_string()) {
      cells.emplace_back(cell.get<std::string>());
    } else if (cell.is_number_integer()) {
      cells.emplace_back(cell.get<std::int64_t>());
    } else if (cell.is_number()) {
      cells.emplace_back(cell.get<double>());
    } else {
      cells.emplace_back(NotFinite(cell.at("real").get<std::string>()));
    }
  }
  return cells;
}

Json JsonOf(std::string_view line) {
  line.remove_prefix(kHashDigits + 1);
  return Json::parse(line.begin(), line.end());
}

// A record whose hash fits is what some version of the program wrote; that its JSON is as expected is a rule.
template <typename Read>
auto Checked(std::string_view line, const Read& read) {
  try {
    return read(JsonOf(line));
  } catch (const Json::exception& error) {
    throw InternalError(std::string("a whole record of the sweep's store cannot be read: ") + error.what());
  }
}

}  // namespace

std::string ResultLine(const PointId& id, const PointResult& result) {
  std::string json(kResultHead);
  json += id.Hex();
  json += "\",\"metrics\":";
  AppendCells(result.metrics, &json);
  json += ",\"subnets\":[";
  for (std::size_t i = 0; i < result.subnets.size(); ++i) {
    if (i > 0) json += ',';
    AppendCells(result.subnets[i], &json);
  }
  json += "]}";
  return Line(json);
}

std::string FailureLine(const PointId& id, const PointFailure& failure) {
  std::string json(kFailureHead);
  json += id.Hex();
  json += "\",\"reason\":";
  AppendJsonText(failure.reason, &json);
  json += ",\"attempt\":" + std::to_string(failure.attempt) + "}";
  return Line(json);
}

RecordHead ReadHead(std::string_view line) {
  RecordHead head;
  if (line.size() < kHashDigits + 2 || line[kHashDigits] != ' ') return head;
  const std::string_view json = line.substr(kHashDigits + 1);
  head.hash = HashOf(json);
  if (line.substr(0, kHashDigits) != HashText(head.hash)) return head;
  head.kind = RecordKind::kUnknown;
  const bool result = json.substr(0, kResultHead.size()) == kResultHead;
  const std::string_view expected = result ? kResultHead : kFailureHead;
  if (json.substr(0, expected.size()) != expected || json.size() < expected.size() + kIdDigits) return head;
  head.id = PointId::Parse(std::string(json.substr(expected.size(), kIdDigits)));
  head.kind = result ? RecordKind::kResult : RecordKind::kFailure;
  return head;
}

PointResult ReadResult(std::string_view line) {
  return Checked(line, [](const Json& json) {
    PointResult result;
    result.metrics = ReadCells(json.at("metrics"));
    for (const Json& row : json.at("subnets")) result.subnets.push_back(ReadCells(row));
    return result;
  });
}

PointFailure ReadFailure(std::string_view line) {
  return Checked(line, [](const Json& json) {
    return PointFailure{json.at("reason").get<std::string>(), json.at("attempt").get<int>()};
  });
}

}  // namespace sushi::sweep
