// Content hashes for identities: XXH3, 128 bit, as 32 hex digits.
#pragma once

#include <string>

namespace sushi::config {

std::string HashText(const std::string& text);
std::string HashFile(const std::string& path);  // UserError when it cannot be read

}  // namespace sushi::config
