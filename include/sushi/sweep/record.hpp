// One record of a segment, a line of text:
//
//   HASH {"result":"ID","metrics":[CELL, …],"subnets":[[CELL, …], …]}
//   HASH {"failure":"ID","reason":"TEXT","attempt":N}
//
// HASH is XXH64 of the JSON as 16 hex digits. A line whose hash does not fit is no record. An integer cell is
// written without, a real one with a point or an exponent, so that they come back as they were; a real that
// is not finite is {"real":"inf"}.
#pragma once

#include <string>
#include <string_view>

#include "sushi/sweep/point.hpp"

namespace sushi::sweep {

// With the line feed. Bytes of a text that are not UTF-8 are replaced.
std::string ResultLine(const PointId& id, const PointResult& result);
std::string FailureLine(const PointId& id, const PointFailure& failure);

enum class RecordKind {
  kTorn,     // the hash does not fit: no record
  kUnknown,  // whole, but none of ours
  kResult,
  kFailure,
};

struct RecordHead {
  RecordKind kind = RecordKind::kTorn;
  PointId id;
  std::uint64_t hash = 0;
};

// `line` is without its line feed.
RecordHead ReadHead(std::string_view line);
// For a line whose head says so; InternalError when it is not as above.
std::vector<Cell> ReadMetrics(std::string_view line);  // of a result, without its SubNets
PointResult ReadResult(std::string_view line);
PointFailure ReadFailure(std::string_view line);

}  // namespace sushi::sweep
