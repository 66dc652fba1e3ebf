#include "sushi/sweep/plan.hpp"

#include <xxhash.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "sushi/core/error.hpp"

namespace sushi::sweep {
namespace {

using Json = nlohmann::ordered_json;

std::string PointsPath(const Store& store) { return store.path() + "/points.tsv"; }

std::string HashOf(const std::string& text) { return std::to_string(XXH3_64bits(text.data(), text.size())); }

std::string HashOf(const std::vector<PointId>& ids) {
  std::string text;
  text.reserve(ids.size() * 32);
  for (const PointId& id : ids) text += id.Hex();
  return HashOf(text);
}

void AppendEscaped(const std::string& cell, std::string& line) {
  for (const char c : cell) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\t':
        line += "\\t";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      default:
        line += c;
    }
  }
}

// The cells behind the id of the line that begins at `from`.
std::vector<std::string> CellsOf(const std::string& text, std::size_t from) {
  std::vector<std::string> cells;
  for (std::size_t i = from; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\t') {
      cells.emplace_back();
    } else if (!cells.empty()) {
      char c = text[i];
      if (c == '\\' && i + 1 < text.size()) {
        c = text[++i];
        c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
      }
      cells.back() += c;
    }
  }
  return cells;
}

std::string PointsText(const SweepTable& table) {
  std::string text;
  for (std::size_t i = 0; i < table.ids.size(); ++i) {
    text += table.ids[i].Hex();
    for (const std::string& cell : table.labels(static_cast<std::int64_t>(i))) {
      text += '\t';
      AppendEscaped(cell, text);
    }
    text += '\n';
  }
  return text;
}

Json ColumnsJson(const SweepColumns& columns) {
  return {{"axes", columns.axes}, {"metrics", columns.metrics}, {"subnets", columns.subnets}};
}

Json ReadJson(const Store& store) { return Json::parse(store.Plan(), nullptr, false); }

[[noreturn]] void Refuse(const Store& store, const std::string& why) {
  throw UserError({store.path() + "/plan.json", 0}, "", why + "; `sweep run` writes it again");
}

}  // namespace

void WritePlan(const Store& store, const Plan& plan) {
  Json json{{"schema_version", 1},
            {"title", plan.title},
            {"objectives", plan.objectives},
            {"columns", ColumnsJson(plan.table.columns)},
            {"points", plan.table.ids.size()},
            {"ids", HashOf(plan.table.ids)},
            {"file", plan.source},
            {"sets", plan.sets}};
  if (store.HasPlan()) {
    Json known = ReadJson(store);
    if (known.is_object() && known.erase("points_tsv") == 1 && known == json && CanRead(PointsPath(store)))
      return;
  }
  const std::string points = PointsText(plan.table);
  WriteFileAtomically(PointsPath(store), points);
  json["points_tsv"] = HashOf(points);
  store.WritePlan(json.dump(2) + "\n");
}

Plan ReadPlan(const Store& store) {
  const Json json = ReadJson(store);
  if (!json.is_object() || json.value("schema_version", 0) != 1) Refuse(store, "is no plan of a sweep");
  const auto text = std::make_shared<const std::string>(ReadWholeFile(PointsPath(store)));
  Plan plan;
  try {
    if (json.at("points_tsv").get<std::string>() != HashOf(*text)) Refuse(store, "is not that of points.tsv");
    plan.title = json.at("title").get<std::string>();
    plan.objectives = json.at("objectives").get<std::vector<std::string>>();
    const Json& columns = json.at("columns");
    plan.table.columns = {columns.at("axes").get<std::vector<std::string>>(),
                          columns.at("metrics").get<std::vector<std::string>>(),
                          columns.at("subnets").get<std::vector<std::string>>()};
    plan.source = json.at("file").get<std::string>();
    plan.sets = json.at("sets").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    Refuse(store, "is no plan of a sweep");
  }
  auto lines = std::make_shared<std::vector<std::size_t>>();
  for (std::size_t at = 0; at < text->size(); at = text->find('\n', at) + 1) {
    lines->push_back(at);
    plan.table.ids.push_back(PointId::Parse(text->substr(at, 32)));
  }
  plan.table.labels = [text, lines](std::int64_t index) {
    return CellsOf(*text, (*lines)[static_cast<std::size_t>(index)]);
  };
  return plan;
}

}  // namespace sushi::sweep
