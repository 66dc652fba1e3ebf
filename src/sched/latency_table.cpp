#include "sushi/sched/latency_table.hpp"

#include <utility>

#include "sushi/core/error.hpp"

namespace sushi {

LatencyTable::LatencyTable(std::vector<std::string> subnets, std::vector<double> top1_percent,
                           std::vector<SubGraph> subnet_vectors, std::vector<SubGraphColumn> columns)
    : names_(std::move(subnets)),
      top1_percent_(std::move(top1_percent)),
      vectors_(std::move(subnet_vectors)),
      columns_(std::move(columns)),
      latency_(names_.size() * columns_.size()) {
  if (names_.empty() || top1_percent_.size() != names_.size() || vectors_.size() != names_.size()) {
    throw InternalError("a latency table needs a name, an accuracy and a vector for each SubNet");
  }
  if (columns_.empty()) throw InternalError("a latency table needs the empty SubGraph as column 0");
  for (const Rect& rect : columns_.front().graph.rects) {
    if (rect != Rect{}) throw InternalError("column 0 of a latency table is not the empty SubGraph");
  }
}

SubGraphId LatencyTable::FindColumn(const SubGraph& graph) const {
  for (SubGraphId id = 0; id < columns(); ++id) {
    if (Column(id).graph == graph) return id;
  }
  return kNone;
}

}  // namespace sushi
