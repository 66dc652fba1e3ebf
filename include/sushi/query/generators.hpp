// Seeded trace generators. Distributions are our own on std::mt19937_64 and use no libm function, so
// that a seed gives the same trace with every standard library.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sushi/query/query.hpp"

namespace sushi {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double Uniform();  // [0, 1), 53 bits
  double Uniform(double low, double high);
  std::int64_t Integer(std::int64_t low, std::int64_t high);  // inclusive, unbiased
  double Exponential(double mean);
  double Normal();  // mean 0, deviation 1

 private:
  std::mt19937_64 engine_;
};

struct GeneratorConfig {
  std::string kind = "phases";  // uniform | random_walk | phases
  std::int64_t queries = 4000;
  std::uint64_t seed = 1;
  double accuracy_low_percent = 74.0, accuracy_high_percent = 79.8;
  double latency_low_us = 11000, latency_high_us = 65000;
  double step_fraction = 0.05;       // random_walk: largest step, of the range
  std::int64_t phase_queries = 200;  // phases: mean length of a phase
  double arrival_rate_qps = 0;       // 0: closed loop; else Poisson arrivals
};

std::vector<std::string> GeneratorKinds();
// Contract: the same config gives the same queries everywhere, and the arrival rate does not change the
// targets. Accuracies are multiples of 0.01 %, latencies of 0.001 us, arrivals of 1 ps. nullptr for an
// unknown kind; UserError naming the key for a value out of range, and from Next() when an arrival
// would lie beyond 10^12 us.
std::unique_ptr<QuerySource> MakeGenerator(const GeneratorConfig& config);

}  // namespace sushi
