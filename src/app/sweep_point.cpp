#include "sweep_point.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "in_child.hpp"
#include "manifest.hpp"
#include "recorded_run.hpp"
#include "serving_rows.hpp"
#include "study_rows.hpp"
#include "sushi/accel/fast_accelerator.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/sim/elaboration.hpp"
#include "sushi/sweep/point_directory.hpp"
#include "sushi/sweep/record.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::app {
namespace {

double Micros(Picoseconds time) { return static_cast<double>(time.value()) / 1e6; }

std::vector<report::Cell> SubNetCells(int subnet, CostSession& session, const StreamResult& served) {
  const LatencyTable& table = session.table();
  const Columns& columns = session.columns();
  SubGraphId best = kEmptySubGraphId;
  for (SubGraphId id = columns.first_candidate; id < columns.end_candidate; ++id) {
    if (table.At(subnet, id) < table.At(subnet, best)) best = id;
  }
  return {table.SubNetName(subnet),
          table.Top1Percent(subnet),
          served.served[static_cast<std::size_t>(subnet)],
          Micros(table.At(subnet, kEmptySubGraphId)),
          Micros(table.At(subnet, best)),
          table.Column(best).name};
}

sweep::PointResult ResultOf(const config::Experiment& experiment, CostSession& session) {
  StreamResult served;
  sweep::PointResult result;
  result.metrics = StreamRow(experiment, session, served);
  for (int s = 0; s < session.table().subnets(); ++s)
    result.subnets.push_back(SubNetCells(s, session, served));
  return result;
}

constexpr const char* kMixed =
    "serving.engine: a sweep is of serving systems or of streams; their columns differ";

enum ChildCode : int { kChildRecord = 0, kChildNoStorage = 121 };

// What `sushisim run --out` writes of the point's experiment, which is the session's.
void WriteRecords(Session& session, ServiceModel& model, const sweep::PointDirectory& directory,
                  const nlohmann::ordered_json& uncompared) {
  ResultFiles files;
  files.open = [&](const std::string& name) { return directory.Open(name); };
  files.close = [&](std::ofstream& file, const std::string& name) { directory.Close(file, name); };
  RecordedRun run(session);
  RecordedRun::Options options;
  options.queries = &files;
  run.Serve(model, options);
  run.Write(files, uncompared);
}

class PointEvaluator {
 public:
  PointEvaluator(const config::Sweep& sweep, PointSettings settings)
      : sweep_(sweep), settings_(std::move(settings)) {}

  sweep::PointResult operator()(const sweep::PointKey& key) {
    started_ = std::time(nullptr);
    const config::SweepPoint point = sweep_.PointAt(key.index);
    if (settings_.describe) Describe(point);
    CheckSweepPoint(point.experiment);
    Directory directory;
    const sweep::PointId id = sweep::PointId::Parse(point.id);
    if (LacksDirectory(id)) directory.emplace(*settings_.records, id);
    if (IsServing(point.experiment) != settings_.serving) throw UserError(kMixed);
    if (settings_.serving) return Serving(point);
    sweep::PointResult result =
        settings_.engine == SweepEngine::kFast ? Fast(point, directory) : Tlm(point, directory);
    if (directory) directory->Commit();
    return result;
  }

 private:
  using Directory = std::optional<sweep::PointDirectory>;

  bool LacksDirectory(const sweep::PointId& id) const {
    std::error_code error;
    return settings_.records != nullptr && !std::filesystem::exists(settings_.records->PointPath(id), error);
  }

  void Describe(const config::SweepPoint& point) const {
    std::printf("engine %s\n", EngineName());
    for (std::size_t i = 0; i < point.labels.size(); ++i)
      std::printf("%s: %s\n", sweep_.columns()[i].c_str(), point.labels[i].c_str());
    std::fflush(stdout);  // before a point that is simulated in another process
  }

  static sweep::PointResult Serving(const config::SweepPoint& point) {
    sweep::PointResult result;
    for (const double value : ServingRow(point.experiment)) {
      if (std::isnan(value)) {
        result.metrics.emplace_back(std::string());
      } else {
        result.metrics.emplace_back(value);
      }
    }
    return result;
  }

