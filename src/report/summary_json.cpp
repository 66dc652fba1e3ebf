#include "summary_json.hpp"

#include "sushi/core/version.hpp"

namespace sushi::report {

using Json = nlohmann::ordered_json;

double Micros(double picoseconds) { return picoseconds / 1e6; }

Json TimeJson(const TimeStatistics& time, std::int64_t queries) {
  return {{"mean_us", Micros(time.MeanPs(queries))},
          {"p50_us", Micros(static_cast<double>(time.p50_ps))},
          {"p95_us", Micros(static_cast<double>(time.p95_ps))},
          {"p99_us", Micros(static_cast<double>(time.p99_ps))},
          {"max_us", Micros(static_cast<double>(time.max_ps))}};
}

Json TrafficJson(const Counters& counters) {
  Json json = ByName(counters.traffic_bytes);
  json["total"] = counters.TrafficBytes();
  return json;
}

Json IdentityJson(const Identity& identity) {
  return {{"timing_model_version", kTimingModelVersion},
          {"configuration", identity.configuration_hash},
          {"hardware", identity.hardware_hash},
          {"model", identity.model_hash},
          {"trace", identity.trace_hash}};
}

}  // namespace sushi::report
