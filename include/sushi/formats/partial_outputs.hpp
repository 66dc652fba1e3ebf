// Unfinished output and signals: what a process was writing under a temporary name when a signal ended it.
#pragma once

#include <string>
#include <vector>

namespace sushi {

// From now on SIGINT, SIGTERM and SIGHUP, where they are not ignored, remove all unfinished output of this
// process; then they end it as they always do (a shell sees 128 + the signal's number). For programs, not
// for libraries.
void RemovePartialOutputsOnSignals();

// Files, and last the directory they lie in, if any, which exist until this goes. Paths are relative to the
// directory that is the current one when the signal comes.
class PartialOutput {
 public:
  explicit PartialOutput(const std::vector<std::string>& files, const std::string& directory = "");
  PartialOutput(const PartialOutput&) = delete;
  PartialOutput& operator=(const PartialOutput&) = delete;
  ~PartialOutput();

 private:
  std::string names_;  // each ends with a NUL, one more ends them all
  std::size_t slot_;
};

}  // namespace sushi
