// SushiAbs as text and as a file. A saved table carries the identity of what it was built for and is
// refused for anything else.
#pragma once

#include <ostream>
#include <string>

#include "sushi/report/run_report.hpp"
#include "sushi/sched/latency_table.hpp"

namespace sushi::report {

void PrintTable(const SuperNet& net, const LatencyTable& table, std::ostream& out);
std::string TableText(const LatencyTable& table, const Identity& identity);  // JSON

// Reads the latencies of `path` into `table`. UserError unless the file was made for this hardware, model
// and timing model, with the same SubNets and columns, and is as it was saved.
void LoadTable(const std::string& path, const Identity& identity, LatencyTable& table);

}  // namespace sushi::report
