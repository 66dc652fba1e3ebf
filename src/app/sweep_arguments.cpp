#include "sweep_arguments.hpp"

#include <charconv>

namespace sushi::app {
namespace {

void AddFile(CLI::App* command, std::string& file, std::vector<std::string>& sets) {
  command->add_option("file", file, "sweep file or name in configs/sweep")->required()->type_name("FILE");
  command->add_option("--set", sets, "set one key; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void AddStore(CLI::App* command, std::string& store) {
  command->add_option("--store", store, "directory of the sweep's results")->required()->type_name("DIR");
}

void AddPlan(CLI::App* sweep, SweepOptions& o) {
  CLI::App* plan = sweep->add_subcommand("plan", "check the file; print its axes and first points");
  AddFile(plan, o.plan.file, o.plan.sets);
  plan->add_option("--limit", o.plan.limit, "points to print")
      ->check(CLI::Range(std::int64_t{0}, config::kMaxSweepPoints))
      ->capture_default_str();
  plan->add_flag("--estimate", o.estimate, "evaluate points for two seconds and say what all would take");
  plan->add_flag("--json", o.plan.json, "print JSON");
  plan->callback([&o] { PlanSweep(o.plan, o.estimate ? PointEstimate(EstimateSweep) : nullptr); });
}

// Points are looked at every few ms and a worker that has begun takes some to be killed: less is chance.
std::string CheckTimeout(const std::string& text) {
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  const bool number = error == std::errc() && stop == end;
  if (number && (seconds == 0 || (seconds >= 0.1 && seconds <= 1e9))) return "";
  return "expected seconds from 0.1 to 1e9, or 0, found '" + text.substr(0, 60) + "'";
}

// How points are computed: options of `run`, and of `emit`, which hands them on.
void AddPointOptions(CLI::App* command, SweepRunOptions& run) {
  command->add_option("--engine", run.engine, "either gives the same results")
      ->type_name("fast|tlm")
      ->capture_default_str();
  command->add_option("--timeout", run.timeout_s, "seconds a point may take, from 0.1 on; 0: any")
      ->check(CheckTimeout)
      ->capture_default_str();
  command->add_option("--memory", run.memory_mib, "MiB a worker may have; 0: any")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 30))
      ->capture_default_str();
  command
      ->add_option_function<std::string>(
          "--on-error",
          [&run](const std::string& what) {
            if (what != "stop" && what != "continue")
              throw CLI::ValidationError("--on-error", "expected continue or stop, found '" + what + "'");
            run.stop_on_error = what == "stop";
          },
          "continue with the other points, or stop")
      ->type_name("continue|stop");
  command->add_flag("--keep-failures", run.keep_failures,
                    "do not try points again that failed in an earlier run");
  command->add_flag("--records", run.records,
                    "every point also writes what `run --out` does, to STORE/points/");
  command->add_flag("--logs", run.logs, "keep a log of every point, not only of those that fail");
}

void AddRun(CLI::App* sweep, SweepOptions& o) {
  CLI::App* run = sweep->add_subcommand("run", "compute the points that have no result yet");
  AddFile(run, o.run.file, o.run.sets);
  AddStore(run, o.run.store);
  run->add_option("-j,--jobs", o.run.jobs, "worker processes; 0: one a core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  run->add_option("--shard", o.run.shard, "the I-th of N parts of the plan")
      ->type_name("I/N")
      ->check([](const std::string& text) { return text.empty() ? "expected I/N" : ""; });
  AddPointOptions(run, o.run);
  run->add_flag("--quiet", o.run.quiet, "print nothing but errors");
  run->callback([&o] { o.exit_code = RunSweep(o.run); });
}

void AddStoreCommands(CLI::App* sweep, SweepOptions& o) {
  CLI::App* status = sweep->add_subcommand("status", "count what is done, failed and missing");
  AddStore(status, o.store.store);
  status->add_flag("--json", o.store.json, "print JSON");
  status->callback([&o] { o.exit_code = SweepStatus(o.store); });

  CLI::App* merge = sweep->add_subcommand("merge", "write all results as CSV, JSON lines and SQLite");
  AddStore(merge, o.store.store);
  merge->add_option("--out", o.store.out, "directory to make")->required()->type_name("DIR");
  merge->add_flag("--force", o.store.force, "replace an existing result");
  merge->callback([&o] { o.exit_code = MergeSweep(o.store); });

  CLI::App* best = sweep->add_subcommand("best", "print the Pareto front");
  AddStore(best, o.best.store);
  best->add_option("--objective", o.best.objectives, "min:COLUMN or max:COLUMN; default: the file's")
      ->type_name("OBJECTIVE")
      ->allow_extra_args(false);
  best->add_option("--where", o.best.where, "only points with e.g. 'latency_violations <= 100'")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  best->add_flag("--json", o.best.json, "print JSON, with all metrics");
  best->callback([&o] { o.exit_code = BestOfSweep(o.best); });
}

void AddEmit(CLI::App* sweep, SweepOptions& o) {
  CLI::App* emit = sweep->add_subcommand("emit", "print a script that runs the sweep on other machines");
  AddFile(emit, o.emit.run.file, o.emit.run.sets);
  AddStore(emit, o.emit.run.store);
  emit->add_option("--as", o.emit.as, "what runs it")->required()->type_name("slurm|parallel|commands");
  emit->add_option("--shards", o.emit.shards, "parts of the plan")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  o.emit.run.jobs = 1;
  emit->add_option("-j,--jobs", o.emit.run.jobs, "worker processes of a shard")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  emit->add_option("--out", o.emit.out, "where the merge goes; default STORE-merged")->type_name("DIR");
  emit->add_option("--slurm-option", o.emit.slurm, "one more argument of sbatch, e.g. --partition=long")
      ->type_name("OPTION")
      ->allow_extra_args(false);
  AddPointOptions(emit, o.emit.run);
  emit->callback([&o] { EmitSweep(o.emit); });
}

}  // namespace

void AddSweep(CLI::App& app, SweepOptions& options) {
  CLI::App* sweep = app.add_subcommand("sweep", "evaluate every point of a sweep file");
  sweep->require_subcommand(1);
  AddPlan(sweep, options);
  AddRun(sweep, options);
  AddStoreCommands(sweep, options);
  AddEmit(sweep, options);
}

}  // namespace sushi::app
