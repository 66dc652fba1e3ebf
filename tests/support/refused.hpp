// How every command refuses what a user got wrong.
#pragma once

#include <algorithm>
#include <set>
#include <string>

#include "process.hpp"

namespace sushi::testing {

inline std::set<std::string> FilesIn(const std::filesystem::path& dir) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    const std::string name = std::filesystem::relative(entry.path(), dir).string();
    if (name != ".out" && name != ".err") files.insert(name);
  }
  return files;
}

// Exit 2, nothing on stdout, one line on stderr that holds `message`, and no file more or less.
inline void ExpectRefused(const Scratch& scratch, const std::string& args, const std::string& message) {
  const std::set<std::string> before = FilesIn(scratch.dir());
  const Outcome outcome = scratch.Run(args);
  EXPECT_EQ(outcome.exit_code, 2) << args;
  EXPECT_EQ(outcome.out, "") << args;
  EXPECT_EQ(outcome.err.rfind("sushisim: ", 0), 0u) << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_NE(outcome.err.find(message), std::string::npos)
      << args << "\nexpected: " << message << "\ngot: " << outcome.err;
  EXPECT_EQ(FilesIn(scratch.dir()), before) << args;
}

}  // namespace sushi::testing
