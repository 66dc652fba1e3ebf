// The size of the Persistent Buffer against what it saves, for one stream and scheduler. Every size is
// simulated exactly; what a layer costs with what part of it cached is simulated once for all of them.
#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "commands.hpp"
#include "fast_session.hpp"
#include "manifest.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/formats/output_file.hpp"
#include "sushi/report/result_table.hpp"

namespace sushi::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostSizes = 100'000;

// Of a size; per query but for counts.
struct CurvePoint {
  bool hypothetical = false;
  StreamResult stream;
  double hit_bytes = 0, hit_percent = 0, off_chip_bytes = 0, off_chip_energy_uj = 0, energy_uj = 0;
  double service_us = 0, response_us = 0;
};

double PerQuery(double total, const StreamResult& stream) {
  return stream.queries == 0 ? 0 : total / static_cast<double>(stream.queries);
}

class PbCurve {
 public:
  explicit PbCurve(const PbCurveOptions& options)
      : options_(options), base_(config::LoadExperiment(options.files, options.sets)) {
    config::RequireSupernet(base_);
    config::RequireStream(base_);
    config::RequireEnergy(base_);
    if (const config::Node* file = config::FindOrigin(base_, "scheduler.table_file"))
      throw UserError(file->mark, "scheduler.table_file", "a curve makes its tables itself");
    own_kib_ = base_.hardware.accel.pb.capacity_kib;
    to_kib_ = options.to_kib > 0 ? options.to_kib : own_kib_;
    if (to_kib_ == 0)
      throw UserError("--to: the experiment has no Persistent Buffer, so say up to which size (KiB)");
    if (!options.out.empty()) CheckWritable(options.out, options.force);
    CheckStream(base_.trace);
  }

  void Run() {
    for (std::int64_t i = 0; i < options_.points; ++i) Evaluate(to_kib_ * i / (options_.points - 1));
    if (own_kib_ <= to_kib_) Evaluate(own_kib_);
    if (options_.refine_percent > 0) Refine();
    const report::ResultTable table = Table();
    if (options_.json) {
      std::cout << Document(table).dump(2) << '\n';
    } else {
      Print();
    }
    if (options_.out.empty()) return;
    std::ostringstream text;
    report::WriteTableCsv(table, text);
    WriteFile(options_.out, text.str(), options_.force);
  }

 private:
  config::Experiment WithPb(std::int64_t kib) const {
    const auto set = [](const std::string& key, const std::string& value) {
      config::Override item{key, {}};
      item.value.kind = config::Node::Kind::kScalar;
      item.value.mark = {"pb-curve", 0};
      item.value.scalar = value;
      return item;
    };
    return config::ResolveExperiment(base_.merged, {set("accel.pb.capacity_kib", std::to_string(kib)),
                                                    set("device.enforce_capacity", "false")});
  }

  const CurvePoint& Evaluate(std::int64_t kib) {
    const auto known = curve_.find(kib);
    if (known != curve_.end()) return known->second;
    const config::Experiment experiment = WithPb(kib);
    CostSession& session = sessions_.For(experiment);
    CurvePoint point;
    const HardwareConfig& hw = experiment.hardware;
    point.hypothetical = hw.accel.BufferKib() > hw.device.onchip_memory_kib;
    point.stream = session.Serve(experiment, experiment.scheduler.caching);
    const StreamResult& r = point.stream;
    const EnergyBreakdown energy = EnergyOf(config::RequireEnergy(experiment), r.total, r.makespan);
    const auto hits = static_cast<double>(r.total.pb_hit_bytes);
    const auto fetched = static_cast<double>(r.total.traffic_bytes[Traffic::kWeights]);
    point.hit_bytes = PerQuery(hits, r);
    point.hit_percent = hits + fetched > 0 ? 100 * hits / (hits + fetched) : 0;
    point.off_chip_bytes = PerQuery(static_cast<double>(r.total.TrafficBytes()), r);
    point.off_chip_energy_uj = PerQuery(energy.pj[EnergyComponent::kDram] / 1e6, r);
    point.energy_uj = PerQuery(energy.TotalPj() / 1e6, r);
    point.service_us = r.service.MeanPs(r.queries) / 1e6;
    point.response_us = r.response.MeanPs(r.queries) / 1e6;
    return curve_.emplace(kib, std::move(point)).first->second;
  }

  // By how much a straight line between two sizes misses the one in their middle, in percent of the value
  // without a PB: the worst of bytes, energy and time.
  double MissAt(const CurvePoint& low, const CurvePoint& middle, const CurvePoint& high, double part) const {
    const CurvePoint& zero = curve_.at(0);
    double worst = 0;
    for (double CurvePoint::*value :
         {&CurvePoint::off_chip_bytes, &CurvePoint::off_chip_energy_uj, &CurvePoint::service_us}) {
      if (zero.*value <= 0) continue;
      const double line = low.*value + part * (high.*value - low.*value);
      worst = std::max(worst, 100 * std::abs(middle.*value - line) / (zero.*value));
    }
    return worst;
  }

