// Where a burst lies: a configurable assignment of address bits to channel, rank, bank group, bank, row and
// column.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sushi/dram/device.hpp"

namespace sushi {

// A burst within a channel. `bank` counts through ranks and bank groups: (rank·groups + group)·banks + bank.
struct BurstLocation {
  int bank = 0;
  std::int64_t row = 0;
  int column = 0;  // in bursts

  friend bool operator==(const BurstLocation& a, const BurstLocation& b) {
    return a.bank == b.bank && a.row == b.row && a.column == b.column;
  }
};

class AddressMap {
 public:
  // `dram` is free of faults.
  explicit AddressMap(const DramDeviceConfig& dram);

  // Bursts that lie one after the other in a channel before the next channel's turn; all of them when there
  // is one channel. Channel of burst b = (b / interleave) mod channels; within the channel it is burst
  // ChannelBurst(b).
  std::uint64_t interleave() const { return std::uint64_t{1} << channel_shift_; }
  int ChannelOf(std::uint64_t burst) const;
  std::uint64_t ChannelBurst(std::uint64_t burst) const;
  // How many of the bursts before `burst` lie in the channel: its bursts of [a, b) are [BurstsBefore(a),
  // BurstsBefore(b)).
  std::uint64_t BurstsBefore(std::uint64_t burst, int channel) const;

  BurstLocation Locate(std::uint64_t channel_burst) const;
  // How many bursts from this one on lie in consecutive columns of the same row: at least 1.
  std::uint64_t Stretch(std::uint64_t channel_burst) const;

  // Bursts after which the banks come round again, one column on, where neighbours lie in different bank
  // groups; 0 when they do not.
  std::uint64_t round() const { return round_bits_ > 0 ? std::uint64_t{1} << round_bits_ : 0; }
  // Every bank's bursts of a block lie in one row. Which block a burst is in.
  std::uint64_t RoundBlock(std::uint64_t channel_burst) const { return channel_burst >> round_block_bits_; }
  std::uint64_t RoundBlockEnd(std::uint64_t channel_burst) const {
    return (RoundBlock(channel_burst) + 1) << round_block_bits_;
  }

  // What is wrong with dram.controller.address_map; "" when nothing is.
  static std::string Fault(const DramDeviceConfig& dram);

 private:
  enum class Target { kGroup, kBank, kRank, kRow, kColumn, kChannel };
  struct Slice {
    Target target = Target::kRow;
    int bits = 0;
    int address_shift = 0;  // of the channel's burst number
    int target_shift = 0;
  };
  friend struct AddressMapParser;

  std::vector<Slice> slices_;  // least significant first, without the channel
  int channel_shift_ = 0, channel_bits_ = 0;
  int stretch_bits_ = 0;  // low column bits at the very bottom
  int round_bits_ = 0, round_block_bits_ = 0;
  int groups_ = 1, banks_ = 1;
};

}  // namespace sushi
