#include "sushi/report/validation_report.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

std::vector<double> ErrorsOf(const ValidationReport& report, int subnet) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < report.measured.size(); ++i) {
    if (subnet != kNone && report.measured[i].subnet != subnet) continue;
    errors.push_back(ErrorPercent(report.simulated_us[i], report.measured[i].latency_us));
  }
  return errors;
}

const std::string& NameOf(const ValidationReport& report, int subnet) {
  return report.net->subnets[static_cast<std::size_t>(subnet)].name;
}

template <typename... Args>
std::string Format(const char* format, Args... args) {
  char line[200];
  std::snprintf(line, sizeof line, format, args...);
  return line;
}

std::string Name8(const std::string& name) { return name.substr(0, 8); }

void PrintLayers(const ValidationReport& report, std::ostream& out) {
  out << "subnet    layer  kernels  channels    map  measured us  simulated us   error %\n";
  for (std::size_t i = 0; i < report.measured.size(); ++i) {
    const MeasuredLayer& m = report.measured[i];
    const Op& op =
        report.net->subnets[static_cast<std::size_t>(m.subnet)].ops[static_cast<std::size_t>(m.op)];
    out << Format("%-8s %6d %8d %9d %6d %12.3f %13.3f %+9.2f\n", Name8(NameOf(report, m.subnet)).c_str(),
                  m.layer, op.kernels, op.channels, op.in_w, m.latency_us, report.simulated_us[i],
                  ErrorPercent(report.simulated_us[i], m.latency_us));
  }
}

void PrintSubNetErrors(const ValidationReport& report, std::ostream& out) {
  out << "\nsubnet    layers  mean |error| %  worst |error| %\n";
  for (std::size_t s = 0; s < report.net->subnets.size(); ++s) {
    const ErrorSummary error = Summarise(ErrorsOf(report, static_cast<int>(s)));
    if (error.layers == 0) continue;
    out << Format("%-8s %7d %15.2f %16.2f\n", Name8(report.net->subnets[s].name).c_str(), error.layers,
                  error.mean_abs_percent, error.max_abs_percent);
  }
  const ErrorSummary all = Summarise(ErrorsOf(report, kNone));
  out << Format("%-8s %7d %15.2f %16.2f\n", "all", all.layers, all.mean_abs_percent, all.max_abs_percent);
}

void PrintHeldOut(const ValidationReport& report, std::ostream& out) {
  if (report.held_out.empty()) return;
  out << "\nLeave one SubNet out: parameters fitted to the others, error on the one left out\n"
         "left out  fill  gap  call us  layers  mean |error| %  worst |error| %\n";
  for (const HeldOut& fold : report.held_out) {
    out << Format("%-8s %5d %4d %8.2f %7d %15.2f %16.2f\n", Name8(NameOf(report, fold.subnet)).c_str(),
                  fold.parameters.fill_cycles, fold.parameters.burst_gap_cycles,
                  fold.parameters.layer_call_us, fold.error.layers, fold.error.mean_abs_percent,
                  fold.error.max_abs_percent);
  }
}

Json ErrorJson(const ErrorSummary& error) {
  return {{"count", error.layers},
          {"mean_abs_percent_error", error.mean_abs_percent},
          {"max_abs_percent_error", error.max_abs_percent}};
}

}  // namespace

void PrintValidation(const ValidationReport& report, std::ostream& out) {
  PrintLayers(report, out);
  PrintSubNetErrors(report, out);
  PrintHeldOut(report, out);
}

Json ValidationJson(const ValidationReport& report) {
  Json json;
  json["device"] = report.hardware->device.name;
  json["supernet"] = report.net->name;
  Json layers = Json::array();
  for (std::size_t i = 0; i < report.measured.size(); ++i) {
    const MeasuredLayer& m = report.measured[i];
    layers.push_back({{"subnet", NameOf(report, m.subnet)},
                      {"layer", m.layer},
                      {"measured_us", m.latency_us},
                      {"simulated_us", report.simulated_us[i]},
                      {"percent_error", ErrorPercent(report.simulated_us[i], m.latency_us)}});
  }
  json["layers"] = layers;
  const ErrorSummary all = Summarise(ErrorsOf(report, kNone));
  json["layer_count"] = all.layers;
  json["mean_abs_percent_error"] = all.mean_abs_percent;
  json["max_abs_percent_error"] = all.max_abs_percent;
  Json subnets = Json::object();
  for (std::size_t s = 0; s < report.net->subnets.size(); ++s) {
    const ErrorSummary error = Summarise(ErrorsOf(report, static_cast<int>(s)));
    if (error.layers > 0) subnets[report.net->subnets[s].name] = ErrorJson(error);
  }
  json["subnets"] = subnets;
  Json held_out = Json::object();
  for (const HeldOut& fold : report.held_out) {
    Json entry = ErrorJson(fold.error);
    entry["fill_cycles"] = fold.parameters.fill_cycles;
    entry["burst_gap_cycles"] = fold.parameters.burst_gap_cycles;
    entry["layer_call_us"] = fold.parameters.layer_call_us;
    held_out[NameOf(report, fold.subnet)] = entry;
  }
  json["leave_one_subnet_out"] = held_out;
  return json;
}

}  // namespace sushi::report
