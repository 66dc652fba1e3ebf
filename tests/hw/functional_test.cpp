// Data that move through tiles, buffers and payloads against the direct reference, bit for bit, and against
// the cycles of a run without them.
#include <gtest/gtest.h>

#include <memory>

#include "builders.hpp"
#include "eigen_reference.hpp"
#include "forked.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/simple_memory.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

std::string Describe(const Op& op) {
  return std::string(Name(op.kind)) + " K" + std::to_string(op.kernels) + " C" + std::to_string(op.channels) +
         " k" + std::to_string(op.kernel_h) + " in" + std::to_string(op.in_h) + " s" +
         std::to_string(op.stride_h) + (op.residual == kNone ? "" : " residual");
}

std::unique_ptr<InferencePlanner> PlannerOrNull(const HardwareConfig& hw, const SuperNet& net) {
  try {
    return std::make_unique<InferencePlanner>(hw, net);
  } catch (const UserError&) {
    return nullptr;
  }
}

// Records every layer and compares it with the reference.
class Checker {
 public:
  explicit Checker(const NetworkData& data) : data_(data) {
    for (int s = 0; s < static_cast<int>(data.net().subnets.size()); ++s)
      tensors_.push_back(testing::ReferenceTensors(data, s));
    run.data = &data;
    run.records = [](int, int) { return true; };
    run.layer_done = [this](const LayerRecord& record) { Check(record); };
    run.inference_done = [this](int subnet, const std::vector<std::uint8_t>& result) {
      ++inferences;
      EXPECT_EQ(result, tensors_[static_cast<std::size_t>(subnet)].back());
    };
  }

  FunctionalRun run;
  int layers = 0, inferences = 0;

 private:
  void Check(const LayerRecord& record) {
    ++layers;
    const auto subnet = static_cast<std::size_t>(record.subnet);
    const Op& op = data_.net().subnets[subnet].ops[static_cast<std::size_t>(record.op)];
    EXPECT_EQ(record.input, tensors_[subnet][static_cast<std::size_t>(op.input)]) << Describe(op);
    EXPECT_EQ(record.output, tensors_[subnet][static_cast<std::size_t>(op.output)]) << Describe(op);
    if (op.kind == OpKind::kConv) {
      EXPECT_EQ(record.weights, testing::WeightsOf(data_, op)) << Describe(op);
    }
  }

  const NetworkData& data_;
  std::vector<std::vector<testing::Values>> tensors_;
};

// A random case; false when the hardware cannot run the SubNets.
bool RunCase(std::uint64_t seed) {
  Random random(seed);
  const SuperNet net = testing::RandomSuperNet(random);
  const HardwareConfig hw = testing::RandomHardware(random);
  const auto planner = PlannerOrNull(hw, net);
  if (!planner) return false;
  testing::InChild([&] {
    const NetworkData data(net, seed);
    Checker checker(data);
    KernelFreeAccelerator timing_only(*planner, std::make_unique<SimpleMemory>(hw.dram));
    RunInElaboration(
        *planner, std::make_unique<SimpleMemory>(hw.dram),
        [&](ServiceModel& model) {
          SubGraph cached = EmptySubGraph(net);
          for (int round = 0; round < 3; ++round) {
            for (int s = 0; s < 2; ++s) {
              const InferenceResult with_data = model.Infer(s, cached),
                                    without = timing_only.Infer(s, cached);
              EXPECT_TRUE(with_data.layers == without.layers);
              EXPECT_EQ(with_data.service.value(), without.service.value());
            }
            const SubGraph next = testing::RandomSubGraph(net, hw.accel.pb.capacity(), random);
            const SwapResult with_data = model.Swap(cached, next), without = timing_only.Swap(cached, next);
            EXPECT_EQ(with_data.cycles.value(), without.cycles.value());
            EXPECT_TRUE(with_data.total == without.total);
            cached = next;
          }
        },
        &checker.run);
    EXPECT_EQ(checker.inferences, 6);
    EXPECT_GT(checker.layers, 0);
  });
  return true;
}

class Functional : public ::testing::TestWithParam<int> {};

TEST_P(Functional, EqualsTheReferenceForRandomHardwareSubNetsAndSubGraphs) {
  constexpr int kCases = 30;
  int ran = 0;
  for (int i = 0; i < kCases; ++i) ran += RunCase(static_cast<std::uint64_t>(GetParam() * kCases + i));
  EXPECT_GE(ran, kCases / 3) << "too few of the random cases can run at all";
}

INSTANTIATE_TEST_SUITE_P(Seeds, Functional, ::testing::Range(0, 4));

}  // namespace
}  // namespace sushi
