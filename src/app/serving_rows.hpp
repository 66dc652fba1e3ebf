// A serving run as numbers in a row, for sweeps and studies.
#pragma once

#include <string>
#include <vector>

#include "serving_run.hpp"
#include "sushi/report/result_table.hpp"

namespace sushi::app {

std::vector<std::string> ServingColumns();
std::vector<double> ServingRow(const config::Experiment& experiment);

// The same as means over `seeds` streams (those that have the number), half the width of the 95 % confidence
// interval of each (Student's t) and, of streams with few kinds of requests, what no scheduler could have
// passed.
std::vector<std::string> ServingStudyColumns();
std::vector<report::Cell> ServingStudyRow(const config::Experiment& experiment, int seeds);

}  // namespace sushi::app
