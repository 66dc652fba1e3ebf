#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "commands.hpp"
#include "gnuplot.hpp"
#include "log.hpp"
#include "manifest.hpp"
#include "serve.hpp"
#include "serving_rows.hpp"
#include "study_rows.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/formats/output_directory.hpp"

namespace sushi::app {
namespace {

using Json = nlohmann::ordered_json;
using config::Study;

std::vector<std::string> AllColumns(const Study& study) {
  std::vector<std::string> columns = study.axes.columns;
  const bool serving = study.kind == config::StudyKind::kServing;
  for (const std::string& column : serving ? ServingStudyColumns() : StudyColumns(study.kind))
    columns.push_back(column);
  return columns;
}

// What can be known to be wrong before anything is simulated.
void CheckStudy(const Study& study) {
  const std::vector<std::string> columns = AllColumns(study);
  std::set<std::string> names;
  for (const config::StudyPlot& plot : study.plots) {
    report::CheckPlot(plot, columns);
    if (!names.insert(plot.name).second) {
      throw UserError(plot.mark, "study.plots.name", "'" + plot.name + "' is used twice");
    }
  }
  std::set<std::string> streams;
  for (const config::Point& point : study.axes.points) {
    const config::Experiment experiment = study.ExperimentOf(point);
    config::RequireEnergy(experiment);
    if (study.kind == config::StudyKind::kServing) {
      config::LoadServingPlan(experiment);
      continue;
    }
    config::RequireSupernet(experiment);
    if (study.kind == config::StudyKind::kStreams) {
      config::RequireStream(experiment);
      if (streams.insert(config::CanonicalText(experiment, {"trace."})).second) CheckStream(experiment.trace);
    }
    if (const config::Node* file = config::FindOrigin(experiment, "scheduler.table_file")) {
      throw UserError(file->mark, "scheduler.table_file", "a study makes its tables itself");
    }
  }
}

Rows RowsOf(const Study& study, const config::Experiment& experiment, FastSessions& sessions) {
  if (study.kind == config::StudyKind::kServing) return {ServingStudyRow(experiment, study.seeds)};
  return StudyRows(study.kind, experiment, sessions.For(experiment));
}

report::ResultTable MakeTable(const Study& study) {
  report::ResultTable table;
  table.columns = AllColumns(study);
  FastSessions sessions;
  std::size_t done = 0;
  for (const config::Point& point : study.axes.points) {
    const config::Experiment experiment = study.ExperimentOf(point);
    for (std::vector<report::Cell>& row : RowsOf(study, experiment, sessions)) {
      std::vector<report::Cell> cells(point.labels.begin(), point.labels.end());
      cells.insert(cells.end(), row.begin(), row.end());
      table.rows.push_back(std::move(cells));
    }
    ++done;
    if (done * 10 / study.axes.points.size() != (done - 1) * 10 / study.axes.points.size()) {
      Inform(study.name + ": " + std::to_string(done) + " of " + std::to_string(study.axes.points.size()) +
             " points");
    }
  }
  return table;
}

Json TableJson(const Study& study, const report::ResultTable& table) {
  Json json = ManifestHead();
  json["schema_version"] = 1;
  json["study"] = study.name;
  json["title"] = study.title;
  json["columns"] = table.columns;
  json["rows"] = report::TableRowsJson(table);
  return json;
}

Json Manifest(const Study& study, const StudyOptions& options, std::time_t started) {
  Json json = ManifestHead();
  config::Point as_written;
  const config::Experiment base = study.ExperimentOf(as_written);
  json["identity"] = {{"configuration", config::HashText(config::CanonicalText(base))},
                      {"model", config::HashText(config::CanonicalModel(base))}};
  json["configuration"] = ResolvedJson(base);
  json["uncompared"] = UncomparedJson(options.command_line, started);
  return json;
}

ResultFileNames FileNames(const Study& study) {
  ResultFileNames names{"manifest.json", "table.csv", "table.json"};
  for (const config::StudyPlot& plot : study.plots) {
    for (const char* ending : {".gp", ".svg"}) names.push_back(plot.name + ending);
  }
  return names;
}

// A picture is an extra: without gnuplot its script stays, and the study has succeeded.
void Draw(const Study& study, const std::string& directory) {
  for (const config::StudyPlot& plot : study.plots) {
    switch (RunGnuplot(directory, plot.name + ".gp")) {
      case GnuplotResult::kDrawn:
        continue;
      case GnuplotResult::kNotInstalled:
        Warn("no gnuplot (package gnuplot-nox): " + directory + " keeps the scripts *.gp, without pictures");
        return;
      case GnuplotResult::kFailed:
        Warn("gnuplot failed on " + directory + "/" + plot.name + ".gp");
    }
  }
}

void RunStudy(const Study& study, const StudyOptions& options) {
  const std::time_t started = std::time(nullptr);
  const std::string directory = (std::filesystem::path(options.out) / study.name).string();
  OutputDirectory out(directory, options.force, FileNames(study));
  const report::ResultTable table = MakeTable(study);
  std::ofstream csv = out.Open("table.csv");
  report::WriteTableCsv(table, csv);
  OutputDirectory::Close(csv, directory + "/table.csv");
  out.Write("table.json", TableJson(study, table).dump(1) + "\n");
  for (const config::StudyPlot& plot : study.plots) {
    out.Write(plot.name + ".gp", report::GnuplotScript(table, plot, study.title));
  }
  out.Write("manifest.json", Manifest(study, options, started).dump(2) + "\n");
  out.Commit();
  Draw(study, directory);
  std::cout << directory << ": " << study.axes.points.size() << " points, " << table.rows.size() << " rows, "
            << study.plots.size() << " plots\n"
            << std::flush;
}

}  // namespace

void RunStudies(const StudyOptions& options) {
  RemovePartialOutputsOnSignals();
  std::vector<Study> studies;
  std::set<std::string> names;
  for (const std::string& file : options.files) {
    studies.push_back(config::LoadStudy(file, options.sets));
    CheckStudy(studies.back());
    if (!names.insert(studies.back().name).second) {
      throw UserError({file, 0}, "", "two studies are called '" + studies.back().name + "'");
    }
  }
  for (const Study& study : studies) RunStudy(study, options);
}

}  // namespace sushi::app
