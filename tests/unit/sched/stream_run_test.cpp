// A stream with its costs simulated.
#include "sushi/sched/stream_run.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"
#include "sched_fixtures.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/simple_memory.hpp"

namespace sushi {
namespace {

TEST(RunStream, RefusesALatencyThatSimulationDoesNotGive) {
  const SuperNet net = testing::OneConvNet({0, 16, 9, 3, 8});
  const HardwareConfig hw;
  const InferencePlanner planner(hw, net);
  KernelFreeAccelerator accelerator(planner, std::make_unique<SimpleMemory>(hw.dram));
  ServiceBook book(accelerator, 1, {{"empty", EmptySubGraph(net)}}, false);
  LatencyTable table = BuildLatencyTable(net, {{"empty", EmptySubGraph(net)}}, book);
  const auto serving = MakeServingPolicy("strict_accuracy");
  CachingContext context;
  context.table = &table;
  const auto caching = MakeCachingPolicy("none", context);
  const StreamSetup setup{&table, serving.get(), caching.get()};
  testing_support::VectorSource right({testing_support::Asking(75, 1)});
  EXPECT_EQ(RunStream(right, setup, book, nullptr).queries, 1);
  table.Set(0, 0, table.At(0, 0) + Picoseconds(1));
  testing_support::VectorSource wrong({testing_support::Asking(75, 1)});
  EXPECT_THROW(RunStream(wrong, setup, book, nullptr), UserError);
}

}  // namespace
}  // namespace sushi
