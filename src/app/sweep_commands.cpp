// `sweep run`, `status`, `merge`, `best`, `emit`: the store and its runner put to use.
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "commands.hpp"
#include "log.hpp"
#include "sushi/config/shipped.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/formats/partial_outputs.hpp"
#include "sushi/sweep/best.hpp"
#include "sushi/sweep/emit.hpp"
#include "sushi/sweep/merge.hpp"
#include "sushi/sweep/plan.hpp"
#include "sushi/sweep/progress.hpp"
#include "sushi/sweep/storage_error.hpp"
#include "sweep_point.hpp"

namespace sushi::app {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using config::Sweep;

// Of a shard, with nothing where other shards' ids are: an id costs about as much as a cheap point.
std::vector<sweep::PointId> IdsOf(const Sweep& plan, const sweep::Shard& shard) {
  std::vector<sweep::PointId> ids(static_cast<std::size_t>(plan.size()));
  for (const std::int64_t i : shard.Points(plan.size()))
    ids[static_cast<std::size_t>(i)] = sweep::PointId::Parse(plan.IdAt(i));
  return ids;
}

sweep::Plan PlanOf(const Sweep& sweep, const SweepRunOptions& options) {
  const bool serving = IsServing(sweep.PointAt(0).experiment);
  sweep::Plan plan;
  plan.title = sweep.title();
  plan.objectives = sweep.objectives();
  plan.columns = {sweep.columns(), SweepMetrics(serving),
                  serving ? std::vector<std::string>{} : SweepSubNetColumns()};
  plan.points = sweep.size();
  plan.fingerprint = sweep.Fingerprint();
  plan.source = fs::absolute(options.file).lexically_normal().string();
  plan.sets = options.sets;
  return plan;
}

sweep::SweepTable TableOf(std::shared_ptr<const Sweep> sweep, const sweep::Plan& plan) {
  sweep::SweepTable table;
  table.columns = plan.columns;
  table.ids = IdsOf(*sweep, {});
  table.labels = [sweep = std::move(sweep)](std::int64_t index) { return sweep->LabelsAt(index); };
  return table;
}

// A store's points, planned again from the sweep's file when the store does not hold them.
struct StoredSweep {
  sweep::Store store;
  sweep::Plan plan;
  sweep::SweepTable table;

