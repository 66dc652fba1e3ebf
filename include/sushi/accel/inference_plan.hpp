// What one inference or PB swap consists of, for both engines: where activations live, where everything
// lies in DRAM, one LayerPlan per op, the transfers of a swap.
#pragma once

#include <memory>
#include <vector>

#include "sushi/accel/layer_plan.hpp"
#include "sushi/accel/placement.hpp"
#include "sushi/accel/unit_timing.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {

// One transaction of a swap: what of a kernel tile the new SubGraph holds and the old one did not.
struct SwapPart : FetchPart {
  int layer = 0;  // of the SuperNet
  int first_kernel = 0, kernels = 0, channels = 0;
  int held_kernels = 0, held_channels = 0;  // the corner that is there already
};

inline constexpr int kMostBatch = 1024;

struct PlannerOptions {
  int max_batch = 1;  // 1 to kMostBatch: inputs of the largest batch
  // Accelerators that serve the SuperNet share its weights in DRAM; each has a region of activations of its
  // own.
  int instance = 0, instances = 1;
  std::uint64_t first_address = 0;  // of all that the SuperNet has in DRAM
  // Of one instance's region; 0: as many as this one needs. Where arrays differ in size, the largest
  // ActivationBytes() of all.
  std::uint64_t region_bytes = 0;
};

// Bytes in DRAM for the activations of any SubNet in batches of up to `max_batch`.
std::uint64_t ActivationBytes(const HardwareConfig& hw, const SuperNet& net, int max_batch);

// UserError when a bank-level memory ends before `end_address`: a run would find it out only when it comes
// there.
void CheckMemoryHolds(const HardwareConfig& hw, std::uint64_t end_address);

class InferencePlanner {
 public:
  // Places the activations of every SubNet for every batch of up to `max_batch`. `hw` and `net` must outlive
  // the planner. UserError when a SubNet cannot run on the hardware or `max_batch` is out of range.
  InferencePlanner(const HardwareConfig& hw, const SuperNet& net, const PlannerOptions& options = {});

  const HardwareConfig& hw() const { return hw_; }
  const SuperNet& net() const { return net_; }
  const SubNet& subnet(int index) const { return net_.subnets[static_cast<std::size_t>(index)]; }

  // UserError when `cached` does not fit the PB.
  void CheckFits(const SubGraph& cached) const;
  // `batch` is 1 to max_batch(); InternalError otherwise.
  LayerPlan PlanOp(int subnet, int op, const SubGraph& cached, int batch = 1) const;
  int max_batch() const { return static_cast<int>(placements_.size()); }
  // Activations that are on chip after `op` has run and that a later op reads (P2, B1): what a preemption
  // there would have to save and restore. 0 after the last op.
  Bytes KeptAfter(int subnet, int op, int batch) const;
  // The op from and to DRAM with nothing cached, as the board was measured.
  LayerPlan PlanAlone(int subnet, int op) const;
  // Fetches of to∖from, a kernel tile at a time.
  std::vector<SwapPart> PlanSwap(const SubGraph& from, const SubGraph& to) const;
  Cycles HostCycles(double layer_call_us) const;

  // Where things lie in DRAM.
  LayerAddresses AddressesOf(int subnet, const Op& op) const;
  std::uint64_t WeightBase(int layer) const { return weight_base_[static_cast<std::size_t>(layer)]; }
  std::uint64_t TensorBase(int tensor) const {
    return activation_base_ + static_cast<std::uint64_t>(tensor) * tensor_stride_;
  }
  std::uint64_t end_address() const { return end_address_; }  // behind all instances' activations
  // Channels of a tensor that lie together: a kernel tile of the op that makes it.
  int TensorGroup(int subnet, int tensor) const {
    return tensor_group_[static_cast<std::size_t>(subnet)][static_cast<std::size_t>(tensor)];
  }

 private:
  const OpPlacement& PlacementOf(int subnet, int op, int batch) const;
  void CheckPlans(int batch) const;

  const HardwareConfig& hw_;
  const SuperNet& net_;
  std::vector<std::vector<std::vector<OpPlacement>>> placements_;  // per batch from 1, SubNet and op
  std::vector<std::uint64_t> weight_base_;                         // per SuperNet layer
  std::vector<std::uint64_t> quant_base_;
  std::vector<std::vector<int>> tensor_group_;  // per SubNet and tensor
  std::uint64_t activation_base_ = 0;
  std::uint64_t tensor_stride_ = 0;
  std::uint64_t end_address_ = 0;
};

}  // namespace sushi
