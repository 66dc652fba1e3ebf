// P3 on every engine: whatever the shape, no unit holds more than the Streaming Buffer.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "builders.hpp"
#include "forked.hpp"
#include "sushi/accel/fast_accelerator.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

constexpr int kKernels[] = {1, 2, 3, 5};  // one SuperNet layer each

// Rows of 9·⌈C/9⌉·8 bytes: 1 KiB holds 14, 7, 4, 3, 2, 1 of them.
constexpr int kChannels[] = {9, 18, 27, 36, 63, 126};

// A convolution on a map of `rows` × 8, and behind it a 1×1 one that reads its result.
SubNet Shape(int layer, int channels, int rows, int stride, int pad) {
  const int kernel = kKernels[layer];
  testing::SuperNetBuilder builder;
  builder.AddSubNet("s", {{layer, 9, channels, kernel, 8, stride}, {0, 9, 9, 1, 8}});
  SubNet subnet = builder.Build().subnets[0];
  subnet.name = "k" + std::to_string(kernel) + "s" + std::to_string(stride) + "p" + std::to_string(pad) +
                "c" + std::to_string(channels) + "r" + std::to_string(rows);
  Op& op = subnet.ops[0];
  op.in_h = rows;
  op.pad_h = pad;
  Op& behind = subnet.ops[1];
  behind.in_h = op.OutH();
  behind.in_w = op.OutW();
  subnet.tensors = {{channels, rows, 8}, {9, op.OutH(), op.OutW()}, {9, behind.OutH(), behind.OutW()}};
  return subnet;
}

// All small shapes that the accelerator runs.
SuperNet SmallShapes(const AccelConfig& accel, int max_batch) {
  SuperNet net;
  net.name = "shapes";
  for (const int kernel : kKernels) {
    SuperNetLayer layer;
    layer.name = "k" + std::to_string(kernel);
    layer.max_kernels = 9;
    layer.max_channels = kChannels[5];
    layer.kernel_h = layer.kernel_w = kernel;
    net.layers.push_back(layer);
  }
  for (int layer = 0; layer < 4; ++layer) {
    const int kernel = kKernels[layer];
    for (int pad = 0; pad < kernel; ++pad) {
      for (int stride = 1; stride <= 4; ++stride) {
        for (int rows = std::max(1, kernel - 2 * pad); rows <= 9; ++rows) {
          for (const int channels : kChannels) {
            SubNet subnet = Shape(layer, channels, rows, stride, pad);
            try {
              for (int batch = 1; batch <= max_batch; ++batch) PlaceActivations(subnet, accel, batch);
            } catch (const UserError&) {
              continue;  // not even the smallest strip fits
            }
            net.subnets.push_back(std::move(subnet));
          }
        }
      }
    }
  }
  return net;
}

HardwareConfig SmallBuffer() {
  HardwareConfig hw;
  hw.accel.sb.capacity_kib = 1;
  hw.accel.pb.capacity_kib = 0;
  return hw;
}

TEST(StreamingBuffer, EveryEngineRunsEverySmallShapeInItsCapacity) {
  constexpr int kBatch = 3;
  const HardwareConfig hw = SmallBuffer();
  const SuperNet net = SmallShapes(hw.accel, kBatch);
  ASSERT_GT(net.subnets.size(), 1000U);
  PlannerOptions options;
  options.max_batch = kBatch;
  const InferencePlanner planner(hw, net, options);
  testing::InChild([&] {
    KernelFreeAccelerator driver(planner, MakeMemory(hw));
    FastAccelerator fast(planner);
    RunInElaboration(planner, MakeMemory(hw), [&](ServiceModel& shell) {
      const SubGraph cached = EmptySubGraph(net);
      for (int s = 0; s < static_cast<int>(net.subnets.size()); ++s) {
        const int batch = 1 + s % kBatch;
        const InferenceResult result = shell.Infer(s, cached, batch);
        const std::string& shape = planner.subnet(s).name;
        EXPECT_EQ(result.service.value(), driver.Infer(s, cached, batch).service.value()) << shape;
        EXPECT_EQ(result.service.value(), fast.Infer(s, cached, batch).service.value()) << shape;
      }
    });
  });
}

}  // namespace
}  // namespace sushi
