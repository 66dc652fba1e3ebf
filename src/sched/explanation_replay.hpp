// A stream served up to what is to be explained, watched from the outside.
#pragma once

#include <optional>

#include "sushi/sched/explanation.hpp"

namespace sushi {

struct Replay {
  struct Goal {
    std::optional<std::int64_t> query;     // none: as far as the first swap
    std::optional<std::int64_t> decision;  // its number
  };

  std::optional<std::int64_t> first, first_swap;  // queries
  std::optional<std::int64_t> below, above;       // the queries beside the goal's, as far as served
  std::optional<QueryRecord> record;              // of the goal's query; none: there is no such query
  std::int64_t position = 0;
  std::optional<Residence> residence;
  // Numbers: of the last one before the goal's query was served, and of the one that follows it at once.
  std::optional<std::int64_t> decision_before, decision_at;
  std::optional<std::int64_t> decision_below, decision_above;  // queries that one follows, beside the goal's
  std::optional<DecisionExplanation> decision;                 // the goal's, without costs
};

Replay Serve(const ExplainedStream& stream, const Replay::Goal& goal);

}  // namespace sushi
