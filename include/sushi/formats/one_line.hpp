// Names from input may hold anything; a message or a cell is one line that a terminal can show.
#pragma once

#include <string>

namespace sushi {

std::string OneLine(std::string text);  // control characters become blanks

}  // namespace sushi
