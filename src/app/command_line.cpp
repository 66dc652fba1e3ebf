// argv to commands, failures to exit codes (docs/configuration.md).
#include "sushi/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>

#include "build_info.hpp"
#include "check.hpp"
#include "commands.hpp"
#include "explain.hpp"
#include "install_arguments.hpp"
#include "log.hpp"
#include "report.hpp"
#include "sushi/core/error.hpp"
#include "sushi/core/version.hpp"
#include "sushi/formats/one_line.hpp"
#include "sushi/sim/elaboration.hpp"
#include "sushi/sweep/storage_error.hpp"
#include "sweep_arguments.hpp"
#include "timeline_arguments.hpp"
#include "trace_arguments.hpp"

namespace {

using namespace sushi;
using namespace sushi::app;

constexpr int kInternalError = 1;
constexpr int kUsage = 2;

std::string VersionText() {
  const std::string commit = Commit();
  return std::string("sushisim ") + kToolVersion + " (timing model " + std::to_string(kTimingModelVersion) +
         ", " + BuildType() + ", " + Compiler() + ", SystemC " + SystemCVersion() +
         (commit.empty() ? "" : ", commit " + commit) + ")";
}

struct Options {
  RunOptions run;
  InferOptions infer;
  TableOptions table;
  PbCurveOptions pb_curve;
  StudyOptions study;
  SweepOptions sweep;
  CheckOptions check;
  ReportOptions report;
  ValidateOptions validate;
  DramOptions dram;
  ModelOptions model;
  TraceOptions trace;
  std::vector<std::string> config_files, config_sets;
};

void AddFiles(CLI::App* command, std::vector<std::string>& files, std::vector<std::string>& sets) {
  command->add_option("files", files, "experiment files or names in configs/experiment, merged left to right")
      ->required()
      ->type_name("FILE");
  command->add_option("--set", sets, "set one key, e.g. accel.pb.capacity_kib=512; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

// CLI11 takes what is too large for the largest.
std::string CheckSeed(const std::string& text) {
  std::int64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed);
  if (error == std::errc() && stop == end && seed >= 0) return "";
  return "expected an integer from 0 to 9223372036854775807, found '" + text.substr(0, 60) + "'";
}

void AddData(CLI::App* command, DataOptions& data) {
  command->add_flag("--functional", data.functional,
                    "move real weights and activations through the hardware; cycles stay the same");
  command
      ->add_option_function<std::int64_t>(
          "--data-seed",
          [&data](std::int64_t seed) {
            data.seed = static_cast<std::uint64_t>(seed);
            data.functional = true;
          },
          "makes weights, parameters and images that no file gives; implies --functional")
      ->check(CheckSeed, "INT")
      ->default_str("1");
  command
      ->add_option("--weights-dir", data.weights_dir,
                   "LAYER.npy, int8 in KCRS order, for every SuperNet layer; implies --functional")
      ->type_name("DIR");
  command
      ->add_option(
          "--dump-layer", data.dumps,
          "write a layer's operands and result as .npy to DIR; implies --functional; may be repeated")
      ->type_name("N|NAME DIR")
      ->type_size(2)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void AddRun(CLI::App& app, Options& o) {
  CLI::App* run = app.add_subcommand("run", "serve a stream of queries and report cycles and energy");
  AddFiles(run, o.run.files, o.run.sets);
  run->add_option("--out", o.run.out, "write summary.json, queries.csv, layers.csv and others here")
      ->type_name("DIR");
  run->add_flag("--force", o.run.force, "replace an existing result directory");
  run->add_flag("--exact", o.run.exact, "simulate every query, also where the result is known");
  run->add_flag("--no-records{false}", o.run.records,
                "no queries.csv, memory flat in the number of queries, quantiles within 0.1 %");
  run->add_flag("--json", o.run.json, "print summary.json instead of the summary");
  run->add_flag("--quiet", o.run.quiet, "print nothing on success");
  AddData(run, o.run.data);
  AddTimeline(run, o.run.timeline);
  run->callback([&o, run] {
    if (run->count("--out") > 0 && o.run.out.empty()) throw UserError("--out: expected a directory name");
    o.run.data.out = o.run.out;
    Run(o.run);
  });
}

void AddInfer(CLI::App& app, Options& o) {
  CLI::App* infer = app.add_subcommand("infer", "run one SubNet once, with real data if wanted");
  AddFiles(infer, o.infer.files, o.infer.sets);
  infer->add_option("--subnet", o.infer.subnet, "the SubNet")->required()->type_name("NAME");
  infer
      ->add_option(
          "--cached", o.infer.cached,
          "SubGraph in the Persistent Buffer: empty, one that `table` lists, or a SubNet's beginning")
      ->capture_default_str()
      ->type_name("NAME");
  AddData(infer, o.infer.data);
  infer
      ->add_option("--input", o.infer.data.input,
                   "uint8 image (C, H, W) or (1, C, H, W); implies --functional")
      ->type_name("FILE.npy");
  infer->add_option("--output", o.infer.output, "write the last layer's result; implies --functional")
      ->type_name("FILE.npy");
  infer->add_flag("--force", o.infer.force, "replace existing files and dump directories");
  infer->add_flag("--json", o.infer.json, "print JSON");
  infer->callback([&o] {
    o.infer.data.functional |= !o.infer.output.empty();
    Infer(o.infer);
  });
}

void AddTable(CLI::App& app, Options& o) {
  CLI::App* table =
      app.add_subcommand("table", "build SushiAbs, the latency of each SubNet with each SubGraph");
  AddFiles(table, o.table.files, o.table.sets);
  table->add_option("--out", o.table.out, "save it for scheduler.table_file")->type_name("FILE");
  table->add_flag("--force", o.table.force, "replace an existing file");
  table->add_flag("--json", o.table.json, "print it as JSON");
  table->callback([&o] { Table(o.table); });
}

void AddPbCurve(CLI::App& app, Options& o) {
  CLI::App* curve = app.add_subcommand("pb-curve", "what a Persistent Buffer of each size saves on a stream");
  AddFiles(curve, o.pb_curve.files, o.pb_curve.sets);
  curve->add_option("--to", o.pb_curve.to_kib, "largest size; the experiment's own unless given")
      ->type_name("KIB")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20));
  curve->add_option("--points", o.pb_curve.points, "sizes at equal distances from 0 (default 33)")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{10000}));
  curve
      ->add_option("--refine", o.pb_curve.refine_percent,
                   "add sizes until a straight line between two is off by no more, in percent of no PB")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.001, 100.0));
  curve->add_option("--out", o.pb_curve.out, "write the curve as CSV")->type_name("FILE");
  curve->add_flag("--force", o.pb_curve.force, "replace an existing file");
  curve->add_flag("--json", o.pb_curve.json, "print it as JSON");
  curve->callback([&o] { RunPbCurve(o.pb_curve); });
}

