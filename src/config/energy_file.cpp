#include <cmath>
#include <string>
#include <vector>

#include "sushi/config/experiment.hpp"

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

void RequireWholeTable(const Node& section) {
  for (const char* unit : {"mac", "vector_op"}) RequireFigures(section, unit, {"pj", "source"});
  for (const char* sram : {"pb", "db", "sb", "lb", "ob", "qb"}) {
    RequireFigures(section, sram,
                   {"read_pj", "write_pj", "access_bytes", "at_capacity_kib", "capacity_exponent", "source"});
  }
  RequireValue(section, "dram_pj_per_byte");
  RequireFigures(section, "dram", {"source"});
  RequireValue(section, "static_power_mw");
  RequireValue(section, "static_power_source");
}

EnergyEntry Entry(double pj, std::int64_t node_nm, const std::string& source, bool assumed) {
  return {pj, static_cast<int>(node_nm), source, assumed};
}

// E2: pj a byte = pj an access / access_bytes · (capacity / at_capacity)^exponent. A buffer of no capacity
// is never accessed.
void Resolve(const SramEnergy& sram, const BufferConfig& buffer, Event read, Event write,
             EnergyTable& table) {
  const double capacity_kib = static_cast<double>(buffer.capacity_kib);
  const double scale =
      capacity_kib == 0 ? 0 : std::pow(capacity_kib / sram.at_capacity_kib, sram.capacity_exponent);
  const double per_byte = scale / static_cast<double>(sram.access_bytes);
  table.entries[read] = Entry(sram.read_pj * per_byte, sram.node_nm, sram.source, sram.assumed);
  table.entries[write] = Entry(sram.write_pj * per_byte, sram.node_nm, sram.source, sram.assumed);
}

}  // namespace

EnergyTable RequireEnergy(const Experiment& experiment) {
  const Node* section = experiment.merged.Find("energy");
  if (section == nullptr) throw UserError("energy: no file gives a table (add a file of configs/energy/)");
  RequireWholeTable(*section);
  const EnergyConfig& energy = experiment.energy;
  const AccelConfig& accel = experiment.hardware.accel;
  const auto unit = [](const UnitEnergy& u) { return Entry(u.pj, u.node_nm, u.source, u.assumed); };
  EnergyTable table;
  table.name = energy.name;
  table.static_power_mw = energy.static_power_mw;
  table.entries[Event::kMac] = unit(energy.mac);
  table.entries[Event::kVectorOp] = unit(energy.vector_op);
  table.entries[Event::kDramRead] = unit(energy.dram);
  table.entries[Event::kDramWrite] = unit(energy.dram);
  Resolve(energy.pb, accel.pb, Event::kPbRead, Event::kPbWrite, table);
  Resolve(energy.db, accel.db, Event::kDbRead, Event::kDbWrite, table);
  Resolve(energy.sb, accel.sb, Event::kSbRead, Event::kSbWrite, table);
  Resolve(energy.lb, accel.lb, Event::kLbRead, Event::kLbWrite, table);
  Resolve(energy.ob, accel.ob, Event::kObRead, Event::kObWrite, table);
  Resolve(energy.qb, accel.qb, Event::kQbRead, Event::kQbWrite, table);
  return table;
}

}  // namespace sushi::config
