// What each kind of study reports of a point. Rows come without the point's labels.
#pragma once

#include <string>
#include <vector>

#include "fast_session.hpp"
#include "sushi/report/result_table.hpp"

namespace sushi::app {

using Rows = std::vector<std::vector<report::Cell>>;

std::vector<std::string> StudyColumns(config::StudyKind kind);
// `experiment` is the point's; `session` may be another's with the same key.
Rows StudyRows(config::StudyKind kind, const config::Experiment& experiment, CostSession& session);

// The row of a stream, and what served it.
std::vector<report::Cell> StreamRow(const config::Experiment& experiment, CostSession& session,
                                    StreamResult& result);

}  // namespace sushi::app
