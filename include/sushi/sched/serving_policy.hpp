// Which SubNet serves a query. One .cpp per policy, registered in src/sched/registry.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sushi/query/query.hpp"
#include "sushi/sched/latency_table.hpp"
#include "sushi/sched/rationale.hpp"

namespace sushi {

enum class ChoiceReason {
  kFastestFeasible,       // STRICT_ACCURACY: least latency among those accurate enough
  kMostAccurateFallback,  // STRICT_ACCURACY: none is accurate enough
  kMostAccurateFeasible,  // STRICT_LATENCY: most accurate among those fast enough
  kFastestFallback,       // STRICT_LATENCY: none is fast enough
};

struct Choice {
  int subnet = 0;
  ChoiceReason reason = ChoiceReason::kFastestFeasible;
  int feasible = 0;  // how many SubNets met the strict target
};

// Contract. Inputs: the query, the column that is cached now, SushiAbs. Must not keep state that
// depends on anything but its own earlier calls, must not touch the clock, files or random numbers.
// Same inputs in the same order give the same choices. Tie-break: equal latency → more accurate;
// equal accuracy → faster; then the lower SubNet index. Never fails: with no feasible SubNet it
// returns the best effort in the strict dimension with feasible = 0.
class ServingPolicy {
 public:
  virtual ~ServingPolicy() = default;
  virtual Choice Choose(const Query& query, SubGraphId cached, const LatencyTable& table) const = 0;
  // The rule by which Choose() answers these inputs, and which SubNets it calls feasible.
  virtual ServingRationale Explain(const Query& /*query*/, SubGraphId /*cached*/,
                                   const LatencyTable& /*table*/) const {
    return {};
  }
};

using ServingPolicyFactory = std::function<std::unique_ptr<ServingPolicy>()>;
// Adds a policy of somebody else's, before any configuration is read. InternalError: the name is taken, or is
// not made of a to z, 0 to 9 and _.
void RegisterServingPolicy(const std::string& name, ServingPolicyFactory make);
std::vector<std::string> ServingPolicyNames();                              // registration order
std::unique_ptr<ServingPolicy> MakeServingPolicy(const std::string& name);  // nullptr: unknown

}  // namespace sushi
