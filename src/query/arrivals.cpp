#include <algorithm>
#include <cmath>

#include "sushi/core/error.hpp"
#include "sushi/query/arrival_process.hpp"

namespace sushi {

// A new process is one file and one line here and in kKinds.
std::unique_ptr<ArrivalProcess> MakePoissonArrivals(const GeneratorConfig& config);
std::unique_ptr<ArrivalProcess> MakeGammaArrivals(const GeneratorConfig& config);
std::unique_ptr<ArrivalProcess> MakeConstantArrivals(const GeneratorConfig& config);
std::unique_ptr<ArrivalProcess> MakeBurstyArrivals(const GeneratorConfig& config);
std::unique_ptr<ArrivalProcess> MakeRampArrivals(const GeneratorConfig& config);
std::unique_ptr<ArrivalProcess> MakeOnOffArrivals(const GeneratorConfig& config);
std::unique_ptr<ArrivalProcess> MakeBatchArrivals(const GeneratorConfig& config);
std::unique_ptr<ArrivalProcess> MakeOfflineArrivals(const GeneratorConfig& config);

namespace {

std::unique_ptr<ArrivalProcess> MakeNone(const GeneratorConfig&) { return nullptr; }

std::unique_ptr<ArrivalProcess> MakeByRate(const GeneratorConfig& config) {
  return config.arrival_rate_qps > 0 ? MakePoissonArrivals(config) : nullptr;
}

struct Kind {
  const char* name;
  std::unique_ptr<ArrivalProcess> (*make)(const GeneratorConfig&);
  bool needs_rate;
};
constexpr Kind kKinds[] = {
    {"auto", MakeByRate, false},
    {"closed", MakeNone, false},
    {"poisson", MakePoissonArrivals, true},
    {"gamma", MakeGammaArrivals, true},
    {"bursty", MakeBurstyArrivals, true},
    {"ramp", MakeRampArrivals, false},
    {"on_off", MakeOnOffArrivals, true},
    {"constant", MakeConstantArrivals, true},
    {"single_stream", MakeNone, false},
    {"multi_stream", MakeBatchArrivals, false},
    {"server", MakePoissonArrivals, true},
    {"offline", MakeOfflineArrivals, false},
};

const Kind* FindKind(const std::string& name) {
  const Kind* found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& kind) { return name == kind.name; });
  return found == std::end(kKinds) ? nullptr : found;
}

constexpr double kLeastAPhase = 0.001;  // on_off: less is thousands of empty phases for each query

struct Range {
  const char* key;
  double value, low, high;
  const char* expected;
};

}  // namespace

std::vector<std::string> ArrivalKinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

// Comparisons are written so that NaN fails.
GeneratorFault FindArrivalFault(const GeneratorConfig& c) {
  const Kind* kind = FindKind(c.arrivals);
  if (kind == nullptr) {
    return {"arrivals", "unknown name '" + c.arrivals + "'" + DidYouMean(c.arrivals, ArrivalKinds())};
  }
  const Range ranges[] = {
      {"arrival_rate_qps", c.arrival_rate_qps, 0, 1e12, "from 0 to 1e12"},
      {"arrival_cv2", c.arrival_cv2, 0, 1e6, "from 0 to 1e6"},
      {"base_rate_qps", c.base_rate_qps, 0, 1e12, "from 0 to 1e12"},
      {"ramp_to_qps", c.ramp_to_qps, 0, 1e12, "from 0 to 1e12"},
      {"ramp_qps_per_s", c.ramp_qps_per_s, 0, 1e12, "from 0 to 1e12"},
      {"on_phase_s", c.on_phase_s, 1e-9, 1e6, "from 1e-9 to 1e6"},
      {"off_phase_s", c.off_phase_s, 0, 1e6, "from 0 to 1e6"},
      {"batch_queries", static_cast<double>(c.batch_queries), 1, 1e9, "from 1 to 1e9"},
      {"batch_interval_us", c.batch_interval_us, 0.001, 1e12, "from 0.001 to 1e12"},
  };
  for (const Range& range : ranges) {
    if (!(range.value >= range.low && range.value <= range.high))
      return {range.key, std::string("expected ") + range.expected};
  }
  if (kind->needs_rate && !(c.arrival_rate_qps > 0))
    return {"arrival_rate_qps", "expected above 0 for arrivals '" + c.arrivals + "'"};
  if (c.arrivals == "on_off" && c.arrival_rate_qps * c.on_phase_s < kLeastAPhase)
    return {"on_phase_s",
            "expected at least 0.001 queries in a mean on-phase (arrival_rate_qps * on_phase_s)"};
  if (c.arrivals == "ramp" && c.arrival_rate_qps == 0 && c.ramp_to_qps == 0)
    return {"ramp_to_qps", "expected above 0 for a ramp from arrival_rate_qps 0"};
  if (c.arrivals == "ramp" && c.ramp_qps_per_s == 0)
    return {"ramp_qps_per_s", "expected above 0 for arrivals 'ramp'"};
  return {};
}

std::unique_ptr<ArrivalProcess> MakeArrivals(const GeneratorConfig& config) {
  return FindKind(config.arrivals)->make(config);
}

Picoseconds ArrivalAt(double at_ps, const char* key) {
  constexpr double kLastArrivalPs = 1e18;  // what a trace file may hold, 10^12 us
  if (!(at_ps <= kLastArrivalPs)) {
    const bool rate = std::string(key).find("qps") != std::string::npos;
    throw UserError(SourceMark{}, key,
                    std::string(rate ? "too low" : "too large") +
                        " for this many queries: expected the last arrival within 1e12 us");
  }
  return Picoseconds(std::llround(at_ps));
}

Picoseconds ArrivalAfter(Picoseconds last, double gap_ps, const char* key) {
  ArrivalAt(static_cast<double>(last.value()) + gap_ps, key);
  return last + Picoseconds(std::llround(gap_ps));
}

double GammaGap(Random& random, double mean, double cv2) {
  constexpr double kLeastCv2 = 1e-16;  // below, a double would hold little of the difference
  return cv2 < kLeastCv2 ? mean : mean * cv2 * random.Gamma(1 / cv2);
}

}  // namespace sushi
