// The terminal summary: 80 columns, no colours, one idea a block.
#include <algorithm>
#include <cstdio>

#include "summary_text.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/report/run_report.hpp"

namespace sushi::report {
namespace {

// Units that suit the size of what is shown: a teaching example has microseconds and KiB.
Units UnitsFor(const RunReport& report) {
  Units units;
  const auto queries = static_cast<double>(std::max<std::int64_t>(1, report.result.queries));
  if (report.result.response.MeanPs(report.result.queries) < 1e9) {
    units.picoseconds = 1e6;
    units.time = "us";
  }
  if (static_cast<double>(report.no_pb.total.TrafficBytes()) / queries < units.bytes) {
    units.bytes = 1024.0;
    units.size = "KiB";
  }
  return units;
}

void PrintLatency(const RunReport& report, const Units& units, std::ostream& out) {
  const StreamResult& r = report.result;
  TimeHeader(units, out);
  TimeRow("service", r.service, r.queries, units, out);
  TimeRow("waiting", r.waiting, r.queries, units, out);
  TimeRow("response", r.response, r.queries, units, out);
  if (!r.exact_quantiles) out << "  (quantiles within 0.1 %: records are off)\n";
}

void PrintServing(const RunReport& report, std::ostream& out) {
  const StreamResult& r = report.result;
  const auto queries = static_cast<double>(r.queries);
  out << "Served    mean top-1 " << FixedText(r.served_accuracy_percent, 2) << " %   violations: accuracy "
      << r.accuracy_violations << " (" << Percent(static_cast<double>(r.accuracy_violations), queries)
      << "), latency " << r.latency_violations << " ("
      << Percent(static_cast<double>(r.latency_violations), queries) << ")\n";
  std::string line = "  SubNets ";
  for (int s = 0; s < report.table->subnets(); ++s) {
    const std::string item = "  " + report.table->SubNetName(s) + " " +
                             Percent(static_cast<double>(r.served[static_cast<std::size_t>(s)]), queries);
    if (line.size() + item.size() > 80) {
      out << line << '\n';
      line = "          ";
    }
    line += item;
  }
  out << line << '\n';
}

void PrintOffChip(const RunReport& report, const Units& units, std::ostream& out) {
  const StreamResult& r = report.result;
  const auto queries = static_cast<double>(std::max<std::int64_t>(1, r.queries));
  out << "Off chip, " << units.size << " a query          ours   no_pb\n";
  for (std::size_t i = 0; i < static_cast<std::size_t>(Traffic::kCount); ++i) {
    out << "  " << Pad(Name(static_cast<Traffic>(i)), -22)
        << Pad(FixedText(static_cast<double>(r.total.traffic_bytes.values[i]) / queries / units.bytes, 3), 11)
        << Pad(FixedText(
                   static_cast<double>(report.no_pb.total.traffic_bytes.values[i]) / queries / units.bytes,
                   3),
               8)
        << '\n';
  }
  out << "  " << Pad("total", -22)
      << Pad(FixedText(static_cast<double>(r.total.TrafficBytes()) / queries / units.bytes, 3), 11)
      << Pad(FixedText(static_cast<double>(report.no_pb.total.TrafficBytes()) / queries / units.bytes, 3), 8)
      << '\n';
  out << "  PB hits " << FixedText(static_cast<double>(r.total.pb_hit_bytes) / queries / units.bytes, 3)
      << " " << units.size << " a query; " << r.swaps << (r.swaps == 1 ? " swap, " : " swaps, ")
      << TimeText(static_cast<double>(r.swap_ps), units) << " " << units.time << " in all\n";
}

void PrintEnergy(const RunReport& report, std::ostream& out) {
  const StreamResult& r = report.result;
  const EnergyBreakdown energy = EnergyOf(*report.energy, r.total, r.makespan);
  const auto queries = static_cast<double>(std::max<std::int64_t>(1, r.queries));
  out << "Energy    " << EnergyText(energy.TotalPj() / queries) << " a query (" << report.energy->name
      << (report.energy->static_power_mw == 0 ? ", no static power given" : "") << ")\n";
  std::string line = " ";
  for (std::size_t i = 0; i < static_cast<std::size_t>(EnergyComponent::kCount); ++i) {
    const std::string item = " " + std::string(Name(static_cast<EnergyComponent>(i))) + " " +
                             Percent(energy.pj.values[i], energy.TotalPj());
    if (line.size() + item.size() > 78) {
      out << line << '\n';
      line = " ";
    }
    line += item;
  }
  out << line << '\n';
}

void PrintCycles(const RunReport& report, std::ostream& out) {
  const StreamResult& r = report.result;
  const ClockDomain clock(report.hardware->accel.clock_mhz);
  const auto swap = static_cast<double>(clock.CyclesIn(r.swap_ps));
  double total = swap;
  for (const std::int64_t cycles : r.total.dpe_cycles.values) total += static_cast<double>(cycles);
  out << "Cycles of the DPE array\n ";
  std::size_t width = 1;
  const auto item = [&](const char* name, double cycles) {
    const std::string text = " " + std::string(name) + " " + Percent(cycles, total);
    if (width + text.size() > 78) {
      out << "\n ";
      width = 1;
    }
    out << text;
    width += text.size();
  };
  for (std::size_t i = 0; i < static_cast<std::size_t>(DpeState::kCount); ++i) {
    item(Name(static_cast<DpeState>(i)), static_cast<double>(r.total.dpe_cycles.values[i]));
  }
  item("pb_swap", swap);
  out << "\n  busy: weight_dma " << Percent(static_cast<double>(r.total.weight_dma_busy_cycles), total)
      << ", iact_dma " << Percent(static_cast<double>(r.total.iact_dma_busy_cycles), total) << ", oact_dma "
      << Percent(static_cast<double>(r.total.oact_dma_busy_cycles), total) << ", dram "
      << Percent(static_cast<double>(clock.CyclesIn(r.total.dram_busy_ps)), total) << '\n';
}

void PrintSavings(const RunReport& report, std::ostream& out) {
  const auto saved = [](double now, double base) {
    return FixedText(base == 0 ? 0 : 100 * (1 - now / base), 2) + " %";
  };
  const StreamResult& r = report.result;
  const StreamResult& b = report.no_pb;
  const EnergyBreakdown energy = EnergyOf(*report.energy, r.total, r.makespan);
  const EnergyBreakdown base = EnergyOf(*report.energy, b.total, b.makespan);
  out << "Saved against no_pb (swaps counted): time " << saved(r.AcceleratorBusyPs(), b.AcceleratorBusyPs())
      << ", off-chip bytes "
      << saved(static_cast<double>(r.total.TrafficBytes()), static_cast<double>(b.total.TrafficBytes()))
      << ",\n"
      << "  off-chip energy " << saved(energy.pj[EnergyComponent::kDram], base.pj[EnergyComponent::kDram])
      << ", energy " << saved(energy.TotalPj(), base.TotalPj()) << ", top-1 "
      << FixedText(r.served_accuracy_percent - b.served_accuracy_percent, 2) << " points more\n";
}

}  // namespace

void PrintSummary(const RunReport& report, std::ostream& out) {
  out << report.net->name << " on " << report.hardware->device.name << " ("
      << report.hardware->accel.clock_mhz << " MHz, PB " << report.hardware->accel.pb.capacity_kib << " KiB)";
  if (!report.hardware->device.enforce_capacity) out << "  HYPOTHETICAL: capacity not enforced";
  out << "\n"
      << GroupedText(report.result.queries) << " queries of " << report.trace << ", " << report.policy
      << ", caching " << report.caching << "\n\n";
  const Units units = UnitsFor(report);
  PrintLatency(report, units, out);
  PrintServing(report, out);
  PrintOffChip(report, units, out);
  PrintEnergy(report, out);
  PrintCycles(report, out);
  PrintSavings(report, out);
}

}  // namespace sushi::report
