// Tables for a terminal.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace sushi::report {

using TextRow = std::vector<std::string>;

// Columns as wide as their widest cell. `alignment` has l or r for each column, its last letter for all that
// follow. Rows are of one length; there is at least one.
void PrintTextTable(const std::vector<TextRow>& rows, const std::string& alignment, const std::string& indent,
                    const std::string& gap, std::ostream& out);

}  // namespace sushi::report
