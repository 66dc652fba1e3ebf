// The controller of SushiAccel: steps the blocks through the units of a layer. It waits and issues; every
// time it waits for comes from accel/unit_timing.hpp or from a DMA engine.
#pragma once

#include <deque>
#include <systemc>
#include <vector>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/functional/dram_content.hpp"
#include "sushi/hw/dma_engine.hpp"

namespace sushi {

class SushiAccel;

// What the host may ask for. Each call blocks the caller's process until the work is done.
class AcceleratorInterface : public virtual sc_core::sc_interface {
 public:
  virtual LayerResult RunLayer(const LayerPlan& plan, Cycles host, int layer) = 0;
  virtual SwapResult Swap(const SubGraph& to) = 0;
  // Data, in no time; nothing happens in a run without. The weights get into DRAM; parameters, image and
  // register settings of a SubNet; its result is read and reported.
  virtual void LoadModel() = 0;
  virtual void BeginInference(int subnet) = 0;
  virtual void EndInference(int subnet) = 0;
  virtual const SubGraph& cached() const = 0;
};

class Controller : public sc_core::sc_module, public AcceleratorInterface {
 public:
  // `blocks` is the accelerator it belongs to.
  Controller(const sc_core::sc_module_name& name, const InferencePlanner& planner, SushiAccel& blocks);

  LayerResult RunLayer(const LayerPlan& plan, Cycles host, int layer) override;
  SwapResult Swap(const SubGraph& to) override;
  void LoadModel() override;
  void BeginInference(int subnet) override;
  void EndInference(int subnet) override;
  const SubGraph& cached() const override;

  // Between layers, without data: plans of another SuperNet, or of this accelerator at another clock.
  // `cached` is what the PB holds of it.
  void Use(const InferencePlanner& planner, const SubGraph& cached);
  // Activations of a preempted inference to DRAM, or back.
  SwapResult MoveActivations(Bytes bytes, bool save);

 private:
  using FetchedUnit = std::vector<const Transfer*>;

  void BeginLayer();
  void CountMemory();
  Cycles RunUnit(const LayerPlan& plan, int index, Cycles begin, int layer);
  void HoldBuffers(const LayerPlan& plan, const Unit& unit);
  void Prefetch(const LayerPlan& plan, int index, int layer);
  UnitFetch AwaitFetch(const FetchedUnit& fetched);
  Cycles AwaitDone(DmaEngine& dma, const Transfer& transfer);
  const Transfer& Load(DmaEngine& dma, const LinkSpeed& speed, Traffic role, std::uint64_t address,
                       Bytes bytes, int layer, int unit, const DataTransfer* data);
  DramAccess Untimed(bool write);
  // What `step` of the data path says; null in a run without data.
  template <typename Step>
  const DataTransfer* Data(Step step);

  const InferencePlanner* planner_;
  SushiAccel& blocks_;
  ClockDomain clock_;
  LinkSpeed weight_speed_, iact_speed_, oact_speed_;
  std::deque<FetchedUnit> fetched_;
  std::vector<FetchPart> parts_;
  const Transfer* quant_params_ = nullptr;
  const Transfer* write_back_ = nullptr;
  LayerResult result_;
};

}  // namespace sushi
