// A query of the stream: when it arrives and what it asks for.
#pragma once

#include <cstdint>
#include <optional>

#include "sushi/core/units.hpp"

namespace sushi {

struct Query {
  std::int64_t id = 0;
  std::optional<Picoseconds> arrival;  // none: closed loop, arrives when the previous one has finished
  double accuracy_min_percent = 0;
  Picoseconds latency_max;
};

// Where queries come from, in order of arrival. Streams of any length: nothing is kept.
class QuerySource {
 public:
  virtual ~QuerySource() = default;
  // False at the end. A reader throws UserError at a bad record.
  virtual bool Next(Query& query) = 0;
};

}  // namespace sushi
