#include <cmath>
#include <string>
#include <vector>

#include "sushi/config/experiment.hpp"
#include "sushi/dram/command_energy.hpp"

namespace sushi::config {
namespace {

// A figure without a value or without a source would pass as free, or as known.
void RequireFigures(const Node& section, const std::string& component,
                    const std::vector<const char*>& figures) {
  const std::string path = "energy." + component;
  const Node* entry = section.Find(component);
  if (entry == nullptr) {
    throw UserError(section.mark, path, "is missing: every component needs an entry in the energy table");
  }
  for (const char* figure : figures) {
    if (entry->Find(figure) != nullptr) continue;
    throw UserError(entry->mark, path + "." + figure,
                    "is missing: every entry states its figures and their source");
  }
}

void RequireValue(const Node& section, const std::string& key) {
  if (section.Find(key) != nullptr) return;
  throw UserError(section.mark, "energy." + key,
                  "is missing: every component needs an entry in the energy table");
}

// Entry of the table, in the order of MacPrecision.
constexpr const char* kMacEntry[] = {"mac", "mac_int16", "mac_fp16", "mac_fp32"};

void RequireWholeTable(const Node& section, const EnergyConfig& energy) {
  const char* mac = kMacEntry[static_cast<std::size_t>(energy.mac_precision)];
  for (const char* unit : {mac, "vector_op"}) RequireFigures(section, unit, {"pj", "source"});
  for (const char* sram : {"pb", "db", "sb", "lb", "ob", "qb"}) {
    RequireFigures(section, sram, {"read_pj", "write_pj", "access_bytes", "at_capacity_kib", "source"});
  }
  RequireFigures(section, "sram_curve",
                 {"kib_64_pj", "kib_256_pj", "kib_1024_pj", "kib_2048_pj", "kib_4096_pj", "source"});
  RequireValue(section, "dram_pj_per_byte");
  RequireFigures(section, "dram", {"source"});
  RequireValue(section, "static_power_mw");
  RequireValue(section, "static_power_source");
}

EnergyEntry Entry(double pj, std::int64_t node_nm, const std::string& source, bool assumed) {
  return {pj, static_cast<int>(node_nm), source, assumed};
}

// log-log between the two points around the capacity, or from the two nearest beyond them.
double OnCurve(const SramCurve& curve, double capacity_kib) {
  std::size_t i = 1;
  while (i + 1 < curve.pj.size() && capacity_kib > SramCurve::kCapacityKib[i]) ++i;
  const double low = SramCurve::kCapacityKib[i - 1], high = SramCurve::kCapacityKib[i];
  const double slope = std::log(curve.pj[i] / curve.pj[i - 1]) / std::log(high / low);
  return curve.pj[i - 1] * std::pow(capacity_kib / low, slope);
}

// E2: pj a byte = pj an access / access_bytes · curve(capacity) / curve(at_capacity). A buffer of no capacity
// is never accessed.
void Resolve(const SramEnergy& sram, const SramCurve& curve, const BufferConfig& buffer, Event read,
             Event write, EnergyTable& table) {
  const auto capacity_kib = static_cast<double>(buffer.capacity_kib);
  double scale = sram.follows_curve ? 0 : 1;
  if (sram.follows_curve && capacity_kib > 0)
    scale = OnCurve(curve, capacity_kib) / OnCurve(curve, sram.at_capacity_kib);
  const double per_byte = (capacity_kib > 0 ? scale : 0) / static_cast<double>(sram.access_bytes);
  const std::string source = sram.source + (sram.follows_curve ? "; " + curve.source : "");
  table.entries[read] = Entry(sram.read_pj * per_byte, sram.node_nm, source, sram.assumed);
  table.entries[write] = Entry(sram.write_pj * per_byte, sram.node_nm, source, sram.assumed);
}

// E3–E9, with a memory whose commands are known; else a figure a byte and nothing for commands.
void ResolveDram(const Experiment& experiment, EnergyTable& table) {
  const UnitEnergy& flat = experiment.energy.dram;
  const EnergyEntry bytes = Entry(flat.pj, flat.node_nm, flat.source, flat.assumed);
  for (const Event event : {Event::kDramRead, Event::kDramWrite}) table.entries[event] = bytes;
  for (const Event event :
       {Event::kDramActivate, Event::kDramRefresh, Event::kDramOpenClocks, Event::kDramClosedClocks})
    table.entries[event] = Entry(0, flat.node_nm, "within the figure a byte", flat.assumed);
  if (experiment.hardware.dram_model != DramModel::kBankLevel) return;
  const DramDeviceConfig& dram = experiment.hardware.memory;
  if (FindOrigin(experiment, "memory.current") == nullptr || dram.source.empty()) {
    throw UserError(
        "memory.current: is missing (or memory.source): the energy of DRAM commands needs the device's "
        "currents and where they come from");
  }
  const DramCoefficients c = CoefficientsOf(dram);
  const auto entry = [&](double pj) { return Entry(pj, 0, dram.source, false); };
  table.entries[Event::kDramRead] = entry(c.read_byte + c.io_byte);
  table.entries[Event::kDramWrite] = entry(c.write_byte + c.io_byte);
  table.entries[Event::kDramActivate] = entry(c.activate);
  table.entries[Event::kDramRefresh] = entry(c.refresh);
  table.entries[Event::kDramOpenClocks] = entry(c.open_clock);
  table.entries[Event::kDramClosedClocks] = entry(c.closed_clock);
  table.dram_io_pj_per_byte = c.io_byte;
}

}  // namespace

EnergyTable RequireEnergy(const Experiment& experiment) {
  const Node* section = experiment.merged.Find("energy");
  if (section == nullptr) throw UserError("energy: no file gives a table (add a file of configs/energy/)");
  const EnergyConfig& energy = experiment.energy;
  RequireWholeTable(*section, energy);
  const AccelConfig& accel = experiment.hardware.accel;
  const auto unit = [](const UnitEnergy& u) { return Entry(u.pj, u.node_nm, u.source, u.assumed); };
  EnergyTable table;
  table.name = energy.name;
  table.static_power_mw = energy.static_power_mw;
  table.entries[Event::kMac] = unit(energy.mac[energy.mac_precision]);
  table.entries[Event::kVectorOp] = unit(energy.vector_op);
  ResolveDram(experiment, table);
  Resolve(energy.pb, energy.sram_curve, accel.pb, Event::kPbRead, Event::kPbWrite, table);
  Resolve(energy.db, energy.sram_curve, accel.db, Event::kDbRead, Event::kDbWrite, table);
  Resolve(energy.sb, energy.sram_curve, accel.sb, Event::kSbRead, Event::kSbWrite, table);
  Resolve(energy.lb, energy.sram_curve, accel.lb, Event::kLbRead, Event::kLbWrite, table);
  Resolve(energy.ob, energy.sram_curve, accel.ob, Event::kObRead, Event::kObWrite, table);
  Resolve(energy.qb, energy.sram_curve, accel.qb, Event::kQbRead, Event::kQbWrite, table);
  return table;
}

}  // namespace sushi::config
