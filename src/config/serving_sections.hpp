// The sections `accelerators` and `tenants`: readers that know nothing of the other keys, and what their
// entries mean together with them.
#pragma once

#include <string>
#include <vector>

#include "sushi/config/experiment.hpp"

namespace sushi::config {

class FileHashes;

// Ranges of the sections' numbers; the schemas state the same.
inline constexpr std::int64_t kMaxClockMhz = 10'000, kMaxThrottle = 1'000'000'000, kMaxPriority = 1000;
inline constexpr double kLeastEnergyScale = 0.001, kMaxEnergyScale = 1000, kMaxMilliwatts = 1e9;
inline constexpr double kLeastMicros = 0.001, kMaxMicros = 1e12;
inline constexpr std::size_t kMaxConditions = 16;  // of a group, and groups of a tenant

// UserError with the entry's line: an unknown key, a value out of range, values that contradict each other
// within the section, more than kMaxAccelerators or kMaxTenants.
std::vector<AcceleratorEntry> ReadAccelerators(const Node& section);
std::vector<TenantEntry> ReadTenants(const Node& section);

// Dělen's conditions: a list of groups of texts like "response_us <= 30000". UserError also for a group that
// can never hold.
Conditions ReadConditions(const Node& node, const std::string& path);
std::string ConditionText(const Condition& condition);

// Keys below `map`, which stands for the field table's `section`, each read once and so checked.
void ReadOverrides(const Node& map, const std::string& section, std::vector<Override>& overrides);

HardwareConfig HardwareOf(const Experiment& experiment, const AcceleratorEntry& entry);
TraceConfig TraceOf(const Experiment& experiment, const TenantEntry& entry);

// A line of what the sections say, without what is at its default.
struct SectionLine {
  std::string key;  // "tenants[0].slo_us"
  std::string value;
  const TenantModel* model = nullptr;  // the value is its path
  bool is_path = false;                // of another file
};
std::vector<SectionLine> AcceleratorLines(const ServingConfig& serving);
std::vector<SectionLine> TenantLines(const Experiment& experiment);
// "KEY: VALUE" lines, the text that identifies the lines; "" for none. Models count by their content, and
// other files too when `files` is given.
std::string CanonicalLines(const std::vector<SectionLine>& lines, FileHashes* files);

}  // namespace sushi::config
