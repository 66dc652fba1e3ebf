// When the queries of a generated stream arrive. One .cpp per process, registered in
// src/query/arrivals.cpp; docs/traces.md has the formulas.
#pragma once

#include <memory>

#include "sushi/core/units.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {

inline constexpr double kPicosecondsPerSecond = 1e12;

// Contract: arrivals never go back; all randomness comes from `random`; UserError naming the key when an
// arrival would lie beyond 10^12 us or never come.
class ArrivalProcess {
 public:
  virtual ~ArrivalProcess() = default;
  virtual Picoseconds Next(Random& random) = 0;
};

// nullptr for a closed loop. `config` is one that FindArrivalFault() finds nothing wrong with.
std::unique_ptr<ArrivalProcess> MakeArrivals(const GeneratorConfig& config);

// For processes: `at_ps`, rounded. UserError naming `key` when a trace cannot hold it.
Picoseconds ArrivalAt(double at_ps, const char* key);
// `last` and a gap, rounded.
Picoseconds ArrivalAfter(Picoseconds last, double gap_ps, const char* key);
// A gamma distributed gap of this mean and squared coefficient of variation; at 0 the mean.
double GammaGap(Random& random, double mean, double cv2);

}  // namespace sushi
