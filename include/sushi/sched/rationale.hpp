// Why a policy decided as it did, in its own words and numbers. Made by the policies themselves, from the
// functions they decide with, for `sushisim explain`.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sushi/sched/latency_table.hpp"

namespace sushi {

// The target of a query that a serving policy keeps before all others.
enum class StrictTarget { kUnknown, kAccuracy, kLatency };

struct ServingRationale {
  std::string rule;  // a sentence without its subject and full stop; empty: the policy does not say
  StrictTarget strict = StrictTarget::kUnknown;
  std::vector<bool> feasible;  // per SubNet; empty with the rule
};

// A column that a caching policy weighed.
struct WeighedColumn {
  SubGraphId column = kEmptySubGraphId;
  WideInt cost = 0;            // exact; the policy takes the least
  std::vector<double> values;  // what it is made of, for people: one of each measure
};

struct CachingRationale {
  std::string rule;                   // as above
  std::vector<std::string> measures;  // units in the names; the last one orders like the cost
  std::vector<WeighedColumn> weighed;
  bool keeps_on_tie = false;  // what is cached wins among equals; after that the lower column does
  // What the columns are compared with, where there is such a thing: per SuperNet layer kernels and channels.
  std::vector<std::array<double, 2>> wanted;
  std::string wanted_name;
};

// The indices of `weighed`, best first.
std::vector<std::size_t> Ranking(const CachingRationale& rationale, SubGraphId cached);

}  // namespace sushi
