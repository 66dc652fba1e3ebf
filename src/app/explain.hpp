#pragma once

#include <CLI/CLI.hpp>

namespace sushi::app {

// `sushisim explain`.
void AddExplain(CLI::App& app);

}  // namespace sushi::app
