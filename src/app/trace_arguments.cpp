// The arguments of `sushisim trace`.
#include "trace_arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "sushi/config/fields.hpp"
#include "sushi/formats/arrival_import.hpp"

namespace sushi::app {
namespace {

std::string Joined(const std::vector<std::string>& choices) {
  std::string text;
  for (const std::string& choice : choices) text += (text.empty() ? "" : "|") + choice;
  return text;
}

// An option for every key below trace.generator that is `wanted`.
template <typename Wanted>
void AddGeneratorKeys(CLI::App* command, GeneratorKeys& keys, Wanted wanted) {
  const std::string section = "trace.generator.";
  const config::Experiment defaults;
  for (const config::Field& field : config::Fields()) {
    if (field.path.rfind(section, 0) != 0) continue;
    const std::string key = field.path.substr(section.size());
    if (!wanted(key)) continue;
    std::string option = "--" + key;
    std::replace(option.begin(), option.end(), '_', '-');
    command->add_option(option, keys[key], field.description)
        ->type_name(field.choices.empty() ? field.unit : Joined(field.choices))
        ->default_str(field.text(defaults));
  }
}

void AddGen(CLI::App* trace, TraceGenOptions& o) {
  CLI::App* gen = trace->add_subcommand("gen", "make a seeded stream");
  AddGeneratorKeys(gen, o.set, [](const std::string&) { return true; });
  gen->add_option("--out", o.out, "file to write; default stdout")->type_name("FILE");
  gen->add_flag("--force", o.force, "replace an existing file");
  gen->callback([&o] { GenerateTrace(o); });
}

void AddStats(CLI::App* trace, TraceStatsOptions& o) {
  CLI::App* stats = trace->add_subcommand("stats", "rates, burstiness and targets of streams");
  stats->add_option("files", o.files, "CSV of queries")->required()->type_name("FILE");
  stats->add_flag("--json", o.json, "print JSON");
  stats->callback([&o] { ShowTraceStats(o); });
}

void AddImport(CLI::App* trace, TraceImportOptions& o) {
  CLI::App* import = trace->add_subcommand("import", "make a stream from the arrivals of a request log");
  import->add_option("file", o.file, "the log")->required()->type_name("FILE");
  import->add_option("--from", o.format, "format of the log")->required()->type_name(Joined(ImportFormats()));
  import->add_option("--out", o.out, "file to write")->required()->type_name("FILE");
  import->add_flag("--force", o.force, "replace an existing file");
  ArrivalSelection& s = o.selection;
  const CLI::Range seconds(0.0, 1e9);
  import->add_option("--from-time", s.from_s, "leave out what arrives earlier after the first arrival")
      ->type_name("S")
      ->check(seconds);
  import->add_option("--to-time", s.to_s, "leave out what arrives then or later after the first arrival")
      ->type_name("S")
      ->check(seconds);
  import->add_option("--limit", s.limit, "keep no more queries")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
  CLI::Option* scale = import->add_option("--scale-rate", s.scale_rate, "make the rate so many times as high")
                           ->type_name("X")
                           ->check(CLI::Range(1e-9, 1e9));
  import->add_option("--rate", s.rate_qps, "make this the mean rate")
      ->type_name("QPS")
      ->check(CLI::Range(1e-9, 1e9))
      ->excludes(scale);
  AddGeneratorKeys(import, o.set, [](const std::string& key) { return IsTargetKey(key); });
  import->callback([&o] { ImportTrace(o);
});
}  // namespace

}  // namespace sushi::app

void AddTrace(CLI::App& app, TraceOptions& options) {
  CLI::App* trace = app.add_subcommand("trace", "make streams of queries and look at them");
  trace->require_subcommand(1);
  AddGen(trace, options.gen);
  AddStats(trace, options.stats);
  AddImport(trace, options.import);
}

}  // namespace sushi::app
