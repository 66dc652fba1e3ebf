// The kernel-free driver made fast, with results that are the same to the last counter (property tests): on
// the simple memory periods of a layer are passed over, and layers that are alike are run once.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/service_model.hpp"

namespace sushi {

class FastAccelerator : public ServiceModel {
 public:
  // With a memory other than the simple one layers are shared between SubGraphs only.
  explicit FastAccelerator(const InferencePlanner& planner);
  ~FastAccelerator() override;
  FastAccelerator(const FastAccelerator&) = delete;
  FastAccelerator& operator=(const FastAccelerator&) = delete;

  InferenceResult Infer(int subnet, const SubGraph& cached) override;
  SwapResult Swap(const SubGraph& from, const SubGraph& to) override;
  LayerResult RunAlone(int subnet, int op, Cycles host) override;
  std::optional<Picoseconds> ServiceOnly(int subnet, const SubGraph& cached) override;

 private:
  // Ops whose cost is the same function of the cached rectangle.
  struct Kind {
    int subnet = 0, op = 0;  // the first of them
    std::vector<std::pair<Rect, LayerResult>> known;
  };

  const LayerResult& LayerOf(int subnet, int op, const SubGraph& cached);
  LayerResult RunLayer(const LayerPlan& plan, Cycles host);
  struct Engine;

  const InferencePlanner& planner_;
  std::unique_ptr<Engine> engine_;
  Cycles host_;
  std::vector<std::vector<int>> kind_of_;  // per SubNet and op: index into kinds_
  std::vector<Kind> kinds_;
};

}  // namespace sushi
