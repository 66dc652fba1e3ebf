#include "sushi/sweep/merge.hpp"

#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "database.hpp"
#include "files.hpp"
#include "json_text.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/formats/output_directory.hpp"
#include "sushi/sweep/record.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::sweep {
namespace {

constexpr std::size_t kFirst = 10;

// The number grammar of JSON.
bool IsJsonNumber(const std::string& text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  const auto take = [&](const char* any) {
    const bool found = at < text.size() && std::string(any).find(text[at]) != std::string::npos;
    if (found) ++at;
    return found;
  };
  take("-");
  const std::size_t first = at;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (take(".") && digits() == 0) return false;
  if (take("eE")) {
    take("+-");
    if (digits() == 0) return false;
  }
  return at == text.size();
}

void AppendCell(const Cell& cell, std::string* json) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    AppendJsonText(*text, json);
  } else if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    *json += std::to_string(*integer);
  } else if (const double real = std::get<double>(cell); std::isfinite(real)) {
    AppendJsonReal(real, json);
  } else {
    *json += "null";
  }
}

void AppendObject(const std::vector<std::string>& names, const std::vector<Cell>& cells, std::string* json) {
  *json += '{';
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) *json += ',';
    AppendJsonText(names[i], json);
    *json += ':';
    AppendCell(cells[i], json);
  }
  *json += '}';
}

std::string JsonLine(const SweepColumns& columns, const PointKey& key, const std::vector<std::string>& labels,
                     const PointResult& result) {
  std::string json = "{\"index\":" + std::to_string(key.index) + ",\"id\":\"" + key.id + "\",\"point\":{";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) json += ',';
    AppendJsonText(columns.axes[i], &json);
    json += ':';
    if (IsJsonNumber(labels[i])) {
      json += labels[i];
    } else {
      AppendJsonText(labels[i], &json);
    }
  }
  json += "},\"metrics\":";
  AppendObject(columns.metrics, result.metrics, &json);
  json += ",\"subnets\":[";
  for (std::size_t row = 0; row < result.subnets.size(); ++row) {
    if (row > 0) json += ',';
    AppendObject(columns.subnets, result.subnets[row], &json);
  }
  return json + "]}\n";
}

void AppendCsv(const std::vector<std::string>& cells, std::string* line) {
  for (const std::string& cell : cells) *line += "," + CsvCell(cell);
}

class Tables {
 public:
  Tables(const SweepTable& table, const OutputDirectory& out)
      : table_(table),
        csv_(out.Open("sweep.csv")),
        jsonl_(out.Open("sweep.jsonl")),
        failures_(out.Open("failures.csv")),
        database_(out.PathOf("sweep.sqlite"), table.columns) {
    std::string axes = "index,id", metrics;
    AppendCsv(table.columns.axes, &axes);
    AppendCsv(table.columns.metrics, &metrics);
    csv_ << axes << metrics << '\n';
    failures_ << axes << ",status,attempt,reason\n";
  }

  void AddDone(const PointKey& key, const PointResult& result) {
    CheckColumns(key, result);
    const std::vector<std::string> labels = table_.labels(key.index);
    std::string line = std::to_string(key.index) + "," + key.id;
    AppendCsv(labels, &line);
    for (const Cell& cell : result.metrics) line += "," + CsvCell(report::CellText(cell));
    csv_ << line << '\n';
    jsonl_ << JsonLine(table_.columns, key, labels, result);
    database_.AddPoint(key, "done", labels);
    database_.AddResult(key.index, result);
  }

  void AddFailed(const PointKey& key, const PointFailure& failure) {
    AddWithout(key, "failed", std::to_string(failure.attempt), failure.reason);
    database_.AddFailure(key.index, failure);
  }

  void AddMissing(const PointKey& key) { AddWithout(key, "missing", "", ""); }

  void Close(const OutputDirectory& out) {
    database_.Commit();
    for (std::ofstream* file : {&csv_, &jsonl_, &failures_}) {
      file->close();
      // A stream does not say why; that it could be opened leaves the disk.
      if (!*file) throw StorageError(out.PathOf(""), ENOSPC);
    }
  }

 private:
  void AddWithout(const PointKey& key, const char* status, const std::string& attempt,
                  const std::string& reason) {
    const std::vector<std::string> labels = table_.labels(key.index);
    std::string line = std::to_string(key.index) + "," + key.id;
    AppendCsv(labels, &line);
    AppendCsv({status, attempt, reason}, &line);
    failures_ << line << '\n';
    database_.AddPoint(key, status, labels);
  }

  void CheckColumns(const PointKey& key, const PointResult& result) const {
    bool fits = result.metrics.size() == table_.columns.metrics.size();
    for (const auto& row : result.subnets) fits = fits && row.size() == table_.columns.subnets.size();
    if (!fits) throw InternalError("point " + key.id + " does not have the sweep's columns");
  }

  const SweepTable& table_;
  std::ofstream csv_, jsonl_, failures_;
  SweepDatabase database_;
};

MergeSummary MergeWith(const RecordIndex& index, const SweepTable& table, const OutputDirectory& out) {
  MergeSummary summary;
  Tables tables(table, out);
  RecordReader reader(index);
  for (std::size_t i = 0; i < table.ids.size(); ++i) {
    const PointId& id = table.ids[i];
    const PointKey key = {static_cast<std::int64_t>(i), id.Hex()};
    const RecordPlace* const place = index.Find(id);
    ++summary.counts.points;
    if (place != nullptr && place->is_result != 0) {
      ++summary.counts.done;
      tables.AddDone(key, ReadResult(reader.Line(*place)));
      continue;
    }
    PointWithout without{key.index, id, ""};
    if (place == nullptr) {
      ++summary.counts.missing;
      tables.AddMissing(key);
    } else {
      ++summary.counts.failed;
      const PointFailure failure = ReadFailure(reader.Line(*place));
      without.reason = failure.reason;
      tables.AddFailed(key, failure);
    }
    if (summary.first.size() < kFirst) summary.first.push_back(without);
  }
  tables.Close(out);
  return summary;
}

}  // namespace

MergeSummary Merge(const Store& store, const SweepTable& table, const std::string& out, bool force) {
  MergeSummary summary;
  WithIndex(store, [&](const RecordIndex& index) {
    OutputDirectory directory(out, force, {"sweep.csv", "sweep.jsonl", "failures.csv", "sweep.sqlite"});
    summary = MergeWith(index, table, directory);
    summary.torn = index.torn;
    summary.first_torn = index.first_torn;
    directory.Commit();
  });
  return summary;
}

}  // namespace sushi::sweep
