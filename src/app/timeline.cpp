#include "timeline.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <utility>

#include "log.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::app {
namespace {

// A bound is a query's number, or a time of the stream.
struct Bound {
  bool is_query = false;
  std::int64_t value = 0;  // number, or picoseconds
};

[[noreturn]] void RefuseBound(const std::string& option, const std::string& text) {
  throw UserError(option +
                  ": expected a query's number (17) or a simulated time with its unit (250us, 10ms)" +
                  ", found '" + text.substr(0, 60) + "'");
}

Bound ParseBound(const std::string& option, const std::string& text) {
  const std::vector<std::pair<std::string, double>> units{
      {"ps", 1}, {"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  Bound bound;
  const auto whole = std::from_chars(begin, end, bound.value);
  if (whole.ec == std::errc() && whole.ptr == end && bound.value >= 0) {
    bound.is_query = true;
    return bound;
  }
  double number = 0;
  const auto [rest, error] = std::from_chars(begin, end, number);
  if (error != std::errc() || rest == end || !(number >= 0)) RefuseBound(option, text);
  const std::string unit(rest, end);
  std::vector<std::string> names;
  for (const auto& [name, ps] : units) {
    if (unit == name) {
      constexpr double kMost = 9e18;  // the longest stream there can be
      if (number * ps > kMost)
        throw UserError(option + ": expected at most 104 days, found '" + text.substr(0, 60) + "'");
      bound.value = std::llround(number * ps);
      return bound;
    }
    names.push_back(name);
  }
  throw UserError(option + ": expected the unit ps, ns, us, ms or s, found '" + unit.substr(0, 60) + "'" +
                  DidYouMean(unit, names));
}

TimelineWindow WindowOf(const TimelineOptions& options) {
  TimelineWindow window;
  window.max_events = options.max_events;
  Bound from, to;
  if (!options.from.empty()) {
    from = ParseBound("--timeline-from", options.from);
    if (from.is_query) window.first_query = from.value;
    if (!from.is_query) window.from = Picoseconds(from.value);
  }
  if (!options.to.empty()) {
    to = ParseBound("--timeline-to", options.to);
    if (to.is_query) window.last_query = to.value;
    if (!to.is_query) window.to = Picoseconds(to.value);
  }
  if (window.from >= window.to || window.first_query > window.last_query)
    throw UserError("--timeline-from: " + options.from + " is not before --timeline-to " + options.to);
  return window;
}

void CheckOptions(const TimelineOptions& options) {
  const bool any = !options.json.empty() || !options.vcd.empty();
  if (!any && options.window_given)
    throw UserError("--timeline-from, --timeline-to, --timeline-max-events: need --timeline or --vcd");
  namespace fs = std::filesystem;
  const auto place = [](const std::string& path) { return fs::weakly_canonical(fs::absolute(path)); };
  if (!options.json.empty() && !options.vcd.empty() && place(options.json) == place(options.vcd))
    throw UserError("--timeline and --vcd: the file " + options.vcd + " is used twice");
}

}  // namespace

TimelineSession::TimelineSession(const TimelineOptions& options, const InferencePlanner& planner,
                                 const std::vector<SubGraphColumn>& columns, bool force)
    : options_(options), columns_(columns) {
  CheckOptions(options);
  const TimelineWindow window = WindowOf(options);
  std::vector<TimelineSink*> sinks;
  if (!options.json.empty()) {
    if (force) CheckReplaces(options.json, "{\"displayTimeUnit\"", "timeline");
    json_file_ = std::make_unique<PartialFile>(options.json, force);
    json_ = std::make_unique<report::TimelineJson>(json_file_->partial_path(), planner.net(), columns);
    sinks.push_back(json_.get());
  }
  if (!options.vcd.empty()) {
    if (force) CheckReplaces(options.vcd, "$version", "value change dump");
    vcd_file_ = std::make_unique<PartialFile>(options.vcd, force);
    vcd_ = std::make_unique<VcdTimeline>();
    sinks.push_back(vcd_.get());
  }
  if (!sinks.empty()) timeline_ = std::make_unique<Timeline>(planner, window, std::move(sinks));
}

void TimelineSession::Show(const QueryRecord& query, ServiceModel& model) {
  if (timeline_ == nullptr) return;
  timeline_->Show(query, model, columns_);
  last_query_ = std::max(last_query_, query.query.id);
  finish_ = std::max(finish_, query.arrival + query.response);
}

void TimelineSession::CheckShown() const {
  if (timeline_->summary().queries + timeline_->summary().queries_left_out > 0) return;
  const std::string from = options_.from.empty() ? "" : " --timeline-from " + options_.from;
  const std::string to = options_.to.empty() ? "" : " --timeline-to " + options_.to;
  throw UserError("no query lies in" + from + to + "; the stream's are 0 to " + std::to_string(last_query_) +
                  ", the last finishes at " + MicrosText(finish_.value()) + "us");
}

void TimelineSession::Finish() {
  if (timeline_ == nullptr) return;
  CheckShown();
  if (json_ != nullptr) json_->Finish(timeline_->summary(), options_.json);
  if (vcd_ != nullptr) vcd_->Write(vcd_file_->partial_path(), options_.vcd);
  ReportLeftOut();
}

void TimelineSession::ReportLeftOut() const {
  const TimelineSummary& shown = timeline_->summary();
  if (!shown.complete_until) return;
  Warn("timeline: full at " + GroupedText(shown.events) + " events, complete until " +
       MicrosText(shown.complete_until->value()) + " us of simulated time; left out " +
       GroupedText(shown.events_left_out) + " events of the queries shown and " +
       GroupedText(shown.queries_left_out) +
       " more queries (--timeline-max-events, --timeline-from, --timeline-to)");
}

void TimelineSession::Commit() {
  if (json_file_ != nullptr) json_file_->Commit();
  if (vcd_file_ != nullptr) vcd_file_->Commit();
}

}  // namespace sushi::app
