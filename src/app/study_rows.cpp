#include "study_rows.hpp"

#include <algorithm>

namespace sushi::app {
namespace {

using report::Cell;

double Micros(double picoseconds) { return picoseconds / 1e6; }
double Percent(double part, double whole) { return whole == 0 ? 0 : 100 * part / whole; }
double Saved(double now, double base) { return Percent(base - now, base); }

// GB/s that the accelerator can move: of the memory, or of its ports.
double BandwidthGbps(const HardwareConfig& hw) {
  const AxiConfig& axi = hw.accel.axi;
  const double ports =
      static_cast<double>(axi.ports) * axi.beat_bytes * static_cast<double>(hw.accel.clock_mhz) / 1000;
  return std::min(hw.dram.peak_gbps, ports);
}

double PeakGmacs(const HardwareConfig& hw) {
  const DpeArrayConfig& array = hw.accel.dpe_array;
  return static_cast<double>(array.kernels) * array.channels * 9 * static_cast<double>(hw.accel.clock_mhz) /
         1000;
}

std::int64_t Hypothetical(const HardwareConfig& hw) {
  return hw.accel.BufferKib() > hw.device.onchip_memory_kib ? 1 : 0;
}

// Subnets: one row a SubNet, with nothing cached and with the candidate that is best for it.

std::vector<std::string> SubNetColumns() {
  return {"hypothetical",
          "weight_port_bytes_per_cycle",
          "subnet",
          "cached",
          "cached_kib",
          "service_us_no_pb",
          "service_us",
          "service_saved_percent",
          "off_chip_bytes_no_pb",
          "off_chip_bytes",
          "off_chip_saved_percent",
          "weight_bytes_saved_percent",
          "off_chip_energy_uj_no_pb",
          "off_chip_energy_uj",
          "off_chip_energy_saved_percent",
          "energy_uj_no_pb",
          "energy_uj",
          "energy_saved_percent"};
}

std::vector<Cell> SubNetRow(int subnet, const EnergyTable& energy, CostSession& session) {
  const HardwareConfig& hw = session.hardware();
  const SubGraphId best = session.BestFor(subnet);
  const InferenceResult& cold = session.book().KnownInference(subnet, kEmptySubGraphId);
  const InferenceResult& cached = session.book().KnownInference(subnet, best);
  const EnergyBreakdown cold_energy = EnergyOf(energy, cold.total, cold.service);
  const EnergyBreakdown cached_energy = EnergyOf(energy, cached.total, cached.service);
  const SubGraphColumn& column = session.columns().columns[static_cast<std::size_t>(best)];
  const auto saved = [](std::int64_t now, std::int64_t base) {
    return Saved(static_cast<double>(now), static_cast<double>(base));
  };
  const double cold_dram = cold_energy.pj[EnergyComponent::kDram];
  const double cached_dram = cached_energy.pj[EnergyComponent::kDram];
  return {Hypothetical(hw),
          std::int64_t{hw.accel.axi.weight_ports} * hw.accel.axi.beat_bytes,
          session.net().subnets[static_cast<std::size_t>(subnet)].name,
          column.name,
          static_cast<double>(BytesOf(session.net(), column.graph).value()) / 1024,
          Micros(static_cast<double>(cold.service.value())),
          Micros(static_cast<double>(cached.service.value())),
          saved(cached.service.value(), cold.service.value()),
          cold.total.TrafficBytes(),
          cached.total.TrafficBytes(),
          saved(cached.total.TrafficBytes(), cold.total.TrafficBytes()),
          saved(cached.total.traffic_bytes[Traffic::kWeights], cold.total.traffic_bytes[Traffic::kWeights]),
          Micros(cold_dram),
          Micros(cached_dram),
          Saved(cached_dram, cold_dram),
          Micros(cold_energy.TotalPj()),
          Micros(cached_energy.TotalPj()),
          Saved(cached_energy.TotalPj(), cold_energy.TotalPj())};
}

// Streams: one row, the stream under the point's scheduler against the same without a PB.

std::vector<std::string> StreamColumns() {
  return {"hypothetical",
          "queries",
          "service_mean_us",
          "response_mean_us",
          "response_p99_us",
          "served_accuracy_percent",
          "accuracy_violations",
          "latency_violations",
          "swaps",
          "swap_us_per_query",
          "off_chip_bytes_per_query",
          "off_chip_energy_uj_per_query",
          "energy_uj_per_query",
          "service_saved_percent",
          "time_saved_percent",
          "off_chip_saved_percent",
          "off_chip_energy_saved_percent",
          "energy_saved_percent",
          "accuracy_gained_points"};
}

// Roofline: one row a convolution, with nothing cached and with the candidate that is best for the SubNet.

std::vector<std::string> RooflineColumns() {
  return {"hypothetical",
          "subnet",
          "op",
          "layer",
          "pb",
          "macs",
          "off_chip_bytes",
          "macs_per_byte",
          "service_us",
          "gmacs_per_s",
          "roof_gmacs_per_s",
          "bound"};
}

void AddRooflineRows(int subnet, CostSession& session, Rows& rows) {
  const HardwareConfig& hw = session.hardware();
  const ClockDomain clock(hw.accel.clock_mhz);
  const SubNet& net = session.net().subnets[static_cast<std::size_t>(subnet)];
  for (const bool cached : {false, true}) {
    const SubGraphId column = cached ? session.BestFor(subnet) : kEmptySubGraphId;
    const InferenceResult& result = session.book().KnownInference(subnet, column);
    for (std::size_t i = 0; i < net.ops.size(); ++i) {
      if (net.ops[i].kind != OpKind::kConv) continue;
      const LayerResult& layer = result.layers[i];
      const std::int64_t bytes = layer.counters.TrafficBytes();
      const auto macs = static_cast<double>(net.ops[i].Macs());
      const double intensity = macs / static_cast<double>(std::max<std::int64_t>(1, bytes));
      const auto picoseconds = static_cast<double>(clock.TimeOf(layer.cycles).value());
      const double roof = std::min(PeakGmacs(hw), intensity * BandwidthGbps(hw));
      rows.push_back({Hypothetical(hw), net.name, static_cast<std::int64_t>(i), net.ops[i].name,
                      std::string(cached ? "cached" : "none"), net.ops[i].Macs(), bytes, intensity,
                      Micros(picoseconds), macs * 1000 / picoseconds, roof,
                      std::string(roof < PeakGmacs(hw) ? "bandwidth" : "compute")});
    }
  }
}

}  // namespace

std::vector<Cell> StreamRow(const config::Experiment& experiment, CostSession& session, StreamResult& r) {
  const EnergyTable table = config::RequireEnergy(experiment);
  r = session.Serve(experiment, experiment.scheduler.caching);
  const StreamResult& base = session.WithoutPb(experiment);
  const EnergyBreakdown energy = EnergyOf(table, r.total, r.makespan);
  const EnergyBreakdown base_energy = EnergyOf(table, base.total, base.makespan);
  const auto queries = static_cast<double>(std::max<std::int64_t>(1, r.queries));
  const double dram = energy.pj[EnergyComponent::kDram], base_dram = base_energy.pj[EnergyComponent::kDram];
  const auto bytes = static_cast<double>(r.total.TrafficBytes());
  return {Hypothetical(session.hardware()),
          r.queries,
          Micros(r.service.MeanPs(r.queries)),
          Micros(r.response.MeanPs(r.queries)),
          Micros(static_cast<double>(r.response.p99_ps)),
          r.served_accuracy_percent,
          r.accuracy_violations,
          r.latency_violations,
          r.swaps,
          Micros(static_cast<double>(r.swap_ps)) / queries,
          bytes / queries,
          Micros(dram) / queries,
          Micros(energy.TotalPj()) / queries,
          Saved(static_cast<double>(r.service.sum_ps), static_cast<double>(base.service.sum_ps)),
          Saved(r.AcceleratorBusyPs(), base.AcceleratorBusyPs()),
          Saved(bytes, static_cast<double>(base.total.TrafficBytes())),
          Saved(dram, base_dram),
          Saved(energy.TotalPj(), base_energy.TotalPj()),
          r.served_accuracy_percent - base.served_accuracy_percent};
}

std::vector<std::string> StudyColumns(config::StudyKind kind) {
  switch (kind) {
    case config::StudyKind::kSubNets:
      return SubNetColumns();
    case config::StudyKind::kStreams:
      return StreamColumns();
    case config::StudyKind::kRoofline:
      return RooflineColumns();
    case config::StudyKind::kServing:
      break;  // serving_rows.hpp
  }
  return {};
}

Rows StudyRows(config::StudyKind kind, const config::Experiment& experiment, CostSession& session) {
  Rows rows;
  if (kind == config::StudyKind::kStreams) {
    StreamResult result;
    rows.push_back(StreamRow(experiment, session, result));
    return rows;
  }
  const int subnets = static_cast<int>(session.net().subnets.size());
  for (int subnet = 0; subnet < subnets; ++subnet) {
    if (kind == config::StudyKind::kRoofline) {
      AddRooflineRows(subnet, session, rows);
    } else {
      rows.push_back(SubNetRow(subnet, config::RequireEnergy(experiment), session));
    }
  }
  return rows;
}

}  // namespace sushi::app
