#include "sushi/config/fields.hpp"

#include <unordered_map>

#include "field_builders.hpp"
#include "memory_fields.hpp"
#include "serving_fields.hpp"
#include "sushi/sched/caching_policy.hpp"
#include "trace_log.hpp"

namespace sushi::config {
namespace {

constexpr std::int64_t kMaxKib = 1 << 22;

// A member of Experiment, const or not.
// NOLINTBEGIN(bugprone-macro-parentheses): `member` is a path of names, not an expression.
#define SUSHI_MEMBER(member) \
  [](auto& e) -> auto& { return e.member; }
// NOLINTEND(bugprone-macro-parentheses)

void AddDevice(std::vector<Field>& f) {
  f.push_back(
      TextField("device.name", "name of the device, for reports", SUSHI_MEMBER(hardware.device.name)));
  f.push_back(IntField("device.onchip_memory_kib", 0, kMaxKib, "KiB", "block RAM and UltraRAM in all [S]",
                       SUSHI_MEMBER(hardware.device.onchip_memory_kib)));
  f.push_back(BoolField("device.enforce_capacity",
                        "refuse buffers beyond the device; false marks every result hypothetical",
                        SUSHI_MEMBER(hardware.device.enforce_capacity)));
}

void AddArray(std::vector<Field>& f) {
  f.push_back(IntField("accel.clock_mhz", 1, 10000, "MHz", "clock of the accelerator [S]",
                       SUSHI_MEMBER(hardware.accel.clock_mhz)));
  f.push_back(IntField("accel.dpe_array.kernels", 1, 4096, "", "kernels the array takes a cycle [S]",
                       SUSHI_MEMBER(hardware.accel.dpe_array.kernels)));
  f.push_back(IntField("accel.dpe_array.channels", 1, 4096, "", "channels of a 3x3 window a cycle [S]",
                       SUSHI_MEMBER(hardware.accel.dpe_array.channels)));
  f.push_back(IntField("accel.dpe_array.fill_cycles", 0, 100000, "cycles",
                       "pipeline fill and drain of each kernel x channel tile [D]",
                       SUSHI_MEMBER(hardware.accel.dpe_array.fill_cycles)));
  f.push_back(IntField("accel.vector.lanes", 1, 4096, "", "channels the vector unit pools a cycle [A]",
                       SUSHI_MEMBER(hardware.accel.vector_lanes)));
  f.push_back(BoolField("accel.keep_activations_on_chip",
                        "keep activations in the Streaming Buffer between layers when they fit [A]",
                        SUSHI_MEMBER(hardware.accel.keep_activations_on_chip)));
}

void AddBuffers(std::vector<Field>& f) {
  const auto add = [&](const char* name, const char* description, auto access) {
    f.push_back(
        IntField(std::string("accel.") + name + ".capacity_kib", 0, kMaxKib, "KiB", description, access));
  };
  add("pb", "Persistent Buffer: the cached SubGraph; 0 for none [A]",
      SUSHI_MEMBER(hardware.accel.pb.capacity_kib));
  add("db", "Dynamic Buffer, both banks [D]", SUSHI_MEMBER(hardware.accel.db.capacity_kib));
  f.push_back(BoolField("accel.db.ping_pong",
                        "two banks, fetching hides behind computing; false: one bank, they alternate [A]",
                        SUSHI_MEMBER(hardware.accel.db_ping_pong)));
  add("sb", "Streaming Buffer: activations [A]", SUSHI_MEMBER(hardware.accel.sb.capacity_kib));
  add("lb", "Line Buffer: three rows of a channel tile [A]", SUSHI_MEMBER(hardware.accel.lb.capacity_kib));
  add("ob", "Output Buffer: int32 partial sums [A]", SUSHI_MEMBER(hardware.accel.ob.capacity_kib));
  add("qb", "quantisation-parameter buffer, 5 bytes a kernel [A]",
      SUSHI_MEMBER(hardware.accel.qb.capacity_kib));
}

void AddAxi(std::vector<Field>& f) {
  f.push_back(IntField("accel.axi.ports", 1, 1024, "", "AXI masters of the accelerator [S]",
                       SUSHI_MEMBER(hardware.accel.axi.ports)));
  f.push_back(IntField("accel.axi.beat_bytes", 1, 4096, "bytes", "data width of a port [S]",
                       SUSHI_MEMBER(hardware.accel.axi.beat_bytes)));
  f.push_back(IntField("accel.axi.burst_beats", 1, 4096, "beats", "longest burst [S]",
                       SUSHI_MEMBER(hardware.accel.axi.burst_beats)));
  f.push_back(IntField("accel.axi.burst_gap_cycles", 0, 100000, "cycles", "lost by a port on every burst [D]",
                       SUSHI_MEMBER(hardware.accel.axi.burst_gap_cycles)));
  f.push_back(IntField("accel.axi.max_outstanding_bursts", 1, 4096, "bursts", "of a port [S]",
                       SUSHI_MEMBER(hardware.accel.axi.max_outstanding_bursts)));
  f.push_back(IntField("accel.axi.weight_ports", 1, 1024, "", "ports of the weight DMA [A]",
                       SUSHI_MEMBER(hardware.accel.axi.weight_ports)));
  f.push_back(IntField("accel.axi.iact_ports", 1, 1024, "", "ports of the iAct DMA [D]",
                       SUSHI_MEMBER(hardware.accel.axi.iact_ports)));
  f.push_back(IntField("accel.axi.oact_ports", 1, 1024, "", "ports of the oAct DMA [A]",
                       SUSHI_MEMBER(hardware.accel.axi.oact_ports)));
}

void AddMemoryAndHost(std::vector<Field>& f) {
  f.push_back(EnumField("dram.model", {"simple", "bank_level"},
                        "simple: by the keys of `dram`; bank_level: by those of `memory`",
                        SUSHI_MEMBER(hardware.dram_model)));
  f.push_back(RealField("dram.peak_gbps", 0.001, 100000, "GB/s", "peak bandwidth, 10^9 bytes a second [S]",
                        SUSHI_MEMBER(hardware.dram.peak_gbps)));
  f.push_back(IntField("dram.burst_bytes", 1, 65536, "bytes", "traffic is rounded up to whole bursts [S]",
                       SUSHI_MEMBER(hardware.dram.burst_bytes)));
  f.push_back(IntField("dram.latency_ns", 0, 1000000, "ns", "request to first data [A]",
                       SUSHI_MEMBER(hardware.dram.latency_ns)));
  f.push_back(IntField("dram.row_jump_ns", 0, 1000000, "ns",
                       "more for a transaction that does not start where the previous one ended [D]",
                       SUSHI_MEMBER(hardware.dram.row_jump_ns)));
  f.push_back(RealField("host.layer_call_us", 0, 1e6, "us", "host's call before every layer of `run`",
                        SUSHI_MEMBER(hardware.host.layer_call_us)));
  f.push_back(RealField("host.board_layer_call_us", 0, 1e6, "us",
                        "host's call on the measured board, for `validate` [D]",
                        SUSHI_MEMBER(hardware.host.board_layer_call_us)));
  f.push_back(EnumField("sim.granularity", {"kernel_tile", "channel_tile"}, "one weight transaction for each",
                        SUSHI_MEMBER(hardware.granularity)));
}

void AddArrivals(std::vector<Field>& f) {
  const std::size_t first = f.size();
  f.push_back(NameField("trace.generator.arrivals", ArrivalKinds(),
                        "when queries arrive; auto: closed loop at arrival_rate_qps 0, else poisson",
                        SUSHI_MEMBER(trace.generator.arrivals)));
  f.push_back(RealField("trace.generator.arrival_cv2", 0, 1e6, "",
                        "gamma, bursty, ramp: squared coefficient of variation of gaps; 0: equal, 1: Poisson",
                        SUSHI_MEMBER(trace.generator.arrival_cv2)));
  f.push_back(RealField("trace.generator.base_rate_qps", 0, 1e9, "1/s",
                        "bursty: rate of the constant part beside the bursts",
                        SUSHI_MEMBER(trace.generator.base_rate_qps)));
  f.push_back(RealField("trace.generator.ramp_to_qps", 0, 1e9, "1/s", "ramp: rate at its end and afterwards",
                        SUSHI_MEMBER(trace.generator.ramp_to_qps)));
  f.push_back(RealField("trace.generator.ramp_qps_per_s", 0, 1e12, "1/s^2",
                        "ramp: how fast the rate rises or falls",
                        SUSHI_MEMBER(trace.generator.ramp_qps_per_s)));
  f.push_back(RealField("trace.generator.on_phase_s", 1e-9, 1e6, "s", "on_off: mean length of an on-phase",
                        SUSHI_MEMBER(trace.generator.on_phase_s)));
  f.push_back(RealField("trace.generator.off_phase_s", 0, 1e6, "s", "on_off: mean length of an off-phase",
                        SUSHI_MEMBER(trace.generator.off_phase_s)));
  f.push_back(IntField("trace.generator.batch_queries", 1, 1000000000, "queries",
                       "multi_stream: queries that arrive together",
                       SUSHI_MEMBER(trace.generator.batch_queries)));
  f.push_back(RealField("trace.generator.batch_interval_us", 0.001, 1e12, "us",
                        "multi_stream: from one batch to the next",
                        SUSHI_MEMBER(trace.generator.batch_interval_us)));
  for (std::size_t i = first; i < f.size(); ++i) f[i].later = true;
}

void AddTrace(std::vector<Field>& f) {
  f.push_back(PathField("trace.file", "CSV of queries; replaces trace.generator", SUSHI_MEMBER(trace.file)));
  AddLogFields(f);
  f.push_back(NameField("trace.generator.kind", GeneratorKinds(), "how targets move",
                        SUSHI_MEMBER(trace.generator.kind)));
  f.push_back(IntField("trace.generator.queries", 1, std::int64_t{1} << 40, "queries", "length of the stream",
                       SUSHI_MEMBER(trace.generator.queries)));
  f.push_back(IntField("trace.generator.seed", 0, INT64_MAX, "", "seed of the stream",
                       SUSHI_MEMBER(trace.generator.seed)));
  f.push_back(RealField("trace.generator.accuracy_low_percent", 0, 100, "%", "lowest accuracy target",
                        SUSHI_MEMBER(trace.generator.accuracy_low_percent)));
  f.push_back(RealField("trace.generator.accuracy_high_percent", 0, 100, "%", "highest accuracy target",
                        SUSHI_MEMBER(trace.generator.accuracy_high_percent)));
  f.push_back(RealField("trace.generator.latency_low_us", 0.001, 1e12, "us", "tightest latency target",
                        SUSHI_MEMBER(trace.generator.latency_low_us)));
  f.push_back(RealField("trace.generator.latency_high_us", 0.001, 1e12, "us", "loosest latency target",
                        SUSHI_MEMBER(trace.generator.latency_high_us)));
  f.push_back(RealField("trace.generator.step_fraction", 0, 1, "", "random_walk: largest step, of the range",
                        SUSHI_MEMBER(trace.generator.step_fraction)));
  f.push_back(IntField("trace.generator.phase_queries", 1, 1000000000, "queries", "phases: mean length",
                       SUSHI_MEMBER(trace.generator.phase_queries)));
  f.push_back(RealField("trace.generator.arrival_rate_qps", 0, 1e9, "1/s",
                        "mean rate of arrivals; bursty: of the bursts, ramp: at its start, on_off: when on",
                        SUSHI_MEMBER(trace.generator.arrival_rate_qps)));
  AddArrivals(f);
}

void AddScheduler(std::vector<Field>& f) {
  f.push_back(NameField("scheduler.policy", PolicyNames(),
                        "which SubNet serves a query [A]; with serving.engine: what runs where, and when",
                        SUSHI_MEMBER(scheduler.policy)));
  f.push_back(NameField("scheduler.caching", CachingPolicyNames(), "which SubGraph the PB holds next [A]",
                        SUSHI_MEMBER(scheduler.caching)));
  f.push_back(IntField("scheduler.period_queries", 1, 1000000, "queries",
                       "Q: a caching decision every so many [A]", SUSHI_MEMBER(scheduler.period_queries)));
  f.push_back(IntField("scheduler.candidates", 1, 10000, "", "candidate SubGraphs of SushiAbs [A]",
                       SUSHI_MEMBER(scheduler.candidates)));
  f.push_back(EnumField("scheduler.candidate_source", {"windows", "knapsack"},
                        "how candidates are made: by shape, or by measured benefit per byte",
                        SUSHI_MEMBER(scheduler.candidate_source)));
  f.push_back(
      IntField("scheduler.byte_value_ps", 0, 1000000, "ps",
               "knapsack, cost_aware: time that an off-chip byte is worth; 60: its time on the DRAM [A]",
               SUSHI_MEMBER(scheduler.byte_value_ps)));
  f.push_back(EnumField("scheduler.latency_basis", {"service", "response"},
                        "what latency_max_us is compared with", SUSHI_MEMBER(scheduler.latency_basis)));
  f.push_back(PathField("scheduler.table_file", "saved SushiAbs to load instead of building it",
                        SUSHI_MEMBER(scheduler.table_file)));
}

template <typename Access>
void AddUnitEnergy(std::vector<Field>& f, const std::string& path, const char* pj_key, const char* what,
                   Access unit) {
  f.push_back(RealField(
      path + pj_key, 0, 1e9, "pJ", what, [unit](auto& e) -> auto& { return unit(e).pj; }));
  f.push_back(IntField(
      path + ".node_nm", 1, 1000, "nm",
      "technology of that figure", [unit](auto& e) -> auto& { return unit(e).node_nm; }));
  f.push_back(TextField(
      path + ".source", "where that figure comes from", [unit](auto& e) -> auto& { return unit(e).source; }));
  f.push_back(BoolField(
      path + ".assumed", "no public source at hand", [unit](auto& e) -> auto& { return unit(e).assumed; }));
}

template <typename Access>
void AddSramEnergy(std::vector<Field>& f, const std::string& name, Access sram) {
  const std::string path = "energy." + name;
  f.push_back(RealField(
      path + ".read_pj", 0, 1e9, "pJ",
      "a read of access_bytes", [sram](auto& e) -> auto& { return sram(e).read_pj; }));
  f.push_back(RealField(
      path + ".write_pj", 0, 1e9, "pJ",
      "a write of access_bytes", [sram](auto& e) -> auto& { return sram(e).write_pj; }));
  f.push_back(IntField(
      path + ".access_bytes", 1, 65536, "bytes",
      "width of an access", [sram](auto& e) -> auto& { return sram(e).access_bytes; }));
  f.push_back(RealField(
      path + ".at_capacity_kib", 0.001, kMaxKib, "KiB",
      "capacity those figures are for", [sram](auto& e) -> auto& { return sram(e).at_capacity_kib; }));
  f.push_back(BoolField(
      path + ".follows_curve",
      "energy grows with capacity as energy.sram_curve does", [sram](auto& e) -> auto& {
        return sram(e).follows_curve;
      }));
  f.push_back(IntField(
      path + ".node_nm", 1, 1000, "nm",
      "technology of those figures", [sram](auto& e) -> auto& { return sram(e).node_nm; }));
  f.push_back(TextField(
      path + ".source",
      "where those figures come from", [sram](auto& e) -> auto& { return sram(e).source; }));
  f.push_back(BoolField(
      path + ".assumed", "no public source at hand", [sram](auto& e) -> auto& { return sram(e).assumed; }));
}

void AddEnergy(std::vector<Field>& f) {
  f.push_back(TextField("energy.name", "name of the table, for reports", SUSHI_MEMBER(energy.name)));
  f.push_back(EnumField("energy.mac_precision", {"int8", "int16", "fp16", "fp32"},
                        "which figure a multiply-accumulate is charged; changes no time and no bytes",
                        SUSHI_MEMBER(energy.mac_precision)));
  AddUnitEnergy(f, "energy.mac", ".pj", "an int8 multiply-accumulate",
                SUSHI_MEMBER(energy.mac[MacPrecision::kInt8]));
  AddUnitEnergy(f, "energy.mac_int16", ".pj", "an int16 multiply-accumulate",
                SUSHI_MEMBER(energy.mac[MacPrecision::kInt16]));
  AddUnitEnergy(f, "energy.mac_fp16", ".pj", "an fp16 multiply-accumulate",
                SUSHI_MEMBER(energy.mac[MacPrecision::kFp16]));
  AddUnitEnergy(f, "energy.mac_fp32", ".pj", "an fp32 multiply-accumulate",
                SUSHI_MEMBER(energy.mac[MacPrecision::kFp32]));
  AddUnitEnergy(f, "energy.vector_op", ".pj", "an 8-bit operation of the vector unit",
                SUSHI_MEMBER(energy.vector_op));
  AddUnitEnergy(f, "energy.dram", "_pj_per_byte", "a byte to or from DRAM, whole bursts",
                SUSHI_MEMBER(energy.dram));
  for (std::size_t i = 0; i < SramCurve::kCapacityKib.size(); ++i) {
    f.push_back(RealField(
        "energy.sram_curve.kib_" + std::to_string(SramCurve::kCapacityKib[i]) + "_pj", 1e-6, 1e9, "pJ",
        "an access at that capacity; ratios count", [i](auto& e) -> auto& {
          return e.energy.sram_curve.pj[i];
        }));
  }
  f.push_back(TextField("energy.sram_curve.source", "where those points come from",
                        SUSHI_MEMBER(energy.sram_curve.source)));
  AddSramEnergy(f, "pb", SUSHI_MEMBER(energy.pb));
  AddSramEnergy(f, "db", SUSHI_MEMBER(energy.db));
  AddSramEnergy(f, "sb", SUSHI_MEMBER(energy.sb));
  AddSramEnergy(f, "lb", SUSHI_MEMBER(energy.lb));
  AddSramEnergy(f, "ob", SUSHI_MEMBER(energy.ob));
  AddSramEnergy(f, "qb", SUSHI_MEMBER(energy.qb));
  f.push_back(RealField("energy.static_power_mw", 0, 1e9, "mW", "counted over the makespan",
                        SUSHI_MEMBER(energy.static_power_mw)));
  f.push_back(TextField("energy.static_power_source", "where that figure comes from",
                        SUSHI_MEMBER(energy.static_power_source)));
}

#undef SUSHI_MEMBER

std::vector<Field> MakeFields() {
  std::vector<Field> fields;
  AddDevice(fields);
  AddArray(fields);
  AddBuffers(fields);
  AddAxi(fields);
  AddMemoryAndHost(fields);
  AddMemoryFields(fields);
  AddTrace(fields);
  AddScheduler(fields);
  AddServingFields(fields);
  AddEnergy(fields);
  return fields;
}

}  // namespace

const std::vector<Field>& Fields() {
  static const std::vector<Field> fields = MakeFields();
  return fields;
}

std::string CanonicalLine(const Field& field, const std::string& text) {
  static const Experiment defaults;
  if (field.later && text == field.text(defaults)) return "";
  return field.path + ": " + text + "\n";
}

const Field* FindField(const std::string& path) {
  static const std::unordered_map<std::string, const Field*> by_path = [] {
    std::unordered_map<std::string, const Field*> map;
    for (const Field& field : Fields()) map.emplace(field.path, &field);
    return map;
  }();
  const auto found = by_path.find(path);
  return found == by_path.end() ? nullptr : found->second;
}

}  // namespace sushi::config
