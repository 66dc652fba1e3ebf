#include "sushi/dram/device.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace sushi {
namespace {

std::string FaultOf(const std::function<void(DramDeviceConfig&)>& change) {
  DramDeviceConfig dram;
  change(dram);
  return FindDramFault(dram).key;
}

TEST(DramDevice, TheDefaultIsDdr4_2400AndHasNoFault) {
  EXPECT_EQ(FaultOf([](DramDeviceConfig&) {}), "");
  const DramDeviceConfig dram;
  EXPECT_EQ(dram.PeakMegabytesPerSecond(), 19207);
  EXPECT_EQ(dram.organization.CapacityBytes(), std::int64_t{4} << 30);
}

TEST(DramDevice, ImpossibleTimingsAreFoundAtTheirEdge) {
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) {
              d.timing.ras = 17;
              d.timing.rc = 34;
            }),
            "");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.ras = 16; }), "timing.ras_clk");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.rc = 55; }), "timing.rc_clk");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.rrd_l = 3; }), "timing.rrd_l_clk");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.ccd_l = 3; }), "timing.ccd_l_clk");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.wtr_l = 2; }), "timing.wtr_l_clk");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.faw = 3; }), "timing.faw_clk");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.cl = 11; }), "timing.cl_clk");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.refi = 312 + 56; }), "");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.timing.refi = 312 + 55; }), "timing.refi_clk");
}

TEST(DramDevice, OrganizationsThatCannotBeAreFound) {
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.organization.rows = 1000; }), "organization.rows");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.organization.device_bits = 128; }),
            "organization.device_bits");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.organization.columns = 4; }), "organization.columns");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.organization.burst_length = 1; }),
            "organization.burst_length");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.organization.ranks = 8; }), "organization.banks_per_group");
}

TEST(DramDevice, WatermarksCurrentsAndMapsAreChecked) {
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.controller.write_high_watermark = 33; }),
            "controller.write_high_watermark");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.controller.write_low_watermark = 26; }),
            "controller.write_low_watermark");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.currents.idd2n_ma = 1; }), "current.idd3n_ma");
  EXPECT_EQ(FaultOf([](DramDeviceConfig& d) { d.controller.address_map = "row:col"; }),
            "controller.address_map");
}

}  // namespace
}  // namespace sushi
