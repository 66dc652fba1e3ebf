// The keys of the serving system and of its schedulers.
#pragma once

#include <vector>

#include "sushi/config/fields.hpp"

namespace sushi::config {

// SUSHI's policies and the schedulers of a serving system, each name once.
std::vector<std::string> PolicyNames();

void AddServingFields(std::vector<Field>& fields);

}  // namespace sushi::config