  // Halves every interval, and its halves for as long as the line through its ends misses by too much.
  void Refine() {
    std::vector<std::pair<std::int64_t, std::int64_t>> intervals;
    for (auto low = curve_.begin(), high = std::next(low); high != curve_.end(); low = high++)
      intervals.emplace_back(low->first, high->first);
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      const auto [low, high] = intervals[i];
      if (high - low < 2) continue;
      if (curve_.size() >= kMostSizes) throw UserError("--refine: needs more than 100000 sizes");
      const std::int64_t middle = low + (high - low) / 2;
      const double part = static_cast<double>(middle - low) / static_cast<double>(high - low);
      const double miss = MissAt(curve_.at(low), Evaluate(middle), curve_.at(high), part);
      if (miss <= options_.refine_percent) {
        worst_miss_ = std::max(worst_miss_, miss);
      } else {
        intervals.emplace_back(low, middle);
        intervals.emplace_back(middle, high);
      }
    }
  }

  report::ResultTable Table() const {
    report::ResultTable table;
    table.columns = {"pb_kib",
                     "hypothetical",
                     "pb_hit_bytes_per_query",
                     "pb_hit_percent",
                     "off_chip_bytes_per_query",
                     "off_chip_energy_uj_per_query",
                     "energy_uj_per_query",
                     "service_mean_us",
                     "response_mean_us",
                     "response_p99_us",
                     "served_accuracy_percent",
                     "latency_violations",
                     "accuracy_violations",
                     "swaps",
                     "swap_us_per_query"};
    for (const auto& [kib, p] : curve_) {
      table.rows.push_back({kib, std::int64_t{p.hypothetical}, p.hit_bytes, p.hit_percent, p.off_chip_bytes,
                            p.off_chip_energy_uj, p.energy_uj, p.service_us, p.response_us,
                            static_cast<double>(p.stream.response.p99_ps) / 1e6,
                            p.stream.served_accuracy_percent, p.stream.latency_violations,
                            p.stream.accuracy_violations, p.stream.swaps,
                            PerQuery(static_cast<double>(p.stream.swap_ps) / 1e6, p.stream)});
    }
    return table;
  }

  Json Document(const report::ResultTable& table) const {
    Json json = ManifestHead();
    json["schema_version"] = 1;
    json["identity"] = {{"configuration", config::HashText(config::CanonicalText(base_))},
                        {"model", config::HashText(config::CanonicalModel(base_))}};
    json["sizes"] = "exact";
    json["between_sizes"] = "unknown";
    if (options_.refine_percent > 0) {
      json["between_sizes"] = "a straight line";
      json["worst_miss_at_midpoints_percent"] = worst_miss_;
    }
    json["curve"] = report::TableRowsJson(table);
    return json;
  }

  void Print() const {
    const StreamResult& any = curve_.begin()->second.stream;
    std::cout << any.queries << " queries, " << base_.scheduler.policy << ", " << base_.scheduler.caching
              << "; off-chip energy is "
              << (base_.hardware.dram_model == DramModel::kSimple ? "per byte" : "per command") << "\n\n"
              << "  PB KiB  hit KiB/query  hit %  off-chip KiB/query   uJ/query  service us  "
                 "off-chip energy saved\n";
    const double zero = curve_.at(0).off_chip_energy_uj;
    const int decimals = curve_.at(0).off_chip_bytes < 100 * 1024 ? 3 : 1;
    bool beyond = false;
    for (const auto& [kib, p] : curve_) {
      const double saved = zero > 0 ? 100 * (zero - p.off_chip_energy_uj) / zero : 0;
      const auto bar = static_cast<std::size_t>(std::clamp(saved / 4, 0.0, 25.0));
      beyond = beyond || p.hypothetical;
      std::cout << std::setw(7) << kib << (p.hypothetical ? '*' : ' ') << std::setw(15)
                << FixedText(p.hit_bytes / 1024, decimals) << std::setw(7) << FixedText(p.hit_percent, 1)
                << std::setw(20) << FixedText(p.off_chip_bytes / 1024, decimals) << std::setw(11)
                << FixedText(p.off_chip_energy_uj, decimals) << std::setw(12)
                << FixedText(p.service_us, decimals) << std::setw(8) << FixedText(saved, 2)
                << (bar > 0 ? " % " : " %") << std::string(bar, '#') << '\n';
    }
    std::cout << "\nEvery size is simulated: what a run with it gives.";
    if (options_.refine_percent > 0) {
      std::cout << " Between two sizes a straight line is off by at most " << FixedText(worst_miss_, 3)
                << " %\nof the value without a PB, at the midpoints that were tried.";
    } else {
      std::cout << " Between two sizes nothing is known (--refine).";
    }
    std::cout << (beyond ? "\n* beyond the device's on-chip memory: hypothetical\n" : "\n");
  }

  const PbCurveOptions& options_;
  config::Experiment base_;
  std::int64_t own_kib_ = 0, to_kib_ = 0;
  FastSessions sessions_;
  std::map<std::int64_t, CurvePoint> curve_;  // by size in KiB
  double worst_miss_ = 0;
};

}  // namespace

void RunPbCurve(const PbCurveOptions& options) { PbCurve(options).Run(); }

}  // namespace sushi::app
