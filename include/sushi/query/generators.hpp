// Seeded trace generators. Distributions are our own on std::mt19937_64, so that a seed gives the
// same trace with every standard library.
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
  double Normal();  // Box–Muller, both halves used
 private:
  std::mt19937_64 engine_;
  bool has_spare_ = false;
  double spare_ = 0;
};

struct GeneratorConfig {
  std::string kind = "phases";  // uniform | random_walk | phases
  std::int64_t queries = 4000;
  std::uint64_t seed = 1;
  double accuracy_low_percent = 75.0, accuracy_high_percent = 79.8;
  double latency_low_us = 10000, latency_high_us = 90000;
  double step_fraction = 0.05;       // random_walk: largest step, of the range
  std::int64_t phase_queries = 200;  // phases: mean length of a phase
  double arrival_rate_qps = 0;       // 0: closed loop; else Poisson arrivals
};

std::vector<std::string> GeneratorKinds();
// Contract: the same config gives the same queries everywhere. nullptr for an unknown kind.
std::unique_ptr<QuerySource> MakeGenerator(const GeneratorConfig& config);

}  // namespace sushi
