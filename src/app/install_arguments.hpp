// The commands about the installation itself: presets, schema, completion, man.
#pragma once

#include <CLI/CLI.hpp>
#include <iosfwd>
#include <string>
#include <vector>

namespace sushi::app {

void AddPresets(CLI::App& app);
void AddSchema(CLI::App& app);
// `completion` prints a shell's script, which asks `sushisim __complete WORD…` at every key.
void AddCompletion(CLI::App& app);
// `man` prints the manual page of `app` as it is when the command runs; left out of --help.
void AddMan(CLI::App& app);

// What `words`, those after the program's name, may go on with: the last one is being written. A line each,
// candidate, tab, description; then :files or :dirs where those fit as well.
void PrintCandidates(const CLI::App& app, const std::vector<std::string>& words, std::ostream& out);

}  // namespace sushi::app
