#include "sushi/report/text_table.hpp"

#include <algorithm>

namespace sushi::report {

void PrintTextTable(const std::vector<TextRow>& rows, const std::string& alignment, const std::string& indent,
                    const std::string& gap, std::ostream& out) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const TextRow& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  for (const TextRow& row : rows) {
    std::string line = indent;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - row[c].size(), ' ');
      const bool left = alignment[std::min(c, alignment.size() - 1)] == 'l';
      if (c > 0) line += gap;
      line += left ? row[c] + padding : padding + row[c];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace sushi::report
