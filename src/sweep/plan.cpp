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

}  // namespace

Json PlanJson(const Plan& plan) {
  return {{"schema_version", 1},           {"title", plan.title},
          {"objectives", plan.objectives}, {"columns", ColumnsJson(plan.columns)},
          {"points", plan.points},         {"fingerprint", plan.fingerprint},
          {"file", plan.source},           {"sets", plan.sets}};
}

void WritePlan(const Store& store, const Plan& plan) { store.WritePlan(PlanJson(plan).dump(2) + "\n"); }

Plan ReadPlan(const Store& store) {
  const Json json = Json::parse(store.Plan(), nullptr, false);
  Plan plan;
  try {
    plan.title = json.at("title").get<std::string>();
    plan.objectives = json.at("objectives").get<std::vector<std::string>>();
    const Json& columns = json.at("columns");
    plan.columns = {columns.at("axes").get<std::vector<std::string>>(),
                    columns.at("metrics").get<std::vector<std::string>>(),
                    columns.at("subnets").get<std::vector<std::string>>()};
    plan.points = json.at("points").get<std::int64_t>();
    plan.fingerprint = json.at("fingerprint").get<std::string>();
    plan.source = json.at("file").get<std::string>();
    plan.sets = json.at("sets").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw UserError({store.path() + "/plan.json", 0}, "",
                    "is no plan of a sweep; `sweep run` writes it again");
  }
  return plan;
}

void WritePoints(const Store& store, const Plan& plan, const SweepTable& table) {
  const std::string points = PointsText(table);
  WriteFileAtomically(PointsPath(store), plan.fingerprint + "\t" + HashOf(points) + "\n" + points);
}

bool HasPoints(const Store& store, const Plan& plan) { return ReadPoints(store, plan).has_value(); }

std::optional<SweepTable> ReadPoints(const Store& store, const Plan& plan) {
  if (!CanRead(PointsPath(store))) return std::nullopt;
  const auto text = std::make_shared<const std::string>(ReadWholeFile(PointsPath(store)));
  const std::size_t head = text->find('\n');
  if (head == std::string::npos) return std::nullopt;
  if (text->substr(0, head) != plan.fingerprint + "\t" + HashOf(text->substr(head + 1))) return std::nullopt;
  SweepTable table;
  table.columns = plan.columns;
  auto lines = std::make_shared<std::vector<std::size_t>>();
  for (std::size_t at = head + 1; at < text->size(); at = text->find('\n', at) + 1) {
    lines->push_back(at);
    table.ids.push_back(PointId::Parse(text->substr(at, 32)));
  }
  table.labels = [text, lines](std::int64_t index) {
    return CellsOf(*text, (*lines)[static_cast<std::size_t>(index)]);
  };
  return table;
}

}  // namespace sushi::sweep
