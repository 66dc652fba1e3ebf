// queries.csv and layers.csv.
#include "csv_row.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/report/run_report.hpp"

namespace sushi::report {
namespace {

// energy_pj, then each component's: they sum to it.
std::string EnergyHeader() {
  std::string header = ",energy_pj";
  for (std::size_t i = 0; i < static_cast<std::size_t>(EnergyComponent::kCount); ++i) {
    AddCell(header, "energy_" + std::string(Name(static_cast<EnergyComponent>(i))) + "_pj");
  }
  return header;
}

void AddEnergy(std::string& row, const EnergyBreakdown& energy) {
  AddCell(row, RealText(energy.TotalPj()));
  for (const double pj : energy.pj.values) AddCell(row, RealText(pj));
}

}  // namespace

const char* ReasonName(ChoiceReason reason) {
  switch (reason) {
    case ChoiceReason::kFastestFeasible:
      return "fastest_feasible";
    case ChoiceReason::kMostAccurateFallback:
      return "most_accurate_fallback";
    case ChoiceReason::kMostAccurateFeasible:
      return "most_accurate_feasible";
    case ChoiceReason::kFastestFallback:
      return "fastest_fallback";
  }
  return "?";
}

std::string ReasonText(const QueryRecord& record) {
  const std::string accuracy = "top-1 >= " + RealText(record.query.accuracy_min_percent) + " %";
  const std::string latency = "latency <= " + MicrosText(record.query.latency_max.value()) + " us";
  const std::string feasible = std::to_string(record.choice.feasible);
  switch (record.choice.reason) {
    case ChoiceReason::kFastestFeasible:
      return "fastest of " + feasible + " with " + accuracy;
    case ChoiceReason::kMostAccurateFallback:
      return "most accurate: none with " + accuracy;
    case ChoiceReason::kMostAccurateFeasible:
      return "most accurate of " + feasible + " with " + latency;
    case ChoiceReason::kFastestFallback:
      return "fastest: none with " + latency;
  }
  return "?";
}

QueryTable::QueryTable(const LatencyTable& table, const EnergyTable& energy, ServiceBook& book,
                       std::ostream& out)
    : table_(table), energy_(energy), book_(book), out_(out) {
  out_ << "query,arrival_us,waiting_us,swap_us,service_us,response_us,subnet,top1_percent,cached_subgraph,"
          "accuracy_min_percent,latency_max_us,accuracy_violated,latency_violated,feasible_subnets,reason,"
          "reason_text,off_chip_bytes,pb_hit_bytes"
       << EnergyHeader() << '\n';
}

void QueryTable::Write(const QueryRecord& record) {
  std::string row = std::to_string(record.query.id);
  const auto add = [&](const std::string& cell) { AddCell(row, cell); };
  for (const Picoseconds time :
       {record.arrival, record.waiting, record.swap, record.service, record.response}) {
    add(MicrosText(time.value()));
  }
  add(CsvCell(table_.SubNetName(record.choice.subnet)));
  add(RealText(record.top1_percent));
  add(CsvCell(table_.Column(record.cached).name));
  add(RealText(record.query.accuracy_min_percent));
  add(MicrosText(record.query.latency_max.value()));
  add(record.accuracy_violated ? "1" : "0");
  add(record.latency_violated ? "1" : "0");
  add(std::to_string(record.choice.feasible));
  add(ReasonName(record.choice.reason));
  add(ReasonText(record));
  row += Costs(record);
  row += '\n';
  out_ << row;
}

const std::string& QueryTable::Costs(const QueryRecord& record) {
  std::string& cells = costs_[{record.choice.subnet, record.cached_before, record.cached}];
  if (!cells.empty()) return cells;
  Counters counters = book_.KnownInference(record.choice.subnet, record.cached).total;
  if (record.cached_before != record.cached)
    counters += book_.KnownSwap(record.cached_before, record.cached).total;
  AddCell(cells, std::to_string(counters.TrafficBytes()));
  AddCell(cells, std::to_string(counters.pb_hit_bytes));
  AddEnergy(cells, EnergyOf(energy_, counters, record.swap + record.service));
  return cells;
}

namespace {

void WriteLayerRow(const RunReport& report, int subnet, SubGraphId cached, std::int64_t queries,
                   std::size_t index, const LayerResult& layer, std::ostream& out) {
  const Op& op = report.net->subnets[static_cast<std::size_t>(subnet)].ops[index];
  std::string row = CsvCell(report.table->SubNetName(subnet));
  const auto add = [&](const std::string& cell) { AddCell(row, cell); };
  const auto add_int = [&](std::int64_t value) { add(std::to_string(value)); };
  add(CsvCell(report.table->Column(cached).name));
  add_int(queries);
  add_int(static_cast<std::int64_t>(index));
  add(CsvCell(op.name));
  add(Name(op.kind));
  add_int(op.supernet_layer);
  for (const int value : {op.kernels, op.channels, op.kernel_h, op.kernel_w, op.in_h, op.in_w, op.stride_h}) {
    add_int(value);
  }
  const Counters& c = layer.counters;
  add_int(layer.cycles.value());
  for (const std::int64_t cycles : c.dpe_cycles.values) add_int(cycles);
  for (const std::int64_t bytes : c.traffic_bytes.values) add_int(bytes);
  add_int(c.pb_hit_bytes);
  add_int(c.useful_macs);
  const ClockDomain clock(report.hardware->accel.clock_mhz);
  AddEnergy(row, EnergyOf(*report.energy, c, clock.TimeOf(layer.cycles)));
  row += '\n';
  out << row;
}

void WriteLayersOf(const StreamResult& stream, const RunReport& report, std::ostream& out) {
  out << "subnet,cached_subgraph,queries,op,name,kind,supernet_layer,kernels,channels,kernel_h,kernel_w,in_h,"
         "in_w,stride,cycles";
  for (std::size_t i = 0; i < static_cast<std::size_t>(DpeState::kCount); ++i) {
    out << ',' << Name(static_cast<DpeState>(i)) << "_cycles";
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(Traffic::kCount); ++i) {
    out << ',' << Name(static_cast<Traffic>(i)) << "_bytes";
  }
  out << ",pb_hit_bytes,useful_macs" << EnergyHeader() << '\n';
  for (int s = 0; s < report.table->subnets(); ++s) {
    for (int c = 0; c < report.table->columns(); ++c) {
      const std::int64_t uses = stream.uses[static_cast<std::size_t>(s)][static_cast<std::size_t>(c)];
      if (uses == 0) continue;
      const InferenceResult& inference = report.book->KnownInference(s, c);
      for (std::size_t i = 0; i < inference.layers.size(); ++i) {
        WriteLayerRow(report, s, c, uses, i, inference.layers[i], out);
      }
    }
  }
}

}  // namespace

void WriteLayers(const RunReport& report, std::ostream& out) { WriteLayersOf(report.result, report, out); }

void WriteLayersNoPb(const RunReport& report, std::ostream& out) { WriteLayersOf(report.no_pb, report, out); }

}  // namespace sushi::report
