// Everything `sushisim run` reports: terminal summary, and the files of its directory but manifest.json.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>
#include <tuple>

#include "sushi/accel/hardware.hpp"
#include "sushi/energy/energy.hpp"
#include "sushi/sched/stream_run.hpp"

namespace sushi::report {

// What a result stands for; another identity is another result, not a regression.
struct Identity {
  std::string configuration_hash, hardware_hash, model_hash, trace_hash;
};

struct RunReport {
  const HardwareConfig* hardware = nullptr;
  const SuperNet* net = nullptr;
  const LatencyTable* table = nullptr;
  const EnergyTable* energy = nullptr;
  std::string policy, caching, trace;
  Identity identity;
  StreamResult result;
  StreamResult no_pb;  // the same stream and policy without a Persistent Buffer
  ServiceBook* book = nullptr;
};

void PrintSummary(const RunReport& report, std::ostream& out);
nlohmann::ordered_json SummaryJson(const RunReport& report);

// queries.csv, row by row. The header is written at once.
class QueryTable {
 public:
  QueryTable(const LatencyTable& table, const EnergyTable& energy, ServiceBook& book, std::ostream& out);
  // `book` has simulated the query. Its bytes and energy are the inference's and those of the swap before it,
  // static power over both; so the rows sum to the run's, but for static power while nothing runs.
  void Write(const QueryRecord& record);

 private:
  const std::string& Costs(const QueryRecord& record);

  const LatencyTable& table_;
  const EnergyTable& energy_;
  ServiceBook& book_;
  std::ostream& out_;
  std::map<std::tuple<int, SubGraphId, SubGraphId>, std::string> costs_;  // cells by SubNet, swap from and to
};

// One row for each op of every (SubNet, cached SubGraph) that served a query; in the second, of the stream
// without a Persistent Buffer.
void WriteLayers(const RunReport& report, std::ostream& out);
void WriteLayersNoPb(const RunReport& report, std::ostream& out);

// model.json: the SuperNet's layers, each SubNet's and each occurring SubGraph's rectangle [K, C] of every
// layer, the peaks of array, memory and ports.
void WriteModel(const RunReport& report, std::ostream& out);

// Why the SubNet was chosen, as a name and in words.
const char* ReasonName(ChoiceReason reason);
std::string ReasonText(const QueryRecord& record);

}  // namespace sushi::report
