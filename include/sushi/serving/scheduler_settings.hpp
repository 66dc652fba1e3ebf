// Parameters of the schedulers, `scheduler.<policy>.<key>` in the configuration. Where the papers leave a
// value open it is assumed [A] (docs/schedulers.md).
#pragma once

#include <string>

namespace sushi {

struct StrictSettings {
  // What the latency target is: "service", deadline − arrival; "response", what is left of it, deadline −
  // now.
  std::string basis = "service";
};

struct SlackFitSettings {
  int buckets = 16;  // of equal width, between the least and the greatest latency [A]
  // Which tuples may serve: "waiting", those whose batch so many requests wait for [A]; "any", all.
  std::string batch = "waiting";
};

struct ClipperSettings {
  std::string subnet;  // "": the one in the middle by accuracy [A]
};

struct AlertSettings {
  std::string objective =
      "energy";  // min energy under accuracy and deadline; or "error": under energy and deadline
  double alpha = 0.3, r = 0.001, q0 = 0.1, mu0 = 1, k0 = 0.5;  // Kalman filter [A: from re-implementations]
  double energy_budget_uj = 0;                                 // of objective error; 0: no bound
  double failure_accuracy_percent = 0;                         // of a result that is late
};

struct DreamSettings {
  double alpha = 1, beta = 1;  // of starvation and of energy, to start with
  double step = 0.5;           // of the probe of neighbours in [0, 2]²; halved when none is better [A]
  double window_ms = 1000;     // between probes [A]
  bool weigh_urgency = true;   // by how long the task is; false: as if all were as long as their mean
  bool drop_frames = true, switch_variants = true;
};

struct MocaSettings {
  bool throttle = true;
  double overload_percent = 150;  // Σ of utilisations above which tenants are throttled [S]
  double least_percent = 25;      // utilisation that every tenant keeps [S]
  int window_bursts = 64;         // of a throttle's window [A]
};

struct PremaSettings {
  double high = 9, medium = 3, low = 1;  // thresholds of tokens [S]
};

struct JointSettings {
  int buckets = 16;          // of equal width, between the least and the greatest time [A]
  double swap_share = 0.5;   // a swap may take that share of the slack of the requests it delays [A]
  double horizon_jobs = 20;  // or less than what so many jobs like the recent ones save [A]
  double forget = 0.01;      // how much of a slowdown is forgotten with each job [A]
  double average = 0.1;      // weight of the last job in the average of recent ones [A]
};

struct SchedulerSettings {
  StrictSettings strict;  // strict_accuracy and strict_latency
  SlackFitSettings slackfit;
  ClipperSettings clipper;
  AlertSettings alert;
  DreamSettings dream;
  MocaSettings moca;
  PremaSettings prema;
  JointSettings joint;
};

}  // namespace sushi
