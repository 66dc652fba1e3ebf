#include "serving_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <tuple>

#include "in_child.hpp"
#include "sushi/serving/offline_bound.hpp"

namespace sushi::app {
namespace {

double Percent(double part, double whole) { return whole == 0 ? 0 : 100 * part / whole; }
double Percent(std::int64_t part, std::int64_t whole) {
  return Percent(static_cast<double>(part), static_cast<double>(whole));
}

struct Column {
  const char* name;
  double (*of)(const ServingRun& run, const ServingMetrics& metrics);
};

// Of the tenants with the highest priority, together.
double TopPriorityAttainment(const ServingRun& run, const ServingMetrics& m) {
  std::int64_t top = 0, issued = 0, in_time = 0;
  for (const Tenant& tenant : run.tenants()) top = std::max(top, tenant.priority);
  for (std::size_t i = 0; i < m.tenants.size(); ++i) {
    if (run.tenants()[i].priority != top) continue;
    issued += m.tenants[i].issued;
    in_time += m.tenants[i].in_time;
  }
  return Percent(in_time, issued);
}

double LeastAttainment(const ServingRun&, const ServingMetrics& m) {
  double least = 100;
  for (const TenantMetrics& tenant : m.tenants) {
    if (tenant.issued > 0) least = std::min(least, Percent(tenant.in_time, tenant.issued));
  }
  return least;
}

template <typename Member>
std::int64_t SumOver(const ServingMetrics& m, Member member) {
  std::int64_t sum = 0;
  for (const AcceleratorMetrics& at : m.accelerators) sum += at.*member;
  return sum;
}

double Micros(double picoseconds) { return picoseconds * 1e-6; }

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
// No number of what nothing is there to take it of: 0 would look like the best there is.
double Of(std::int64_t count, double value) { return count == 0 ? kNoNumber : value; }
double EachUj(const ServingMetrics& m) {
  return Of(m.all.served, Micros(m.EnergyPj()) / static_cast<double>(m.all.served));
}

constexpr Column kColumns[] = {
    {"requests",
     [](const ServingRun&, const ServingMetrics& m) { return static_cast<double>(m.all.issued); }},
    {"attainment_percent",
     [](const ServingRun&, const ServingMetrics& m) { return Percent(m.all.in_time, m.all.issued); }},
    {"top1_in_time_percent",
     [](const ServingRun&, const ServingMetrics& m) { return Of(m.all.in_time, m.all.InTimeTop1()); }},
    {"least_tenant_attainment_percent", LeastAttainment},
    {"top_priority_attainment_percent", TopPriorityAttainment},
    {"not_served_percent",
     [](const ServingRun&, const ServingMetrics& m) {
       return Percent(m.all.issued - m.all.served, m.all.issued);
     }},
    {"response_mean_us",
     [](const ServingRun&, const ServingMetrics& m) {
       return Of(m.all.served, Micros(m.all.response.MeanPs(m.all.served)));
     }},
    {"response_p99_us",
     [](const ServingRun&, const ServingMetrics& m) {
       return Of(m.all.served, Micros(static_cast<double>(m.all.response.p99_ps)));
     }},
    {"throughput_per_s", [](const ServingRun&, const ServingMetrics& m) { return m.throughput_per_s; }},
    {"goodput_per_s", [](const ServingRun&, const ServingMetrics& m) { return m.goodput_per_s; }},
    {"mean_batch", [](const ServingRun&, const ServingMetrics& m) { return m.mean_batch; }},
    {"utilisation_percent", [](const ServingRun&, const ServingMetrics& m) { return 100 * m.utilisation; }},
    {"dram_utilisation_percent",
     [](const ServingRun&, const ServingMetrics& m) { return 100 * m.dram_utilisation; }},
    {"stall_percent",
     [](const ServingRun&, const ServingMetrics& m) {
       return Percent(SumOver(m, &AcceleratorMetrics::stall_ps), SumOver(m, &AcceleratorMetrics::busy_ps));
     }},
    {"swaps",
     [](const ServingRun&, const ServingMetrics& m) {
       return static_cast<double>(SumOver(m, &AcceleratorMetrics::swaps));
     }},
    {"preemptions",
     [](const ServingRun&, const ServingMetrics& m) {
       return static_cast<double>(SumOver(m, &AcceleratorMetrics::preemptions));
     }},
    {"stp", [](const ServingRun&, const ServingMetrics& m) { return m.stp; }},
    {"antt", [](const ServingRun&, const ServingMetrics& m) { return Of(m.all.served, m.antt); }},
    {"fairness", [](const ServingRun&, const ServingMetrics& m) { return m.fairness; }},
    {"ux_cost", [](const ServingRun&, const ServingMetrics& m) { return m.ux_cost; }},
    {"energy_uj_per_request", [](const ServingRun&, const ServingMetrics& m) { return EachUj(m); }},
};

std::vector<double> RowOf(const ServingRun& run, const ServingMetrics& metrics) {
  std::vector<double> row;
  for (const Column& column : kColumns) row.push_back(column.of(run, metrics));
  return row;
}

// What the bound has to know; nothing when there are too many kinds of requests for it.
class BoundBook {
 public:
  explicit BoundBook(const ServingRun& run) : run_(run) {}

