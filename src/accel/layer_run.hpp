// One layer step by step without a kernel: what the modules keep as state, in the order their events happen.
// What is awaited lies before whatever is issued afterwards.
#pragma once

#include <algorithm>
#include <array>

#include "sushi/accel/layer_plan.hpp"
#include "sushi/accel/unit_timing.hpp"

namespace sushi {

// `Dma` is how a DMA engine reaches its memory, `Book` where cycles and counters are booked.
template <typename Dma, typename Book>
class LayerRun {
 public:
  template <typename Memory>
  LayerRun(const HardwareConfig& hw, Memory& memory)
      : streaming_(hw.accel.db_ping_pong),
        weights_(hw, hw.accel.axi.weight_ports, 0, memory, book_),
        iacts_(hw, hw.accel.axi.iact_ports, 1, memory, book_),
        oacts_(hw, hw.accel.axi.oact_ports, 2, memory, book_) {}

  // The memory is as new. `plan` must outlive the run.
  void Begin(const LayerPlan& plan, Cycles host) {
    plan_ = &plan;
    book_ = Book();
    weights_.Reset();
    iacts_.Reset();
    oacts_.Reset();
    first_coming_ = coming_ = 0;
    have_quant_params_ = wrote_back_ = false;
    now_ = host;
    Fetch(0);
  }

  void RunUnit(int index) {
    const Cycles begin = now_;
    if (index > 0) Fetch(index - 1 + plan_->banks());
    const ComingUnit& here = coming_units_[first_coming_];
    const Unit& unit = here.unit;
    if (unit.quant_params > Bytes(0)) {
      quant_params_ =
          weights_.Load(Traffic::kQuantParams, begin, plan_->QuantParamAddress(unit), unit.quant_params);
      have_quant_params_ = true;
    }
    UnitInputs inputs{begin, Cycles(0), Cycles(0)};
    Ticket iacts{};
    if (unit.iact_load > Bytes(0))
      iacts = iacts_.Load(Traffic::kIActs, begin, plan_->IActAddress(unit), unit.iact_load);
    if (index == 0 && plan_->banks() == 2) Fetch(1);

    if (unit.starts_kernel_tile) inputs.ob_free = OutputFree();
    if (unit.iact_load > Bytes(0)) inputs.iacts_ready = iacts_.Await(iacts).done;
    const Cycles start = UnitStart(inputs);
    const auto& arrived = weights_.AwaitFetch(here.fetch);
    first_coming_ = (first_coming_ + 1) % kAhead;
    --coming_;
    const Cycles compute_finish = ComputeFinish(unit, start, arrived, streaming_);
    Cycles finish = compute_finish;
    Ticket residual{};
    if (unit.residual > Bytes(0)) {
      residual = iacts_.Load(Traffic::kResiduals, std::max(start, FetchDone(arrived)),
                             plan_->ResidualAddress(unit), unit.residual);
    }
    if (unit.drains && have_quant_params_)
      finish = WithOperands(unit, finish, weights_.Await(quant_params_).done);
    if (unit.residual > Bytes(0)) finish = WithOperands(unit, finish, iacts_.Await(residual).done);
    book_.AddUnit(*plan_, unit, WaitsOf(unit, inputs, start, compute_finish, finish));
    if (unit.drain > Bytes(0)) {
      write_back_ = oacts_.Store(Traffic::kOActs, DrainBegin(unit, finish), plan_->OActAddress(unit),
                                 unit.drain, finish);
      wrote_back_ = true;
    }
    now_ = finish;
  }

  // All units have run: what was booked, and the last write-back's wait. What the memory did besides is left
  // to the caller.
  Book& Finish() {
    const Cycles end = std::max(now_, OutputFree());
    book_.AddLastDrain(end - now_);
    now_ = end;
    return book_;
  }
  Cycles now() const { return now_; }

 protected:
  using Ticket = typename Dma::Ticket;
  // A unit whose weights have been asked for: up to `banks` units ahead. It stays while it runs.
  struct ComingUnit {
    Unit unit;
    typename Dma::Fetched fetch;
  };
  static constexpr std::size_t kAhead = 3;

  void Fetch(int index) {
    if (index >= plan_->units()) return;
    ComingUnit& coming = coming_units_[(first_coming_ + coming_) % kAhead];
    const Unit& before = coming_units_[(first_coming_ + coming_ + kAhead - 1) % kAhead].unit;
    if (index > 0 && before.index == index - 1) {
      coming.unit = before;
      plan_->Advance(coming.unit);
    } else {
      coming.unit = plan_->UnitAt(index);
    }
    ++coming_;
    weights_.Fetch(*plan_, coming.unit, now_, coming.fetch);
  }

  // When the Output Buffer has been drained of the previous kernel tile.
  Cycles OutputFree() { return wrote_back_ ? oacts_.Await(write_back_).done : Cycles(0); }

  bool streaming_;
  const LayerPlan* plan_ = nullptr;
  Book book_;
  Dma weights_, iacts_, oacts_;
  Cycles now_;
  std::array<ComingUnit, kAhead> coming_units_;
  std::size_t first_coming_ = 0, coming_ = 0;
  Ticket quant_params_{}, write_back_{};
  bool have_quant_params_ = false, wrote_back_ = false;
};

}  // namespace sushi
