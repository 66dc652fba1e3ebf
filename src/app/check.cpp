#include "check.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "log.hpp"
#include "sushi/check/check_report.hpp"
#include "sushi/check/comparison.hpp"
#include "sushi/check/summary.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/output_file.hpp"

namespace sushi::app {
namespace fs = std::filesystem;
namespace {

// A result directory or its summary itself.
std::string SummaryPath(const std::string& result) {
  std::error_code error;
  if (!fs::is_directory(result, error)) return result;
  const std::string path = (fs::path(result) / "summary.json").string();
  if (!fs::exists(path, error))
    throw UserError({result, 0}, "", "holds no summary.json; `sushisim run … --out DIR` writes one");
  return path;
}

void RefuseSameFile(const std::string& a, const std::string& b, const std::string& message) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) throw UserError(message);
}

void CheckPaths(const CheckOptions& options, const std::string& result) {
  RefuseSameFile(result, options.baseline, "--baseline: is the result itself: " + options.baseline);
  if (options.junit.empty()) return;
  RefuseSameFile(options.junit, result, "--junit: would replace the result: " + options.junit);
  RefuseSameFile(options.junit, options.baseline, "--junit: would replace the baseline: " + options.junit);
  CheckWritable(options.junit, options.force);
}

std::vector<check::ToleranceRule> Rules(const CheckOptions& options) {
  std::vector<check::ToleranceRule> rules;
  rules.reserve(options.tolerances.size());
  for (const std::string& text : options.tolerances) rules.push_back(check::ParseToleranceRule(text));
  return rules;
}

void Print(const CheckOptions& options, const check::Comparison& comparison) {
  if (options.json) {
    std::cout << check::CheckJson(comparison, options.all).dump(2) << '\n';
  } else {
    check::PrintCheck(comparison, options.all, std::cout);
  }
}

// The page of a job is worth a warning, but no verdict.
void AppendStepSummary(const check::Comparison& comparison) {
  const char* path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return;
  std::ofstream out(path, std::ios::binary | std::ios::app);
  out << check::StepSummary(comparison);
  out.close();
  if (!out) Warn("GITHUB_STEP_SUMMARY: " + std::string(path) + " cannot be written");
}

void TellGitHub(const CheckOptions& options, const check::Comparison& comparison) {
  const char* actions = std::getenv("GITHUB_ACTIONS");
  if (!options.github && (actions == nullptr || std::string(actions) != "true")) return;
  check::PrintAnnotations(comparison, options.json ? std::cerr : std::cout);
  AppendStepSummary(comparison);
}

void Update(const CheckOptions& options, const check::Summary& result,
            const std::vector<check::ToleranceRule>& rules) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(options.baseline, error))) {
    check::Compare(result, result, rules, options.allowed);  // refuses what names nothing
    WriteFile(options.baseline, result.text, false);
    std::cerr << "sushisim: made " << options.baseline << '\n';
    return;
  }
  // What is no summary is no baseline and stays: it may be any file.
  const check::Summary baseline = check::ReadSummary(options.baseline);
  Print(options, check::Compare(baseline, result, rules, options.allowed));
  const bool same = baseline.text == result.text;
  if (!same) WriteFile(options.baseline, result.text, true);
  std::cerr << "sushisim: " << (same ? "nothing to change in " : "replaced ") << options.baseline << '\n';
}

// Returns the exit code.
int Check(const CheckOptions& options) {
  const std::vector<check::ToleranceRule> rules = Rules(options);
  const std::string path = SummaryPath(options.result);
  CheckPaths(options, path);
  const check::Summary result = check::ReadSummary(path);
  if (options.update) {
    Update(options, result, rules);
    return 0;
  }
  const check::Summary baseline = check::ReadSummary(options.baseline);
  const check::Comparison comparison = check::Compare(baseline, result, rules, options.allowed);
  Print(options, comparison);
  TellGitHub(options, comparison);
  if (!options.junit.empty()) WriteFile(options.junit, check::JUnitXml(comparison), options.force);
  return comparison.Failed() == 0 ? 0 : kCheckFailed;
}

}  // namespace

void AddCheck(CLI::App& app, CheckOptions& o) {
  CLI::App* command = app.add_subcommand("check", "compare a result with a baseline, for CI");
  command->add_option("result", o.result, "result directory of `run`, or its summary.json")
      ->required()
      ->type_name("DIR|FILE");
  command->add_option("--baseline", o.baseline, "summary.json to compare with")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--tol", o.tolerances,
                   "how far metrics may move, e.g. latency.*=0.5 or energy_pj=1; * is any text; inf: any; "
                   "the last that matches holds; may be repeated")
      ->type_name("PATTERN=PERCENT")
      ->allow_extra_args(false);
  command
      ->add_option("--allow", o.allowed,
                   "compare although this part of the identity differs; may be repeated")
      ->type_name("hardware|model|trace|configuration|timing_model_version")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--all", o.all, "list the metrics that did not move, too");
  command->add_flag("--json", o.json, "print JSON");
  CLI::Option* junit =
      command->add_option("--junit", o.junit, "write JUnit XML for the CI server")->type_name("FILE");
  command->add_flag("--github", o.github, "print GitHub annotations; default where GITHUB_ACTIONS is true");
  command->add_flag("--update", o.update, "make the result the baseline")->excludes(junit);
  command->add_flag("--force", o.force, "replace an existing JUnit file");
  command->callback([&o, junit] {
    if (junit->count() > 0 && o.junit.empty()) throw UserError("--junit: expected a file name");
    if (o.junit.empty() && o.force) throw UserError("--force: is for --junit; --update replaces a baseline");
    o.exit_code = Check(o);
  });
}

}  // namespace sushi::app