  sweep::PointResult Fast(const config::SweepPoint& point, const Directory& directory) {
    CostSession& costs = sessions_.For(point.experiment);
    sweep::PointResult result = ResultOf(point.experiment, costs);
    if (directory) {
      // Not the session of the costs, which may be an earlier point's with another scheduler.
      Session session(point.experiment, costs.shared_net(), costs.layer_costs());
      FastAccelerator accelerator(*session.planner, session.layer_costs);
      WriteRecords(session, accelerator, *directory, Uncompared(point));
    }
    return result;
  }

  sweep::PointResult Elaborated(const config::SweepPoint& point, const Directory& directory) const {
    Session session(point.experiment);
    sweep::PointResult result;
    RunInElaboration(*session.planner, MakeMemory(point.experiment.hardware), [&](ServiceModel& model) {
      CostSession costs(session, model);
      result = ResultOf(point.experiment, costs);
      if (directory) WriteRecords(session, model, *directory, Uncompared(point));
    });
    return result;
  }

  // SystemC elaborates once a process, so every point gets one. What it found comes back as a record.
  sweep::PointResult Tlm(const config::SweepPoint& point, const Directory& directory) const {
    const sweep::PointId id = sweep::PointId::Parse(point.id);
    const ChildOutcome outcome = InChild([&]() -> ChildOutcome {
      try {
        return {sweep::ResultLine(id, Elaborated(point, directory)), kChildRecord};
      } catch (const sweep::StorageError& error) {
        return {error.what(), kChildNoStorage};
      } catch (const std::exception& error) {
        return {sweep::FailureLine(id, {error.what(), 1}), kChildRecord};
      }
    });
    if (outcome.code == kChildNoStorage) throw sweep::StorageError(outcome.text);
    const std::string line = outcome.text.substr(0, outcome.text.find('\n'));
    switch (sweep::ReadHead(line).kind) {
      case sweep::RecordKind::kResult:
        return sweep::ReadResult(line);
      case sweep::RecordKind::kFailure:
        throw UserError(sweep::ReadFailure(line).reason);
      default:
        throw std::bad_alloc();  // it died: tried once more by the runner
    }
  }

  const char* EngineName() const { return settings_.engine == SweepEngine::kFast ? "fast" : "tlm"; }

  nlohmann::ordered_json Uncompared(const config::SweepPoint& point) const {
    nlohmann::ordered_json json = UncomparedJson(settings_.command_line, started_);
    json["sweep"] = {{"point", point.index}, {"id", point.id}, {"engine", EngineName()}};
    return json;
  }

  const config::Sweep& sweep_;
  PointSettings settings_;
  FastSessions sessions_;
  std::time_t started_ = 0;  // of the point
};

}  // namespace

bool IsServing(const config::Experiment& experiment) {
  return experiment.serving.engine != config::ServingEngine::kNone;
}

std::vector<std::string> SweepMetrics(bool serving) {
  return serving ? ServingColumns() : StudyColumns(config::StudyKind::kStreams);
}

std::vector<std::string> SweepSubNetColumns() {
  return {"subnet", "top1_percent", "queries", "service_us_no_pb", "service_us_best", "best_subgraph"};
}

void CheckSweepPoint(const config::Experiment& experiment) {
  if (IsServing(experiment)) {
    config::LoadServingPlan(experiment);
    return;
  }
  config::RequireSupernet(experiment);
  config::RequireStream(experiment);
  if (const config::Node* file = config::FindOrigin(experiment, "scheduler.table_file"))
    throw UserError(file->mark, "scheduler.table_file", "a sweep makes its tables itself");
}

sweep::Evaluate MakeEvaluate(const config::Sweep& sweep, const PointSettings& settings) {
  return [evaluator = std::make_shared<PointEvaluator>(sweep, settings)](const sweep::PointKey& key) {
    return (*evaluator)(key);
  };
}

}  // namespace sushi::app
