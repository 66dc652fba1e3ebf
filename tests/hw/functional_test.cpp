// Data that move through tiles, buffers and payloads against the direct reference, bit for bit, and against
// the cycles of a run without them.
#include <gtest/gtest.h>

#include <memory>

#include "builders.hpp"
#include "forked.hpp"
#include "functional_checker.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/simple_memory.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

std::unique_ptr<InferencePlanner> PlannerOrNull(const HardwareConfig& hw, const SuperNet& net) {
  try {
    return std::make_unique<InferencePlanner>(hw, net);
  } catch (const UserError&) {
    return nullptr;
  }
}

// A random case; false when the hardware cannot run the SubNets.
bool RunCase(std::uint64_t seed) {
  Random random(seed);
  const SuperNet net = testing::RandomSuperNet(random);
  const HardwareConfig hw = testing::RandomHardware(random);
  const auto planner = PlannerOrNull(hw, net);
  if (!planner) return false;
  testing::InChild([&] {
    const NetworkData data(net, seed);
    testing::FunctionalChecker checker(data, [](const Op&) { return true; });
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
    EXPECT_GT(checker.computed, 0);
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

TEST(FunctionalBatch, MoreThanOneInputIsRefused) {
  testing::InChild([] {
    const SuperNet net = testing::OneConvNet({0, 16, 9, 3, 5, 1});
    const HardwareConfig hw;
    PlannerOptions options;
    options.max_batch = 2;
    const InferencePlanner planner(hw, net, options);
    const NetworkData data(net, 1);
    testing::FunctionalChecker checker(data, [](const Op&) { return true; });
    const auto infer = [&](int batch) {
      RunInElaboration(
          planner, std::make_unique<SimpleMemory>(hw.dram),
          [&](ServiceModel& model) {
            model.Infer(0, EmptySubGraph(net), 1);
            EXPECT_EQ(checker.inferences, 1);
            model.Infer(0, EmptySubGraph(net), batch);
          },
          &checker.run);
    };
    EXPECT_THROW(infer(2), UserError);
  });
}

// ceil_mode with a stride beyond the kernel: the last windows lie outside the map.
TEST(FunctionalPool, AWindowOutsideTheMapGivesTheInputsZeroPoint) {
  testing::InChild([] {
    SuperNet net = testing::OneConvNet({0, 16, 9, 3, 5, 1});
    SubNet& subnet = net.subnets[0];
    Op pool;
    pool.kind = OpKind::kAveragePool;
    pool.name = "pool";
    pool.kernels = pool.channels = 16;
    pool.in_h = pool.in_w = 5;
    pool.stride_h = pool.stride_w = 3;
    pool.ceil_mode = true;
    pool.input = 1;
    pool.output = 2;
    subnet.ops.push_back(pool);
    subnet.tensors.push_back({16, pool.OutH(), pool.OutW()});
    const HardwareConfig hw;
    const InferencePlanner planner(hw, net);
    const NetworkData data(net, 1);
    testing::FunctionalChecker checker(data, [](const Op&) { return true; });
    RunInElaboration(
        planner, std::make_unique<SimpleMemory>(hw.dram),
        [&](ServiceModel& model) { model.Infer(0, EmptySubGraph(net)); }, &checker.run);
    EXPECT_EQ(checker.computed, 2);
    EXPECT_EQ(testing::ReferenceTensors(data, 0)[2][8], data.ZeroPoints(0)[1]);
  });
}

}  // namespace
}  // namespace sushi
