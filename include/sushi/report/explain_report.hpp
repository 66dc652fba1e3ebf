// What `sushisim explain` says: the reasons of one query or one caching decision, for people and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ostream>
#include <string>

#include "sushi/accel/hardware.hpp"
#include "sushi/sched/explanation.hpp"

namespace sushi::report {

struct ExplainReport {
  const HardwareConfig* hardware = nullptr;
  const SuperNet* net = nullptr;
  const LatencyTable* table = nullptr;
  std::string policy, caching, trace;  // caching: `none` without anything to cache
  LatencyBasis basis = LatencyBasis::kService;
  int period_queries = 1;
  std::optional<QueryExplanation> query;
  std::optional<DecisionExplanation> decision;  // without a query the one asked for
  // With a query: its inference as it was, and with nothing cached.
  const InferenceResult* served = nullptr;
  const InferenceResult* uncached = nullptr;
  bool all_layers = false;  // else the text shows the five where caching matters most
};

void PrintExplanation(const ExplainReport& report, std::ostream& out);
nlohmann::ordered_json ExplanationJson(const ExplainReport& report);

}  // namespace sushi::report
