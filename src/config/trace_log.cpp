#include "trace_log.hpp"

#include <filesystem>

#include "field_builders.hpp"
#include "sushi/config/trace.hpp"
#include "sushi/formats/arrival_import.hpp"

namespace sushi::config {
namespace {

namespace fs = std::filesystem;

constexpr double kMostSeconds = 1e9, kMostQps = 1e9;

// Keys have underscores, options have hyphens.
std::string Renamed(std::string name, char from, char to) {
  std::replace(name.begin(), name.end(), from, to);
  return name;
}

std::vector<std::string> FormatNames() {
  std::vector<std::string> names = ImportFormats();
  for (std::string& name : names) name = Renamed(name, '-', '_');
  return names;
}

Field LogFileField() {
  Field field = PathField(
      kLogFileKey, "published request log that queries arrive by; targets are trace.generator's",
      [](auto& e) -> auto& { return e.trace.log.file; });
  field.read = [read = field.read](Experiment& e, const Node& node) {
    read(e, node);
    e.trace.log.written = AsLine(node, kLogFileKey);
  };
  field.text = [](const Experiment& e) { return e.trace.log.Path(); };
  field.copy = [](const Experiment& from, Experiment& to) {
    to.trace.log.file = from.trace.log.file;
    to.trace.log.written = from.trace.log.written;
  };
  return field;
}

// The place of the first of `keys` that was set.
SourceMark MarkOf(const TraceLogConfig& log, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const auto found = log.marks.find(key);
    if (found != log.marks.end()) return found->second;
  }
  return {};
}

ImportedArrivals ReadLog(const TraceLogConfig& log) {
  try {
    return ReadArrivals(Renamed(log.format, '_', '-'), log.Path());
  } catch (const UserError& error) {
    throw UserError(MarkOf(log, {kLogFileKey}), kLogFileKey,
                    std::string(error.what()) + " (trace.log.format is " + log.format + ")");
  }
}

}  // namespace

void AddLogFields(std::vector<Field>& f) {
  const std::size_t first = f.size();
  f.push_back(LogFileField());
  Field directory = PathField(
      kLogDirectoryKey, "where a relative trace.log.file is; without: beside the file that sets it",
      [](auto& e) -> auto& { return e.trace.log.directory; });
  directory.type = "directory";
  f.push_back(std::move(directory));
  f.push_back(NameField(
      "trace.log.format", FormatNames(), "columns of the log (docs/traces.md)",
      [](auto& e) -> auto& { return e.trace.log.format; }));
  f.push_back(RealField(
      "trace.log.rate_qps", 0, kMostQps, "1/s", "mean rate to scale arrivals to; 0: as it was",
      [](auto& e) -> auto& { return e.trace.log.rate_qps; }));
  f.push_back(RealField(
      "trace.log.from_s", 0, kMostSeconds, "s", "after the log's first arrival; becomes time 0",
      [](auto& e) -> auto& { return e.trace.log.from_s; }));
  f.push_back(RealField(
      "trace.log.to_s", 0, kMostSeconds, "s", "what arrives then or later is left out; 0: nothing",
      [](auto& e) -> auto& { return e.trace.log.to_s; }));
  f.push_back(IntField(
      "trace.log.limit", 0, std::int64_t{1} << 40, "queries", "the first so many of the window; 0: all",
      [](auto& e) -> auto& { return e.trace.log.limit; }));
  for (std::size_t i = first; i < f.size(); ++i) {
    f[i].later = true;
    f[i].read = [read = f[i].read, path = f[i].path](Experiment& e, const Node& node) {
      read(e, node);
      e.trace.log.marks[path] = node.mark;
    };
  }
}

std::string TraceLogConfig::Path() const {
  if (file.empty() || directory.empty() || fs::path(written).is_absolute()) return file;
  return (fs::path(directory) / written).lexically_normal().string();
}

const Node* LogFileIn(const Node& trace) {
  const Node* log = trace.Find("log");
  const Node* file = log == nullptr ? nullptr : log->Find("file");
  return file == nullptr || file->scalar.empty() ? nullptr : file;
}

Rival RivalOfFile(const Node& trace) {
  if (const Node* generator = trace.Find("generator")) return {generator, "trace.generator"};
  if (const Node* log = LogFileIn(trace)) return {log, kLogFileKey};
  return {};
}

bool DropsTraceFile(const std::string& key, const Node& value) {
  return key.rfind("trace.generator.", 0) == 0 || (key == kLogFileKey && !value.scalar.empty());
}

void SetTraceKey(const Field& field, const Node& value, Experiment& experiment) {
  TraceConfig& trace = experiment.trace;
  if (field.path == "trace.file") {
    trace.generator = {};
    trace.log = {};
  } else if (DropsTraceFile(field.path, value)) {
    trace.file.clear();
  }
  field.read(experiment, value);
}

bool HasTrace(const Experiment& e) {
  return !IsGenerated(e.trace) || FindOrigin(e, "trace.generator") != nullptr;
}

bool IsGenerated(const TraceConfig& trace) { return trace.file.empty() && trace.log.file.empty(); }

std::unique_ptr<QuerySource> OpenLog(const TraceConfig& trace) {
  const TraceLogConfig& log = trace.log;
  ArrivalSelection selection;
  selection.from_s = log.from_s;
  if (log.to_s > 0) selection.to_s = log.to_s;
  if (log.limit > 0) selection.limit = log.limit;
  if (log.rate_qps > 0) selection.rate_qps = log.rate_qps;
  const std::string from = "trace.log.from_s", to = "trace.log.to_s", rate = "trace.log.rate_qps";
  const SelectionNames names{{MarkOf(log, {from, to, kLogFileKey}), from + ", " + to},
                             {MarkOf(log, {rate, to, kLogFileKey}), rate + ", " + to},
                             {MarkOf(log, {rate}), rate}};
  return AttachTargets(SelectArrivals(ReadLog(log).at_ns, selection, names).at, trace.generator);
}

}  // namespace sushi::config
