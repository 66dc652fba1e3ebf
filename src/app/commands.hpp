// The commands of sushisim, as plain functions on parsed options. stdout carries results.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sushi/config/sweep.hpp"
#include "sushi/dram/traffic.hpp"
#include "sushi/formats/arrival_import.hpp"
#include "sushi/query/generators.hpp"

namespace sushi::app {

// Real data through the simulated hardware; what `run` and `infer` have in common.
struct DataOptions {
  bool functional = false;
  std::uint64_t seed = 1;
  std::string weights_dir, input;
  std::vector<std::string> dumps;  // layer, directory, layer, directory …
  std::string out;                 // another directory that the command writes, if any
};

// Timelines of a run; "" where nothing is given.
struct TimelineOptions {
  std::string json, vcd;  // files
  std::string from, to;
  std::int64_t max_events = 1'000'000;
  bool window_given = false;
};

struct RunOptions {
  std::vector<std::string> files, sets;
  std::string out;
  bool force = false, exact = false, records = true, json = false, quiet = false;
  std::vector<std::string> command_line;
  DataOptions data;
  TimelineOptions timeline;
};
void Run(const RunOptions& options);

struct InferOptions {
  std::vector<std::string> files, sets;
  std::string subnet, cached = "empty", output;
  bool force = false, json = false;
  DataOptions data;
};
void Infer(const InferOptions& options);

struct TableOptions {
  std::vector<std::string> files, sets;
  std::string out;
  bool force = false, json = false;
};
void Table(const TableOptions& options);

struct PbCurveOptions {
  std::vector<std::string> files, sets;
  std::int64_t to_kib = 0;  // 0: the experiment's own size
  std::int64_t points = 33;
  double refine_percent = 0;  // 0: no
  std::string out;
  bool force = false, json = false;
};
void RunPbCurve(const PbCurveOptions& options);

struct StudyOptions {
  std::vector<std::string> files, sets;
  std::string out;
  bool force = false;
  std::vector<std::string> command_line;
};
void RunStudies(const StudyOptions& options);

struct SweepPlanOptions {
  std::string file;
  std::vector<std::string> sets;
  std::int64_t limit = 10;  // rows shown
  bool json = false;
};
// What evaluating the sweep's points takes, in seconds a point.
using PointEstimate = std::function<double(const config::Sweep&)>;
void PlanSweep(const SweepPlanOptions& options, const PointEstimate& estimate);

double EstimateSweep(const config::Sweep& plan);

inline constexpr int kPointsFailed = 4, kInterrupted = 75;  // exit codes

struct SweepRunOptions {
  std::string file, store;
  std::vector<std::string> sets;
  std::string engine = "fast", shard;
  int jobs = 0;  // 0: one a core
  double timeout_s = 0;
  std::int64_t memory_mib = 0;
  bool stop_on_error = false, keep_failures = false, quiet = false;
  bool records = false, logs = false;  // of every point
  std::vector<std::string> command_line;
};
int RunSweep(const SweepRunOptions& options);  // these return the exit code

struct SweepStoreOptions {
  std::string store, out;
  bool force = false, json = false;
};
int SweepStatus(const SweepStoreOptions& options);
int MergeSweep(const SweepStoreOptions& options);

struct SweepBestOptions {
  std::string store;
  std::vector<std::string> objectives, where;
  bool json = false;
};
int BestOfSweep(const SweepBestOptions& options);

struct SweepEmitOptions {
  SweepRunOptions run;  // of each shard
  std::string out, as;
  std::vector<std::string> slurm;
  int shards = 8;
};
void EmitSweep(const SweepEmitOptions& options);

struct ValidateOptions {
  std::string hardware, model, measured;
  std::string memory;  // "" for what the hardware file says
  std::vector<std::string> sets;
  bool json = false;
};
void Validate(const ValidateOptions& options);

struct DramOptions {
  std::string memory, pattern = "sequential";
  TrafficConfig traffic;    // but its pattern
  std::string address_map;  // "" for the memory file's
  std::vector<std::string> sets;
  bool check = false, json = false;
};
void Dram(const DramOptions& options);

struct ModelOptions {
  std::string model, subnet;
  bool json = false;
};
void ShowModel(const ModelOptions& options);

using GeneratorKeys = std::map<std::string, std::optional<std::string>>;  // below trace.generator: as given

struct TraceGenOptions {
  GeneratorKeys set;
  std::string out;
  bool force = false;
};
void GenerateTrace(const TraceGenOptions& options);

struct TraceStatsOptions {
  std::vector<std::string> files;
  bool json = false;
};
void ShowTraceStats(const TraceStatsOptions& options);

struct TraceImportOptions {
  std::string format, file, out;
  ArrivalSelection selection;
  GeneratorKeys set;  // those of the targets
  bool force = false;
};
bool IsTargetKey(const std::string& key);
void ImportTrace(const TraceImportOptions& options);

void ShowConfig(const std::vector<std::string>& files, const std::vector<std::string>& sets);
void ConfigReference();

}  // namespace sushi::app
