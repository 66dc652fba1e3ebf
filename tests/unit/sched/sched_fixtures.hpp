// Small SuperNets, tables and streams for the tests of the scheduler.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sushi/query/query.hpp"
#include "sushi/sched/latency_table.hpp"

namespace sushi::testing_support {

inline SubGraph Graph(std::vector<Rect> rects) {
  SubGraph graph;
  graph.rects = std::move(rects);
  return graph;
}

struct Row {
  double top1_percent;
  SubGraph vector;
  std::vector<int> latency_us;  // by column
};

// SubNets s0, s1, …; columns c0 (empty), c1, … with the given graphs.
inline LatencyTable Table(const std::vector<Row>& rows, const std::vector<SubGraph>& graphs) {
  std::vector<std::string> names;
  std::vector<double> top1;
  std::vector<SubGraph> vectors;
  std::vector<SubGraphColumn> columns;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    names.push_back("s" + std::to_string(i));
    top1.push_back(rows[i].top1_percent);
    vectors.push_back(rows[i].vector);
  }
  for (std::size_t i = 0; i < graphs.size(); ++i) columns.push_back({"c" + std::to_string(i), graphs[i]});
  LatencyTable table(names, top1, vectors, columns);
  for (int s = 0; s < table.subnets(); ++s) {
    for (int c = 0; c < table.columns(); ++c) {
      const Row& row = rows[static_cast<std::size_t>(s)];
      table.Set(s, c, Picoseconds(std::int64_t{row.latency_us[static_cast<std::size_t>(c)]} * 1'000'000));
    }
  }
  return table;
}

inline Picoseconds Us(std::int64_t us) { return Picoseconds(us * 1'000'000); }

inline Query Asking(double accuracy_min_percent, std::int64_t latency_max_us) {
  Query query;
  query.accuracy_min_percent = accuracy_min_percent;
  query.latency_max = Us(latency_max_us);
  return query;
}

class VectorSource : public QuerySource {
 public:
  explicit VectorSource(std::vector<Query> queries) : queries_(std::move(queries)) {}
  bool Next(Query& query) override {
    if (given_ == queries_.size()) return false;
    query = queries_[given_++];
    query.id = static_cast<std::int64_t>(given_) - 1;
    return true;
  }
  std::size_t given() const { return given_; }

 private:
  std::vector<Query> queries_;
  std::size_t given_ = 0;
};

// A weight-shared net with `depth` blocks of 1×1, 3×3, 1×1 and a classifier; SubNet i keeps
// (4 + i)/8 of each width and all but the last `subnets − 1 − i` blocks.
inline SuperNet SyntheticSuperNet(int blocks, int subnets, int width) {
  SuperNet net;
  net.name = "synthetic";
  for (int b = 0; b < blocks; ++b) {
    const int outer = width << (4 * b / blocks), inner = outer / 4;
    net.layers.push_back({"b" + std::to_string(b) + ".conv1", inner, outer, 1, 1, true});
    net.layers.push_back({"b" + std::to_string(b) + ".conv2", inner, inner, 3, 3, true});
    net.layers.push_back({"b" + std::to_string(b) + ".conv3", outer, inner, 1, 1, true});
  }
  net.layers.push_back({"classifier", 100, width * 8, 1, 1, false});
  for (int i = 0; i < subnets; ++i) {
    SubNet subnet;
    subnet.name = std::string(1, static_cast<char>('A' + i));
    const int kept = 3 * std::max(1, blocks - (subnets - 1 - i));
    for (int layer = 0; layer < static_cast<int>(net.layers.size()); ++layer) {
      const SuperNetLayer& full = net.layers[static_cast<std::size_t>(layer)];
      if (full.cacheable && layer >= kept) continue;
      Op op;
      op.supernet_layer = layer;
      op.kernels = std::max(1, full.max_kernels * (4 + i) / 8);
      op.channels = std::max(1, full.max_channels * (4 + i) / 8);
      op.kernel_h = full.kernel_h;
      op.kernel_w = full.kernel_w;
      subnet.ops.push_back(op);
    }
    net.subnets.push_back(subnet);
  }
  return net;
}

}  // namespace sushi::testing_support
