// --timeline and --vcd of `run`: what is shown, and the files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "sushi/formats/output_file.hpp"
#include "sushi/report/timeline_json.hpp"
#include "sushi/sched/timeline.hpp"
#include "sushi/sim/vcd.hpp"

namespace sushi::app {

class TimelineSession {
 public:
  // Checks the options and that the files can be written. Planner and columns outlive this.
  TimelineSession(const TimelineOptions& options, const InferencePlanner& planner,
                  const std::vector<SubGraphColumn>& columns, bool force);
  TimelineSession(const TimelineSession&) = delete;
  TimelineSession& operator=(const TimelineSession&) = delete;

  // Null when no file is asked for.
  ActivityObserver* observer() { return timeline_.get(); }
  void Show(const QueryRecord& query, ServiceModel& model);
  // After the last query, in the simulation's process. Says what was left out. UserError when no query lies
  // in the window.
  void Finish();
  void Commit();  // the files appear

 private:
  void CheckShown() const;
  void ReportLeftOut() const;

  const TimelineOptions& options_;
  const std::vector<SubGraphColumn>& columns_;
  std::unique_ptr<PartialFile> json_file_, vcd_file_;
  std::unique_ptr<report::TimelineJson> json_;
  std::unique_ptr<VcdTimeline> vcd_;
  std::unique_ptr<Timeline> timeline_;
  std::int64_t last_query_ = 0;
  Picoseconds finish_;  // of the stream so far
};

}  // namespace sushi::app
