// Text as JSON, for lines that are put together by hand because there are millions of them.
#pragma once

#include <string>

namespace sushi::sweep {

// In quotes; bytes that are not UTF-8 are replaced.
void AppendJsonText(const std::string& text, std::string* json);
// Shortest round-trip, with a point or an exponent so that it does not pass for an integer.
void AppendJsonReal(double finite, std::string* json);

}  // namespace sushi::sweep
