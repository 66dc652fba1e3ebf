// A SubGraph in result files: [kernels, channels] of every SuperNet layer.
#pragma once

#include <nlohmann/json.hpp>

#include "sushi/supernet/subgraph.hpp"

namespace sushi::report {

inline nlohmann::ordered_json RectsJson(const SubGraph& graph) {
  nlohmann::ordered_json rects = nlohmann::ordered_json::array();
  for (const Rect& rect : graph.rects) rects.push_back({rect.kernels, rect.channels});
  return rects;
}

}  // namespace sushi::report
