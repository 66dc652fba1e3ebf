// Schemas of `accelerators` and `tenants`.
#include <nlohmann/json.hpp>

#include "schema_sections.hpp"
#include "serving_sections.hpp"

namespace sushi::config {
namespace {

using Json = SchemaJson;

Json Described(Json json, const std::string& description) {
  json["description"] = description;
  return json;
}

template <typename Number>
Json InRange(const char* type, Number low, Number high, const std::string& description) {
  return {{"type", type}, {"minimum", low}, {"maximum", high}, {"description", description}};
}

Json ListOf(Json items, std::size_t most, const std::string& description) {
  return {{"type", "array"},
          {"items", std::move(items)},
          {"minItems", 1},
          {"maxItems", most},
          {"description", description}};
}

Json NameOf(const std::string& what) {
  Json json = TextSchema("of the " + what + ", for reports and messages");
  json["pattern"] = "^[A-Za-z0-9_.+@-]{1,32}$";
  return json;
}

Json LevelSchema() {
  return ObjectSchema(
      keys::kPowerLevel,
      {{"clock_mhz", InRange<std::int64_t>("integer", 1, kMaxClockMhz, "clock (MHz)")},
       {"energy_scale", InRange("number", kLeastEnergyScale, kMaxEnergyScale,
                                "of on-chip dynamic energy: (voltage / that of the first level) squared")},
       {"active_mw", InRange("number", 0.0, kMaxMilliwatts, "static power while a job runs (mW)")},
       {"idle_mw", InRange("number", 0.0, kMaxMilliwatts, "and while none does (mW)")}},
      keys::kPowerLevel);
}

Json ConditionsSchema() {
  std::string metrics;
  for (const std::string& name : keys::kConditionMetrics) metrics += (metrics.empty() ? "" : "|") + name;
  Json condition{{"type", "string"}, {"pattern", "^ *(" + metrics + ") *(<=|>=) *[0-9.eE+-]+ *$"}};
  return ListOf(ListOf(std::move(condition), kMaxConditions, "all of them have to hold"), kMaxConditions,
                "one of the groups has to hold for every request");
}

Json MicrosSchema(double low, const std::string& description) {
  return InRange("number", low, kMaxMicros, description + " (us)");
}

}  // namespace

SchemaJson AcceleratorsSchema() {
  const Json throttle = ObjectSchema(
      keys::kThrottle,
      {{"bursts",
        InRange<std::int64_t>("integer", 1, kMaxThrottle, "DRAM bursts that begin in a window, at most")},
       {"window_cycles", InRange<std::int64_t>("integer", 1, kMaxThrottle, "length of the window (cycles)")}},
      keys::kThrottle);
  const Json entry = ObjectSchema(
      keys::kAccelerator,
      {{"name", NameOf("type")},
       {"count",
        InRange<std::int64_t>("integer", 1, kMaxAccelerators, "how many of this type; 1 unless given")},
       {"accel", Described(FieldSection("accel"), "keys of accel that this type has otherwise")},
       {"levels", ListOf(LevelSchema(), kMaxLevels, "clock and power levels; the first is the nominal one")},
       {"throttle", Described(throttle, "bound on its DRAM traffic")}},
      {});
  return ListOf(entry, kMaxAccelerators, "the accelerators of a serving system, by type");
}

SchemaJson TenantsSchema() {
  Json entry = ObjectSchema(
      keys::kTenant,
      {{"name", NameOf("tenant")},
       {"model",
        TextSchema("a file of models/, or the NAME of a shipped one; the supernet section's unless given")},
       {"priority",
        InRange<std::int64_t>("integer", 1, kMaxPriority, "larger is more urgent; 1 unless given")},
       {"slo_us", MicrosSchema(kLeastMicros, "deadline, from the frame's start")},
       {"accuracy_min_percent", InRange("number", 0.0, 100.0, "least accuracy (%)")},
       {"trace", Described(FieldSection("trace"), "keys of trace that this tenant has otherwise")},
       {"frames", InRange<std::int64_t>("integer", 1, kMaxFrames, "number of periodic frames")},
       {"period_us", MicrosSchema(kLeastMicros, "from one frame to the next")},
       {"offset_us", MicrosSchema(0, "start of the first frame; 0 unless given")},
       {"after", TextSchema("the tenant whose served frame starts this one's")},
       {"conditions", ConditionsSchema()}},
      {"name"});
  entry["dependencies"] = {
      {"period_us", {"frames"}}, {"frames", {"period_us"}}, {"offset_us", {"period_us"}}};
  Json several = Json::array();
  several.push_back({{"required", {"trace", "period_us"}}});
  several.push_back({{"required", {"trace", "after"}}});
  several.push_back({{"required", {"period_us", "after"}}});
  entry["not"] = {{"anyOf", several}};
  return ListOf(entry, kMaxTenants, "who asks: models, priorities, deadlines and arrivals");
}

}  // namespace sushi::config
