// One layer step by step without a kernel: what the modules keep as state, in the order their events happen.
// What is awaited lies before whatever is issued afterwards. `Dma` is how a DMA engine reaches its memory.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "sushi/accel/layer_plan.hpp"
#include "sushi/accel/unit_timing.hpp"

namespace sushi {

template <typename Dma>
class LayerRun {
 public:
  using Ticket = typename Dma::Ticket;

  template <typename Memory>
  LayerRun(const HardwareConfig& hw, Memory& memory)
      : hw_(hw),
        weights_(hw, hw.accel.axi.weight_ports, 0, memory, result_.counters,
                 &Counters::weight_dma_busy_cycles),
        iacts_(hw, hw.accel.axi.iact_ports, 1, memory, result_.counters, &Counters::iact_dma_busy_cycles),
        oacts_(hw, hw.accel.axi.oact_ports, 2, memory, result_.counters, &Counters::oact_dma_busy_cycles) {}

  // The memory is as new. `plan` must outlive the run.
  void Begin(const LayerPlan& plan, Cycles host) {
    plan_ = &plan;
    result_ = LayerResult();
    weights_.Reset();
    iacts_.Reset();
    oacts_.Reset();
    first_coming_ = coming_ = 0;
    have_quant_params_ = wrote_back_ = false;
    result_.counters.dpe_cycles[DpeState::kHost] += host.value();
    now_ = host;
    Fetch(0);
  }

  void RunUnit(int index) {
    const Cycles begin = now_;
    if (index > 0) Fetch(index - 1 + plan_->banks());
    const Unit unit = coming_units_[first_coming_].unit;
    if (unit.quant_params > Bytes(0)) {
      quant_params_ =
          weights_.Load(Traffic::kQuantParams, begin, plan_->QuantParamAddress(unit), unit.quant_params);
      have_quant_params_ = true;
    }
    Ticket iacts{};
    if (unit.iact_load > Bytes(0))
      iacts = iacts_.Load(Traffic::kIActs, begin, plan_->IActAddress(unit), unit.iact_load);
    if (index == 0 && plan_->banks() == 2) Fetch(1);

    UnitInputs inputs{begin, Cycles(0), Cycles(0)};
    if (unit.starts_kernel_tile) inputs.ob_free = OutputFree();
    if (unit.iact_load > Bytes(0)) inputs.iacts_ready = iacts_.Await(iacts).done;
    const Cycles start = UnitStart(inputs);
    AwaitFetch();
    const Cycles compute_finish = ComputeFinish(unit, start, arrived_, hw_.accel.db_ping_pong);
    Cycles finish = compute_finish;
    Ticket residual{};
    if (unit.residual > Bytes(0)) {
      residual = iacts_.Load(Traffic::kResiduals, std::max(start, FetchDone(arrived_)),
                             plan_->ResidualAddress(unit), unit.residual);
    }
    if (unit.drains && have_quant_params_)
      finish = WithOperands(unit, finish, weights_.Await(quant_params_).done);
    if (unit.residual > Bytes(0)) finish = WithOperands(unit, finish, iacts_.Await(residual).done);
    plan_->CountUnit(unit, result_.counters);
    CountDpeCycles(*plan_, unit, inputs, start, compute_finish, finish, result_.counters);
    if (unit.drain > Bytes(0)) {
      write_back_ = oacts_.Store(Traffic::kOActs, DrainBegin(unit, finish), plan_->OActAddress(unit),
                                 unit.drain, finish);
      wrote_back_ = true;
    }
    now_ = finish;
  }

  // All units have run. What the memory did is left to the caller.
  LayerResult& Finish() {
    const Cycles end = std::max(now_, OutputFree());
    result_.counters.dpe_cycles[DpeState::kWaitDrain] += (end - now_).value();
    result_.cycles = end;
    return result_;
  }

 protected:
  // A unit whose weights have been asked for: up to `banks` units ahead.
  struct ComingUnit {
    Unit unit;
    std::vector<Ticket> fetch;
  };
  static constexpr std::size_t kAhead = 3;

  void Fetch(int index) {
    if (index >= plan_->units()) return;
    ComingUnit& coming = coming_units_[(first_coming_ + coming_++) % kAhead];
    coming.unit = plan_->UnitAt(index);
    coming.fetch.clear();
    FetchPartsOf(*plan_, coming.unit, hw_.granularity, parts_);
    for (const FetchPart& part : parts_)
      coming.fetch.push_back(weights_.Issue(Traffic::kWeights, now_, part));
  }

  void AwaitFetch() {
    arrived_.clear();
    for (const Ticket& ticket : coming_units_[first_coming_].fetch)
      arrived_.push_back(weights_.Await(ticket));
    first_coming_ = (first_coming_ + 1) % kAhead;
    --coming_;
  }

  // When the Output Buffer has been drained of the previous kernel tile.
  Cycles OutputFree() { return wrote_back_ ? oacts_.Await(write_back_).done : Cycles(0); }

  const HardwareConfig& hw_;
  const LayerPlan* plan_ = nullptr;
  LayerResult result_;
  Dma weights_, iacts_, oacts_;
  Cycles now_;
  std::array<ComingUnit, kAhead> coming_units_;
  std::size_t first_coming_ = 0, coming_ = 0;
  std::vector<FetchPart> parts_;
  UnitFetch arrived_;
  Ticket quant_params_{}, write_back_{};
  bool have_quant_params_ = false, wrote_back_ = false;
};

}  // namespace sushi