  void Add(const RequestRecord& record) {
    if (kinds_.size() > kMostKinds) return;
    const Request& request = record.request;
    const int model = run_.tenants()[static_cast<std::size_t>(request.tenant)].model;
    requests_.push_back({model, request.frame_start, request.deadline, request.accuracy_min_percent});
    kinds_.insert({model, (request.deadline - request.frame_start).value(), request.accuracy_min_percent});
  }

  // Attainment and mean top-1 in time of those that a scheduler could at most have, in percent.
  std::vector<double> Percents(std::int64_t in_time) const {
    if (kinds_.size() > kMostKinds || requests_.empty()) return {kNoNumber, kNoNumber};
    const Profile& profile = run_.machine().profile();
    std::vector<BoundModel> models;
    models.reserve(static_cast<std::size_t>(profile.models()));
    for (int m = 0; m < profile.models(); ++m)
      models.push_back(LeastTimes(profile, m, run_.machine().config().accelerators));
    const OfflineBound bound(models, run_.machine().config().accelerators, requests_);
    return {Percent(bound.InTime(), static_cast<std::int64_t>(requests_.size())),
            in_time > 0 ? bound.MeanAccuracy(in_time) : kNoNumber};
  }

 private:
  static constexpr std::size_t kMostKinds = 16;
  const ServingRun& run_;
  std::vector<BoundRequest> requests_;
  std::set<std::tuple<int, std::int64_t, double>> kinds_;
};

// In a process of its own where SystemC elaborates.
template <typename Body>
std::vector<double> Numbers(config::ServingEngine engine, const Body& body) {
  if (engine != config::ServingEngine::kTlm) return body();
  const std::string bytes = BytesOfChild([&body] {
    const std::vector<double> row = body();
    std::string text(row.size() * sizeof(double), '\0');
    std::memcpy(text.data(), row.data(), text.size());
    return text;
  });
  std::vector<double> row(bytes.size() / sizeof(double));
  std::memcpy(row.data(), bytes.data(), bytes.size());
  return row;
}

std::vector<double> SeedRow(const config::Experiment& experiment, ServingRun& run, int seed) {
  BoundBook bound(run);
  ServingRun::Options options;
  options.engine = experiment.serving.engine;
  options.seed_offset = seed;
  options.sinks.request = [&bound](const RequestRecord& record) { bound.Add(record); };
  const ServingMetrics metrics = run.Serve(options);
  std::vector<double> row = RowOf(run, metrics);
  for (const double percent : bound.Percents(metrics.all.in_time)) row.push_back(percent);
  return row;
}

// Student's t, 97.5 %, by degrees of freedom; beyond them the normal's.
double TValue(int degrees) {
  constexpr double kT[] = {0,     12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                           2.201, 2.179,  2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080,
                           2.074, 2.069,  2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  return degrees < static_cast<int>(std::size(kT)) ? kT[degrees] : 1.960;
}

struct Interval {
  double mean = 0, half_width = 0;
};

Interval IntervalOf(const std::vector<double>& numbers) {
  const auto count = static_cast<double>(numbers.size());
  Interval interval;
  for (const double number : numbers) interval.mean += number / count;
  double squares = 0;
  for (const double number : numbers) squares += (number - interval.mean) * (number - interval.mean);
  if (numbers.size() > 1)
    interval.half_width =
        TValue(static_cast<int>(numbers.size()) - 1) * std::sqrt(squares / (count - 1) / count);
  return interval;
}

}  // namespace

std::vector<std::string> ServingColumns() {
  std::vector<std::string> names;
  for (const Column& column : kColumns) names.emplace_back(column.name);
  return names;
}

std::vector<double> ServingRow(const config::Experiment& experiment) {
  ServingRun::Options options;
  options.engine = experiment.serving.engine;
  return Numbers(options.engine, [&] {
    ServingRun run(experiment);
    return RowOf(run, run.Serve(options));
  });
}

std::vector<std::string> ServingStudyColumns() {
  std::vector<std::string> names{"seeds"};
  for (const Column& column : kColumns) {
    names.emplace_back(column.name);
    names.push_back(std::string(column.name) + "_ci95");
  }
  names.insert(names.end(), {"attainment_bound_percent", "top1_in_time_bound_percent"});
  return names;
}

std::vector<report::Cell> ServingStudyRow(const config::Experiment& experiment, int seeds) {
  ServingRun run(experiment);
  std::vector<std::vector<double>> rows;
  rows.reserve(static_cast<std::size_t>(seeds));
  for (int seed = 0; seed < seeds; ++seed) {
    rows.push_back(Numbers(experiment.serving.engine, [&] { return SeedRow(experiment, run, seed); }));
  }
  std::vector<report::Cell> cells{std::int64_t{seeds}};
  for (std::size_t c = 0; c < rows[0].size(); ++c) {
    std::vector<double> numbers;  // of the seeds that have one
    for (const auto& row : rows) {
      if (!std::isnan(row[c])) numbers.push_back(row[c]);
    }
    const Interval interval = IntervalOf(numbers);
    const auto add = [&](double value) {
      if (numbers.empty()) return cells.emplace_back(std::string());
      return cells.emplace_back(value);
    };
    add(interval.mean);
    if (c < std::size(kColumns)) add(interval.half_width);
  }
  return cells;
}

}  // namespace sushi::app
