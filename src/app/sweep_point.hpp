// What a sweep reports of a point, on either engine.
#pragma once

#include <string>
#include <vector>

#include "sushi/config/sweep.hpp"
#include "sushi/sweep/merge.hpp"
#include "sushi/sweep/runner.hpp"

namespace sushi::app {

enum class SweepEngine { kFast, kTlm };

bool IsServing(const config::Experiment& experiment);

// Of every sweep: the stream under the point's scheduler (the columns of a study of streams), and of each
// SubNet how often it served and what it takes; or a serving system's figures.
std::vector<std::string> SweepMetrics(bool serving);
std::vector<std::string> SweepSubNetColumns();

// UserError when the experiment lacks what a point needs.
void CheckSweepPoint(const config::Experiment& experiment);

struct PointSettings {
  SweepEngine engine = SweepEngine::kFast;
  bool serving = false;                     // of all points
  bool describe = false;                    // print what the point is
  const sweep::Store* records = nullptr;    // where every point writes a directory; null: it writes none
  std::vector<std::string> command_line{};  // for its manifest
};

// For a worker: `sweep` and the store must outlive it.
sweep::Evaluate MakeEvaluate(const config::Sweep& sweep, const PointSettings& settings);

}  // namespace sushi::app
