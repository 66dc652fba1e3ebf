#include "sushi/dram/address_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

namespace sushi {
namespace {

using ::testing::HasSubstr;

DramDeviceConfig With(const std::string& map, int channels = 1) {
  DramDeviceConfig dram;
  dram.organization.channels = channels;
  dram.organization.rows = 8;
  dram.controller.address_map = map;
  return dram;
}

TEST(AddressMap, PutsTheLastFieldInTheLowestBits) {
  const AddressMap rows(With("row:bank:bg:col"));
  EXPECT_EQ(rows.Locate(127), (BurstLocation{0, 0, 127}));
  EXPECT_EQ(rows.Locate(128), (BurstLocation{4, 0, 0})) << "the next bank group";
  EXPECT_EQ(rows.Locate(128 * 4), (BurstLocation{1, 0, 0})) << "the next bank of a group";
  EXPECT_EQ(rows.Locate(128 * 16), (BurstLocation{0, 1, 0}));
  const AddressMap spread(With("row:col:ba:bg"));
  EXPECT_EQ(spread.Locate(1), (BurstLocation{4, 0, 0}));
  EXPECT_EQ(spread.Locate(16), (BurstLocation{0, 0, 1}));
}

TEST(AddressMap, AFieldMayComeInParts) {
  const AddressMap map(With("row:col:bank:bg:col2"));
  EXPECT_EQ(map.Locate(3), (BurstLocation{0, 0, 3}));
  EXPECT_EQ(map.Locate(4), (BurstLocation{4, 0, 0}));
  EXPECT_EQ(map.Locate(64), (BurstLocation{0, 0, 4}));
  EXPECT_EQ(AddressMap(With("row:col3:bank:bg:col")).Locate(15), (BurstLocation{0, 0, 15}));
  EXPECT_EQ(AddressMap(With("row:col3:bank:bg:col")).Locate(16), (BurstLocation{4, 0, 0}));
}

TEST(AddressMap, StretchesReachToTheEndOfTheLowColumnBits) {
  EXPECT_EQ(AddressMap(With("row:ba:bg:col")).Stretch(100), 28u);
  EXPECT_EQ(AddressMap(With("row:col:ba:bg:col2")).Stretch(101), 3u);
  EXPECT_EQ(AddressMap(With("row:col:ba:bg")).Stretch(5), 1u);
}

TEST(AddressMap, EveryBurstHasAPlaceOfItsOwn) {
  for (const char* text : {"row:ba:bg:col:ch", "ch:row:col:bg:ba", "row:col4:ch:ba:col:bg"}) {
    const DramDeviceConfig dram = With(text, 4);
    const AddressMap map(dram);
    std::set<std::tuple<int, int, std::int64_t, int>> places;
    const std::int64_t bursts = dram.organization.CapacityBytes() / 64;
    for (std::int64_t i = 0; i < bursts; ++i) {
      const auto burst = static_cast<std::uint64_t>(i);
      const BurstLocation where = map.Locate(map.ChannelBurst(burst));
      places.insert({map.ChannelOf(burst), where.bank, where.row, where.column});
      EXPECT_EQ(map.BurstsBefore(burst, map.ChannelOf(burst)), map.ChannelBurst(burst));
    }
    EXPECT_EQ(static_cast<std::int64_t>(places.size()), bursts) << text;
  }
}

TEST(AddressMap, SaysWhatItDoesNotCover) {
  const auto fault = [](const std::string& map, int channels = 1) {
    return AddressMap::Fault(With(map, channels));
  };
  EXPECT_EQ(fault("row:bank:bg:col"), "");
  EXPECT_EQ(fault("ra:ch:row:bank:bg:col"), "") << "a field of one choice may stand there";
  EXPECT_EQ(fault("row:bank:col"), "covers 0 of the 2 bits of 'bg'");
  EXPECT_EQ(fault("row2:bank:bg:col"), "covers 2 of the 3 bits of 'row'");
  EXPECT_EQ(fault("row:bank:bg:col", 2), "covers 0 of the 1 bits of 'ch'");
  EXPECT_THAT(fault("row:bnk:bg:col"), HasSubstr("no field 'bnk' (did you mean 'bank'?)"));
  EXPECT_THAT(fault("row:row:bank:bg:col"), HasSubstr("'row' twice"));
  EXPECT_THAT(fault("row:bank:bg:col9"), HasSubstr("7 bits of 'col' are left"));
  EXPECT_THAT(fault("row:bank:bg:col0"), HasSubstr("'col0'"));
  EXPECT_THAT(fault("ch1:row:bank:bg:ch1:col", 4), HasSubstr("must stand together"));
  EXPECT_THAT(fault(""), HasSubstr("no field ''"));
}

}  // namespace
}  // namespace sushi
