#include "sushi/formats/measured_csv.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr std::size_t kMaxLineBytes = 4096;
constexpr std::size_t kMaxRows = 1'000'000;
constexpr double kMinLatencyUs = 1e-3;  // less than a cycle; keeps relative errors finite
constexpr double kMaxLatencyUs = 1e9;

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

template <typename Number>
bool Parse(const std::string& text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

// The op of the SubNet's n-th convolution, the classifier counted as the last.
int OpOfConvolution(const SubNet& subnet, int layer) {
  int count = 0;
  for (std::size_t i = 0; i < subnet.ops.size(); ++i) {
    if (subnet.ops[i].kind == OpKind::kConv && count++ == layer) return static_cast<int>(i);
  }
  return kNone;
}

MeasuredLayer ParseRow(const std::vector<std::string>& cells, const SourceMark& mark, const SuperNet& net) {
  if (cells.size() != 3) {
    throw UserError(mark, "",
                    "expected 3 fields (subnet,layer,latency_us), got " + std::to_string(cells.size()));
  }
  MeasuredLayer row;
  row.subnet = net.FindSubNet(cells[0]);
  if (row.subnet == kNone) {
    std::vector<std::string> names;
    for (const SubNet& subnet : net.subnets) names.push_back(subnet.name);
    throw UserError(mark, "subnet",
                    "no SubNet '" + cells[0].substr(0, 60) + "'" + DidYouMean(cells[0], names));
  }
  const SubNet& subnet = net.subnets[static_cast<std::size_t>(row.subnet)];
  row.op = Parse(cells[1], row.layer) && row.layer >= 0 ? OpOfConvolution(subnet, row.layer) : kNone;
  if (row.op == kNone) {
    throw UserError(mark, "layer",
                    "SubNet " + subnet.name + " has no convolution '" + cells[1].substr(0, 60) + "'");
  }
  if (!Parse(cells[2], row.latency_us) || !std::isfinite(row.latency_us) || row.latency_us < kMinLatencyUs ||
      row.latency_us > kMaxLatencyUs) {
    throw UserError(mark, "latency_us",
                    "expected a number from 0.001 to 1e9, got '" + cells[2].substr(0, 60) + "'");
  }
  return row;
}

}  // namespace

std::vector<MeasuredLayer> ReadMeasuredCsv(const std::string& path, const SuperNet& net) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw UserError({path, 0}, "", "is a directory, expected a CSV file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError({path, 0}, "", "cannot open the file");
  std::vector<MeasuredLayer> rows;
  std::set<std::pair<int, int>> seen;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const SourceMark mark{path, number};
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.size() > kMaxLineBytes || line.find('\0') != std::string::npos)
      throw UserError(mark, "", "not a CSV line");
    if (number == 1) {
      if (line != "subnet,layer,latency_us")
        throw UserError(mark, "", "expected the header subnet,layer,latency_us");
      continue;
    }
    if (line.empty()) continue;
    const MeasuredLayer row = ParseRow(Split(line), mark, net);
    if (!seen.emplace(row.subnet, row.layer).second) throw UserError(mark, "layer", "is given twice");
    if (rows.size() >= kMaxRows) throw UserError(mark, "", "more than a million rows");
    rows.push_back(row);
  }
  if (rows.empty()) throw UserError({path, 0}, "", "holds no measured layer");
  return rows;
}

}  // namespace sushi
