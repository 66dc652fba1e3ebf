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
                const std::string& where) {
  KernelFreeAccelerator reference(planner, MakeMemory(planner.hw()));
  const InferenceResult expected = reference.Infer(subnet, cached);
  EXPECT_EQ(fast.Service(subnet, cached), expected.service) << where;
  const InferenceResult found = fast.Infer(subnet, cached);
  ASSERT_EQ(found.layers.size(), expected.layers.size()) << where;
  for (std::size_t i = 0; i < expected.layers.size(); ++i) {
    ASSERT_EQ(found.layers[i].cycles.value(), expected.layers[i].cycles.value()) << where << ", op " << i;
    ASSERT_TRUE(found.layers[i] == expected.layers[i]) << where << ", op " << i;
  }
  EXPECT_TRUE(found.total == expected.total) << where;
}

// Layers of many kernel tiles, so that periods have room; widths and depths of all kinds.
SuperNet WideNet(Random& random) {
  testing::SuperNetBuilder builder;
  const auto between = [&](int low, int high) { return static_cast<int>(random.Integer(low, high)); };
  const int layers = between(1, 3);
  std::vector<testing::ConvSpec> large, small;
  int channels = between(1, 700);
  for (int i = 0; i < layers; ++i) {
    testing::ConvSpec spec;
    spec.layer = i;
    spec.kernels = between(1, 900);
    spec.channels = channels;
    spec.kernel = 1 + 2 * between(0, 2);
    spec.in = between(1, 20);
    large.push_back(spec);
    spec.kernels = between(1, spec.kernels);
    small.push_back(spec);
    channels = large.back().kernels;
  }
  for (int i = 1; i < layers; ++i) small[static_cast<std::size_t>(i)].channels = small[static_cast<std::size_t>(i - 1)].kernels;
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
void CompareRandomCases(std::uint64_t seed, int cases, bool wide, MakeNet make_net) {
  int ran = 0;
  for (int i = 0; i < cases; ++i) {
    Random random(seed * 100'000 + static_cast<std::uint64_t>(i));
    const SuperNet net = make_net(random);
    HardwareConfig hw = testing::RandomHardware(random);
    if (wide) Widen(hw, random);
    if (random.Integer(0, 3) != 0) hw.dram_model = DramModel::kSimple;
    try {
      const InferencePlanner planner(hw, net);
      FastAccelerator fast(planner);
      for (int k = 0; k < 3; ++k) {
        const SubGraph cached = testing::RandomSubGraph(net, hw.accel.pb.capacity(), random);
        for (int s = 0; s < static_cast<int>(net.subnets.size()); ++s)
          ExpectSame(planner, fast, s, cached, "case " + std::to_string(i) + ", SubNet " + std::to_string(s));
      }
      ++ran;
    } catch (const UserError&) {
      continue;
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GE(ran, cases / 4);
}

TEST(FastAcceleratorProperty, EqualsTheKernelFreeDriverOnRandomNetworks) {
  CompareRandomCases(1, 400, false, [](Random& random) { return testing::RandomSuperNet(random); });
}

TEST(FastAcceleratorProperty, EqualsTheKernelFreeDriverOnWideLayers) {
  CompareRandomCases(2, 300, true, [](Random& random) { return WideNet(random); });
}

}  // namespace
}  // namespace sushi
