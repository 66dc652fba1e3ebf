#pragma once

#include <string>

namespace sushi::report {

// Text goes through CsvCell() first.
inline void AddCell(std::string& row, const std::string& cell) { (row += ',') += cell; }

}  // namespace sushi::report
