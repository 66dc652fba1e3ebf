#include "sushi/report/trace_report.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "sushi/formats/number.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

double Seconds(const ArrivalSummary& arrivals) {
  return static_cast<double>((arrivals.last - arrivals.first).value()) / 1e12;
}

Json TargetJson(const TargetSummary& target) {
  return {{"low", target.low},
          {"high", target.high},
          {"mean", target.mean},
          {"lag1_autocorrelation", OrNull(target.lag1)}};
}

std::string Text(const std::optional<double>& value, int decimals) {
  return value ? FixedText(*value, decimals) : "not defined";
}

void PrintTarget(const char* name, const char* unit, const TargetSummary& target, int decimals,
                 std::ostream& out) {
  out << "  " << name << FixedText(target.low, decimals) << " to " << FixedText(target.high, decimals) << ' '
      << unit << ", mean " << FixedText(target.mean, decimals) << ", lag-1 autocorrelation "
      << Text(target.lag1, 3) << '\n';
}

}  // namespace

Json TraceJson(const std::string& file, const TraceSummary& summary) {
  Json json{{"file", file}, {"queries", summary.queries}, {"closed_loop", !summary.arrivals}};
  json["arrivals"] = nullptr;
  if (summary.arrivals) {
    const ArrivalSummary& a = *summary.arrivals;
    json["arrivals"] = {{"first_us", static_cast<double>(a.first.value()) / 1e6},
                        {"last_us", static_cast<double>(a.last.value()) / 1e6},
                        {"duration_s", Seconds(a)},
                        {"mean_rate_qps", OrNull(a.mean_rate_qps)},
                        {"gap_cv2", OrNull(a.gap_cv2)},
                        {"peak_queries_in_1s", a.peak_queries},
                        {"index_of_dispersion_1s", OrNull(a.dispersion)}};
  }
  json["accuracy_min_percent"] = TargetJson(summary.accuracy_percent);
  json["latency_max_us"] = TargetJson(summary.latency_us);
  return json;
}

void PrintTrace(const std::string& file, const TraceSummary& summary, std::ostream& out) {
  out << file << ": " << summary.queries << (summary.queries == 1 ? " query" : " queries") << '\n';
  if (!summary.arrivals) {
    out << "  arrivals   closed loop\n";
  } else {
    const ArrivalSummary& a = *summary.arrivals;
    out << "  duration   " << FixedText(Seconds(a), 3) << " s from first to last arrival\n"
        << "  rate       " << Text(a.mean_rate_qps, 3) << " queries/s in the mean, at most " << a.peak_queries
        << " in a window of 1 s\n"
        << "  gaps       CV2 " << Text(a.gap_cv2, 3) << ", index of dispersion of 1 s windows "
        << Text(a.dispersion, 3) << '\n';
  }
  PrintTarget("accuracy   ", "%", summary.accuracy_percent, 2, out);
  PrintTarget("latency    ", "us", summary.latency_us, 1, out);
}

}  // namespace sushi::report
