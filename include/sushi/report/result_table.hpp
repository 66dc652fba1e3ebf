// A table of results: CSV, JSON, and the gnuplot script of a picture of it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "sushi/config/study.hpp"

namespace sushi::report {

using Cell = std::variant<std::string, std::int64_t, double>;

struct ResultTable {
  std::vector<std::string> columns;  // units in the names
  std::vector<std::vector<Cell>> rows;

  int FindColumn(const std::string& name) const;  // −1 when absent
};

std::string CellText(const Cell& cell);  // shortest round-trip
void WriteTableCsv(const ResultTable& table, std::ostream& out);
nlohmann::ordered_json TableRowsJson(const ResultTable& table);  // a list of objects

// UserError when the plot names a column that the table does not have.
void CheckPlot(const config::StudyPlot& plot, const std::vector<std::string>& columns);
// A script that draws `plot` into PLOT.svg beside it, the numbers included. An x that is no number stands
// at the number of its first row.
std::string GnuplotScript(const ResultTable& table, const config::StudyPlot& plot, const std::string& title);

}  // namespace sushi::report
