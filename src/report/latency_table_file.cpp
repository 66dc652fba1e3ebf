#include "sushi/report/latency_table_file.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "rects_json.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/core/error.hpp"
#include "sushi/core/version.hpp"
#include "sushi/formats/json_file.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

void CheckSame(const std::string& path, const Json& file, const char* key, const Json& expected) {
  const auto found = file.find(key);
  if (found == file.end()) throw UserError({path, 0}, key, "is missing: not a saved latency table");
  if (*found != expected) {
    throw UserError(
        {path, 0}, key,
        "the table was built for another " + std::string(key) + "; build it again with `sushisim table`");
  }
}

Json Skeleton(const LatencyTable& table, const Identity& identity) {
  Json json;
  json["schema_version"] = 2;
  json["timing_model_version"] = kTimingModelVersion;
  json["hardware"] = identity.hardware_hash;
  json["model"] = identity.model_hash;
  Json subnets = Json::array();
  for (int s = 0; s < table.subnets(); ++s) subnets.push_back(table.SubNetName(s));
  json["subnets"] = subnets;
  Json columns = Json::array();
  for (int c = 0; c < table.columns(); ++c) {
    columns.push_back({{"name", table.Column(c).name}, {"rects", RectsJson(table.Column(c).graph)}});
  }
  json["columns"] = columns;
  return json;
}

// Of everything but the hash itself, so that layout does not matter.
std::string ContentHash(Json json) {
  json.erase("content_hash");
  return config::HashText(json.dump());
}

void RefuseUnknown(const std::string& path, const Json& file, const Json& expected) {
  for (const auto& [key, value] : file.items()) {
    if (expected.contains(key) || key == "latency_ps" || key == "content_hash") continue;
    throw UserError({path, 0}, key.substr(0, 60), "unknown key: not a saved latency table");
  }
}

std::string Fit(std::string text, std::size_t width) {
  if (text.size() > width) text.resize(width);
  text.resize(width, ' ');
  return text;
}

}  // namespace

void PrintTable(const SuperNet& net, const LatencyTable& table, std::ostream& out) {
  constexpr int kCell = 10;
  out << "SushiAbs: service in us of each SubNet (column) with each SubGraph (row) cached\n";
  out << Fit("SubGraph", 14) << "     KiB";
  for (int s = 0; s < table.subnets(); ++s) {
    const std::string name = table.SubNetName(s).substr(0, kCell - 1);
    out << std::string(kCell - name.size(), ' ') << name;
  }
  out << '\n';
  for (int c = 0; c < table.columns(); ++c) {
    char size[32];
    std::snprintf(size, sizeof size, "%8.1f",
                  static_cast<double>(BytesOf(net, table.Column(c).graph).value()) / 1024);
    out << Fit(table.Column(c).name, 14) << size;
    for (int s = 0; s < table.subnets(); ++s) {
      char cell[40];
      std::snprintf(cell, sizeof cell, "%*.1f", kCell, static_cast<double>(table.At(s, c).value()) / 1e6);
      out << cell;
    }
    out << '\n';
  }
}

std::string TableText(const LatencyTable& table, const Identity& identity) {
  Json json = Skeleton(table, identity);
  Json rows = Json::array();
  for (int s = 0; s < table.subnets(); ++s) {
    Json row = Json::array();
    for (int c = 0; c < table.columns(); ++c) row.push_back(table.At(s, c).value());
    rows.push_back(row);
  }
  json["latency_ps"] = rows;
  json["content_hash"] = ContentHash(json);
  return json.dump(1) + "\n";
}

void LoadTable(const std::string& path, const Identity& identity, LatencyTable& table) {
  const Json file = ReadJsonFile(path);
  if (!file.is_object()) throw UserError({path, 0}, "", "is not a saved latency table");
  const Json expected = Skeleton(table, identity);
  for (const auto& [key, value] : expected.items()) CheckSame(path, file, key.c_str(), value);
  RefuseUnknown(path, file, expected);
  const auto rows = file.find("latency_ps");
  const auto bad = [&] {
    throw UserError({path, 0}, "latency_ps", "expected a row of positive integers a SubNet");
  };
  if (rows == file.end() || !rows->is_array() || rows->size() != static_cast<std::size_t>(table.subnets()))
    bad();
  for (int s = 0; s < table.subnets(); ++s) {
    const Json& row = (*rows)[static_cast<std::size_t>(s)];
    if (!row.is_array() || row.size() != static_cast<std::size_t>(table.columns())) bad();
    for (int c = 0; c < table.columns(); ++c) {
      const Json& cell = row[static_cast<std::size_t>(c)];
      if (!cell.is_number_unsigned() || cell == 0 || cell.get<std::uint64_t>() > INT64_MAX / 4) bad();
      table.Set(s, c, Picoseconds(cell.get<std::int64_t>()));
    }
  }
  const auto hash = file.find("content_hash");
  if (hash == file.end() || *hash != ContentHash(file)) {
    throw UserError({path, 0}, "content_hash",
                    "the file is not as it was saved; build it again with `sushisim table`");
  }
}

}  // namespace sushi::report
