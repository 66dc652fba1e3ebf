// Axes over trace.log.*: where a log is depends on the directory that the base gives.
#include "point_space.hpp"
#include "trace_log.hpp"

namespace sushi::config {
namespace {

const std::string kLog = "trace.log.";

}  // namespace

template <typename Use>
void PointSpace::ForEachLogSetting(const Use& use) {
  for (std::size_t d = 0; d < sets_trace_.size(); ++d) {
    if (!axes_.SetsBelow(d, kLog)) continue;
    for (std::int64_t i = 0; i < axes_.dimensions()[d].size(); ++i) {
      for (const Setting& setting : axes_.StepOf(d, i).settings) {
        if (setting.key.compare(0, kLog.size(), kLog) == 0) use(setting);
      }
    }
  }
}

// Without a log they would vary nothing. A tenant may have one of its own.
void PointSpace::RefuseLoneLogKeys() {
  bool set = false;
  for (std::size_t d = 0; d < sets_trace_.size(); ++d) set = set || axes_.Sets(d, kLogFileKey);
  ForEachLogSetting([&](const Setting& setting) {
    if (setting.key == kLogDirectoryKey) {
      throw UserError(setting.value.mark, setting.key,
                      "cannot be an axis; write the directories in trace.log.file");
    }
    for (const Frame& frame : frames_) {
      const Experiment& base = frame.base;
      if (!frame.used() || set || !base.trace.log.file.empty() || !base.serving.tenants.empty()) continue;
      throw UserError(setting.value.mark, setting.key, "needs trace.log.file, which is not set");
    }
  });
}

// The lines of ids of the logs that axes set, for every base. UserError: one cannot be read.
std::string PointSpace::LogLines() {
  const Field& field = *FindField(kLogFileKey);
  std::string lines;
  ForEachLogSetting([&](const Setting& setting) {
    if (setting.key != kLogFileKey) return;
    for (const Frame& frame : frames_) {
      if (!frame.used()) continue;
      Experiment scratch;
      scratch.trace = frame.base.trace;
      field.read(scratch, setting.value);
      try {
        lines += IdLine(field, scratch, hashes_);
      } catch (const UserError& error) {
        throw UserError(setting.value.mark, kLogFileKey, error.what());
      }
    }
  });
  return lines;
}

}  // namespace sushi::config
