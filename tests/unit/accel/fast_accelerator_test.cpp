// The fast engine against the kernel-free driver: the same to the last counter.
#include "sushi/accel/fast_accelerator.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/make_memory.hpp"

namespace sushi {
namespace {

void ExpectSame(const InferencePlanner& planner, FastAccelerator& fast, int subnet, const SubGraph& cached,
                int batch, const std::string& where) {
  KernelFreeAccelerator reference(planner, MakeMemory(planner.hw()));
  const InferenceResult expected = reference.Infer(subnet, cached, batch);
  EXPECT_EQ(fast.ServiceOnly(subnet, cached, batch), expected.service) << where;
  const InferenceResult found = fast.Infer(subnet, cached, batch);
  ASSERT_EQ(found.layers.size(), expected.layers.size()) << where;
  for (std::size_t i = 0; i < expected.layers.size(); ++i) {
    ASSERT_EQ(found.layers[i].cycles.value(), expected.layers[i].cycles.value()) << where << ", op " << i;
    ASSERT_TRUE(found.layers[i] == expected.layers[i]) << where << ", op " << i;
  }
  EXPECT_TRUE(found.total == expected.total) << where;
}

void ExpectSameSwap(const InferencePlanner& planner, FastAccelerator& fast, const SubGraph& from,
                    const SubGraph& to, const std::string& where) {
  KernelFreeAccelerator reference(planner, MakeMemory(planner.hw()));
  const SwapResult expected = reference.Swap(from, to), found = fast.Swap(from, to);
  EXPECT_EQ(found.cycles, expected.cycles) << where;
  EXPECT_EQ(found.duration, expected.duration) << where;
  EXPECT_TRUE(found.total == expected.total) << where;
}

// Layers of many kernel tiles, so that periods have room; widths and depths of all kinds, half of them whole
// tiles of `lanes` kernels.
SuperNet WideNet(Random& random, int lanes) {
  testing::SuperNetBuilder builder;
  const auto between = [&](int low, int high) { return static_cast<int>(random.Integer(low, high)); };
  const int layers = between(1, 3);
  std::vector<testing::ConvSpec> large, small;
  int channels = between(1, 700);
  for (int i = 0; i < layers; ++i) {
    testing::ConvSpec spec;
    spec.layer = i;
    spec.kernels = between(1, 900);
    if (between(0, 1) == 0) spec.kernels = (spec.kernels + lanes - 1) / lanes * lanes;
    spec.channels = channels;
    spec.kernel = 1 + 2 * between(0, 2);
    spec.in = between(1, 20);
    large.push_back(spec);
    spec.kernels = between(1, spec.kernels);
    small.push_back(spec);
    channels = large.back().kernels;
  }
  for (int i = 1; i < layers; ++i)
    small[static_cast<std::size_t>(i)].channels = small[static_cast<std::size_t>(i - 1)].kernels;
  return builder.AddSubNet("large", large).AddSubNet("small", small).Build();
}

// Room for wide layers, and any burst.
void Widen(HardwareConfig& hw, Random& random) {
  hw.accel.pb.capacity_kib = random.Integer(0, 2000);
  hw.accel.db.capacity_kib = random.Integer(40, 600);
  hw.accel.sb.capacity_kib = random.Integer(100, 2000);
  hw.accel.ob.capacity_kib = random.Integer(20, 800);
  hw.accel.lb.capacity_kib = 64;
  hw.accel.qb.capacity_kib = random.Integer(1, 16);
  hw.dram.burst_bytes = static_cast<int>(random.Integer(1, 200));
}

template <typename MakeNet>
void CompareRandomCases(std::uint64_t seed, int cases, bool wide, int most_batch, MakeNet make_net) {
  int ran = 0;
  for (int i = 0; i < cases; ++i) {
    Random random(seed * 100'000 + static_cast<std::uint64_t>(i));
    HardwareConfig hw = testing::RandomHardware(random);
    const SuperNet net = make_net(random, hw);
    if (wide) Widen(hw, random);
    if (random.Integer(0, 3) != 0) hw.dram_model = DramModel::kSimple;
    try {
      PlannerOptions options;
      options.max_batch = most_batch;
      const InferencePlanner planner(hw, net, options);
      FastAccelerator fast(planner);
      SubGraph before = EmptySubGraph(net);
      for (int k = 0; k < 3; ++k) {
        const SubGraph cached = testing::RandomSubGraph(net, hw.accel.pb.capacity(), random);
        ExpectSameSwap(planner, fast, before, cached, "case " + std::to_string(i));
        before = cached;
        for (int s = 0; s < static_cast<int>(net.subnets.size()); ++s) {
          const int batch = static_cast<int>(random.Integer(1, most_batch));
          ExpectSame(planner, fast, s, cached, batch,
                     "case " + std::to_string(i) + ", SubNet " + std::to_string(s) + ", batch " +
                         std::to_string(batch));
        }
      }
      ++ran;
    } catch (const UserError&) {
      continue;
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GE(ran, cases / 4);
}

TEST(FastAccelerator, PassesNoMoreThanTheLayerHas) {
  // 20 whole kernel tiles end with the layer: with one bank nothing is fetched ahead of the last.
  const SuperNet net = testing::OneConvNet({0, 320, 64, 1, 20});
  for (const bool ping_pong : {true, false}) {
    HardwareConfig hw;
    hw.accel.db_ping_pong = ping_pong;
    const InferencePlanner planner(hw, net);
    FastAccelerator fast(planner);
    ExpectSame(planner, fast, 0, EmptySubGraph(net), 1, ping_pong ? "two banks" : "one bank");
  }
}

TEST(FastAcceleratorProperty, EqualsTheKernelFreeDriverOnRandomNetworks) {
  CompareRandomCases(1, 400, false, 1,
                     [](Random& random, const HardwareConfig&) { return testing::RandomSuperNet(random); });
}

TEST(FastAcceleratorProperty, EqualsTheKernelFreeDriverOnWideLayers) {
  CompareRandomCases(2, 100, true, 1, [](Random& random, const HardwareConfig& hw) {
    return WideNet(random, hw.accel.dpe_array.kernels);
  });
}

TEST(FastAcceleratorProperty, EqualsTheKernelFreeDriverInBatches) {
  CompareRandomCases(3, 200, false, 7,
                     [](Random& random, const HardwareConfig&) { return testing::RandomSuperNet(random); });
  CompareRandomCases(4, 40, true, 5, [](Random& random, const HardwareConfig& hw) {
    return WideNet(random, hw.accel.dpe_array.kernels);
  });
}

}  // namespace
}  // namespace sushi
