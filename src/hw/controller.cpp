#include "sushi/hw/controller.hpp"

#include <algorithm>
#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/functional/dram_content.hpp"
#include "sushi/hw/sushi_accel.hpp"

namespace sushi {
namespace {

constexpr std::int64_t kMovedAtOnce = 16384;  // bytes of a transaction that saves or restores activations

}  // namespace

Controller::Controller(const sc_core::sc_module_name& name, const InferencePlanner& planner,
                       SushiAccel& blocks)
    : sc_module(name),
      planner_(&planner),
      blocks_(blocks),
      clock_(planner.hw().accel.clock_mhz),
      weight_speed_(planner.hw(), planner.hw().accel.axi.weight_ports),
      iact_speed_(planner.hw(), planner.hw().accel.axi.iact_ports),
      oact_speed_(planner.hw(), planner.hw().accel.axi.oact_ports) {}

template <typename Step>
const DataTransfer* Controller::Data(Step step) {
  return blocks_.data_path == nullptr ? nullptr : step(*blocks_.data_path);
}

const SubGraph& Controller::cached() const { return blocks_.persistent_buffer.content(); }

void Controller::BeginLayer() {
  result_ = LayerResult();
  fetched_.clear();
  quant_params_ = write_back_ = nullptr;
  for (DmaEngine* dma : {&blocks_.weight_dma, &blocks_.iact_dma, &blocks_.oact_dma})
    dma->BeginLayer(result_.counters);
  if (blocks_.memory_control.size() > 0) blocks_.memory_control->Quiesce();
  blocks_.layer_clock.Begin();
}

LayerResult Controller::RunLayer(const LayerPlan& plan, Cycles host, int layer) {
  BeginLayer();
  if (blocks_.data_path) blocks_.data_path->BeginLayer(plan, layer);
  if (blocks_.observer != nullptr) blocks_.observer->LayerBegins(layer, host);
  result_.counters.dpe_cycles[DpeState::kHost] += host.value();
  blocks_.layer_clock.WaitUntil(host);
  Prefetch(plan, 0, layer);
  Cycles now = host;
  for (int index = 0; index < plan.units(); ++index) now = RunUnit(plan, index, now, layer);
  const Cycles end = write_back_ == nullptr ? now : std::max(now, AwaitDone(blocks_.oact_dma, *write_back_));
  blocks_.layer_clock.WaitUntil(end);
  result_.counters.dpe_cycles[DpeState::kWaitDrain] += (end - now).value();
  result_.cycles = end;
  CountMemory();
  if (blocks_.data_path) blocks_.data_path->EndLayer(plan);
  if (blocks_.observer != nullptr) blocks_.observer->LayerEnds(result_);
  return result_;
}

void Controller::CountMemory() {
  if (blocks_.memory_control.size() > 0)
    CountMemoryActivity(blocks_.memory_control->Settle(), result_.counters);
}

Cycles Controller::RunUnit(const LayerPlan& plan, int index, Cycles begin, int layer) {
  const Unit unit = plan.UnitAt(index);
  if (index > 0) Prefetch(plan, index - 1 + plan.banks(), layer);
  if (unit.quant_params > Bytes(0)) {
    blocks_.quant_param_buffer.Hold(unit.quant_params);
    quant_params_ = &Load(blocks_.weight_dma, weight_speed_, Traffic::kQuantParams,
                          plan.QuantParamAddress(unit), unit.quant_params, layer, index,
                          Data([&](DataPath& data) { return data.LoadQuantParams(plan, unit); }));
  }
  const Transfer* iacts = nullptr;
  if (unit.iact_load > Bytes(0)) {
    iacts = &Load(blocks_.iact_dma, iact_speed_, Traffic::kIActs, plan.IActAddress(unit), unit.iact_load,
                  layer, index, Data([&](DataPath& data) { return data.LoadIActs(plan, unit); }));
  }
  if (index == 0 && plan.banks() == 2) Prefetch(plan, 1, layer);

  UnitInputs inputs{begin, Cycles(0), Cycles(0)};
  if (unit.starts_kernel_tile && write_back_ != nullptr)
    inputs.ob_free = AwaitDone(blocks_.oact_dma, *write_back_);
  if (iacts != nullptr) inputs.iacts_ready = AwaitDone(blocks_.iact_dma, *iacts);
  HoldBuffers(plan, unit);
  const Cycles start = UnitStart(inputs);
  const UnitFetch fetch = AwaitFetch(fetched_.front());
  fetched_.pop_front();
  const Cycles compute_finish = ComputeFinish(unit, start, fetch, planner_->hw().accel.db_ping_pong);
  Cycles finish = compute_finish;
  const Transfer* residual = nullptr;
  if (unit.residual > Bytes(0)) {
    blocks_.layer_clock.WaitUntil(std::max(start, FetchDone(fetch)));
    residual =
        &Load(blocks_.iact_dma, iact_speed_, Traffic::kResiduals, plan.ResidualAddress(unit), unit.residual,
              layer, index, Data([&](DataPath& data) { return data.LoadResidual(plan, unit); }));
  }
  if (unit.drains && quant_params_ != nullptr)
    finish = WithOperands(unit, finish, AwaitDone(blocks_.weight_dma, *quant_params_));
  if (residual != nullptr) finish = WithOperands(unit, finish, AwaitDone(blocks_.iact_dma, *residual));
  if (blocks_.data_path) blocks_.data_path->RunUnit(plan, unit);
  plan.CountUnit(unit, result_.counters);
  CountWaits(WaitsOf(unit, inputs, start, compute_finish, finish), result_.counters);
  if (blocks_.observer != nullptr)
    blocks_.observer->UnitDone({&plan, &unit, inputs, &fetch, start, compute_finish, finish});

  ComputeEngine& engine = plan.is_conv() ? blocks_.dpe_array : blocks_.vector_unit;
  if (unit.drain > Bytes(0)) {
    engine.RunToDrain(unit, finish);
    write_back_ = &blocks_.oact_dma.Issue({Traffic::kOActs, plan.OActAddress(unit), unit.drain, true,
                                           oact_speed_.TransferCycles(unit.drain), finish, layer, index,
                                           Data([&](DataPath& data) { return data.WriteBack(plan, unit); })});
  }
  engine.RunToFinish(finish);
  blocks_.dynamic_buffer.FreeBank();
  if (blocks_.data_path) blocks_.data_path->FreeBank();
  return finish;
}

void Controller::HoldBuffers(const LayerPlan& plan, const Unit& unit) {
  blocks_.streaming_buffer.Hold(plan.StreamingBytes(unit));
  blocks_.line_buffer.Hold(plan.LineBytes());
  blocks_.output_buffer.Hold(plan.PartialSumBytes(unit));
}

void Controller::Prefetch(const LayerPlan& plan, int index, int layer) {
  if (index >= plan.units()) return;
  const Unit unit = plan.UnitAt(index);
  blocks_.dynamic_buffer.FillBank(unit.shape->fetch);
  if (blocks_.observer != nullptr) blocks_.observer->BankFilled(blocks_.layer_clock.Now(), unit.shape->fetch);
  FetchPartsOf(plan, unit, planner_->hw().granularity, parts_);
  if (blocks_.data_path) blocks_.data_path->FillBank(plan, unit);
  FetchedUnit fetched;
  for (const FetchPart& part : parts_) {
    fetched.push_back(&blocks_.weight_dma.Issue(
        {Traffic::kWeights, part.address, part.bytes, false, part.link, Cycles(0), layer, index,
         Data([&](DataPath& data) { return data.NextWeights(part.bytes); })}));
  }
  fetched_.push_back(std::move(fetched));
}

UnitFetch Controller::AwaitFetch(const FetchedUnit& fetched) {
  UnitFetch fetch;
  for (const Transfer* transfer : fetched) {
    blocks_.weight_dma.Await(*transfer);
    fetch.push_back(transfer->link);
  }
  return fetch;
}

Cycles Controller::AwaitDone(DmaEngine& dma, const Transfer& transfer) {
  dma.Await(transfer);
  return transfer.link.done;
}

const Transfer& Controller::Load(DmaEngine& dma, const LinkSpeed& speed, Traffic role, std::uint64_t address,
                                 Bytes bytes, int layer, int unit, const DataTransfer* data) {
  return dma.Issue({role, address, bytes, false, speed.TransferCycles(bytes), Cycles(0), layer, unit, data});
}

SwapResult Controller::Swap(const SubGraph& to) {
  BeginLayer();
  if (blocks_.observer != nullptr) blocks_.observer->SwapBegins(cached(), to);
  SwapResult swap;
  std::vector<const Transfer*> transfers;
  for (const SwapPart& part : planner_->PlanSwap(cached(), to)) {
    transfers.push_back(
        &blocks_.weight_dma.Issue({Traffic::kSwap, part.address, part.bytes, false, part.link, Cycles(0),
                                   kNone, 0, Data([&](DataPath& data) { return data.LoadSwapPart(part); })}));
    result_.counters.events[Event::kPbWrite] += part.bytes.value();
  }
  for (const Transfer* transfer : transfers) swap.cycles = AwaitDone(blocks_.weight_dma, *transfer);
  blocks_.layer_clock.WaitUntil(swap.cycles);
  blocks_.persistent_buffer.Load(to);
  CountMemory();
  if (blocks_.data_path) blocks_.data_path->EndSwap(to);
  swap.duration = clock_.TimeOf(swap.cycles);
  swap.total = result_.counters;
  return swap;
}

void Controller::Use(const InferencePlanner& planner, const SubGraph& cached) {
  if (blocks_.data_path) throw InternalError("an accelerator with data keeps its model");
  const HardwareConfig& hw = planner.hw();
  planner_ = &planner;
  clock_ = ClockDomain(hw.accel.clock_mhz);
  weight_speed_ = LinkSpeed(hw, hw.accel.axi.weight_ports);
  iact_speed_ = LinkSpeed(hw, hw.accel.axi.iact_ports);
  oact_speed_ = LinkSpeed(hw, hw.accel.axi.oact_ports);
  blocks_.layer_clock.SetClock(clock_);
  for (DmaEngine* dma : {&blocks_.weight_dma, &blocks_.iact_dma, &blocks_.oact_dma}) dma->SetClock(clock_);
  blocks_.persistent_buffer.Load(planner.net(), cached);
}

SwapResult Controller::MoveActivations(Bytes bytes, bool save) {
  BeginLayer();
  DmaEngine& dma = save ? blocks_.oact_dma : blocks_.iact_dma;
  const LinkSpeed& speed = save ? oact_speed_ : iact_speed_;
  SwapResult moved;
  std::vector<const Transfer*> transfers;
  for (std::int64_t done = 0; done < bytes.value(); done += kMovedAtOnce) {
    const Bytes part(std::min(kMovedAtOnce, bytes.value() - done));
    transfers.push_back(&dma.Issue({save ? Traffic::kOActs : Traffic::kIActs,
                                    planner_->TensorBase(0) + static_cast<std::uint64_t>(done), part, save,
                                    speed.TransferCycles(part), Cycles(0), kNone, 0, nullptr}));
  }
  for (const Transfer* transfer : transfers) moved.cycles = AwaitDone(dma, *transfer);
  blocks_.layer_clock.WaitUntil(moved.cycles);
  moved.duration = clock_.TimeOf(moved.cycles);
  moved.total = result_.counters;
  return moved;
}

void Controller::LoadModel() {
  if (!blocks_.data_path) return;
  WriteWeights(*planner_, *blocks_.functional->data, Untimed(true));
}

void Controller::BeginInference(int subnet) {
  if (!blocks_.data_path) return;
  WriteSubNet(*planner_, *blocks_.functional->data, subnet, Untimed(true));
  blocks_.data_path->BeginInference(subnet);
}

void Controller::EndInference(int subnet) {
  if (!blocks_.data_path || !blocks_.functional->inference_done) return;
  const int result = planner_->subnet(subnet).ops.back().output;
  blocks_.functional->inference_done(subnet, ReadTensor(*planner_, subnet, result, Untimed(false)));
}

DramAccess Controller::Untimed(bool write) {
  return [this, write](std::uint64_t address, std::uint8_t* bytes, std::int64_t count) {
    blocks_.iact_dma.AccessUntimed(address, bytes, count, write);
  };
}

}  // namespace sushi
