// The data of a layer, step by step with its timing: what each descriptor moves, what lands in which buffer,
// what the array and the vector unit make of it. docs/functional.md.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/functional/buffer_contents.hpp"
#include "sushi/functional/layout.hpp"
#include "sushi/functional/network_data.hpp"

namespace sushi {

// The bytes of one transaction: where they stand on chip and where they lie in DRAM.
struct DataTransfer {
  std::uint8_t* bytes = nullptr;
  GatherList places;
};

// Everything that one layer worked with, as it arrived. Activations and weights in the order of .npy files:
// channel, row, column; kernel, channel, row, column.
struct LayerRecord {
  int subnet = 0, op = 0;
  std::vector<std::uint8_t> input, residual, output;  // residual: empty without one
  std::vector<std::int8_t> weights;                   // empty for pools
  std::vector<QuantParam> quant_params;
  std::uint8_t input_zero_point = 0, residual_zero_point = 0, output_zero_point = 0;
};

// What a simulation with data needs and whom it tells.
struct FunctionalRun {
  const NetworkData* data = nullptr;
  std::function<bool(int subnet, int op)> records;  // which layers to record; empty: none
  std::function<void(const LayerRecord&)> layer_done;
  // The last op's output, channel, row, column, read back from DRAM; may be empty.
  std::function<void(int subnet, const std::vector<std::uint8_t>&)> inference_done;
};

class DataPath {
 public:
  // All references outlive this.
  DataPath(const InferencePlanner& planner, const FunctionalRun& run, BufferContents buffers);

  // The host: zero points and other settings of the SubNet's layers are written to registers.
  void BeginInference(int subnet);
  void BeginLayer(const LayerPlan& plan, int layer);
  void EndLayer(const LayerPlan& plan);

  // The transfers that the following return stay where they are until the layer or swap ends.
  // A bank of the Dynamic Buffer for the unit's weights; each transaction of the unit then takes the next
  // `bytes` of it.
  void FillBank(const LayerPlan& plan, const Unit& unit);
  const DataTransfer* NextWeights(Bytes bytes);
  const DataTransfer* LoadQuantParams(const LayerPlan& plan, const Unit& unit);
  const DataTransfer* LoadIActs(const LayerPlan& plan, const Unit& unit);
  const DataTransfer* LoadResidual(const LayerPlan& plan, const Unit& unit);
  // Computes; all that the unit needs has arrived.
  void RunUnit(const LayerPlan& plan, const Unit& unit);
  const DataTransfer* WriteBack(const LayerPlan& plan, const Unit& unit);
  void FreeBank();

  // A swap: every part of it in order, then the new content when all have arrived.
  const DataTransfer* LoadSwapPart(const SwapPart& part);
  void EndSwap(const SubGraph& to);

 private:
  struct SwapData {
    SwapPart part;
    std::vector<std::uint8_t> bytes;
  };

  const DataTransfer* Keep(std::uint8_t* bytes, GatherList places);
  TensorLayout InputLayout(const LayerPlan& plan) const;
  void AcceptStrip(const LayerPlan& plan, const Unit& unit);
  ActivationView InputOf(const LayerPlan& plan) const;
  void AssembleWeights(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent);
  void Convolve(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent);
  void Drain(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent);
  void AddResiduals(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent);
  void Scale(const LayerPlan& plan, const Unit& unit, const UnitExtent& extent);
  QuantParam QuantParamOf(int kernel) const;
  std::uint8_t ZeroPoint(int tensor) const { return zero_points_[static_cast<std::size_t>(tensor)]; }

  const InferencePlanner& planner_;
  const FunctionalRun& run_;
  BufferContents buffers_;
  int subnet_ = 0;
  std::vector<std::uint8_t> zero_points_;

  std::deque<DataTransfer> transfers_;
  GatherList bank_places_;                // of the bank being filled
  std::int64_t bank_taken_ = 0;           // bytes of it that have a transaction
  std::vector<std::uint8_t> iact_bytes_;  // the strip as it arrives
  std::vector<std::uint8_t> residual_bytes_;
  std::vector<std::int16_t> tile_weights_;   // kernel, tap, channel
  std::vector<std::uint8_t> results_;        // of the unit that drains: position, kernel
  std::vector<std::uint8_t> residual_tile_;  // the same for the operand
  std::vector<std::uint8_t> write_back_;     // results_ on their way to DRAM
  std::vector<SwapData> swap_;
  bool recording_ = false;
  LayerRecord record_;
};

}  // namespace sushi
