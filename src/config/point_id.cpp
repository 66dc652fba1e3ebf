#include "point_id.hpp"

#include <algorithm>
#include <filesystem>

#include "serving_sections.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/config/sweep.hpp"
#include "sushi/core/version.hpp"

namespace sushi::config {
namespace {

// Names and sources are for reports; an address map and a SubNet's name are texts that mean something.
bool Counts(const Field& field) {
  const std::string assumed = ".assumed";
  const bool remark = field.path.size() > assumed.size() &&
                      field.path.compare(field.path.size() - assumed.size(), assumed.size(), assumed) == 0;
  const bool means =
      field.path == "memory.controller.address_map" || field.path == "scheduler.clipper.subnet";
  return !remark && ((field.type != "text" && field.type != "directory") || means);
}

}  // namespace

const std::string& FileHashes::Of(const std::string& path) {
  const auto found = hashes_.find(path);
  if (found != hashes_.end()) return found->second;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw UserError({path, 0}, "", "is a directory, expected a file");
  }
  return hashes_.emplace(path, HashFile(path)).first->second;
}

std::string IdLine(const Field& field, const Experiment& experiment, FileHashes& hashes) {
  if (!Counts(field)) return "";
  std::string text = field.text(experiment);
  if (field.type == "path" && !text.empty()) text = hashes.Of(text);
  return CanonicalLine(field, text);
}

std::string ModelHash(const Node& supernet, FileHashes& hashes) {
  Experiment model;
  model.supernet = supernet;
  const std::string table = TableFileOf(supernet);
  auto& entries = model.supernet.entries;
  entries.erase(
      std::remove_if(entries.begin(), entries.end(), [](const auto& e) { return e.first == "table"; }),
      entries.end());
  std::string text = CanonicalModel(model);
  if (!table.empty()) text += hashes.Of(table);
  return HashText(text);
}

std::string SectionLinesOf(const Experiment& experiment, FileHashes& hashes) {
  return CanonicalLines(AcceleratorLines(experiment.serving), &hashes) +
         CanonicalLines(TenantLines(experiment), &hashes);
}

std::string IdOf(const std::string& lines, const std::string& model_hash) {
  static const std::string head = "timing_model: " + std::to_string(kTimingModelVersion) + "\n";
  std::string text;
  text.reserve(head.size() + lines.size() + model_hash.size() + 16);
  text.append(head).append(lines).append("supernet: ").append(model_hash).append("\n");
  return HashText(text);
}

std::string PointId(const Experiment& experiment) {
  FileHashes hashes;
  std::string lines;
  for (const Field& field : Fields()) lines += IdLine(field, experiment, hashes);
  lines += SectionLinesOf(experiment, hashes);
  return IdOf(lines, ModelHash(experiment.supernet, hashes));
}

std::string TraceHash(const Experiment& experiment) {
  const TraceConfig& trace = experiment.trace;
  if (!trace.file.empty()) return HashFile(trace.file);
  FileHashes hashes;
  std::string lines;
  for (const Field& field : Fields()) {
    const bool generator = field.path.rfind("trace.generator.", 0) == 0;
    const bool log = !trace.log.file.empty() && field.path.rfind("trace.log.", 0) == 0;
    if (generator || log) lines += IdLine(field, experiment, hashes);
  }
  return HashText(lines);
}

}  // namespace sushi::config
