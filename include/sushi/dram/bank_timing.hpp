// When a command may be issued: the JEDEC rules between commands of one channel, kept as "not before" clocks
// of each bank, bank group and rank. Equations D1–D12 of docs/timing-model.md.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sushi/dram/device.hpp"

namespace sushi {

enum class DramCommand {
  kActivate,
  kRead,
  kReadPrecharge,
  kWrite,
  kWritePrecharge,
  kPrecharge,
  kPrechargeAll,
  kRefresh
};
const char* Name(DramCommand command);

// A command as issued. `bank` is the channel's (rank included); for kPrechargeAll and kRefresh the first of
// the rank.
struct IssuedCommand {
  DramClock at = 0;
  DramCommand command = DramCommand::kActivate;
  int bank = 0;
  std::int64_t row = 0;
  int column = 0;
};

inline constexpr std::int64_t kNoRow = -1;

class BankTiming {
 public:
  explicit BankTiming(const DramDeviceConfig& dram);

  // The first clock at which the command keeps every rule, as far as commands so far are concerned.
  DramClock EarliestActivate(int bank) const {
    return std::max({banks_[Index(bank)].activate, groups_[Index(GroupOf(bank))].activate,
                     ranks_[Index(RankOf(bank))].activate});
  }
  DramClock EarliestColumn(int bank, bool write) const {
    const Bank& b = banks_[Index(bank)];
    const Group& group = groups_[Index(GroupOf(bank))];
    const Rank& rank = ranks_[Index(RankOf(bank))];
    return write ? std::max({b.write, group.write, rank.write}) : std::max({b.read, group.read, rank.read});
  }
  DramClock EarliestPrecharge(int bank) const { return banks_[Index(bank)].precharge; }
  DramClock EarliestPrechargeAll(int rank) const;
  DramClock EarliestRefresh(int rank) const { return ranks_[Index(rank)].refresh; }  // all rows are closed

  // Books a command at `now`, which must not be before its earliest clock.
  void Activate(int bank, std::int64_t row, DramClock now);
  void Column(int bank, bool write, bool precharge, DramClock now);
  void Precharge(int bank, DramClock now);
  void PrechargeAll(int rank, DramClock now);
  void Refresh(int rank, DramClock now);

  std::int64_t OpenRow(int bank) const { return banks_[Index(bank)].row; }
  int GroupOf(int bank) const { return bank >> group_shift_; }
  int RankOf(int bank) const { return bank >> rank_shift_; }
  // Bits of the rank's banks that have a row open.
  std::uint64_t OpenBanks(int rank) const { return open_ & (rank_banks_ << (rank << rank_shift_)); }
  bool AnyOpen(int rank) const { return OpenBanks(rank) != 0; }
  // Clocks up to `now` during which the rank had a row open.
  DramClock OpenClocks(int rank, DramClock now) const;

  // D5: column to column of the same bank group, and of another.
  int same_group_step() const { return same_group_; }
  int other_group_step() const { return other_group_; }
  int read_data_clocks() const { return timing_.cl + burst_; }  // command to the end of its data

 private:
  struct Bank {
    std::int64_t row = kNoRow;
    DramClock activate = 0, read = 0, write = 0, precharge = 0;
    DramClock activated = 0;
  };
  struct Group {
    DramClock activate = 0, read = 0, write = 0;
  };
  struct Rank {
    DramClock activate = 0, read = 0, write = 0;
    DramClock refresh = 0;     // the latest of its banks' `activate`
    DramClock window[4] = {};  // not before, by tFAW: the clock of each of the last four activations + tFAW
    int next = 0;              // the oldest of them
    DramClock opened = 0, closes = 0;  // when it last went from no open row to one; the latest closing
    DramClock open_clocks = 0;         // of the times before that
  };
  static std::size_t Index(int i) { return static_cast<std::size_t>(i); }
  void Close(int bank, DramClock now);

  DramTiming timing_;
  int burst_ = 4, same_group_ = 6, other_group_ = 4;
  int group_shift_ = 2, rank_shift_ = 4;
  std::uint64_t open_ = 0;        // bits of banks that have a row open
  std::uint64_t rank_banks_ = 0;  // bits of the banks of rank 0
  std::vector<Bank> banks_;
  std::vector<Group> groups_;
  std::vector<Rank> ranks_;
};

}  // namespace sushi
