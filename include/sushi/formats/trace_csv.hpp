// Traces as CSV `query,arrival_us,accuracy_min_percent,latency_max_us`. An empty arrival_us in every
// row means closed loop; some empty and some not is an error.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "sushi/query/query.hpp"

namespace sushi {

// Reads as it goes: one line in memory. Throws UserError (file, line, column, expected) for a missing
// or wrong header, too few or many fields, NaN, infinity, negative or out-of-range numbers, arrivals
// that go back, query ids that do not ascend, lines over 4096 bytes, no query at all.
std::unique_ptr<QuerySource> OpenTraceCsv(const std::string& path);

void WriteTraceHeader(std::ostream& out);
void WriteTraceRow(std::ostream& out, const Query& query);  // shortest round-trip decimals

}  // namespace sushi
