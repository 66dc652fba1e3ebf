// What `sushisim trace stats` says.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sushi/query/trace_stats.hpp"

namespace sushi::report {

nlohmann::ordered_json TraceJson(const std::string& file, const TraceSummary& summary);
void PrintTrace(const std::string& file, const TraceSummary& summary, std::ostream& out);

}  // namespace sushi::report
