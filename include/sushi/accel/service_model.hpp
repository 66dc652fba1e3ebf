// What the scheduler's side of the code sees of the accelerator. Implemented by the SystemC
// simulation (sim) and by the kernel-free driver (accel); both give identical results.
#pragma once

#include <optional>

#include "sushi/accel/results.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {

class ServiceModel {
 public:
  virtual ~ServiceModel() = default;
  // One inference of SubNet `subnet` (an index into the SuperNet's SubNets) for `batch` inputs, from quiesced
  // state with `cached` in the Persistent Buffer. Batches the planner was not made for are an InternalError.
  virtual InferenceResult Infer(int subnet, const SubGraph& cached, int batch) = 0;
  InferenceResult Infer(int subnet, const SubGraph& cached) { return Infer(subnet, cached, 1); }
  // The time of such an inference alone, when that is much cheaper to get.
  virtual std::optional<Picoseconds> ServiceOnly(int /*subnet*/, const SubGraph& /*cached*/, int /*batch*/) {
    return std::nullopt;
  }
  std::optional<Picoseconds> ServiceOnly(int subnet, const SubGraph& cached) {
    return ServiceOnly(subnet, cached, 1);
  }
  // Replaces `from` by `to` in the Persistent Buffer: fetches to∖from, blocking.
  virtual SwapResult Swap(const SubGraph& from, const SubGraph& to) = 0;
  // One op by itself, from and to DRAM with nothing cached, after `host` cycles of the host's call.
  virtual LayerResult RunAlone(int subnet, int op, Cycles host) = 0;
};

}  // namespace sushi
