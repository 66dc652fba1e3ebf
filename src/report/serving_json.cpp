// summary.json of a serving run.
#include <algorithm>

#include "summary_json.hpp"
#include "sushi/report/serving_report.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

double Change(double now, double from) { return from == 0 ? 0 : now / from - 1; }

double PercentOf(double part, double whole) { return whole == 0 ? 0 : 100 * part / whole; }

Json CountsJson(const TenantMetrics& tenant) {
  return {{"issued", tenant.issued},
          {"served", tenant.served},
          {"queue_full", tenant.queue_full},
          {"dropped", tenant.dropped},
          {"cancelled", tenant.cancelled},
          {"in_time", tenant.in_time},
          {"accuracy_met", tenant.accuracy_met}};
}

// null where nothing was there to take the mean of: 0 would look like the best there is.
Json OrNull(double value, std::int64_t of) { return of == 0 ? Json() : Json(value); }

Json LatencyJson(const TenantMetrics& tenant) {
  if (tenant.served == 0) return nullptr;
  return {{"response", TimeJson(tenant.response, tenant.served)},
          {"waiting", TimeJson(tenant.waiting, tenant.served)},
          {"service", TimeJson(tenant.service, tenant.served)}};
}

void AddTenant(const TenantMetrics& tenant, Json& json) {
  json["requests"] = CountsJson(tenant);
  json["attainment_percent"] = 100 * tenant.Attainment();
  json["in_time_top1_percent"] = OrNull(tenant.InTimeTop1(), tenant.in_time);
  json["served_top1_percent"] = OrNull(tenant.ServedTop1(), tenant.served);
  json["latency"] = LatencyJson(tenant);
  json["normalised_progress"] = tenant.NormalisedProgress();
  json["mean_slowdown"] = OrNull(tenant.MeanSlowdown(), tenant.served);
  json["dynamic_energy_pj"] = tenant.energy_pj;
}

Json TenantsJson(const ServingReport& report) {
  Json tenants = Json::object();
  for (std::size_t t = 0; t < report.names.tenants.size(); ++t) {
    const Tenant& tenant = report.names.tenants[t];
    Json& json = tenants[tenant.name];
    json["model"] = report.names.models[static_cast<std::size_t>(tenant.model)];
    json["priority"] = tenant.priority;
    AddTenant(report.metrics.tenants[t], json);
    const LatencyTable& table = report.names.profile->table(tenant.model, 0);
    Json served = Json::object();
    for (int s = 0; s < table.subnets(); ++s)
      served[table.SubNetName(s)] = report.metrics.tenants[t].served_as[static_cast<std::size_t>(s)];
    json["served_by_subnet"] = std::move(served);
  }
  return tenants;
}

Json AcceleratorsJson(const ServingReport& report) {
  Json accelerators = Json::object();
  const auto makespan = static_cast<double>(report.metrics.makespan.value());
  for (std::size_t i = 0; i < report.names.accelerators.size(); ++i) {
    const AcceleratorMetrics& at = report.metrics.accelerators[i];
    const auto micros = [](std::int64_t ps) { return Micros(static_cast<double>(ps)); };
    accelerators[report.names.accelerators[i].name] = {
        {"type", report.names.accelerators[i].type},
        {"jobs", at.jobs},
        {"requests", at.requests},
        {"swaps", at.swaps},
        {"preemptions", at.preemptions},
        {"utilisation_percent", PercentOf(static_cast<double>(at.busy_ps), makespan)},
        {"busy_us", micros(at.busy_ps)},
        {"swap_us", micros(at.swap_ps)},
        {"moving_us", micros(at.moving_ps)},
        {"stall_us", micros(at.stall_ps)},
        {"moved_bytes", at.moved_bytes},
        {"energy_pj", {{"dynamic", at.dynamic_pj}, {"static", at.static_pj}}}};
  }
  return accelerators;
}

Json SystemJson(const ServingMetrics& metrics) {
  return {{"makespan_us", Micros(static_cast<double>(metrics.makespan.value()))},
          {"mean_batch", metrics.mean_batch},
          {"throughput_per_s", metrics.throughput_per_s},
          {"goodput_per_s", metrics.goodput_per_s},
          {"stp", metrics.stp},
          {"antt", OrNull(metrics.antt, metrics.all.served)},
          {"fairness", metrics.fairness},
          {"ux_cost", metrics.ux_cost},
          {"energy_delay_pj_s", OrNull(metrics.EnergyDelayPjS(), metrics.all.served)},
          {"utilisation_percent", 100 * metrics.utilisation},
          {"dram_utilisation_percent", 100 * metrics.dram_utilisation},
          {"stall_us", Micros(static_cast<double>(metrics.StallPs()))}};
}

Json ErrorJson(const std::optional<ApproximateError>& error) {
  if (!error) return nullptr;
  return {{"requests", error->requests},
          {"mean_response_percent", 100 * error->mean_response},
          {"p99_response_percent", 100 * error->p99_response},
          {"attainment_points", 100 * error->attainment},
          {"energy_percent", 100 * error->energy}};
}

}  // namespace

ApproximateError ErrorAgainstTlm(const ServingMetrics& approximate, const ServingMetrics& tlm) {
  ApproximateError error;
  error.requests = std::min(approximate.all.issued, tlm.all.issued);
  error.mean_response = Change(approximate.all.response.MeanPs(approximate.all.served),
                               tlm.all.response.MeanPs(tlm.all.served));
  error.p99_response = Change(static_cast<double>(approximate.all.response.p99_ps),
                              static_cast<double>(tlm.all.response.p99_ps));
  error.attainment = approximate.all.Attainment() - tlm.all.Attainment();
  error.energy = Change(approximate.EnergyPj(), tlm.EnergyPj());
  return error;
}

Json ServingSummaryJson(const ServingReport& report) {
  const ServingMetrics& metrics = report.metrics;
  Json json;
  json["schema_version"] = 1;
  json["identity"] = IdentityJson(report.identity);
  json["engine"] = report.engine;
  json["scheduler"] = report.scheduler;
  json["caching"] = report.caching;
  json["hypothetical"] = report.hypothetical;
  Json seeds = Json::object();
  for (const auto& [name, seed] : report.seeds) seeds[name] = seed;
  json["seeds"] = std::move(seeds);
  json["quantile_relative_error"] = metrics.exact_quantiles ? 0.0 : QuantileSketch::kRelativeError;
  json["load"] = {{"offered_per_s", metrics.offered_per_s},
                  {"capacity_per_s", metrics.capacity_per_s},
                  {"beyond_capacity", report.BeyondCapacity()},
                  {"queue_limit", report.queue_limit}};
  Json& all = json["all"] = Json::object();
  AddTenant(metrics.all, all);
  json["tenants"] = TenantsJson(report);
  json["accelerators"] = AcceleratorsJson(report);
  json["system"] = SystemJson(metrics);
  json["off_chip_bytes"] = TrafficJson(metrics.counters);
  json["pb_hit_bytes"] = metrics.counters.pb_hit_bytes;
  json["energy_pj"] = {{"dynamic", metrics.dynamic_pj},
                       {"static", metrics.static_pj},
                       {"dram_background", metrics.background_pj},
                       {"total", metrics.EnergyPj()},
                       {"mean_per_served", OrNull(metrics.EnergyPerServedPj(), metrics.all.served)}};
  json["macs"] = {{"useful", metrics.counters.useful_macs},
                  {"executed", metrics.counters.events[Event::kMac]}};
  json["energy_table"] = {{"name", report.energy_table}};
  json["approximate_error"] = ErrorJson(report.error);
  return json;
}

}  // namespace sushi::report
