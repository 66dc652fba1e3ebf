#include "sushi/sched/service_book.hpp"

#include <utility>

#include "sushi/core/error.hpp"

namespace sushi {

ServiceBook::ServiceBook(ServiceModel& model, int subnets, std::vector<SubGraphColumn> columns, bool exact)
    : model_(model),
      columns_(std::move(columns)),
      exact_(exact),
      inferences_(static_cast<std::size_t>(subnets) * columns_.size()),
      swaps_(columns_.size() * columns_.size()) {}

std::size_t ServiceBook::InferIndex(int subnet, SubGraphId cached) const {
  return static_cast<std::size_t>(subnet) * columns_.size() + static_cast<std::size_t>(cached);
}

std::size_t ServiceBook::SwapIndex(SubGraphId from, SubGraphId to) const {
  return static_cast<std::size_t>(from) * columns_.size() + static_cast<std::size_t>(to);
}

const InferenceResult& ServiceBook::KnownInference(int subnet, SubGraphId cached) {
  auto& known = inferences_[InferIndex(subnet, cached)];
  if (known == nullptr) {
    known = std::make_unique<InferenceResult>(
        model_.Infer(subnet, columns_[static_cast<std::size_t>(cached)].graph));
  }
  return *known;
}

Picoseconds ServiceBook::KnownService(int subnet, SubGraphId cached) {
  if (inferences_[InferIndex(subnet, cached)] == nullptr) {
    const auto service = model_.ServiceOnly(subnet, columns_[static_cast<std::size_t>(cached)].graph);
    if (service.has_value()) return *service;
  }
  return KnownInference(subnet, cached).service;
}

const InferenceResult& ServiceBook::Infer(int subnet, SubGraphId cached) {
  const InferenceResult& known = KnownInference(subnet, cached);
  if (exact_) {
    const InferenceResult again = model_.Infer(subnet, columns_[static_cast<std::size_t>(cached)].graph);
    if (again.service != known.service || !(again.layers == known.layers)) {
      throw InternalError("an inference's cost is not a function of SubNet and cached SubGraph");
    }
  }
  return known;
}

const SwapResult& ServiceBook::KnownSwap(SubGraphId from, SubGraphId to) {
  auto& known = swaps_[SwapIndex(from, to)];
  if (known == nullptr) {
    known = std::make_unique<SwapResult>(model_.Swap(columns_[static_cast<std::size_t>(from)].graph,
                                                     columns_[static_cast<std::size_t>(to)].graph));
  }
  return *known;
}

const SwapResult& ServiceBook::Swap(SubGraphId from, SubGraphId to) {
  const SwapResult& known = KnownSwap(from, to);
  if (exact_) {
    const SwapResult again = model_.Swap(columns_[static_cast<std::size_t>(from)].graph,
                                         columns_[static_cast<std::size_t>(to)].graph);
    if (again.duration != known.duration || !(again.total == known.total)) {
      throw InternalError("a swap's cost is not a function of the two SubGraphs");
    }
  }
  return known;
}

LatencyTable EmptyLatencyTable(const SuperNet& net, const std::vector<SubGraphColumn>& columns) {
  std::vector<std::string> names;
  std::vector<double> top1;
  std::vector<SubGraph> vectors;
  for (const SubNet& subnet : net.subnets) {
    names.push_back(subnet.name);
    top1.push_back(subnet.top1_percent);
    vectors.push_back(SubGraphOf(net, subnet));
  }
  return LatencyTable(std::move(names), std::move(top1), std::move(vectors), columns);
}

LatencyTable BuildLatencyTable(const SuperNet& net, const std::vector<SubGraphColumn>& columns,
                               ServiceBook& book) {
  LatencyTable table = EmptyLatencyTable(net, columns);
  for (int column = 0; column < table.columns(); ++column) {
    for (int subnet = 0; subnet < table.subnets(); ++subnet) {
      table.Set(subnet, column, book.KnownService(subnet, column));
    }
  }
  return table;
}

}  // namespace sushi
