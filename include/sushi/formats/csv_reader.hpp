// CSV per RFC 4180, row by row: a header, then rows with as many cells. Cells may be quoted and then hold
// commas, doubled quotes and line breaks.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "sushi/core/error.hpp"

namespace sushi {

class CsvReader {
 public:
  // UserError when the file cannot be opened or has no header.
  explicit CsvReader(const std::string& path);

  const std::vector<std::string>& header() const { return header_; }
  std::size_t Column(const std::string& name) const;  // UserError when there is none

  // The next row; false at the end. UserError with file and line for a row of another length, a quote that
  // does not end, a line of more than 1 MiB.
  bool Next();
  // Cells of the row. UserError with file, line and column when it is no such number.
  const std::string& Text(std::size_t column) const { return cells_[column]; }
  std::int64_t Integer(std::size_t column) const;
  double Real(std::size_t column) const;  // finite
  // Microseconds as picoseconds; what lies below a picosecond is rounded. UserError when negative or over
  // 10^12 us.
  std::int64_t Picoseconds(std::size_t column) const;

  [[noreturn]] void Fail(std::size_t column, const std::string& message) const;

 private:
  bool ReadRow(std::vector<std::string>& cells);
  bool ReadLine();  // into line_
  void Split(std::vector<std::string>& cells);

  SourceMark mark_;    // of the row's first line
  int last_line_ = 0;  // of the row
  std::ifstream in_;
  std::string line_;
  std::vector<std::string> header_, cells_;
};

}  // namespace sushi
