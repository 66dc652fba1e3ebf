// The keys of the bank-level memory.
#pragma once

#include <vector>

#include "sushi/config/fields.hpp"

namespace sushi::config {

void AddMemoryFields(std::vector<Field>& fields);

}  // namespace sushi::config
