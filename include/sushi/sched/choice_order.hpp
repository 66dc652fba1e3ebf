// The tie-breaks every serving policy shares: strict orders over the SubNets under one cached column.
#pragma once

#include "sushi/sched/latency_table.hpp"

namespace sushi {

// Least latency, then most accurate, then lower index.
inline bool FasterThan(const LatencyTable& table, SubGraphId cached, int a, int b) {
  const Picoseconds latency_a = table.At(a, cached), latency_b = table.At(b, cached);
  if (latency_a != latency_b) return latency_a < latency_b;
  if (table.Top1Percent(a) != table.Top1Percent(b)) return table.Top1Percent(a) > table.Top1Percent(b);
  return a < b;
}

// Most accurate, then least latency, then lower index.
inline bool MoreAccurateThan(const LatencyTable& table, SubGraphId cached, int a, int b) {
  if (table.Top1Percent(a) != table.Top1Percent(b)) return table.Top1Percent(a) > table.Top1Percent(b);
  return FasterThan(table, cached, a, b);
}

}  // namespace sushi
