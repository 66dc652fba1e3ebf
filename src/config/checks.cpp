// What keys say together. A contradiction is reported where the first of them that the user has set stands.
#include <algorithm>

#include "model_readers.hpp"
#include "resolve.hpp"
#include "serving_sections.hpp"
#include "sushi/sched/serving_policy.hpp"

namespace sushi::config {
namespace {

using Keys = std::vector<std::string>;

SourceMark FirstSet(const Experiment& e, const Keys& keys) {
  for (const std::string& key : keys) {
    if (const Node* node = FindOrigin(e, key)) return node->mark;
  }
  return {};
}

// The same for an entry of a section, which sets some keys anew.
SourceMark FirstSet(const Experiment& e, const std::vector<Override>& overrides, const SourceMark& entry,
                    const Keys& keys) {
  for (const std::string& key : keys) {
    const auto sets = [&](const Override& item) { return item.key == key; };
    const auto found = std::find_if(overrides.begin(), overrides.end(), sets);
    if (found != overrides.end()) return found->value.mark;
  }
  const SourceMark mark = FirstSet(e, keys);
  return mark.file.empty() ? entry : mark;
}

// `where` gives the mark for a list of keys.
template <typename Where>
void CheckPorts(const AxiConfig& axi, const Where& where) {
  const int used = axi.weight_ports + axi.iact_ports + axi.oact_ports;
  if (used > axi.ports) {
    throw UserError(where(Keys{"accel.axi.ports", "accel.axi.weight_ports", "accel.axi.iact_ports",
                               "accel.axi.oact_ports"}),
                    "accel.axi.ports",
                    "the DMA engines use " + std::to_string(used) + " ports (weight_ports + iact_ports + " +
                        "oact_ports), but there are " + std::to_string(axi.ports));
  }
}

template <typename Where>
void CheckCapacity(const HardwareConfig& hardware, const Where& where) {
  const std::int64_t sum = hardware.accel.BufferKib();
  const DeviceConfig& device = hardware.device;
  if (device.enforce_capacity && sum > device.onchip_memory_kib) {
    throw UserError(where(Keys{"accel.pb.capacity_kib", "accel.db.capacity_kib", "accel.ob.capacity_kib",
                               "accel.sb.capacity_kib", "accel.lb.capacity_kib", "accel.qb.capacity_kib",
                               "device.onchip_memory_kib"}),
                    "accel.*.capacity_kib",
                    "the buffers need " + std::to_string(sum) + " KiB, the device has " +
                        std::to_string(device.onchip_memory_kib) +
                        " KiB (device.enforce_capacity: false simulates it as hypothetical)");
  }
}

void CheckMemory(const Experiment& e) {
  if (e.hardware.dram_model != DramModel::kBankLevel) return;
  const DramFault fault = FindDramFault(e.hardware.memory);
  if (fault.key.empty()) return;
  const std::string key = "memory." + fault.key;
  const std::string section = key.substr(0, key.rfind('.'));
  throw UserError(FirstSet(e, {key, section, "memory", "dram.model"}), key, fault.message);
}

template <typename Where>
void CheckGenerator(const GeneratorConfig& g, const Where& where) {
  const auto ordered = [&](double low, double high, const std::string& low_key, const std::string& high_key) {
    if (low <= high) return;
    throw UserError(where(Keys{"trace.generator." + low_key, "trace.generator." + high_key}),
                    "trace.generator." + low_key, "must not be above trace.generator." + high_key);
  };
  ordered(g.accuracy_low_percent, g.accuracy_high_percent, "accuracy_low_percent", "accuracy_high_percent");
  ordered(g.latency_low_us, g.latency_high_us, "latency_low_us", "latency_high_us");
  const GeneratorFault fault = FindArrivalFault(g);
  if (fault.key.empty()) return;
  const std::string key = "trace.generator." + fault.key;
  throw UserError(where(Keys{key, "trace.generator.arrivals"}), key, fault.message);
}

// A log brings its arrivals; others would silently not be used.
template <typename Where>
void CheckLog(const TraceConfig& trace, const Where& where) {
  const TraceLogConfig& log = trace.log;
  if (log.file.empty()) return;
  if (log.to_s > 0 && log.to_s <= log.from_s) {
    throw UserError(where(Keys{"trace.log.to_s", "trace.log.from_s"}), "trace.log.to_s",
                    "expected more than trace.log.from_s, or 0 for the end");
  }
  const GeneratorConfig& g = trace.generator;
  const bool by_rate = g.arrivals == "auto" && g.arrival_rate_qps > 0;
  if (!by_rate && (g.arrivals == "auto" || g.arrivals == "closed")) return;
  const std::string key = by_rate ? "trace.generator.arrival_rate_qps" : "trace.generator.arrivals";
  throw UserError(
      where(Keys{key, "trace.log.file"}), key,
      "arrivals are those of trace.log.file, their rate is trace.log.rate_qps; expected arrivals: "
      "closed, or no log (trace.log.file: \"\")");
}

// Without an engine there is SUSHI's stream: what only a serving system has would do nothing.
void RefuseWithoutEngine(const Experiment& e) {
  const auto refuse = [&](const SourceMark& mark, const std::string& key) {
    throw UserError(mark, key,
                    "needs serving.engine: tlm or approximate; none serves one stream on one accelerator");
  };
  if (!e.serving.types.empty()) refuse(FirstSet(e, {"accelerators"}), "accelerators");
  if (!e.serving.tenants.empty()) refuse(FirstSet(e, {"tenants"}), "tenants");
  if (e.serving.accelerators > 0) refuse(FirstSet(e, {"serving.accelerators"}), "serving.accelerators");
  const std::vector<std::string> streams = ServingPolicyNames();
  if (std::find(streams.begin(), streams.end(), e.scheduler.policy) != streams.end()) return;
  std::string known;
  for (const std::string& name : streams) known += (known.empty() ? "" : ", ") + name;
  throw UserError(FirstSet(e, {"scheduler.policy"}), "scheduler.policy",
                  "'" + e.scheduler.policy + "' schedules a serving system: set serving.engine to tlm or " +
                      "approximate (with none there are " + known + ")");
}

void CheckType(const Experiment& e, std::size_t index) {
  const AcceleratorEntry& entry = e.serving.types[index];
  const HardwareConfig hardware = HardwareOf(e, entry);
  const auto where = [&](const Keys& keys) { return FirstSet(e, entry.accel, entry.mark, keys); };
  CheckPorts(hardware.accel.axi, where);
  CheckCapacity(hardware, where);
  if (entry.levels.empty() || entry.levels[0].clock_mhz == hardware.accel.clock_mhz) return;
  throw UserError(entry.levels_mark, At("accelerators", index) + ".levels[0].clock_mhz",
                  "the first level is the nominal one: expected clock_mhz " +
                      std::to_string(hardware.accel.clock_mhz) + " (accel.clock_mhz), got " +
                      std::to_string(entry.levels[0].clock_mhz));
}

void CheckThresholds(const Experiment& e) {
  const PremaSettings& prema = e.scheduler.settings.prema;
  const std::string key = "scheduler.prema.";
  const auto ordered = [&](double low, double high, const std::string& low_key, const std::string& high_key) {
    if (low <= high) return;
    throw UserError(FirstSet(e, {key + low_key, key + high_key}), key + low_key,
                    "must not be above " + key + high_key);
  };
  ordered(prema.low, prema.medium, "low", "medium");
  ordered(prema.medium, prema.high, "medium", "high");
}

void CheckServing(const Experiment& e) {
  CheckThresholds(e);
  if (e.serving.engine == ServingEngine::kNone) return RefuseWithoutEngine(e);
  if (e.serving.accelerators > 0 && !e.serving.types.empty()) {
    throw UserError(FirstSet(e, {"serving.accelerators"}), "serving.accelerators",
                    "the section accelerators says which there are; leave out one of the two");
  }
  for (std::size_t i = 0; i < e.serving.types.size(); ++i) CheckType(e, i);
  for (const TenantEntry& tenant : e.serving.tenants) {
    const TraceConfig trace = TraceOf(e, tenant);
    const auto where = [&](const Keys& keys) { return FirstSet(e, tenant.trace, tenant.mark, keys); };
    CheckGenerator(trace.generator, where);
    CheckLog(trace, where);
  }
}

}  // namespace

void CheckTogether(const Experiment& experiment) {
  const auto where = [&](const Keys& keys) { return FirstSet(experiment, keys); };
  CheckPorts(experiment.hardware.accel.axi, where);
  CheckCapacity(experiment.hardware, where);
  CheckMemory(experiment);
  CheckGenerator(experiment.trace.generator, where);
  CheckLog(experiment.trace, where);
  CheckServing(experiment);
}

}  // namespace sushi::config
