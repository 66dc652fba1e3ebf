#include "sushi/accel/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "sushi/accel/kernel_free.hpp"
#include "sushi/dram/simple_memory.hpp"

namespace sushi {
namespace {

constexpr int kGridReach = 6;  // steps either side of the configured value

struct GridPoint {
  int fill_cycles = 0, burst_gap_cycles = 0;
  std::vector<double> simulated_us;  // without the host's call, one per measured layer
};

std::vector<GridPoint> SimulateGrid(const HardwareConfig& hw, const SuperNet& net,
                                    const std::vector<LayerMeasurement>& measured) {
  std::vector<GridPoint> grid;
  const int fill = hw.accel.dpe_array.fill_cycles, gap = hw.accel.axi.burst_gap_cycles;
  for (int f = std::max(0, fill - kGridReach); f <= fill + kGridReach; ++f) {
    for (int g = std::max(0, gap - kGridReach); g <= gap + kGridReach; ++g) {
      HardwareConfig varied = hw;
      varied.accel.dpe_array.fill_cycles = f;
      varied.accel.axi.burst_gap_cycles = g;
      const InferencePlanner planner(varied, net);
      KernelFreeAccelerator accelerator(planner, std::make_unique<SimpleMemory>(varied.dram));
      const ClockDomain clock(varied.accel.clock_mhz);
      GridPoint point{f, g, {}};
      for (const LayerMeasurement& layer : measured) {
        const Cycles cycles = accelerator.RunAlone(layer.subnet, layer.op, Cycles(0)).cycles;
        point.simulated_us.push_back(static_cast<double>(clock.TimeOf(cycles).value()) / 1e6);
      }
      grid.push_back(std::move(point));
    }
  }
  return grid;
}

// The call cost h ≥ 0 that minimises Σ |s_i + h − m_i| / m_i: the median of m_i − s_i weighted by 1/m_i.
double BestCallCost(const GridPoint& point, const std::vector<LayerMeasurement>& measured, int left_out) {
  std::vector<std::pair<double, double>> gaps;  // gap, weight
  double total = 0;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    if (measured[i].subnet == left_out) continue;
    gaps.emplace_back(measured[i].latency_us - point.simulated_us[i], 1 / measured[i].latency_us);
    total += gaps.back().second;
  }
  std::sort(gaps.begin(), gaps.end());
  double weight = 0;
  for (const auto& [gap, w] : gaps) {
    weight += w;
    if (2 * weight >= total) return std::max(0.0, gap);
  }
  return 0;
}

std::vector<double> Errors(const GridPoint& point, double call_us,
                           const std::vector<LayerMeasurement>& measured, int subnet, bool held_out) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    if ((measured[i].subnet == subnet) != held_out) continue;
    errors.push_back(ErrorPercent(point.simulated_us[i] + call_us, measured[i].latency_us));
  }
  return errors;
}

}  // namespace

double ErrorPercent(double simulated_us, double measured_us) {
  return 100 * (simulated_us - measured_us) / measured_us;
}

ErrorSummary Summarise(const std::vector<double>& error_percent) {
  ErrorSummary summary;
  summary.layers = static_cast<int>(error_percent.size());
  for (const double error : error_percent) {
    summary.mean_abs_percent += std::fabs(error);
    summary.max_abs_percent = std::max(summary.max_abs_percent, std::fabs(error));
  }
  if (summary.layers > 0) summary.mean_abs_percent /= summary.layers;
  return summary;
}

std::vector<HeldOut> LeaveOneSubNetOut(const HardwareConfig& hw, const SuperNet& net,
                                       const std::vector<LayerMeasurement>& measured) {
  std::set<int> subnets;
  for (const LayerMeasurement& layer : measured) subnets.insert(layer.subnet);
  std::vector<HeldOut> folds;
  if (subnets.size() < 2) return folds;
  const std::vector<GridPoint> grid = SimulateGrid(hw, net, measured);
  for (const int subnet : subnets) {
    const GridPoint* best = &grid.front();
    double best_call = 0, best_error = std::numeric_limits<double>::infinity();
    for (const GridPoint& point : grid) {
      const double call = BestCallCost(point, measured, subnet);
      const double error = Summarise(Errors(point, call, measured, subnet, false)).mean_abs_percent;
      if (error >= best_error) continue;
      best = &point;
      best_call = call;
      best_error = error;
    }
    folds.push_back({subnet,
                     {best->fill_cycles, best->burst_gap_cycles, best_call},
                     Summarise(Errors(*best, best_call, measured, subnet, true))});
  }
  return folds;
}

}  // namespace sushi
