// What an experiment says about the serving system: the keys `serving.*`, and the sections `accelerators` and
// `tenants` as written. What they mean together with the other keys is a ServingPlan (serving.hpp).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sushi/config/tree.hpp"
#include "sushi/serving/profile.hpp"
#include "sushi/serving/request.hpp"

namespace sushi::config {

inline constexpr int kMaxAccelerators = 64;  // in all
inline constexpr int kMaxTenants = 64;
inline constexpr int kMaxLevels = 16;
inline constexpr std::int64_t kMaxFrames = std::int64_t{1} << 40;

enum class ServingEngine { kNone, kTlm, kApproximate };

// At most `bursts` DRAM bursts begin in each window; 0: no limit.
struct ThrottleConfig {
  std::int64_t bursts = 0, window_cycles = 0;
};

// An entry of `accelerators`: `count` of the same type.
struct AcceleratorEntry {
  std::string name;  // unique
  std::int64_t count = 1;
  std::vector<Override> accel;     // keys accel.*, each checked by itself; the others are the experiment's
  std::vector<PowerLevel> levels;  // empty: one, made of the type's clock and energy.static_power_mw
  ThrottleConfig throttle;
  SourceMark mark, levels_mark;
};

// A model file of a tenant: its `supernet` section, not yet read.
struct TenantModel {
  std::string path;
  Node section;
};

// Frames that arrive at offset, offset + period, …
struct PeriodicFrames {
  std::int64_t frames = 1;
  Picoseconds period, offset;
};

// An entry of `tenants`. Frames come from its trace, periodically or, with a parent, in a cascade.
struct TenantEntry {
  std::string name;                          // unique
  std::shared_ptr<const TenantModel> model;  // null: the experiment's supernet
  std::int64_t priority = 1;
  std::optional<Picoseconds> slo;
  std::optional<double> accuracy_min_percent;
  std::vector<Override> trace;  // keys trace.*; the others are the experiment's
  std::optional<PeriodicFrames> periodic;
  int after = -1;  // index of the parent
  Conditions conditions;
  SourceMark mark;
};

struct ServingConfig {
  ServingEngine engine = ServingEngine::kNone;  // kNone: SUSHI's stream on one accelerator
  std::int64_t accelerators = 0;                // identical ones; 0: those of the section, else one
  std::int64_t queue_limit = 1000;
  std::int64_t max_batch = 16;
  std::int64_t check_frames = 500;      // of the approximate engine, against tlm
  std::vector<AcceleratorEntry> types;  // empty: no section
  std::vector<TenantEntry> tenants;     // empty: no section
};

}  // namespace sushi::config
