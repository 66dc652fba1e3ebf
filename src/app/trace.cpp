#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/formats/output_file.hpp"
#include "sushi/formats/trace_csv.hpp"
#include "sushi/query/generators.hpp"
#include "sushi/report/trace_report.hpp"

namespace sushi::app {
namespace {

GeneratorConfig GeneratorOf(const GeneratorKeys& keys, const std::string& command) {
  std::vector<config::Override> overrides;
  for (const auto& [key, text] : keys) {
    if (!text) continue;
    config::Node value;
    value.kind = config::Node::Kind::kScalar;
    value.scalar = *text;
    value.mark.file = command;
    overrides.push_back({"trace.generator." + key, value});
  }
  config::Node nothing;
  nothing.kind = config::Node::Kind::kMap;
  return config::ResolveExperiment(nothing, overrides).trace.generator;
}

// A trace file that is there as a whole or not at all.
class TraceFile {
 public:
  TraceFile(const std::string& path, bool force) : path_(path), file_(path, force) {
    stream_.open(file_.partial_path(), std::ios::binary);
  }
  std::ostream& stream() { return stream_; }
  void Commit() {
    stream_.close();
    if (!stream_) throw UserError({path_, 0}, "", "cannot be written (is the disk full?)");
    file_.Commit();
  }

 private:
  std::string path_;
  PartialFile file_;
  std::ofstream stream_;
};

// CLI11 lets NaN through its ranges.
void RefuseNan(const char* option, std::optional<double> value) {
  if (value && std::isnan(*value)) throw UserError(std::string(option) + ": expected a number, found nan");
}

// What was made, for people: a trace file has no place for comments.
void PrintImport(const TraceImportOptions& options, const ImportedArrivals& log, const SelectedArrivals& kept,
                 const GeneratorConfig& targets) {
  const ArrivalSelection& s = options.selection;
  std::cout << options.file << " (" << options.format << "): " << log.at_ns.size() << " requests in "
            << FixedText(static_cast<double>(log.at_ns.back()) * 1e-9, 3) << " s, " << log.out_of_order
            << " out of order\n";
  std::cout << "Kept    " << kept.at.size() << " from " << RealText(s.from_s) << " s to "
            << (s.to_s ? RealText(*s.to_s) + " s" : "the end") << ", rate times " << RealText(kept.scale)
            << '\n';
  std::cout << "Targets " << targets.kind << ", seed " << targets.seed << ": accuracy "
            << RealText(targets.accuracy_low_percent) << " to " << RealText(targets.accuracy_high_percent)
            << " %, latency " << RealText(targets.latency_low_us) << " to "
            << RealText(targets.latency_high_us) << " us\n";
  std::cout << "Wrote   " << options.out << '\n';
}

}  // namespace

void GenerateTrace(const TraceGenOptions& options) {
  const auto source = MakeGenerator(GeneratorOf(options.set, "trace gen"));
  std::optional<TraceFile> file;
  if (!options.out.empty()) file.emplace(options.out, options.force);
  std::ostream& out = file ? file->stream() : std::cout;
  Query query;
  bool more = source->Next(query);  // before anything is written: it may be refused
  WriteTraceHeader(out);
  for (; more; more = source->Next(query)) WriteTraceRow(out, query);
  if (file) file->Commit();
}

void ShowTraceStats(const TraceStatsOptions& options) {
  std::vector<TraceSummary> summaries;  // all read before anything is printed
  summaries.reserve(options.files.size());
  for (const std::string& file : options.files) {
    const auto source = OpenTraceCsv(file);
    TraceStats stats;
    for (Query query; source->Next(query);) stats.Add(query);
    summaries.push_back(stats.Finish());
  }
  nlohmann::ordered_json json{{"schema_version", 1}, {"traces", nlohmann::ordered_json::array()}};
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    if (options.json) {
      json["traces"].push_back(report::TraceJson(options.files[i], summaries[i]));
    } else {
      report::PrintTrace(options.files[i], summaries[i], std::cout);
    }
  }
  if (options.json) std::cout << json.dump(2) << '\n';
}

bool IsTargetKey(const std::string& key) {
  constexpr std::array<const char*, 8> kKeys = {"kind",
                                                "seed",
                                                "accuracy_low_percent",
                                                "accuracy_high_percent",
                                                "latency_low_us",
                                                "latency_high_us",
                                                "step_fraction",
                                                "phase_queries"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

void ImportTrace(const TraceImportOptions& options) {
  if (options.out.empty()) throw UserError("--out: expected a file name");
  CheckWritable(options.out, options.force);
  const ArrivalSelection& s = options.selection;
  RefuseNan("--from-time", s.from_s);
  RefuseNan("--to-time", s.to_s);
  RefuseNan("--scale-rate", s.scale_rate);
  RefuseNan("--rate", s.rate_qps);
  if (s.to_s && !(*s.to_s > s.from_s)) throw UserError("--to-time: expected more than --from-time");
  const GeneratorConfig targets = GeneratorOf(options.set, "trace import");
  const ImportedArrivals log = ReadArrivals(options.format, options.file);
  const SelectedArrivals kept = SelectArrivals(log.at_ns, s);
  const auto source = AttachTargets(kept.at, targets);
  TraceFile file(options.out, options.force);
  WriteTraceHeader(file.stream());
  Query query;
  while (source->Next(query)) WriteTraceRow(file.stream(), query);
  file.Commit();
  PrintImport(options, log, kept, targets);
}

}  // namespace sushi::app
