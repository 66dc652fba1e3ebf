// What a sweep knows of its points: an identity, a place in the plan, and what they gave.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sushi/report/result_table.hpp"

namespace sushi::sweep {

using report::Cell;

// A content hash of 128 bit. Points of equal id are one point in the store.
struct PointId {
  std::uint64_t high = 0, low = 0;

  static PointId Parse(const std::string& hex);  // 32 lower-case hex digits, else InternalError
  std::string Hex() const;
};
inline bool operator==(const PointId& a, const PointId& b) { return a.high == b.high && a.low == b.low; }
inline bool operator!=(const PointId& a, const PointId& b) { return !(a == b); }
inline bool operator<(const PointId& a, const PointId& b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}

struct PointKey {
  std::int64_t index = 0;  // in the plan
  std::string id;          // 32 hex digits
};

// Cells in the order of the sweep's metric columns; for each SubNet, those of its SubNet columns.
struct PointResult {
  std::vector<Cell> metrics;
  std::vector<std::vector<Cell>> subnets;
};

// Why a point has no result.
struct PointFailure {
  std::string reason;
  int attempt = 1;  // how often it was tried in the run that gave up
};

// A part of the plan, the same split everywhere, with no coordinator: blocks of neighbours, which share
// simulations, dealt out in turn. A block is at most 64 points and an eighth of a shard; shards differ by one
// point at most.
struct Shard {
  std::int64_t index = 1, count = 1;

  static Shard Parse(const std::string& text);               // "2/8"; UserError unless 1 <= 2 <= 8
  std::vector<std::int64_t> Points(std::int64_t all) const;  // of a plan of `all`, in its order
};

}  // namespace sushi::sweep
