#include "sushi/sweep/record.hpp"

#include <xxhash.h>

#include <cmath>

#include "cell_parser.hpp"
#include "json_text.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::sweep {
namespace {

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

// What stands behind the head and the id.
CellParser BehindId(std::string_view line, std::string_view head) {
  line.remove_prefix(kHashDigits + 1 + head.size() + kIdDigits);
  return CellParser(line);
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

std::vector<Cell> ReadMetrics(std::string_view line) {
  CellParser parser = BehindId(line, kResultHead);
  parser.Expect("\",\"metrics\":");
  return parser.Cells();
}

PointResult ReadResult(std::string_view line) {
  PointResult result;
  CellParser parser = BehindId(line, kResultHead);
  parser.Expect("\",\"metrics\":");
  result.metrics = parser.Cells();
  parser.Expect(",\"subnets\":[");
  if (parser.Accept(']')) return result;
  do {
    result.subnets.push_back(parser.Cells());
  } while (parser.Accept(','));
  parser.Expect("]}");
  return result;
}

PointFailure ReadFailure(std::string_view line) {
  PointFailure failure;
  CellParser parser = BehindId(line, kFailureHead);
  parser.Expect("\",\"reason\":");
  failure.reason = parser.Text();
  parser.Expect(",\"attempt\":");
  failure.attempt = static_cast<int>(parser.Integer());
  return failure;
}

}  // namespace sushi::sweep
