#include "sushi/dram/burst_queue.hpp"

namespace sushi {

BurstQueue::BurstQueue(int capacity, int banks)
    : capacity_(capacity), ends_(static_cast<std::size_t>(banks)) {}

int BurstQueue::FindRow(int bank, std::int64_t row) const {
  int run = First(bank);
  while (run >= 0 && Run(run).row != row) run = Run(run).next;
  return run;
}

bool BurstQueue::Holds(const BurstLocation& where, int count) const {
  for (int i = First(where.bank); i >= 0; i = Run(i).next) {
    const BurstRun& run = Run(i);
    if (run.row == where.row && run.column < where.column + count && where.column < run.column + run.count)
      return true;
  }
  return false;
}

void BurstQueue::Append(const BurstLocation& where, std::int64_t order) {
  int index = free_;
  if (index >= 0) {
    free_ = At(index).next;
  } else {
    index = static_cast<int>(runs_.size());
    runs_.emplace_back();
  }
  At(index) = {order, where.row, where.column, 1, -1};
  Ends& ends = ends_[static_cast<std::size_t>(where.bank)];
  (ends.first < 0 ? ends.first : At(ends.last).next) = index;
  ends.last = index;
  banks_ |= std::uint64_t{1} << where.bank;
  ++size_;
}

void BurstQueue::Advance(std::int64_t count, int columns) {
  for (BurstRun& run : runs_) {  // those that are free do not mind
    run.order += count;
    run.column += columns;
  }
}

void BurstQueue::Take(int bank, int run, int count) {
  BurstRun& taken = At(run);
  size_ -= count;
  taken.order += count;
  taken.column += count;
  taken.count -= count;
  if (taken.count > 0) return;
  Ends& ends = ends_[static_cast<std::size_t>(bank)];
  int before = -1;
  for (int i = ends.first; i != run; i = Run(i).next) before = i;
  (before < 0 ? ends.first : At(before).next) = taken.next;
  if (ends.last == run) ends.last = before;
  if (ends.first < 0) banks_ &= ~(std::uint64_t{1} << bank);
  taken.next = free_;
  free_ = run;
}

}  // namespace sushi
