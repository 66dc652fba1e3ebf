// The accelerator without a simulation kernel: the same plans, the same timing rules and the same memory
// model as the SystemC modules, called in the order in which the modules' events happen. It exists to
// check the modules against (identical cycles and counters for any hardware) and for tests.
#pragma once

#include <memory>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/service_model.hpp"

namespace sushi {

class KernelFreeAccelerator : public ServiceModel {
 public:
  explicit KernelFreeAccelerator(const InferencePlanner& planner, std::unique_ptr<Memory> memory);

  using ServiceModel::Infer;
  InferenceResult Infer(int subnet, const SubGraph& cached, int batch) override;
  SwapResult Swap(const SubGraph& from, const SubGraph& to) override;
  // One layer by itself with the host's call cost.
  LayerResult RunAlone(int subnet, int op, Cycles host) override;

  LayerResult RunLayer(const LayerPlan& plan, Cycles host);

 private:
  const InferencePlanner& planner_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace sushi
