// The two kinds of failure. UserError: something the user wrote can be mended by the user; the
// program ends with exit code 2. InternalError: a rule of the simulator itself is broken; exit 1.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace sushi {

// Where in the user's input something stands. `line` is 1-based, 0 when there is none.
struct SourceMark {
  std::string file;
  int line = 0;
};

class UserError : public std::runtime_error {
 public:
  explicit UserError(const std::string& message) : std::runtime_error(message) {}
  // "FILE:LINE: KEY: MESSAGE", leaving out what is empty.
  UserError(const SourceMark& mark, const std::string& key, const std::string& message);
};

class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// " (did you mean 'NAME'?)" with the name of least edit distance, or "" when none is near
// (distance over a third of the longer word). Ties go to the earlier name.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& known);

}  // namespace sushi
