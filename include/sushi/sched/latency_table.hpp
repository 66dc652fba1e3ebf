// SushiAbs: L[SubNet][SubGraph], the service time of each SubNet with each SubGraph cached. Column 0
// is the empty SubGraph (cold Persistent Buffer, or none); the candidates follow.
#pragma once

#include <string>
#include <vector>

#include "sushi/core/units.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {

using SubGraphId = int;
inline constexpr SubGraphId kEmptySubGraphId = 0;

struct SubGraphColumn {
  std::string name;  // "empty", "F.window3", …
  SubGraph graph;
};

class LatencyTable {
 public:
  LatencyTable(std::vector<std::string> subnets, std::vector<double> top1_percent,
               std::vector<SubGraph> subnet_vectors, std::vector<SubGraphColumn> columns);

  int subnets() const { return static_cast<int>(names_.size()); }
  int columns() const { return static_cast<int>(columns_.size()); }
  const std::string& SubNetName(int subnet) const { return names_[static_cast<std::size_t>(subnet)]; }
  double Top1Percent(int subnet) const { return top1_percent_[static_cast<std::size_t>(subnet)]; }
  const SubGraph& SubNetVector(int subnet) const { return vectors_[static_cast<std::size_t>(subnet)]; }
  const SubGraphColumn& Column(SubGraphId id) const { return columns_[static_cast<std::size_t>(id)]; }
  SubGraphId FindColumn(const SubGraph& graph) const;  // kNone when absent

  Picoseconds At(int subnet, SubGraphId id) const {
    return latency_[static_cast<std::size_t>(subnet) * columns_.size() + static_cast<std::size_t>(id)];
  }
  void Set(int subnet, SubGraphId id, Picoseconds latency) {
    latency_[static_cast<std::size_t>(subnet) * columns_.size() + static_cast<std::size_t>(id)] = latency;
  }

 private:
  std::vector<std::string> names_;
  std::vector<double> top1_percent_;
  std::vector<SubGraph> vectors_;
  std::vector<SubGraphColumn> columns_;
  std::vector<Picoseconds> latency_;  // row-major, SubNets × columns
};

}  // namespace sushi
