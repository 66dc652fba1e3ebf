// `sushisim report`: result directories as one HTML page.
#include "report.hpp"

#include <nlohmann/json.hpp>

#include "sushi/core/error.hpp"
#include "sushi/formats/output_file.hpp"
#include "sushi/report/html_report.hpp"

namespace sushi::app {
namespace {

void WriteReport(const ReportOptions& options) {
  if (options.out.empty()) throw UserError("--out: expected a file name");
  CheckWritable(options.out, options.force);  // before minutes of reading
  CheckReplaces(options.out, "<!DOCTYPE html>", "HTML page");
  WriteFile(options.out, report::ReportPage(report::ReportData(options.directories)), options.force);
}

}  // namespace

void AddReport(CLI::App& app, ReportOptions& options) {
  CLI::App* command = app.add_subcommand("report", "show a run, several runs or a sweep as one HTML page");
  command
      ->add_option("directories", options.directories,
                   "of `run --out`, several to compare them; or one of `sweep merge --out`")
      ->required()
      ->type_name("DIR");
  command->add_option("-o,--out", options.out, "the page to write")->required()->type_name("FILE.html");
  command->add_flag("--force", options.force, "replace an existing file");
  command->callback([&options] { WriteReport(options); });
}

}  // namespace sushi::app
