#include "sweep_point.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>

#include "study_rows.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/sim/elaboration.hpp"
#include "sushi/sweep/record.hpp"

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

sweep::PointResult RunElaborated(const config::Experiment& experiment) {
  Session session(experiment);
  sweep::PointResult result;
  RunInElaboration(*session.planner, MakeMemory(experiment.hardware), [&](ServiceModel& model) {
    CostSession costs(session, model);
    result = ResultOf(experiment, costs);
  });
  return result;
}

// SystemC elaborates once a process, so every point gets one. What it found comes back as a record.
sweep::PointResult TlmPoint(const config::Sweep& sweep, const sweep::PointKey& key) {
  const config::SweepPoint point = sweep.PointAt(key.index);
  CheckSweepPoint(point.experiment);
  int ends[2];
  if (pipe(ends) != 0) throw UserError("no pipe to a point's process");
  const pid_t child = fork();
  if (child < 0) throw std::bad_alloc();  // tried once more by the runner
  const sweep::PointId id = sweep::PointId::Parse(key.id);
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::string line;
    try {
      line = sweep::ResultLine(id, RunElaborated(point.experiment));
    } catch (const std::exception& error) {
      line = sweep::FailureLine(id, {error.what(), 1});
    }
    std::size_t sent = 0;
    while (sent < line.size()) {
      const ssize_t n = write(ends[1], line.data() + sent, line.size() - sent);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string line;
  char buffer[65536];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    line.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!line.empty()) line.pop_back();
  switch (sweep::ReadHead(line).kind) {
    case sweep::RecordKind::kResult:
      return sweep::ReadResult(line);
    case sweep::RecordKind::kFailure:
      throw UserError(sweep::ReadFailure(line).reason);
    default:
      throw std::bad_alloc();  // it died: tried once more by the runner
  }
}

}  // namespace

std::vector<std::string> SweepMetrics() { return StudyColumns(config::StudyKind::kStreams); }

std::vector<std::string> SweepSubNetColumns() {
  return {"subnet", "top1_percent", "queries", "service_us_no_pb", "service_us_best", "best_subgraph"};
}

void CheckSweepPoint(const config::Experiment& experiment) {
  config::RequireSupernet(experiment);
  config::RequireTrace(experiment);
  if (const config::Node* file = config::FindOrigin(experiment, "scheduler.table_file"))
    throw UserError(file->mark, "scheduler.table_file", "a sweep makes its tables itself");
}

sweep::Evaluate MakeEvaluate(const config::Sweep& sweep, SweepEngine engine) {
  if (engine == SweepEngine::kTlm)
    return [&sweep](const sweep::PointKey& key) { return TlmPoint(sweep, key); };
  return [&sweep, sessions = std::make_shared<FastSessions>()](const sweep::PointKey& key) {
    const config::SweepPoint point = sweep.PointAt(key.index);
    CheckSweepPoint(point.experiment);
    return ResultOf(point.experiment, sessions->For(point.experiment));
  };
}

}  // namespace sushi::app
