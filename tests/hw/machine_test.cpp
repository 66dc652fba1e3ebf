// The DRAM that the accelerators of a machine share.
#include "sushi/serving/machine.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// A bank-level memory of so many rows of 4 KiB.
HardwareConfig WithRows(std::int64_t rows) {
  HardwareConfig hw;
  hw.dram_model = DramModel::kBankLevel;
  DramOrganization& organization = hw.memory.organization;
  organization.bank_groups = organization.banks_per_group = 1;
  organization.columns = 512;
  organization.rows = rows;
  hw.memory.controller.address_map = "row:col";
  return hw;
}

// What the constructor says.
std::string Made(const SuperNet& net, std::int64_t rows, int accelerators, std::size_t models) {
  const HardwareConfig hw = WithRows(rows);
  MachineConfig config;
  config.types.push_back({hw, {PowerLevel{hw.accel.clock_mhz, 1, 0, 0}}});
  config.accelerators.assign(static_cast<std::size_t>(accelerators), 0);
  config.models.assign(models, &net);
  config.columns = [&](int, int) { return std::vector<SubGraphColumn>{{"empty", EmptySubGraph(net)}}; };
  try {
    const ServingMachine machine(std::move(config));
    return "made";
  } catch (const UserError& error) {
    return error.what();
  }
}

TEST(ServingMachine, MemoryThatCannotHoldWhatAllModelsAndAcceleratorsHaveThereIsRefused) {
  // A page each: weights, quantisation parameters, and of every accelerator the image and the result.
  const SuperNet net = testing::OneConvNet({0, 9, 9, 1, 8});
  EXPECT_EQ(Made(net, 4, 1, 1), "made");
  EXPECT_EQ(
      Made(net, 2, 1, 1),
      "memory.organization.rows: 2 rows give 8192 bytes in all, but weights and activations take 16384; "
      "with all else as it is, 4 rows hold them");
  EXPECT_EQ(Made(net, 8, 3, 1), "made");
  EXPECT_EQ(Made(net, 8, 1, 2), "made");
  EXPECT_EQ(
      Made(net, 8, 2, 2),
      "memory.organization.rows: 8 rows give 32768 bytes in all, but weights and activations take 49152; "
      "with all else as it is, 16 rows hold them");
}

}  // namespace
}  // namespace sushi
