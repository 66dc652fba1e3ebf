// What each (SubNet, cached SubGraph) costs. Memory and buffers are quiesced between queries, so the cost
// is a function of the pair: it is simulated once and looked up afterwards. With `exact` every call is
// simulated again and a result that differs from the first is an InternalError.
#pragma once

#include <memory>
#include <vector>

#include "sushi/accel/service_model.hpp"
#include "sushi/sched/latency_table.hpp"

namespace sushi {

class ServiceBook {
 public:
  // `columns` are the SubGraphs that may be cached; ids index them.
  ServiceBook(ServiceModel& model, int subnets, std::vector<SubGraphColumn> columns, bool exact);

  const InferenceResult& Infer(int subnet, SubGraphId cached);
  const SwapResult& Swap(SubGraphId from, SubGraphId to);
  // Looked up like the above, never simulated a second time.
  const InferenceResult& KnownInference(int subnet, SubGraphId cached);
  const SwapResult& KnownSwap(SubGraphId from, SubGraphId to);
  // KnownInference(subnet, cached).service, without its counters where the model can do that.
  Picoseconds KnownService(int subnet, SubGraphId cached);

 private:
  std::size_t InferIndex(int subnet, SubGraphId cached) const;
  std::size_t SwapIndex(SubGraphId from, SubGraphId to) const;

  ServiceModel& model_;
  std::vector<SubGraphColumn> columns_;
  bool exact_;
  std::vector<std::unique_ptr<InferenceResult>> inferences_;  // SubNets × columns
  std::vector<std::unique_ptr<SwapResult>> swaps_;            // columns × columns
};

// SushiAbs for these columns, with all latencies 0.
LatencyTable EmptyLatencyTable(const SuperNet& net, const std::vector<SubGraphColumn>& columns);

// SushiAbs for these columns: every SubNet with every SubGraph, simulated through the book.
LatencyTable BuildLatencyTable(const SuperNet& net, const std::vector<SubGraphColumn>& columns,
                               ServiceBook& book);

}  // namespace sushi
