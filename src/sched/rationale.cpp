#include "sushi/sched/rationale.hpp"

#include <algorithm>
#include <numeric>

namespace sushi {

std::vector<std::size_t> Ranking(const CachingRationale& rationale, SubGraphId cached) {
  std::vector<std::size_t> order(rationale.weighed.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const WeighedColumn& left = rationale.weighed[a];
    const WeighedColumn& right = rationale.weighed[b];
    if (left.cost != right.cost) return left.cost < right.cost;
    const bool kept = rationale.keeps_on_tie && left.column != right.column;
    if (kept && (left.column == cached || right.column == cached)) return left.column == cached;
    return left.column < right.column;
  });
  return order;
}

}  // namespace sushi
