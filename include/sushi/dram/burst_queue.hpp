// Bursts that wait for one direction, by bank and in order of arrival. Neighbouring bursts of a row share an
// entry, so that a long transfer costs no more than a short one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sushi/dram/address_map.hpp"

namespace sushi {

// `count` bursts that arrived one after the other and lie in consecutive columns of a row.
struct BurstRun {
  std::int64_t order = 0;  // of the first: its number among all bursts of the channel and direction
  std::int64_t row = 0;
  int column = 0;
  int count = 0;
  int next = -1;  // run of the same bank that arrived later
};

class BurstQueue {
 public:
  BurstQueue(int capacity, int banks);

  int size() const { return size_; }  // in bursts
  bool full() const { return size_ >= capacity_; }
  int room() const { return capacity_ - size_; }
  std::uint64_t banks() const { return banks_; }  // bit set: which have bursts waiting

  const BurstRun& Run(int index) const { return runs_[static_cast<std::size_t>(index)]; }
  int First(int bank) const { return ends_[static_cast<std::size_t>(bank)].first; }  // -1: none
  int Last(int bank) const { return ends_[static_cast<std::size_t>(bank)].last; }
  // The oldest run of the bank that lies in `row`, -1 when none does.
  int FindRow(int bank, std::int64_t row) const;
  bool Holds(const BurstLocation& where, int count) const;  // any of `count` bursts from there on

  // Whether the burst would lengthen the bank's last run.
  bool Extends(const BurstLocation& where, std::int64_t order) const {
    const int last = Last(where.bank);
    if (last < 0) return false;
    const BurstRun& run = Run(last);
    return run.row == where.row && run.column + run.count == where.column && run.order + run.count == order;
  }
  void Append(const BurstLocation& where, std::int64_t order);
  void Extend(int bank, int count) {
    At(Last(bank)).count += count;
    size_ += count;
  }
  // Takes the first `count` bursts of a run.
  void Take(int bank, int run, int count);
  // As if all that waits had been taken and the bursts `columns` on had come, `count` later.
  void Advance(std::int64_t count, int columns);

 private:
  struct Ends {
    int first = -1, last = -1;  // runs; -1: none
  };
  BurstRun& At(int index) { return runs_[static_cast<std::size_t>(index)]; }

  int capacity_, size_ = 0;
  std::uint64_t banks_ = 0;
  int free_ = -1;
  std::vector<BurstRun> runs_;
  std::vector<Ends> ends_;  // of each bank
};

}  // namespace sushi
