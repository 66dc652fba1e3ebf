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
  double Normal();             // mean 0, deviation 1
  double Gamma(double shape);  // scale 1: mean and variance are `shape`, above 0

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
  // Arrivals: a process of its own beside the targets.
  std::string arrivals = "auto";           // one of ArrivalKinds(); auto: closed at rate 0, else poisson
  double arrival_rate_qps = 0;             // bursty: of the bursts; ramp: at the start; on_off: when on
  double arrival_cv2 = 1;                  // gamma, bursty, ramp: squared coefficient of variation of gaps
  double base_rate_qps = 0;                // bursty: of the constant part
  double ramp_to_qps = 0;                  // ramp: rate at its end
  double ramp_qps_per_s = 0;               // ramp: how fast the rate changes
  double on_phase_s = 1, off_phase_s = 1;  // on_off: mean lengths
  std::int64_t batch_queries = 8;          // multi_stream
  double batch_interval_us = 50000;        // multi_stream: from one batch to the next
};

std::vector<std::string> GeneratorKinds();
std::vector<std::string> ArrivalKinds();

// What is wrong with the keys of the arrivals, taken together; an empty key when nothing is.
struct GeneratorFault {
  std::string key, message;
};
GeneratorFault FindArrivalFault(const GeneratorConfig& config);
// Contract: the same config gives the same queries everywhere, and the arrivals do not change the
// targets. Accuracies are multiples of 0.01 %, latencies of 0.001 us, arrivals of 1 ps. nullptr for an
// unknown kind; UserError naming the key for a value out of range, and from Next() when an arrival
// would lie beyond 10^12 us or never come.
std::unique_ptr<QuerySource> MakeGenerator(const GeneratorConfig& config);

}  // namespace sushi
