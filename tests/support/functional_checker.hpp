// Compares every layer that a simulation with data runs with what it must be.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "eigen_reference.hpp"
#include "sushi/functional/data_path.hpp"

namespace sushi::testing {

// Every operand must be what the layer before gave or NetworkData holds, and the output of each op for which
// `compute` holds must be the reference's of those operands: so all together equal the reference of the net.
class FunctionalChecker {
 public:
  FunctionalChecker(const NetworkData& data, std::function<bool(const Op&)> compute)
      : data_(data), compute_(std::move(compute)) {
    run.data = &data;
    run.records = [](int, int) { return true; };
    run.layer_done = [this](const LayerRecord& record) { Check(record); };
    run.inference_done = [this](int subnet, const Values& result) {
      ++inferences;
      EXPECT_EQ(result, outputs_[data_.net().subnets[static_cast<std::size_t>(subnet)].ops.back().output]);
    };
  }

  FunctionalRun run;
  int inferences = 0, computed = 0;

 private:
  void Check(const LayerRecord& record) {
    const SubNet& subnet = data_.net().subnets[static_cast<std::size_t>(record.subnet)];
    const Op& op = subnet.ops[static_cast<std::size_t>(record.op)];
    const std::string name = subnet.name + "." + op.name;
    EXPECT_EQ(record.input, TensorOf(record.subnet, op.input)) << name;
    if (op.residual != kNone) {
      EXPECT_EQ(record.residual, TensorOf(record.subnet, op.residual)) << name;
    }
    if (op.kind == OpKind::kConv) {
      EXPECT_EQ(record.weights, WeightsOf(data_, op)) << name;
    }
    outputs_[op.output] = record.output;
    if (!compute_(op)) return;
    ++computed;
    EXPECT_EQ(record.output, ReferenceOp(data_, record.subnet, record.op, record.input, record.residual))
        << name;
  }

  Values TensorOf(int subnet, int tensor) const {
    const bool external = IsExternal(data_.net().subnets[static_cast<std::size_t>(subnet)], tensor);
    return external ? data_.External(subnet, tensor) : outputs_.at(tensor);
  }

  const NetworkData& data_;
  std::function<bool(const Op&)> compute_;
  std::map<int, Values> outputs_;  // by tensor, of the inference under way
};

}  // namespace sushi::testing
