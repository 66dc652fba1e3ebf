// The energy table: complete or refused, and resolved for the buffers of the hardware.
#include <gmock/gmock.h>

#include <cmath>

#include "config_fixture.hpp"
#include "sushi/config/experiment.hpp"

namespace sushi::config {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

const char kTable45[] = SUSHI_SOURCE_DIR "/configs/energy/table_45nm.yaml";

EnergyTable Table(const std::vector<std::string>& sets = {}) {
  return RequireEnergy(LoadExperiment({kTable45}, sets));
}

class EnergyFile : public InDirectory {
 protected:
  // The shipped table without the lines that hold `left_out`.
  static std::string TableWithout(const std::string& left_out) {
    std::ifstream file(kTable45);
    std::string text, line;
    bool skipping = false;
    while (std::getline(file, line)) {
      // An entry may go on in deeper indented lines.
      if (line.rfind("   ", 0) != 0) skipping = line.rfind(left_out, 0) == 0;
      if (!skipping) text += line + "\n";
    }
    return Write("table.yaml", text);
  }
};

TEST_F(EnergyFile, AComponentWithoutAnEntryIsRefusedByName) {
  for (const std::string key : {"mac", "vector_op", "sram_curve", "pb", "db", "sb", "lb", "ob", "qb", "dram",
                                "dram_pj_per_byte", "static_power_mw", "static_power_source"}) {
    const std::string file = TableWithout("  " + key + ":");
    EXPECT_THAT(
        ErrorOf([&] { RequireEnergy(LoadExperiment({file}, {})); }),
        EndsWith(": energy." + key + ": is missing: every component needs an entry in the energy table"));
  }
}

TEST_F(EnergyFile, AnEntryWithoutItsFigureOrSourceIsRefused) {
  const std::string file = TableWithout("  mac:");
  EXPECT_THAT(ErrorOf([&] { RequireEnergy(LoadExperiment({file}, {"energy.mac={source: x}"})); }),
              HasSubstr("energy.mac.pj: is missing"));
  EXPECT_THAT(ErrorOf([&] { RequireEnergy(LoadExperiment({file}, {"energy.mac={pj: 1}"})); }),
              HasSubstr("energy.mac.source: is missing"));
  const std::string no_pb = TableWithout("  pb:");
  EXPECT_THAT(ErrorOf([&] { RequireEnergy(LoadExperiment({no_pb}, {"energy.pb={read_pj: 1, source: x}"})); }),
              HasSubstr("energy.pb.write_pj: is missing"));
}

TEST_F(EnergyFile, AnUnknownComponentIsRefused) {
  WriteConfig("extra.yaml", "energy:\n  macs: {pj: 1}\n");
  EXPECT_EQ(ErrorOf([] {
              LoadExperiment({kTable45, "extra.yaml"}, {});
            }),
            "extra.yaml:3: energy.macs: unknown key (did you mean 'mac'?)");
}

TEST(EnergyTable45nm, AMacIsChargedByItsPrecision) {
  const std::pair<const char*, double> figures[] = {
      {"int8", 0.56}, {"int16", 0.9}, {"fp16", 1.1 + 0.4}, {"fp32", 3.7 + 0.9}};
  for (const auto& [precision, pj] : figures) {
    const EnergyTable table = Table({std::string("energy.mac_precision=") + precision});
    EXPECT_DOUBLE_EQ(table.entries[Event::kMac].pj, pj) << precision;
  }
  EXPECT_TRUE(Table({"energy.mac_precision=int16"}).entries[Event::kMac].assumed);
  EXPECT_EQ(ErrorOf([] { Table({"energy.mac_precision=int4"}); }),
            "--set energy.mac_precision=int4: energy.mac_precision: unknown name 'int4', expected one of "
            "int8, int16, fp16, fp32 "
            "(did you mean 'int8'?)");
}

TEST_F(EnergyFile, OnlyThePrecisionThatIsChargedNeedsAFigure) {
  const std::string file = TableWithout("  mac_fp16:");
  EXPECT_DOUBLE_EQ(RequireEnergy(LoadExperiment({file}, {})).entries[Event::kMac].pj, 0.56);
  EXPECT_THAT(ErrorOf([&] { RequireEnergy(LoadExperiment({file}, {"energy.mac_precision=fp16"})); }),
              EndsWith(": energy.mac_fp16: is missing: every component needs an entry in the energy table"));
}

TEST(EnergyTable45nm, HoldsThePublishedFigures) {
  const EnergyTable table = Table({"accel.db.capacity_kib=256"});
  EXPECT_DOUBLE_EQ(table.entries[Event::kMac].pj, 0.56);
  EXPECT_DOUBLE_EQ(table.entries[Event::kDbRead].pj, 62.3 / 32);
  EXPECT_DOUBLE_EQ(table.entries[Event::kDbWrite].pj, 59.0 / 32);
  EXPECT_DOUBLE_EQ(table.entries[Event::kLbRead].pj, 0.21);
  EXPECT_DOUBLE_EQ(table.entries[Event::kDramRead].pj, 160);
  EXPECT_DOUBLE_EQ(table.entries[Event::kDramWrite].pj, 160);
  EXPECT_TRUE(table.entries[Event::kDramRead].assumed);
  EXPECT_EQ(table.entries[Event::kMac].node_nm, 45);
  for (std::size_t i = 0; i < table.entries.values.size(); ++i) {
    EXPECT_FALSE(table.entries.values[i].source.empty()) << Name(static_cast<Event>(i));
    const bool command = static_cast<Event>(i) >= Event::kDramActivate;  // the simple memory has none
    EXPECT_EQ(table.entries.values[i].pj > 0, !command) << Name(static_cast<Event>(i));
  }
}

TEST(EnergyTable45nm, AnSramGrowsWithItsCapacityAsThePublishedPointsDo) {
  // CACTI 7 (FACTS.md §4): 64 KiB 12.5 pJ, 256 KiB 29.4, 1 MiB 65.5, 2 MiB 93.9, 4 MiB 130.8. The reference
  // is 256 KiB.
  const auto read_pj = [](int kib) {
    return Table({"accel.pb.capacity_kib=" + std::to_string(kib), "device.enforce_capacity=false"})
               .entries[Event::kPbRead]
               .pj *
           32;
  };
  EXPECT_NEAR(read_pj(64), 62.3 * 12.5 / 29.4, 1e-9);
  EXPECT_NEAR(read_pj(256), 62.3, 1e-9);
  EXPECT_NEAR(read_pj(2048), 62.3 * 93.9 / 29.4, 1e-9);
  EXPECT_NEAR(read_pj(4096), 62.3 * 130.8 / 29.4, 1e-9);
  EXPECT_NEAR(read_pj(512), 62.3 * std::sqrt(65.5 / 29.4), 1e-9) << "half way between two points, log-log";
  EXPECT_NEAR(read_pj(8192), 62.3 * 130.8 / 29.4 * 130.8 / 93.9, 1e-9)
      << "beyond the last, by the last slope";
}

TEST(EnergyTable45nm, ABufferOfNoCapacityCostsNothingAndStaysFinite) {
  const EnergyTable table = Table({"accel.pb.capacity_kib=0"});
  EXPECT_EQ(table.entries[Event::kPbRead].pj, 0);
  EXPECT_EQ(table.entries[Event::kPbWrite].pj, 0);
}

TEST(EnergyTable45nm, OneKeySetsTheDramBothWays) {
  const EnergyTable table = Table({"energy.dram_pj_per_byte=64"});
  EXPECT_EQ(table.entries[Event::kDramRead].pj, 64);
  EXPECT_EQ(table.entries[Event::kDramWrite].pj, 64);
}

}  // namespace
}  // namespace sushi::config
