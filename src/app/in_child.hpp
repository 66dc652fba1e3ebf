// A piece of work in a process of its own, which dies with this one: SystemC elaborates once a process.
#pragma once

#include <functional>
#include <string>

namespace sushi::app {

struct ChildOutcome {
  std::string text;
  int code = 0;  // −1: it died
};

ChildOutcome InChild(const std::function<ChildOutcome()>& body);

// What `body` gives; what it throws is thrown here. std::bad_alloc when the process dies.
std::string BytesOfChild(const std::function<std::string()>& body);

}  // namespace sushi::app
