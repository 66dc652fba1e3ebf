#include "sushi/report/run_report.hpp"

#include "summary_json.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

Json EnergyJson(const EnergyBreakdown& energy, std::int64_t queries) {
  Json json = ByName(energy.pj);
  json["total"] = energy.TotalPj();
  json["mean_per_query"] = queries == 0 ? 0 : energy.TotalPj() / static_cast<double>(queries);
  return json;
}

Json CyclesJson(const RunReport& report) {
  const StreamResult& r = report.result;
  const ClockDomain clock(report.hardware->accel.clock_mhz);
  std::int64_t service = 0;
  for (const std::int64_t cycles : r.total.dpe_cycles.values) service += cycles;
  const std::int64_t swap = clock.CyclesIn(r.swap_ps);
  const auto block = [&](std::int64_t busy) { return Json{{"busy", busy}, {"idle", service + swap - busy}}; };
  Json dpe = ByName(r.total.dpe_cycles);
  dpe["pb_swap"] = swap;
  return {{"total", service + swap},
          {"dpe_array", dpe},
          {"weight_dma", block(r.total.weight_dma_busy_cycles)},
          {"iact_dma", block(r.total.iact_dma_busy_cycles)},
          {"oact_dma", block(r.total.oact_dma_busy_cycles)},
          {"dram", block(clock.CyclesIn(r.total.dram_busy_ps))}};
}

Json ServedJson(const RunReport& report) {
  Json json = Json::object();
  for (int s = 0; s < report.table->subnets(); ++s) {
    json[report.table->SubNetName(s)] = report.result.served[static_cast<std::size_t>(s)];
  }
  return json;
}

// What the bank-level memory did; with the simple one no commands are known.
Json DramJson(const DramBreakdown& energy, const Counters& counters) {
  return {{"activates", counters.events[Event::kDramActivate]},
          {"refreshes", counters.events[Event::kDramRefresh]},
          {"energy_pj",
           {{"activate", energy.activate_pj},
            {"read", energy.read_pj},
            {"write", energy.write_pj},
            {"refresh", energy.refresh_pj},
            {"background", energy.background_pj},
            {"io", energy.io_pj}}}};
}

Json CoefficientsJson(const EnergyTable& table) {
  Json json = Json::object();
  for (std::size_t i = 0; i < table.entries.values.size(); ++i) {
    const EnergyEntry& entry = table.entries.values[i];
    json[Name(static_cast<Event>(i))] = {
        {"pj", entry.pj}, {"node_nm", entry.node_nm}, {"source", entry.source}, {"assumed", entry.assumed}};
  }
  return json;
}

// Percent saved against a baseline; 0 when there is nothing to save.
double SavedPercent(double now, double baseline) { return baseline == 0 ? 0 : 100 * (1 - now / baseline); }

}  // namespace

Json SummaryJson(const RunReport& report) {
  const StreamResult& r = report.result;
  const EnergyBreakdown energy = EnergyOf(*report.energy, r.total, r.makespan);
  const EnergyBreakdown base_energy = EnergyOf(*report.energy, report.no_pb.total, report.no_pb.makespan);
  const auto traffic = static_cast<double>(r.total.TrafficBytes());
  const auto base_traffic = static_cast<double>(report.no_pb.total.TrafficBytes());
  Json json;
  json["schema_version"] = 1;
  json["identity"] = IdentityJson(report.identity);
  json["hypothetical"] = !report.hardware->device.enforce_capacity;
  json["device"] = report.hardware->device.name;
  json["supernet"] = report.net->name;
  json["policy"] = report.policy;
  json["caching"] = report.caching;
  json["clock_mhz"] = report.hardware->accel.clock_mhz;
  json["queries"] = r.queries;
  json["quantile_relative_error"] = r.exact_quantiles ? 0.0 : QuantileSketch::kRelativeError;
  json["latency"] = {{"service", TimeJson(r.service, r.queries)},
                     {"response", TimeJson(r.response, r.queries)},
                     {"waiting", TimeJson(r.waiting, r.queries)}};
  json["makespan_us"] = Micros(static_cast<double>(r.makespan.value()));
  json["served_accuracy_percent"] = r.served_accuracy_percent;
  json["violations"] = {{"accuracy", r.accuracy_violations}, {"latency", r.latency_violations}};
  json["served_by_subnet"] = ServedJson(report);
  json["pb"] = {{"capacity_bytes", report.hardware->accel.pb.capacity().value()},
                {"hit_bytes", r.total.pb_hit_bytes},
                {"swaps", r.swaps},
                {"swap_us", Micros(static_cast<double>(r.swap_ps))}};
  json["off_chip_bytes"] = TrafficJson(r.total);
  json["energy_pj"] = EnergyJson(energy, r.queries);
  json["dram"] = DramJson(DramEnergyOf(*report.energy, r.total), r.total);
  json["cycles"] = CyclesJson(report);
  json["macs"] = {{"useful", r.total.useful_macs}, {"executed", r.total.events[Event::kMac]}};
  json["no_pb"] = {{"service_mean_us", Micros(report.no_pb.service.MeanPs(report.no_pb.queries))},
                   {"response_mean_us", Micros(report.no_pb.response.MeanPs(report.no_pb.queries))},
                   {"served_accuracy_percent", report.no_pb.served_accuracy_percent},
                   {"off_chip_bytes", TrafficJson(report.no_pb.total)},
                   {"energy_pj", EnergyJson(base_energy, report.no_pb.queries)}};
  json["saved_percent"] = {
      {"service_time",
       SavedPercent(static_cast<double>(r.service.sum_ps), static_cast<double>(report.no_pb.service.sum_ps))},
      {"accelerator_time", SavedPercent(r.AcceleratorBusyPs(), report.no_pb.AcceleratorBusyPs())},
      {"off_chip_bytes", SavedPercent(traffic, base_traffic)},
      {"off_chip_energy",
       SavedPercent(energy.pj[EnergyComponent::kDram], base_energy.pj[EnergyComponent::kDram])},
      {"energy", SavedPercent(energy.TotalPj(), base_energy.TotalPj())}};
  json["energy_table"] = {{"name", report.energy->name},
                          {"static_power_mw", report.energy->static_power_mw},
                          {"coefficients", CoefficientsJson(*report.energy)}};
  return json;
}

}  // namespace sushi::report
