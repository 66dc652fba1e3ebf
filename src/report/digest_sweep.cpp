#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "sushi/core/error.hpp"
#include "sushi/formats/csv_reader.hpp"
#include "sushi/formats/json_file.hpp"
#include "sushi/report/digest.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t CountLines(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError({path, 0}, "", "cannot open the file");
  std::vector<char> block(1 << 20);
  std::int64_t lines = 0;
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    lines += std::count(block.begin(), block.begin() + in.gcount(), '\n');
  }
  return lines;
}

// Adds the members of `cells` to the columns; every point has the same.
void AddCells(const Json& point, const char* key, Json& columns, bool first, const SourceMark& mark) {
  const auto cells = point.find(key);
  if (cells == point.end() || !cells->is_object() || (!first && cells->size() != columns.size()))
    throw UserError(mark, key, "expected an object with the members of the first point's");
  for (const auto& [name, value] : cells->items()) {
    if (value.is_structured()) throw UserError(mark, key, "expected numbers and texts");
    if (!first && !columns.contains(name))
      throw UserError(mark, key, "expected the members of the first point's");
    columns[name].push_back(value);
  }
}

class SweepDigest {
 public:
  explicit SweepDigest(const std::string& path) : path_(path), total_(CountLines(path)) {
    if (total_ == 0) throw UserError({path, 0}, "", "holds no point");
    per_point_ = (total_ + kMaxSweepPoints - 1) / kMaxSweepPoints;
  }

  Json Read() {
    std::ifstream in(path_, std::ios::binary);
    std::string line;
    Json json = {{"points", total_},    {"per_point", per_point_}, {"index", Json::array()},
                 {"id", Json::array()}, {"axes", Json::object()},  {"metrics", Json::object()}};
    for (int number = 1; std::getline(in, line); ++number) {
      const SourceMark mark{path_, number};
      const Json point = ParseJsonLine(line, path_, number);
      if (!point.is_object()) throw UserError(mark, "", "expected an object");
      const auto index = point.find("index");
      const auto id = point.find("id");
      if (index == point.end() || !index->is_number_integer())
        throw UserError(mark, "index", "expected an integer");
      if (id == point.end() || !id->is_string()) throw UserError(mark, "id", "expected text");
      if ((number - 1) % per_point_ != 0) continue;
      json["index"].push_back(*index);
      json["id"].push_back(*id);
      AddCells(point, "point", json["axes"], number == 1, mark);
      AddCells(point, "metrics", json["metrics"], number == 1, mark);
    }
    return json;
  }

 private:
  std::string path_;
  std::int64_t total_, per_point_ = 1;
};

void CountFailures(const std::string& path, Json& json) {
  std::int64_t failed = 0;
  std::int64_t missing = 0;
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    CsvReader rows(path);
    const std::size_t status = rows.Column("status");
    while (rows.Next()) ++(rows.Text(status) == "missing" ? missing : failed);
  }
  json["failed"] = failed;
  json["missing"] = missing;
}

}  // namespace

Json DigestSweep(const std::string& directory) {
  Json json = SweepDigest(directory + "/sweep.jsonl").Read();
  CountFailures(directory + "/failures.csv", json);
  return json;
}

}  // namespace sushi::report
