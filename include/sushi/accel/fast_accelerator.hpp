// The kernel-free driver made fast, with results that are the same to the last counter (property tests): on
// the simple memory periods of a layer are passed over, and layers that are alike are run once.
#pragma once

#include <memory>
#include <vector>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/layer_costs.hpp"
#include "sushi/accel/service_model.hpp"

namespace sushi {

class FastAccelerator : public ServiceModel {
 public:
  // With a memory other than the simple one layers are shared between SubGraphs only.
  explicit FastAccelerator(const InferencePlanner& planner,
                           std::shared_ptr<LayerCosts> costs = std::make_shared<LayerCosts>());
  ~FastAccelerator() override;
  FastAccelerator(const FastAccelerator&) = delete;
  FastAccelerator& operator=(const FastAccelerator&) = delete;

  using ServiceModel::Infer;
  using ServiceModel::ServiceOnly;
  InferenceResult Infer(int subnet, const SubGraph& cached, int batch) override;
  SwapResult Swap(const SubGraph& from, const SubGraph& to) override;
  LayerResult RunAlone(int subnet, int op, Cycles host) override;
  std::optional<Picoseconds> ServiceOnly(int subnet, const SubGraph& cached, int batch) override;

 private:
  void FindKinds(int batch);
  LayerCosts::Kind& KindOf(int subnet, int op, int batch);
  LayerCosts::Known& LayerOf(LayerCosts::Kind& kind, Rect used);
  const LayerResult& ResultOf(int subnet, int op, const SubGraph& cached, int batch);
  static LayerResult Assemble(const LayerPlan& plan, Cycles host, const LayerTimes& times);
  struct Engine;

  const InferencePlanner& planner_;
  std::unique_ptr<Engine> engine_;
  Cycles host_;
  std::shared_ptr<LayerCosts> costs_;
};

}  // namespace sushi
