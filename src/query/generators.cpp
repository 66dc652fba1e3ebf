#include "sushi/query/generators.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/query/arrival_process.hpp"
#include "sushi/query/target_process.hpp"

namespace sushi {

// A new process is one file and one line here and in kKinds.
std::unique_ptr<TargetProcess> MakeUniformTargets(const GeneratorConfig& config);
std::unique_ptr<TargetProcess> MakeRandomWalkTargets(const GeneratorConfig& config);
std::unique_ptr<TargetProcess> MakePhaseTargets(const GeneratorConfig& config);

namespace {

struct Kind {
  const char* name;
  std::unique_ptr<TargetProcess> (*make)(const GeneratorConfig&);
};
constexpr Kind kKinds[] = {
    {"uniform", MakeUniformTargets},
    {"random_walk", MakeRandomWalkTargets},
    {"phases", MakePhaseTargets},
};

constexpr std::int64_t kPicosecondsPerNanosecond = 1000;
// Arrivals draw from a stream of their own, so that they do not change the targets of a seed.
constexpr std::uint64_t kArrivalStream = 0x9E3779B97F4A7C15u;

void Require(bool holds, const char* key, const char* expected) {
  if (!holds) throw UserError(SourceMark{}, key, std::string("expected ") + expected);
}

// Written so that NaN fails.
void Validate(const GeneratorConfig& c) {
  Require(c.queries >= 1, "queries", "at least 1");
  Require(c.accuracy_low_percent >= 0, "accuracy_low_percent", "a number from 0 to 100");
  Require(c.accuracy_high_percent <= 100, "accuracy_high_percent", "a number from 0 to 100");
  Require(c.accuracy_low_percent <= c.accuracy_high_percent, "accuracy_low_percent",
          "at most accuracy_high_percent");
  Require(c.latency_low_us >= 0.001, "latency_low_us", "at least 0.001");
  Require(c.latency_high_us <= 1e12, "latency_high_us", "at most 1e12");
  Require(c.latency_low_us <= c.latency_high_us, "latency_low_us", "at most latency_high_us");
  Require(c.step_fraction >= 0 && c.step_fraction <= 1, "step_fraction", "a number from 0 to 1");
  Require(c.phase_queries >= 1 && c.phase_queries <= 1'000'000'000, "phase_queries", "from 1 to 1000000000");
  const GeneratorFault fault = FindArrivalFault(c);
  if (!fault.key.empty()) throw UserError(SourceMark{}, fault.key, fault.message);
}

// Targets are rounded to 0.01 % and 0.001 us, so that a trace file holds them exactly and in few
// digits.
class Generator : public QuerySource {
 public:
  Generator(const GeneratorConfig& config, std::unique_ptr<TargetProcess> targets)
      : queries_(config.queries),
        targets_(std::move(targets)),
        arrivals_(MakeArrivals(config)),
        target_random_(config.seed),
        arrival_random_(config.seed ^ kArrivalStream) {}

  bool Next(Query& query) override {
    if (next_id_ == queries_) return false;
    query.id = next_id_++;
    const Targets targets = targets_->Next(target_random_);
    query.accuracy_min_percent = std::round(targets.accuracy_percent * 100) / 100;
    query.latency_max = Picoseconds(std::llround(targets.latency_us * 1000) * kPicosecondsPerNanosecond);
    query.arrival.reset();
    if (arrivals_) query.arrival = arrivals_->Next(arrival_random_);
    return true;
  }

 private:
  std::int64_t queries_;
  std::unique_ptr<TargetProcess> targets_;
  std::unique_ptr<ArrivalProcess> arrivals_;
  Random target_random_, arrival_random_;
  std::int64_t next_id_ = 0;
};

}  // namespace

std::vector<std::string> GeneratorKinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

std::unique_ptr<QuerySource> MakeGenerator(const GeneratorConfig& config) {
  for (const Kind& kind : kKinds) {
    if (config.kind != kind.name) continue;
    Validate(config);
    return std::make_unique<Generator>(config, kind.make(config));
  }
  return nullptr;
}

}  // namespace sushi
