// Each timing rule at its edge: BankTiming allows a command at clock N and not before, and the checker, which
// is written apart from it, accepts N and refuses N−1.
#include "sushi/dram/bank_timing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sushi/dram/command_checker.hpp"

namespace sushi {
namespace {

using ::testing::HasSubstr;

// DDR4-2400 17-17-17 with two ranks; every figure differs from every sum that could hide it.
DramDeviceConfig Dram() {
  DramDeviceConfig dram;
  dram.organization.ranks = 2;
  dram.timing.turnaround = 6;
  dram.controller.address_map = "row:ra:ba:bg:col";
  return dram;
}

// Banks 0 and 1 share a group; 4 is in the next group; 16 is in the other rank.
struct Rule {
  const char* name;
  std::vector<IssuedCommand> before;
  IssuedCommand command;  // `at` is the first legal clock
  const char* said;
};

void PrintTo(const Rule& rule, std::ostream* out) { *out << rule.name; }

constexpr DramCommand kAct = DramCommand::kActivate, kRd = DramCommand::kRead, kWr = DramCommand::kWrite,
                      kRda = DramCommand::kReadPrecharge, kWra = DramCommand::kWritePrecharge,
                      kPre = DramCommand::kPrecharge, kPrea = DramCommand::kPrechargeAll,
                      kRef = DramCommand::kRefresh;

const Rule kRules[] = {
    {"RCD", {{0, kAct, 0, 7}}, {17, kRd, 0, 7}, "tRCD"},
    {"RCD_write", {{0, kAct, 0, 7}}, {17, kWr, 0, 7}, "tRCD"},
    {"RAS", {{0, kAct, 0, 7}}, {39, kPre, 0}, "tRAS"},
    {"RC", {{0, kAct, 0, 7}, {39, kPre, 0}}, {56, kAct, 0, 8}, "tR"},
    {"RP", {{0, kAct, 0, 7}, {60, kPre, 0}}, {77, kAct, 0, 8}, "tRP"},
    {"RRD_L", {{0, kAct, 0, 7}}, {6, kAct, 1, 7}, "tRRD_L"},
    {"RRD_S", {{0, kAct, 0, 7}}, {4, kAct, 4, 7}, "tRRD_S"},
    {"FAW", {{0, kAct, 0, 7}, {4, kAct, 4, 7}, {8, kAct, 8, 7}, {12, kAct, 12, 7}}, {26, kAct, 1, 7}, "tFAW"},
    {"CCD_L", {{0, kAct, 0, 7}, {6, kAct, 1, 7}, {40, kRd, 0, 7}}, {46, kRd, 1, 7}, "tCCD_L"},
    {"CCD_L_same_bank", {{0, kAct, 0, 7}, {40, kRd, 0, 7}}, {46, kRd, 0, 7}, "tCCD_L"},
    {"CCD_S", {{0, kAct, 0, 7}, {6, kAct, 4, 7}, {40, kRd, 0, 7}}, {44, kRd, 4, 7}, "tCCD_S"},
    {"CCD_L_writes", {{0, kAct, 0, 7}, {40, kWr, 0, 7}}, {46, kWr, 0, 7}, "tCCD_L"},
    {"CCD_S_writes", {{0, kAct, 0, 7}, {6, kAct, 4, 7}, {40, kWr, 0, 7}}, {44, kWr, 4, 7}, "tCCD_S"},
    {"RTP", {{0, kAct, 0, 7}, {50, kRd, 0, 7}}, {59, kPre, 0}, "tRTP"},
    {"WR", {{0, kAct, 0, 7}, {50, kWr, 0, 7}}, {50 + 12 + 4 + 18, kPre, 0}, "tWR"},
    {"WTR_L", {{0, kAct, 0, 7}, {50, kWr, 0, 7}}, {50 + 12 + 4 + 9, kRd, 0, 7}, "tWTR_L"},
    {"WTR_S", {{0, kAct, 0, 7}, {6, kAct, 4, 7}, {50, kWr, 0, 7}}, {50 + 12 + 4 + 3, kRd, 4, 7}, "tWTR_S"},
    {"turnaround", {{0, kAct, 0, 7}, {50, kRd, 0, 7}}, {50 + 17 + 4 + 6 - 12, kWr, 0, 7}, "turnaround"},
    {"rank_to_rank",
     {{0, kAct, 0, 7}, {1, kAct, 16, 7}, {50, kRd, 0, 7}},
     {50 + 4 + 6, kRd, 16, 7},
     "turnaround"},
    {"rank_write_to_read",
     {{0, kAct, 0, 7}, {1, kAct, 16, 7}, {50, kWr, 0, 7}},
     {50 + 12 + 4 + 6 - 17, kRd, 16, 7},
     "turnaround"},
    {"read_with_precharge", {{0, kAct, 0, 7}, {50, kRda, 0, 7}}, {50 + 9 + 17, kAct, 0, 8}, "tRP"},
    {"early_read_with_precharge", {{0, kAct, 0, 7}, {17, kRda, 0, 7}}, {56, kAct, 0, 8}, "t"},
    {"write_with_precharge", {{0, kAct, 0, 7}, {50, kWra, 0, 7}}, {50 + 12 + 4 + 18 + 17, kAct, 0, 8}, "tRP"},
    {"PREA", {{0, kAct, 0, 7}, {6, kAct, 4, 7}}, {45, kPrea, 0}, "tRAS"},
    {"REF_after_PREA", {{0, kAct, 0, 7}, {60, kPrea, 0}}, {77, kRef, 0}, "tRP"},
    {"RFC", {{10, kRef, 0}}, {322, kAct, 3, 7}, "tRFC"},
    {"RFC_other_rank_is_free", {{10, kRef, 0}}, {11, kAct, 16, 7}, "command before"},
};

class TimingRule : public ::testing::TestWithParam<Rule> {};

DramClock Earliest(const BankTiming& timing, const IssuedCommand& c) {
  switch (c.command) {
    case kAct:
      return timing.EarliestActivate(c.bank);
    case kPre:
      return timing.EarliestPrecharge(c.bank);
    case kPrea:
      return timing.EarliestPrechargeAll(timing.RankOf(c.bank));
    case kRef:
      return timing.EarliestRefresh(timing.RankOf(c.bank));
    default:
      return timing.EarliestColumn(c.bank, c.command == kWr || c.command == kWra);
  }
}

void Book(BankTiming& timing, const IssuedCommand& c) {
  switch (c.command) {
    case kAct:
      return timing.Activate(c.bank, c.row, c.at);
    case kPre:
      return timing.Precharge(c.bank, c.at);
    case kPrea:
      return timing.PrechargeAll(timing.RankOf(c.bank), c.at);
    case kRef:
      return timing.Refresh(timing.RankOf(c.bank), c.at);
    default:
      return timing.Column(c.bank, c.command == kWr || c.command == kWra,
                           c.command == kRda || c.command == kWra, c.at);
  }
}

TEST_P(TimingRule, HoldsAtItsEdgeAndNotAClockBefore) {
  const Rule& rule = GetParam();
  const DramDeviceConfig dram = Dram();
  BankTiming timing(dram);
  for (const IssuedCommand& command : rule.before) {
    EXPECT_LE(Earliest(timing, command), command.at) << "the case itself is legal";
    Book(timing, command);
  }
  const DramClock bus_free = rule.before.back().at + 1;
  EXPECT_EQ(std::max(Earliest(timing, rule.command), bus_free), rule.command.at);

  std::vector<IssuedCommand> log = rule.before;
  log.push_back(rule.command);
  EXPECT_EQ(FindViolation(dram, log), "");
  --log.back().at;
  EXPECT_THAT(FindViolation(dram, log), HasSubstr(rule.said));
}

INSTANTIATE_TEST_SUITE_P(Ddr4, TimingRule, ::testing::ValuesIn(kRules),
                         [](const auto& test) { return test.param.name; });

TEST(CommandChecker, RefusesCommandsToBanksInTheWrongState) {
  const DramDeviceConfig dram = Dram();
  EXPECT_THAT(FindViolation(dram, {{0, kRd, 0, 7}}), HasSubstr("its row is not open"));
  EXPECT_THAT(FindViolation(dram, {{0, kAct, 0, 7}, {17, kRd, 0, 8}}), HasSubstr("its row is not open"));
  EXPECT_THAT(FindViolation(dram, {{0, kAct, 0, 7}, {99, kAct, 0, 8}}), HasSubstr("a row is open"));
  EXPECT_THAT(FindViolation(dram, {{0, kPre, 0}}), HasSubstr("no row is open"));
  EXPECT_THAT(FindViolation(dram, {{0, kAct, 0, 7}, {99, kRef, 0}}), HasSubstr("a row of its rank is open"));
  EXPECT_THAT(FindViolation(dram, {{5, kAct, 0, 7}, {5, kAct, 16, 7}}), HasSubstr("is not after"));
}

TEST(CommandChecker, RefusesARefreshThatIsTooLate) {
  const DramDeviceConfig dram = Dram();
  const DramClock latest = 9360 + (17 + 12 + 4 + 18) + 56;  // a row just opened, written, and closed
  EXPECT_EQ(FindViolation(dram, {{latest, kRef, 0}}), "");
  EXPECT_THAT(FindViolation(dram, {{latest + 1, kRef, 0}}), HasSubstr("later than tREFI"));
  EXPECT_THAT(FindViolation(dram, {{100, kRef, 0}, {9360 + latest + 1, kRef, 0}}),
              HasSubstr("later than tREFI"));
}

TEST(BankTiming, CountsClocksWithARowOpenOnce) {
  BankTiming timing(Dram());
  timing.Activate(0, 7, 10);
  timing.Activate(4, 7, 20);
  timing.Precharge(0, 60);
  EXPECT_EQ(timing.OpenClocks(0, 70), 60);
  timing.Precharge(4, 80);
  EXPECT_EQ(timing.OpenClocks(0, 100), 70);
  timing.Activate(0, 8, 200);
  timing.Column(0, false, true, 240);  // closes itself at 249
  EXPECT_EQ(timing.OpenClocks(0, 245), 70 + 45);
  EXPECT_EQ(timing.OpenClocks(0, 300), 70 + 49);
  EXPECT_EQ(timing.OpenClocks(1, 300), 0);
}

}  // namespace
}  // namespace sushi
