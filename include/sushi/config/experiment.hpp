// An experiment: one namespace of keys, composed of small files (hardware, model, trace, scheduler,
// energy) that are merged left to right, then `--set key=value`.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "sushi/accel/hardware.hpp"
#include "sushi/config/serving_config.hpp"
#include "sushi/config/tree.hpp"
#include "sushi/energy/energy.hpp"
#include "sushi/query/generators.hpp"
#include "sushi/sched/stream_server.hpp"
#include "sushi/serving/scheduler_settings.hpp"

namespace sushi::config {

// A published request log; the generator gives only the targets (docs/traces.md).
struct TraceLogConfig {
  std::string file;     // "" for none; beside the file that sets it unless there is a directory
  std::string written;  // the same as it was written
  std::string directory;
  std::string format = "azure_llm";
  double rate_qps = 0;                      // 0: as it was
  double from_s = 0, to_s = 0;              // to_s 0: to the end
  std::int64_t limit = 0;                   // 0: all
  std::map<std::string, SourceMark> marks;  // of its keys, for messages

  std::string Path() const;  // "" for none
};

struct TraceConfig {
  std::string file;  // "" when a log or the generator makes the stream
  TraceLogConfig log;
  GeneratorConfig generator;
};

enum class CandidateSource { kWindows, kKnapsack };

struct SchedulerConfig {
  std::string policy = "strict_latency";
  std::string caching = "avgnet";
  std::int64_t period_queries = 20;  // Q
  std::int64_t candidates = 40;
  CandidateSource candidate_source = CandidateSource::kWindows;
  std::int64_t byte_value_ps = 60;
  LatencyBasis latency_basis = LatencyBasis::kService;
  std::string table_file;  // a saved SushiAbs to load; "" builds it
  SchedulerSettings settings;
};

// How the energy of an SRAM access grows with capacity: published points, of which only ratios are used.
struct SramCurve {
  static constexpr std::array<int, 5> kCapacityKib{64, 256, 1024, 2048, 4096};
  std::array<double, 5> pj{1, 1, 1, 1, 1};
  std::string source;
};

// Energy of one on-chip buffer: reference point and whether it follows the curve (docs/timing-model.md E2).
struct SramEnergy {
  double read_pj = 0, write_pj = 0;  // an access of `access_bytes` at `at_capacity_kib`
  std::int64_t access_bytes = 32;
  double at_capacity_kib = 256;
  bool follows_curve = true;  // false: the same at any capacity
  std::int64_t node_nm = 45;
  std::string source;
  bool assumed = false;
};

struct UnitEnergy {
  double pj = 0;
  std::int64_t node_nm = 45;
  std::string source;
  bool assumed = false;
};

enum class MacPrecision : std::size_t { kInt8, kInt16, kFp16, kFp32, kCount };

struct EnergyConfig {
  std::string name;
  // What a multiply-accumulate is charged as. It changes no time and no traffic: operands stay bytes.
  MacPrecision mac_precision = MacPrecision::kInt8;
  EnumArray<MacPrecision, UnitEnergy> mac;
  UnitEnergy vector_op, dram;  // dram: pj a byte
  SramEnergy pb, db, sb, lb, ob, qb;
  SramCurve sram_curve;
  double static_power_mw = 0;
  std::string static_power_source;
};

struct Experiment {
  HardwareConfig hardware;
  TraceConfig trace;
  SchedulerConfig scheduler;
  EnergyConfig energy;
  ServingConfig serving;
  Node supernet;  // raw section, kNull when no file gave one; read by LoadSuperNet
  Node merged;    // everything as merged, for origins
};

// Reads, merges and checks. `sets` are "key=value". Throws UserError.
Experiment LoadExperiment(const std::vector<std::string>& files, const std::vector<std::string>& sets);

// What LoadExperiment makes of the merged tree, with `overrides` applied in order.
Experiment ResolveExperiment(const Node& merged, const std::vector<Override>& overrides);

// The node that set `key` (dotted), nullptr when it is at its default.
const Node* FindOrigin(const Experiment& experiment, const std::string& key);

// A section that the command needs but no file gave: UserError.
void RequireSupernet(const Experiment& experiment);
void RequireTrace(const Experiment& experiment);
// A trace, and no serving system: what one stream on one accelerator needs.
void RequireStream(const Experiment& experiment);
// Resolves the table for this hardware. UserError naming the first component without an entry.
EnergyTable RequireEnergy(const Experiment& experiment);

// "key: value" lines in field order, the text whose hash identifies a configuration. With `prefixes` only
// the keys that begin with one of them, and never those that begin with `without`.
std::string CanonicalText(const Experiment& experiment, const std::vector<std::string>& prefixes = {},
                          const std::string& without = "");
// The prefixes of the keys that make the hardware's identity, and `more`.
std::vector<std::string> WithHardwareKeys(const std::vector<std::string>& more = {});
// The supernet section as written, without comments and layout; a table file counts by its content.
std::string CanonicalModel(const Experiment& experiment);
// The same with the tenants' models.
std::string CanonicalModels(const Experiment& experiment);
// The tenants section without models; traces' files count by their content.
std::string CanonicalTenants(const Experiment& experiment);
// Identifies the stream: files by their content, a log and the generator by their keys as well. UserError
// for a file that cannot be read.
std::string TraceHash(const Experiment& experiment);

// What `config show` prints: key, value, unit, default, origin.
std::string ConfigShow(const Experiment& experiment);
// The tables of docs/configuration.md.
std::string ConfigReferenceMarkdown();

}  // namespace sushi::config
