// What `sushisim run` reports of a serving system: terminal summary, summary.json, queries.csv, jobs.csv. The
// metrics are defined in docs/serving.md.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sushi/report/run_report.hpp"
#include "sushi/serving/metrics.hpp"

namespace sushi::report {

struct AcceleratorLabel {
  std::string name, type;
};

// Who is who. Names of tenants are of one each, and so are those of accelerators.
struct ServingNames {
  const Profile* profile = nullptr;
  std::vector<Tenant> tenants;
  std::vector<std::string> models;  // by the profile's index
  std::vector<AcceleratorLabel> accelerators;
};

// Approximate against tlm on the same requests; 0.01 is one percent more than tlm says.
struct ApproximateError {
  std::int64_t requests = 0;
  double mean_response = 0, p99_response = 0;  // relative
  double attainment = 0;                       // difference
  double energy = 0;                           // relative
};
ApproximateError ErrorAgainstTlm(const ServingMetrics& approximate, const ServingMetrics& tlm);

struct ServingReport {
  ServingNames names;
  ServingMetrics metrics;
  std::string scheduler, caching;
  bool hypothetical = false;  // a device's capacity was not enforced
  std::string engine;         // "tlm" or "approximate"
  std::string trace;          // what asks, for people
  std::int64_t queue_limit = 0;
  Identity identity;
  std::vector<std::pair<std::string, std::uint64_t>> seeds;  // of whom or what, each name once
  std::string energy_table;
  std::optional<ApproximateError> error;
  bool BeyondCapacity() const { return metrics.offered_per_s > metrics.capacity_per_s; }
};

void PrintServingSummary(const ServingReport& report, std::ostream& out);
nlohmann::ordered_json ServingSummaryJson(const ServingReport& report);

// A column of a table. What has no value for a row is an empty cell.
struct ServingColumn {
  std::string name;
  const char* type;  // JSON Schema's: string, integer, number
  bool optional = false;
};
std::vector<ServingColumn> ServingQueryColumns();
std::vector<ServingColumn> ServingJobColumns();

// queries.csv: a row for each request, in the order of their ends. The header is written at once.
class ServingQueryTable {
 public:
  // `names` outlives the table.
  ServingQueryTable(const ServingNames& names, std::ostream& out);
  void Write(const RequestRecord& record);

 private:
  const ServingNames& names_;
  std::ostream& out_;
};

// jobs.csv: a row for each job, in the order of their ends. Energy is dynamic.
class ServingJobTable {
 public:
  // What is handed over outlives the table.
  ServingJobTable(const ServingNames& names, const EnergyTable& energy, std::ostream& out);
  void Write(const JobRecord& record);

 private:
  const ServingNames& names_;
  const EnergyTable& energy_;
  std::ostream& out_;
};

}  // namespace sushi::report
