// The terminal summary of a serving run: 80 columns, no colours, one idea a block.
#include "summary_text.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/formats/one_line.hpp"
#include "sushi/report/serving_report.hpp"
#include "sushi/report/text_table.hpp"

namespace sushi::report {
namespace {

constexpr std::size_t kNameWidth = 10, kModelWidth = 12, kLongNameWidth = 20;

// Names are data: cut to `width` bytes, never within a character.
std::string Short(const std::string& name, std::size_t width) {
  std::string text = OneLine(name);
  if (text.size() <= width) return text;
  std::size_t end = width - 2;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "..";
}

Units UnitsFor(const ServingMetrics& metrics) {
  Units units;
  const auto p99 = static_cast<double>(metrics.all.response.p99_ps);
  if (p99 < 1e9) {
    units.picoseconds = 1e6;
    units.time = "us";
  } else if (p99 >= 1e13) {
    units.picoseconds = 1e12;
    units.time = "s";
  }
  return units;
}

std::string Count(std::int64_t count, const char* what) { return GroupedText(count) + " " + what; }

std::string Share(std::int64_t part, std::int64_t whole) {
  return Percent(static_cast<double>(part), static_cast<double>(whole));
}

std::string Signed(double value, const char* unit) {
  const std::string text = FixedText(value, 2);
  return (text[0] == '-' ? "" : "+") + text + unit;
}

void PrintTitle(const ServingReport& report, std::ostream& out) {
  const auto accelerators = static_cast<std::int64_t>(report.names.accelerators.size());
  const auto tenants = static_cast<std::int64_t>(report.names.tenants.size());
  std::vector<std::string> items{Count(report.metrics.all.issued, "requests of"),
                                 Count(tenants, tenants == 1 ? "tenant on" : "tenants on"),
                                 Count(accelerators, accelerators == 1 ? "accelerator," : "accelerators,"),
                                 Short(report.scheduler, kLongNameWidth) + ",",
                                 "caching " + Short(report.caching, kLongNameWidth) + ",",
                                 "engine " + report.engine};
  if (!report.trace.empty()) {
    items.back() += ",";
    items.push_back("trace " + Short(report.trace, 60));
  }
  PrintFolded("", 2, items, out);
  out << '\n';
}

void PrintLoad(const ServingReport& report, std::ostream& out) {
  const ServingMetrics& m = report.metrics;
  const TenantMetrics& all = m.all;
  const std::int64_t lost = all.issued - all.served;
  const bool at_once = m.offered_per_s == 0;  // no rate, so nothing to hold against the capacity
  const char* verdict = report.BeyondCapacity() ? "BEYOND CAPACITY," : "within it,";
  PrintFolded(
      "Load      ", 10,
      {at_once ? "all offered at once," : FixedText(m.offered_per_s, 1) + "/s offered,",
       "capacity " + FixedText(m.capacity_per_s, 1) + (at_once ? "/s," : std::string("/s: ") + verdict),
       "lost " + GroupedText(lost) + " (" + Share(lost, all.issued) + ")"},
      out);
  PrintFolded(
      "            ", 12,
      {"queue full " + GroupedText(all.queue_full) + " (limit " + GroupedText(report.queue_limit) + "),",
       "dropped by the scheduler " + GroupedText(all.dropped) + ",",
       "cancelled " + GroupedText(all.cancelled)},
      out);
  PrintFolded(
      "            ", 12,
      {"served " + FixedText(m.throughput_per_s, 1) + "/s,",
       "in time " + FixedText(m.goodput_per_s, 1) + "/s,", "mean batch " + FixedText(m.mean_batch, 2)},
      out);
}

void PrintServed(const ServingReport& report, std::ostream& out) {
  const TenantMetrics& all = report.metrics.all;
  PrintFolded("Served    ", 10,
              {"in time " + GroupedText(all.in_time) + " of " + GroupedText(all.issued),
               "(attainment " + Share(all.in_time, all.issued) + "),",
               "late " + GroupedText(all.served - all.in_time)},
              out);
  PrintFolded("            ", 12,
              {"mean top-1 in time " + FixedText(all.InTimeTop1(), 2) + " %,",
               "of all served " + FixedText(all.ServedTop1(), 2) + " %,",
               "accuracy met " + Share(all.accuracy_met, all.served)},
              out);
}

void PrintLatency(const ServingReport& report, const Units& units, std::ostream& out) {
  const TenantMetrics& all = report.metrics.all;
  if (all.served == 0) {
    out << "Latency   nothing was served\n";
    return;
  }
  TimeHeader(units, out);
  TimeRow("service", all.service, all.served, units, out);
  TimeRow("waiting", all.waiting, all.served, units, out);
  TimeRow("response", all.response, all.served, units, out);
  if (!report.metrics.exact_quantiles) out << "  (quantiles within 0.1 %: records are off)\n";
}

void PrintTenants(const ServingReport& report, const Units& units, std::ostream& out) {
  std::vector<TextRow> rows{{"tenant", "model", "issued", "in time", "lost", "top-1", "p99", "progress"}};
  for (std::size_t t = 0; t < report.names.tenants.size(); ++t) {
    const Tenant& who = report.names.tenants[t];
    const TenantMetrics& tenant = report.metrics.tenants[t];
    rows.push_back({Short(who.name, kNameWidth),
                    Short(report.names.models[static_cast<std::size_t>(who.model)], kModelWidth),
                    std::to_string(tenant.issued), Share(tenant.in_time, tenant.issued),
                    Share(tenant.issued - tenant.served, tenant.issued), FixedText(tenant.InTimeTop1(), 2),
                    TimeText(static_cast<double>(tenant.response.p99_ps), units),
                    FixedText(tenant.NormalisedProgress(), 3)});
  }
  out << "Tenants (top-1 in time; response in " << units.time << ")\n";
  PrintTextTable(rows, "llr", "  ", " ", out);
}

void PrintAccelerators(const ServingReport& report, const Units& units, std::ostream& out) {
  std::vector<TextRow> rows{{"accelerator", "type", "jobs", "busy", "swaps", "preempted", "stalls"}};
  for (std::size_t i = 0; i < report.names.accelerators.size(); ++i) {
    const AcceleratorMetrics& at = report.metrics.accelerators[i];
    rows.push_back({Short(report.names.accelerators[i].name, kNameWidth),
                    Short(report.names.accelerators[i].type, kNameWidth), std::to_string(at.jobs),
                    Share(at.busy_ps, report.metrics.makespan.value()), std::to_string(at.swaps),
                    std::to_string(at.preemptions), TimeText(static_cast<double>(at.stall_ps), units)});
  }
  PrintFolded("Accelerators", 2,
              {" (busy " + FixedText(100 * report.metrics.utilisation, 1) + " % of",
               TimeText(static_cast<double>(report.metrics.makespan.value()), units) + " " + units.time + ";",
               "DRAM at " + FixedText(100 * report.metrics.dram_utilisation, 1) + " % of its peak;",
               std::string("stalls in ") + units.time + ")"},
              out);
  PrintTextTable(rows, "llr", "  ", "  ", out);
}

void PrintSystem(const ServingMetrics& m, std::ostream& out) {
  PrintFolded("System    ", 10,
              {"STP " + FixedText(m.stp, 3) + ",", "ANTT " + FixedText(m.antt, 3) + ",",
               "fairness " + FixedText(m.fairness, 3) + ",", "UXCost " + FixedText(m.ux_cost, 3)},
              out);
}

void PrintEnergy(const ServingReport& report, std::ostream& out) {
  const ServingMetrics& m = report.metrics;
  PrintFolded("Energy    ", 10,
              {EnergyText(m.EnergyPerServedPj()) + " a served request",
               "(" + Short(report.energy_table, kLongNameWidth) + "),",
               "energy-delay " + FixedText(m.EnergyDelayPjS() * 1e-3, 3) + " uJ ms"},
              out);
  PrintFolded("            ", 12,
              {"dynamic " + Percent(m.dynamic_pj, m.EnergyPj()) + ",",
               "static " + Percent(m.static_pj, m.EnergyPj()) + ",",
               "DRAM background " + Percent(m.background_pj, m.EnergyPj())},
              out);
}

void PrintError(const ServingReport& report, std::ostream& out) {
  if (!report.error) {
    if (report.engine == "approximate") out << "Error     against tlm not measured\n";
    return;
  }
  const ApproximateError& error = *report.error;
  PrintFolded("Error     ", 10,
              {"against tlm on " + Count(error.requests, "requests:"),
               "mean response " + Signed(100 * error.mean_response, " %,"),
               "p99 " + Signed(100 * error.p99_response, " %,"),
               "attainment " + Signed(100 * error.attainment, " points,"),
               "energy " + Signed(100 * error.energy, " %")},
              out);
}

}  // namespace

void PrintServingSummary(const ServingReport& report, std::ostream& out) {
  const Units units = UnitsFor(report.metrics);
  PrintTitle(report, out);
  PrintLoad(report, out);
  PrintServed(report, out);
  PrintLatency(report, units, out);
  PrintTenants(report, units, out);
  PrintAccelerators(report, units, out);
  PrintSystem(report.metrics, out);
  PrintEnergy(report, out);
  PrintError(report, out);
}

}  // namespace sushi::report
