#include "sushi/dram/bank_timing.hpp"

#include <algorithm>

#include "bank_bits.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

int Log2(int n) {
  int bits = 0;
  while ((1 << bits) < n) ++bits;
  return bits;
}

void Raise(DramClock& not_before, DramClock clock) { not_before = std::max(not_before, clock); }

}  // namespace

const char* Name(DramCommand command) {
  switch (command) {
    case DramCommand::kActivate:
      return "ACT";
    case DramCommand::kRead:
      return "RD";
    case DramCommand::kReadPrecharge:
      return "RDA";
    case DramCommand::kWrite:
      return "WR";
    case DramCommand::kWritePrecharge:
      return "WRA";
    case DramCommand::kPrecharge:
      return "PRE";
    case DramCommand::kPrechargeAll:
      return "PREA";
    case DramCommand::kRefresh:
      return "REF";
  }
  throw InternalError("no name for a DRAM command");
}

BankTiming::BankTiming(const DramDeviceConfig& dram)
    : timing_(dram.timing),
      burst_(dram.BurstClocks()),
      same_group_(std::max(dram.timing.ccd_l, burst_)),
      other_group_(std::max(dram.timing.ccd_s, burst_)),
      group_shift_(Log2(dram.organization.banks_per_group)),
      rank_shift_(Log2(dram.organization.BanksPerRank())),
      rank_banks_(~std::uint64_t{0} >> (64 - dram.organization.BanksPerRank())),
      banks_(Index(dram.organization.Banks())),
      groups_(Index(dram.organization.Groups())),
      ranks_(Index(dram.organization.ranks)) {}

DramClock BankTiming::EarliestPrechargeAll(int rank) const {
  DramClock earliest = 0;
  for (int bank = rank << rank_shift_; bank < (rank + 1) << rank_shift_; ++bank)
    Raise(earliest, banks_[Index(bank)].precharge);
  return earliest;
}

void BankTiming::Activate(int bank, std::int64_t row, DramClock now) {
  Bank& b = banks_[Index(bank)];
  Rank& rank = ranks_[Index(RankOf(bank))];
  b.row = row;
  b.activated = now;
  b.read = b.write = now + timing_.rcd;
  b.precharge = now + timing_.ras;
  b.activate = now + timing_.rc;
  Raise(rank.refresh, b.activate);
  Raise(groups_[Index(GroupOf(bank))].activate, now + timing_.rrd_l);
  Raise(rank.activate, now + timing_.rrd_s);
  rank.window[rank.next] = now + timing_.faw;
  rank.next = (rank.next + 1) % 4;
  Raise(rank.activate, rank.window[rank.next]);
  if (!AnyOpen(RankOf(bank)) && now >= rank.closes) {
    rank.open_clocks += rank.closes - rank.opened;
    rank.opened = now;
  }
  open_ |= Bit(bank);
}

void BankTiming::Column(int bank, bool write, bool precharge, DramClock now) {
  Bank& b = banks_[Index(bank)];
  Group& group = groups_[Index(GroupOf(bank))];
  Rank& own = ranks_[Index(RankOf(bank))];
  const DramTiming& t = timing_;
  const DramClock data_end = now + (write ? t.cwl : t.cl) + burst_;
  if (write) {
    Raise(group.write, now + same_group_);
    Raise(own.write, now + other_group_);
    Raise(group.read, data_end + t.wtr_l);
    Raise(own.read, data_end + t.wtr_s);
    Raise(b.precharge, data_end + t.wr);
  } else {
    Raise(group.read, now + same_group_);
    Raise(own.read, now + other_group_);
    Raise(own.write, data_end + t.turnaround - t.cwl);
    Raise(b.precharge, now + t.rtp);
  }
  if (ranks_.size() > 1) {  // the data bus changes hands
    for (Rank& rank : ranks_) {
      if (&rank == &own) continue;
      Raise(rank.read, data_end + t.turnaround - t.cl);
      Raise(rank.write, data_end + t.turnaround - t.cwl);
    }
  }
  if (precharge) Close(bank, b.precharge);
}

void BankTiming::Close(int bank, DramClock now) {
  Bank& b = banks_[Index(bank)];
  Rank& rank = ranks_[Index(RankOf(bank))];
  b.row = kNoRow;
  Raise(b.activate, now + timing_.rp);
  Raise(rank.refresh, b.activate);
  Raise(rank.closes, now);
  open_ &= ~Bit(bank);
}

void BankTiming::Precharge(int bank, DramClock now) { Close(bank, now); }

void BankTiming::PrechargeAll(int rank, DramClock now) {
  for (std::uint64_t open = OpenBanks(rank); open != 0; open &= open - 1) Close(LowestBit(open), now);
}

void BankTiming::Refresh(int rank, DramClock now) {
  Rank& r = ranks_[Index(rank)];
  Raise(r.activate, now + timing_.rfc);
  Raise(r.refresh, now + timing_.rfc);
}

DramClock BankTiming::OpenClocks(int rank, DramClock now) const {
  const Rank& r = ranks_[Index(rank)];
  return r.open_clocks + (AnyOpen(rank) ? now : std::min(now, r.closes)) - r.opened;
}

}  // namespace sushi
