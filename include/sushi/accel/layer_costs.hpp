// What layers cost on one hardware and model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sushi/accel/results.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {

// FastAccelerators whose hardware differs at most in the size of the Persistent Buffer (accel.pb), which
// costs do not depend on, may share one, one after the other.
struct LayerCosts {
  // Ops whose cost is the same function of the cached rectangle.
  struct Kind {
    std::unordered_map<std::uint64_t, LayerResult> known;  // by Key(); never iterated
    const LayerResult* last = nullptr;                     // asked for, with last_key
    std::uint64_t last_key = 0;
  };
  static std::uint64_t Key(Rect rect) {
    return static_cast<std::uint64_t>(rect.kernels) << 32 | static_cast<std::uint32_t>(rect.channels);
  }

  std::vector<std::vector<int>> kind_of;  // per SubNet and op: index into kinds
  std::vector<Kind> kinds;
  std::size_t results = 0;  // Σ over kinds: a few hundred bytes each
};

}  // namespace sushi
