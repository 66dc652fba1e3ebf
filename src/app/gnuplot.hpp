// Runs gnuplot where it is installed.
#pragma once

#include <string>

namespace sushi::app {

enum class GnuplotResult { kDrawn, kNotInstalled, kFailed };

// Draws with `script`, a file name in `directory`, which becomes its working directory.
GnuplotResult RunGnuplot(const std::string& directory, const std::string& script);

}  // namespace sushi::app