void AddStudy(CLI::App& app, Options& o) {
  CLI::App* study = app.add_subcommand("study", "vary an experiment along axes, write tables and plots");
  study
      ->add_option("files", o.study.files,
                   "study files or names in configs/experiment, each a study of its own")
      ->required()
      ->type_name("FILE");
  study->add_option("--set", o.study.sets, "set one key of all of them; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  study->add_option("--out", o.study.out, "write NAME/table.csv, table.json and plots here, NAME the file's")
      ->required()
      ->type_name("DIR");
  study->add_flag("--force", o.study.force, "replace existing result directories");
  study->callback([&o] {
    if (o.study.out.empty()) throw UserError("--out: expected a directory name");
    RunStudies(o.study);
  });
}

void AddValidate(CLI::App& app, Options& o) {
  CLI::App* validate = app.add_subcommand("validate", "compare simulated with measured layer latencies");
  validate->add_option("--hardware", o.validate.hardware, "name in configs/hardware, or a file")
      ->required()
      ->type_name("NAME|FILE");
  validate->add_option("--model", o.validate.model, "name in models, or a file")
      ->required()
      ->type_name("NAME|FILE");
  validate->add_option("--measured", o.validate.measured, "CSV subnet,layer,latency_us")
      ->required()
      ->type_name("FILE");
  validate->add_option("--memory", o.validate.memory, "bank-level memory: name in configs/memory, or a file")
      ->type_name("NAME|FILE");
  validate->add_option("--set", o.validate.sets, "set one key; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  validate->add_flag("--json", o.validate.json, "print JSON");
  validate->callback([&o] { Validate(o.validate); });
}

void AddDram(CLI::App& app, Options& o) {
  CLI::App* dram = app.add_subcommand("dram", "drive a bank-level memory by itself with 64-byte requests");
  TrafficConfig& t = o.dram.traffic;
  dram->add_option("--memory", o.dram.memory, "name in configs/memory, or a file")
      ->required()
      ->type_name("NAME|FILE");
  dram->add_option("--pattern", o.dram.pattern, "order of the addresses")
      ->type_name("sequential|random|strided")
      ->capture_default_str();
  dram->add_option("--requests", t.requests, "number of requests")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40))
      ->capture_default_str();
  dram->add_option("--outstanding", t.outstanding, "requests accepted and not yet answered, at most")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  dram->add_option("--write-ratio", t.write_ratio, "share of writes")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  dram->add_option("--stride-bytes", t.stride_bytes, "strided: from one request to the next")
      ->check(CLI::Range(std::int64_t{64}, std::int64_t{1} << 40))
      ->capture_default_str();
  dram->add_option("--seed", t.seed, "of random addresses and of which requests write")
      ->check(CLI::Range(std::int64_t{0}, INT64_MAX))
      ->capture_default_str();
  dram->add_option("--address-map", o.dram.address_map, "e.g. row:bank:bg:col, most significant first")
      ->type_name("MAP");
  dram->add_option("--set", o.dram.sets, "set one key, e.g. memory.timing.faw_clk=30; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  dram->add_flag("--check", o.dram.check, "replay the commands through the independent timing checker");
  dram->add_flag("--json", o.dram.json, "print JSON");
  dram->callback([&o] { Dram(o.dram); });
}

void AddModel(CLI::App& app, Options& o) {
  CLI::App* model = app.add_subcommand("model", "look at a SuperNet");
  model->require_subcommand(1);
  CLI::App* show = model->add_subcommand("show", "print SubNets, shared weights, one SubNet's layers");
  show->add_option("model,--model", o.model.model, "name in models, or a file")
      ->required()
      ->type_name("NAME|FILE");
  show->add_option("--subnet", o.model.subnet, "print this SubNet's layers")->type_name("NAME");
  show->add_flag("--json", o.model.json, "print everything as JSON");
  show->callback([&o] { ShowModel(o.model); });
}

void AddConfig(CLI::App& app, Options& o) {
  CLI::App* config = app.add_subcommand("config", "look at configuration keys");
  config->require_subcommand(1);
  CLI::App* show = config->add_subcommand("show", "print every key with value, unit and origin");
  AddFiles(show, o.config_files, o.config_sets);
  show->callback([&o] { ShowConfig(o.config_files, o.config_sets); });
  CLI::App* reference = config->add_subcommand("reference", "print the tables of docs/configuration.md");
  reference->callback([] { ConfigReference(); });
}

// CLI11 would only say that a command is required.
void CheckCommand(const CLI::App& app, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.empty() && word[0] == '-') continue;
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands(nullptr)) {
      if (command->get_name() == word) return;
      names.push_back(command->get_name());
    }
    throw UserError("no command '" + OneLine(word.substr(0, 60)) + "'" + DidYouMean(word, names) +
                    " (see sushisim --help)");
  }
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Cycle and energy simulator of SUSHI: SushiAccel driven by SushiSched", "sushisim");
  app.require_subcommand(1);
  app.set_version_flag("--version", VersionText());
  app.add_flag_function(
      "-v,--verbose", [](std::int64_t) { LogVerbosely(); }, "log what is being done to stderr");
  app.footer(
      "Exit codes: 0 ok, 1 internal error, 2 usage or configuration, 3 check failed, 4 some sweep points\n"
      "failed, 75 interrupted and resumable.");
  SetUpLog();
  for (int i = 0; i < argc; ++i) options.run.command_line.emplace_back(argv[i]);
  options.study.command_line = options.sweep.run.command_line = options.run.command_line;
  AddRun(app, options);
  AddInfer(app, options);
  AddTable(app, options);
  AddExplain(app);
  AddPbCurve(app, options);
  AddStudy(app, options);
  AddSweep(app, options.sweep);
  AddCheck(app, options.check);
  AddReport(app, options.report);
  AddValidate(app, options);
  AddDram(app, options);
  AddModel(app, options);
  AddTrace(app, options.trace);
  AddConfig(app, options);
  AddPresets(app);
  AddSchema(app);
  AddCompletion(app);
  AddMan(app);
  if (argc > 1 && argv[1] == std::string("__complete")) {
    PrintCandidates(app, {argv + 2, argv + argc}, std::cout);
    return 0;
  }
  CheckCommand(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    throw UserError(OneLine(error.what()) + " (see sushisim --help)");
  }
  std::cout.flush();
  if (!std::cout) throw UserError("stdout: cannot be written");
  return std::max(options.sweep.exit_code, options.check.exit_code);  // one of them ran
}

}  // namespace

namespace sushi {

int RunCommandLine(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const UserError& error) {
    std::fprintf(stderr, "sushisim: %s\n", OneLine(error.what()).c_str());
    return kUsage;
  } catch (const sweep::StorageError& error) {
    std::fprintf(stderr, "sushisim: %s; nothing is lost, run again when there is room\n",
                 OneLine(error.what()).c_str());
    return kInterrupted;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "sushisim: out of memory\n");
    return kInternalError;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sushisim: internal error: %s\n", error.what());
    return kInternalError;
  }
}

}  // namespace sushi
