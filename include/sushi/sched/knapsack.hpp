// The multiple-choice knapsack: at most one option of every class, most benefit in a capacity. What the
// candidates by benefit per byte are made with: a class is a layer, its options are rectangles.
#pragma once

#include <vector>

#include "sushi/core/units.hpp"

namespace sushi {

struct KnapsackOption {
  Bytes bytes;
  WideInt benefit = 0;  // below 2^75, so that a product with bytes fits
};

// The index of the option taken of each class, −1 for none. Greedy along each class's concave hull, most
// benefit per byte first, then whatever still improves with the bytes left over: at least the optimum less
// the benefit of one step of a hull. Options without benefit are not taken. Ties: the lower class, then
// the lower option. Integers only.
std::vector<int> SolveKnapsack(const std::vector<std::vector<KnapsackOption>>& classes, Bytes capacity);

}  // namespace sushi
