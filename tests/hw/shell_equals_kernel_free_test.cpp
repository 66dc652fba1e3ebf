// The SystemC modules and the kernel-free driver must agree to the cycle and to the byte for any hardware,
// SubNet and cached SubGraph; and no result may beat the analytic bounds.
#include <gtest/gtest.h>

#include <memory>

#include "builders.hpp"
#include "forked.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

std::string Describe(const HardwareConfig& hw, const Op& op) {
  return "K" + std::to_string(op.kernels) + " C" + std::to_string(op.channels) + " k" +
         std::to_string(op.kernel_h) + " in" + std::to_string(op.in_h) + " granularity " +
         std::to_string(static_cast<int>(hw.granularity)) + " ping-pong " +
         std::to_string(hw.accel.db_ping_pong);
}

void ExpectSame(const HardwareConfig& hw, const SubNet& subnet, const InferenceResult& shell,
                const InferenceResult& driver) {
  ASSERT_EQ(shell.layers.size(), driver.layers.size());
  for (std::size_t i = 0; i < shell.layers.size(); ++i) {
    EXPECT_EQ(shell.layers[i].cycles.value(), driver.layers[i].cycles.value()) << Describe(hw, subnet.ops[i]);
    EXPECT_TRUE(shell.layers[i] == driver.layers[i]) << Describe(hw, subnet.ops[i]);
  }
  EXPECT_EQ(shell.service.value(), driver.service.value());
}

void ExpectStatesSumToTotal(const InferenceResult& result) {
  for (const LayerResult& layer : result.layers) {
    std::int64_t sum = 0;
    for (const std::int64_t cycles : layer.counters.dpe_cycles.values) sum += cycles;
    EXPECT_EQ(sum, layer.cycles.value());
  }
}

// A random case with batches of up to `most_batch`; false when the hardware cannot run the SubNets.
bool RunCase(std::uint64_t seed, int most_batch) {
  Random random(seed);
  const SuperNet net = testing::RandomSuperNet(random);
  HardwareConfig hw = testing::RandomHardware(random);
  if (most_batch > 1) hw.memory.organization.rows *= 64;  // room for the activations of several instances
  PlannerOptions options;
  options.max_batch = most_batch;
  options.instances = 1 + most_batch / 2;
  options.instance = static_cast<int>(seed) % options.instances;
  std::unique_ptr<InferencePlanner> planner;
  try {
    planner = std::make_unique<InferencePlanner>(hw, net, options);
  } catch (const UserError&) {
    return false;
  }
  testing::InChild([&] {
    KernelFreeAccelerator driver(*planner, MakeMemory(hw));
    RunInElaboration(*planner, MakeMemory(hw), [&](ServiceModel& shell) {
      SubGraph cached = EmptySubGraph(net);
      for (int round = 0; round < 3; ++round) {
        for (int s = 0; s < 2; ++s) {
          const int batch = static_cast<int>(random.Integer(1, most_batch));
          const InferenceResult result = shell.Infer(s, cached, batch);
          ExpectSame(hw, net.subnets[static_cast<std::size_t>(s)], result, driver.Infer(s, cached, batch));
          ExpectStatesSumToTotal(result);
          const LayerResult alone = shell.RunAlone(s, 0, Cycles(5));
          EXPECT_TRUE(alone == driver.RunAlone(s, 0, Cycles(5)));
        }
        const SubGraph next = testing::RandomSubGraph(net, hw.accel.pb.capacity(), random);
        const SwapResult swap = shell.Swap(cached, next);
        const SwapResult expected = driver.Swap(cached, next);
        EXPECT_EQ(swap.cycles.value(), expected.cycles.value());
        EXPECT_TRUE(swap.total == expected.total);
        EXPECT_EQ(swap.total.traffic_bytes[Traffic::kSwap], MissingBytes(net, next, cached).value());
        cached = next;
      }
    });
  });
  return true;
}

void RunCases(int first, int cases, int most_batch) {
  int ran = 0;
  for (int i = first; i < first + cases; ++i) ran += RunCase(static_cast<std::uint64_t>(i), most_batch);
  EXPECT_GE(ran, cases / 3) << "too few of the random cases can run at all";
}

class ShellEqualsKernelFree : public ::testing::TestWithParam<int> {};

TEST_P(ShellEqualsKernelFree, ForRandomHardwareSubNetsAndSubGraphs) {
  constexpr int kCases = 60;
  RunCases(GetParam() * kCases, kCases, 1);
}

TEST_P(ShellEqualsKernelFree, InBatches) {
  constexpr int kCases = 30;
  RunCases(1000 + GetParam() * kCases, kCases, 6);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShellEqualsKernelFree, ::testing::Range(0, 5));

}  // namespace
}  // namespace sushi