  explicit StoredSweep(const std::string& path) : store(sweep::Store::Open(path)), plan(ReadPlan(store)) {
    if (std::optional<sweep::SweepTable> points = ReadPoints(store, plan)) {
      table = std::move(*points);
      return;
    }
    const auto sweep = std::make_shared<const Sweep>(Sweep::Load(plan.source, plan.sets));
    if (sweep->Fingerprint() != plan.fingerprint) {
      throw UserError({plan.source, 0}, "",
                      "describes other points than when the sweep was run; `sweep run` goes on with them");
    }
    table = TableOf(sweep, plan);
  }
};

int TerminalWidth() {
  if (const char* columns = std::getenv("COLUMNS")) {
    const int width = std::atoi(columns);
    if (width > 0) return width;
  }
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// On a terminal a line that moves, else one for every tenth.
class ProgressShown {
 public:
  explicit ProgressShown(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

  void operator()(const sweep::RunProgress& progress) {
    if (quiet_ || progress.total == 0) return;
    const std::int64_t finished = progress.done + progress.failed;
    if (terminal_) {
      std::fprintf(stderr, "\r%s", sweep::ProgressLine(progress, TerminalWidth() - 1).c_str());
      if (finished == progress.total) std::fprintf(stderr, "\n");
      return;
    }
    const std::int64_t tenth = finished * 10 / progress.total;
    if (tenth == tenth_) return;
    tenth_ = tenth;
    std::fprintf(stderr, "%s\n", sweep::ProgressLine(progress, 79).c_str());
  }

 private:
  bool quiet_, terminal_;
  std::int64_t tenth_ = 0;
};

int ExitCode(const sweep::RunOutcome& outcome) {
  if (outcome.signal != 0 && outcome.remaining > 0) return kInterrupted;
  return outcome.failed > 0 ? kPointsFailed : 0;
}

void PrintOutcome(const sweep::RunOutcome& o, const std::string& store) {
  std::cout << store << ": " << o.points << " points, " << o.present << " there before, " << o.done
            << " computed, " << o.failed << " failed, " << o.remaining << " left\n";
}

SweepEngine EngineOf(const std::string& name) {
  if (name == "fast") return SweepEngine::kFast;
  if (name == "tlm") return SweepEngine::kTlm;
  throw UserError("--engine: expected fast or tlm, found '" + name.substr(0, 40) + "'" +
                  DidYouMean(name, {"fast", "tlm"}));
}

Json CountsJson(const sweep::PointCounts& counts) {
  return {{"points", counts.points},
          {"done", counts.done},
          {"failed", counts.failed},
          {"missing", counts.missing}};
}

void TellOfTheRest(const sweep::MergeSummary& summary) {
  for (const sweep::PointWithout& point : summary.first) {
    Warn("point " + std::to_string(point.index) + " (" + point.id.Hex().substr(0, 8) +
         "): " + (point.reason.empty() ? "missing" : point.reason));
  }
  const std::int64_t more =
      summary.counts.failed + summary.counts.missing - static_cast<std::int64_t>(summary.first.size());
  if (more > 0) Warn("and " + std::to_string(more) + " more, all in failures.csv");
}

void TellOfTorn(std::int64_t torn, const std::string& segment) {
  if (torn == 0) return;
  Warn(segment + ": " +
       (torn == 1 ? "a line that is" : std::to_string(torn) + " lines from here on that are") +
       " no record: a worker was killed, or the file is no segment; left out");
}

}  // namespace

int RunSweep(const SweepRunOptions& options) {
  const SweepEngine engine = EngineOf(options.engine);
  const auto plan = std::make_shared<const Sweep>(Sweep::Load(options.file, options.sets));
  CheckSweepPoint(plan->PointAt(0).experiment);
  config::RequireEnergy(plan->PointAt(0).experiment);
  sweep::RunOptions run;
  run.workers = options.jobs > 0 ? options.jobs : static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  if (!options.shard.empty()) run.shard = sweep::Shard::Parse(options.shard);
  run.timeout_s = options.timeout_s;
  run.memory_mib = options.memory_mib;
  run.on_error = options.stop_on_error ? sweep::OnError::kStop : sweep::OnError::kContinue;
  run.retry_failed = !options.keep_failures;
  run.progress = ProgressShown(options.quiet);
  run.directories = options.records;
  run.keep_logs = options.logs;
  const bool serving = IsServing(plan->PointAt(0).experiment);
  if (serving && options.records)
    throw UserError("--records: a sweep of serving systems keeps figures only; run a point by itself");
  const sweep::Store store = sweep::Store::Make(options.store);
  PointSettings settings;
  settings.engine = engine;
  settings.serving = serving;
  settings.describe = options.logs;
  if (options.records) settings.records = &store;
  settings.command_line = options.command_line;
  const sweep::Plan stored = PlanOf(*plan, options);
  WritePlan(store, stored);
  // One shard does for all: making every point's id takes a while.
  if (run.shard.index == 1 && !HasPoints(store, stored)) WritePoints(store, stored, TableOf(plan, stored));
  const sweep::RunOutcome outcome = sweep::RunSweep(
      store, IdsOf(*plan, run.shard), [&] { return MakeEvaluate(*plan, settings); }, run);
  if (!options.quiet) PrintOutcome(outcome, options.store);
  return ExitCode(outcome);
}

int SweepStatus(const SweepStoreOptions& options) {
  const StoredSweep stored(options.store);
  const sweep::RecordIndex index = stored.store.Scan();
  TellOfTorn(index.torn, index.first_torn);
  const sweep::PointCounts counts = CountPoints(stored.table.ids, index);
  if (options.json) {
    std::cout << CountsJson(counts).dump(2) << "\n";
  } else {
    std::cout << stored.plan.title << ": " << counts.points << " points, " << counts.done << " done, "
              << counts.failed << " failed, " << counts.missing << " missing\n";
  }
  return counts.failed > 0 ? kPointsFailed : 0;
}

int MergeSweep(const SweepStoreOptions& options) {
  RemovePartialOutputsOnSignals();
  const StoredSweep stored(options.store);
  const sweep::MergeSummary summary = Merge(stored.store, stored.table, options.out, options.force);
  TellOfTorn(summary.torn, summary.first_torn);
  TellOfTheRest(summary);
  std::cout << options.out << ": " << summary.counts.done << " of " << summary.counts.points << " points, "
            << summary.counts.failed << " failed, " << summary.counts.missing << " missing\n";
  return summary.counts.done == summary.counts.points ? 0 : kPointsFailed;
}

int BestOfSweep(const SweepBestOptions& options) {
  const StoredSweep stored(options.store);
  std::vector<sweep::Objective> objectives;
  std::vector<std::string> texts = options.objectives.empty() ? stored.plan.objectives : options.objectives;
  objectives.reserve(texts.size());
  for (const std::string& text : texts) objectives.push_back(sweep::Objective::Parse(text));
  std::vector<sweep::Condition> conditions;
  conditions.reserve(options.where.size());
  for (const std::string& text : options.where) conditions.push_back(sweep::Condition::Parse(text));
  const sweep::SweepTable& table = stored.table;
  const sweep::BestResult best = Best(stored.store, table, objectives, conditions);
  if (best.considered == 0) Warn("no point with a result satisfies the conditions");
  report::ResultTable rows;
  rows.columns = {"point", "id"};
  rows.columns.insert(rows.columns.end(), table.columns.axes.begin(), table.columns.axes.end());
  std::vector<std::size_t> shown;  // metrics: all as JSON, else the objectives
  for (std::size_t i = 0; i < table.columns.metrics.size(); ++i) {
    const auto named = [&](const sweep::Objective& o) { return o.column == table.columns.metrics[i]; };
    if (!options.json && std::none_of(objectives.begin(), objectives.end(), named)) continue;
    shown.push_back(i);
    rows.columns.push_back(table.columns.metrics[i]);
  }
  for (const sweep::BestPoint& point : best.front) {
    std::vector<report::Cell> row{point.index, point.id.Hex().substr(0, options.json ? 32 : 8)};
    row.insert(row.end(), point.labels.begin(), point.labels.end());
    for (const std::size_t i : shown) row.push_back(point.metrics[i]);
    rows.rows.push_back(std::move(row));
  }
  if (options.json) {
    std::cout << Json{{"considered", best.considered},
                      {"counts", CountsJson(best.counts)},
                      {"front", TableRowsJson(rows)}}
                     .dump(2)
              << "\n";
  } else {
    WriteTableCsv(rows, std::cout);
  }
  return 0;
}

namespace {

// The arguments of `sweep run` that are not as by default.
std::vector<std::string> RunOptionsOf(const SweepRunOptions& run) {
  std::vector<std::string> words;
  const auto add = [&](std::initializer_list<std::string> more) { words.insert(words.end(), more); };
  for (const std::string& set : run.sets) add({"--set", set});
  if (EngineOf(run.engine) != SweepEngine::kFast) add({"--engine", run.engine});
  if (run.timeout_s > 0) add({"--timeout", RealText(run.timeout_s)});
  if (run.memory_mib > 0) add({"--memory", std::to_string(run.memory_mib)});
  if (run.stop_on_error) add({"--on-error", "stop"});
  if (run.keep_failures) add({"--keep-failures"});
  if (run.records) add({"--records"});
  if (run.logs) add({"--logs"});
  return words;
}

}  // namespace

void EmitSweep(const SweepEmitOptions& options) {
  sweep::EmitOptions emit;
  emit.binary = fs::read_symlink("/proc/self/exe").string();
  emit.sweep_file =
      fs::absolute(config::FindFile("configs/sweep", options.run.file)).lexically_normal().string();
  emit.store = fs::absolute(options.run.store).lexically_normal().string();
  emit.merged =
      options.out.empty() ? emit.store + "-merged" : fs::absolute(options.out).lexically_normal().string();
  emit.shards = options.shards;
  emit.jobs = options.run.jobs;
  emit.run_options = RunOptionsOf(options.run);
  emit.slurm_options = options.slurm;
  Sweep::Load(options.run.file,
              options.run.sets);  // whatever is wrong with it is told here, not on every node
  if (options.as == "slurm") {
    std::cout << EmitSlurm(emit);
  } else if (options.as == "parallel") {
    std::cout << EmitParallel(emit);
  } else if (options.as == "commands") {
    std::cout << EmitCommands(emit);
  } else {
    throw UserError("--as: expected slurm, parallel or commands, found '" + options.as.substr(0, 40) + "'" +
                    DidYouMean(options.as, {"slurm", "parallel", "commands"}));
  }
}

// The first points of the plan on the fast engine, for two seconds at most.
double EstimateSweep(const Sweep& plan) {
  const sweep::Evaluate evaluate = MakeEvaluate(plan, {});
  const auto begin = std::chrono::steady_clock::now();
  std::int64_t done = 0;
  double seconds = 0;
  while (done < plan.size() && seconds < 2) {
    evaluate({done, plan.IdAt(done)});
    ++done;
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  return seconds / static_cast<double>(done);
}

}  // namespace sushi::app
