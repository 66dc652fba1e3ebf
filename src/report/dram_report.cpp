#include "sushi/report/dram_report.hpp"

#include <ostream>

#include "sushi/core/version.hpp"
#include "sushi/dram/command_energy.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::report {
namespace {

double Ns(const DramDeviceConfig& dram, DramClock clocks) {
  return static_cast<double>(clocks) * static_cast<double>(dram.timing.tck_ps) * 1e-3;
}

}  // namespace

nlohmann::ordered_json DramJson(const DramReport& report) {
  const DramDeviceConfig& dram = *report.dram;
  const TrafficResult& r = *report.result;
  const DramEnergy energy = EnergyOf(dram, r.activity);
  nlohmann::ordered_json json;
  json["schema_version"] = 1;
  json["timing_model_version"] = kTimingModelVersion;
  json["memory"] = dram.name;
  json["address_map"] = dram.controller.address_map;
  json["pattern"] = report.pattern;
  json["requests"] = report.traffic->requests;
  json["outstanding"] = report.traffic->outstanding;
  json["write_ratio"] = report.traffic->write_ratio;
  json["reads"] = r.reads;
  json["writes"] = r.writes;
  json["clocks"] = r.clocks;
  json["tck_ps"] = dram.timing.tck_ps;
  json["elapsed_ns"] = Ns(dram, r.clocks);
  json["peak_gbps"] = static_cast<double>(dram.PeakMegabytesPerSecond()) * 1e-3;
  json["bandwidth_gbps"] = r.Gbps(dram);
  const auto of_reads = [&](double ns) {
    return r.reads == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(ns);
  };
  json["latency_mean_ns"] = of_reads(r.MeanLatencyNs(dram));
  json["latency_p99_ns"] = of_reads(Ns(dram, r.latency_p99_clocks));
  json["latency_max_ns"] = of_reads(Ns(dram, r.latency_max_clocks));
  json["row_hit_rate"] = r.RowHitRate();
  json["commands"] = {{"activate", r.activity.activates},
                      {"read", r.activity.reads},
                      {"write", r.activity.writes},
                      {"precharge", r.activity.precharges},
                      {"refresh", r.activity.refreshes}};
  json["forwarded_reads"] = r.activity.forwarded;
  json["energy_pj"] = nullptr;
  if (energy.TotalPj() > 0)
    json["energy_pj"] = {{"activate", energy.activate_pj},     {"read", energy.read_pj},
                         {"write", energy.write_pj},           {"refresh", energy.refresh_pj},
                         {"background", energy.background_pj}, {"io", energy.io_pj},
                         {"total", energy.TotalPj()}};
  json["energy_source"] = dram.source;
  json["commands_checked"] = report.checked;
  return json;
}

void PrintDram(const DramReport& report, std::ostream& out) {
  const DramDeviceConfig& dram = *report.dram;
  const TrafficResult& r = *report.result;
  const DramEnergy energy = EnergyOf(dram, r.activity);
  const double peak = static_cast<double>(dram.PeakMegabytesPerSecond()) * 1e-3;
  const double bytes = static_cast<double>((r.reads + r.writes) * kTrafficRequestBytes);
  out << dram.name << ", " << dram.controller.address_map << ": " << report.traffic->requests << ' '
      << report.pattern << " requests of " << kTrafficRequestBytes << " bytes (" << r.writes << " writes), "
      << report.traffic->outstanding << " outstanding\n";
  out << "Bandwidth " << FixedText(r.Gbps(dram), 3) << " GB/s of " << FixedText(peak, 3) << " peak ("
      << FixedText(100 * r.Gbps(dram) / peak, 1) << " %), " << FixedText(r.Seconds(dram) * 1e6, 3) << " us\n";
  out << "Latency   ";
  if (r.reads == 0) {
    out << "no reads\n";
  } else {
    out << "mean " << FixedText(r.MeanLatencyNs(dram), 1) << " ns, p99 "
        << FixedText(Ns(dram, r.latency_p99_clocks), 1) << " ns, max "
        << FixedText(Ns(dram, r.latency_max_clocks), 1) << " ns\n";
  }
  out << "Rows      " << FixedText(100 * r.RowHitRate(), 1) << " % of column accesses hit an open row\n";
  out << "Commands  ACT " << r.activity.activates << ", RD " << r.activity.reads << ", WR "
      << r.activity.writes << ", PRE " << r.activity.precharges << ", REF " << r.activity.refreshes << '\n';
  if (report.checked) out << "Checked   every command keeps every timing rule\n";
  if (energy.TotalPj() == 0) {
    out << "Energy    the file gives no memory.current\n";
    return;
  }
  out << "Energy    " << FixedText(energy.TotalPj() / 1e6, 3) << " uJ, "
      << FixedText(energy.TotalPj() / bytes, 1) << " pJ a byte:";
  const struct {
    const char* name;
    double pj;
  } parts[] = {{"activate", energy.activate_pj},     {"read", energy.read_pj},
               {"write", energy.write_pj},           {"refresh", energy.refresh_pj},
               {"background", energy.background_pj}, {"io", energy.io_pj}};
  const char* separator = "\n          ";
  for (const auto& part : parts) {
    out << separator << part.name << ' ' << FixedText(100 * part.pj / energy.TotalPj(), 1) << " %";
    separator = ", ";
  }
  out << '\n';
}

}  // namespace sushi::report
