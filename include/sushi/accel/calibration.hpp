// How well the timing model's parameters carry over to layers they were not fitted to.
#pragma once

#include <vector>

#include "sushi/accel/inference_plan.hpp"

namespace sushi {

struct LayerMeasurement {
  int subnet = 0;
  int op = 0;
  double latency_us = 0;
};

struct ErrorSummary {
  int layers = 0;
  double mean_abs_percent = 0;
  double max_abs_percent = 0;
};

double ErrorPercent(double simulated_us, double measured_us);
ErrorSummary Summarise(const std::vector<double>& error_percent);

// The three parameters that a fit may move, all shared by every layer.
struct FittedParameters {
  int fill_cycles = 0;
  int burst_gap_cycles = 0;
  double layer_call_us = 0;
};

struct HeldOut {
  int subnet = 0;  // left out of the fit
  FittedParameters parameters;
  ErrorSummary error;  // of the layers left out
};

// Leave one SubNet out: fits the parameters to the layers of all other SubNets (least mean absolute
// percent error over a grid around `hw`; for each grid point the best call cost is a weighted median) and
// predicts the one left out. Empty when fewer than two SubNets were measured.
std::vector<HeldOut> LeaveOneSubNetOut(const HardwareConfig& hw, const SuperNet& net,
                                       const std::vector<LayerMeasurement>& measured);

}  // namespace sushi
