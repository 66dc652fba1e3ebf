// How the targets of a generated stream move from query to query. One .cpp per process, registered in
// src/query/generators.cpp.
#pragma once

#include <memory>
#include <string>

#include "sushi/query/generators.hpp"

namespace sushi {

struct Targets {
  double accuracy_percent = 0;
  double latency_us = 0;
};

// Contract: targets lie in the configured ranges; all randomness comes from `random`; the generator
// rounds them and adds the arrivals.
class TargetProcess {
 public:
  virtual ~TargetProcess() = default;
  virtual Targets Next(Random& random) = 0;
};

}  // namespace sushi
