#include "sushi/report/result_table.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::report {

int ResultTable::FindColumn(const std::string& name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

std::string CellText(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return std::to_string(*integer);
  return RealText(std::get<double>(cell));
}

void WriteTableCsv(const ResultTable& table, std::ostream& out) {
  const auto line = [&](const auto& cells, const auto& text) {
    for (std::size_t i = 0; i < cells.size(); ++i) out << (i == 0 ? "" : ",") << CsvCell(text(cells[i]));
    out << '\n';
  };
  line(table.columns, [](const std::string& name) { return name; });
  for (const auto& row : table.rows) line(row, CellText);
}

nlohmann::ordered_json TableRowsJson(const ResultTable& table) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const auto& row : table.rows) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::visit([&](const auto& value) { json[table.columns[i]] = value; }, row[i]);
    }
    rows.push_back(std::move(json));
  }
  return rows;
}

void CheckPlot(const config::StudyPlot& plot, const std::vector<std::string>& columns) {
  const auto require = [&](const std::string& name) {
    if (std::find(columns.begin(), columns.end(), name) != columns.end()) return;
    throw UserError(plot.mark, "study.plots",
                    "the table has no column '" + name.substr(0, 80) + "'" + DidYouMean(name, columns));
  };
  require(plot.x);
  for (const std::string& y : plot.y) require(y);
  for (const std::string& name : plot.lines) require(name);
  for (const std::string& name : plot.series) require(name);
  for (const auto& [name, value] : plot.where) require(name);
}

}  // namespace sushi::report
