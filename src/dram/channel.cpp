#include "sushi/dram/channel.hpp"

#include <algorithm>

#include "bank_bits.hpp"
#include "sushi/core/error.hpp"

namespace sushi {

DramActivity& DramActivity::operator+=(const DramActivity& other) {
  activates += other.activates;
  reads += other.reads;
  writes += other.writes;
  precharges += other.precharges;
  refreshes += other.refreshes;
  forwarded += other.forwarded;
  open_rank_clocks += other.open_rank_clocks;
  rank_clocks += other.rank_clocks;
  return *this;
}

DramChannel::DramChannel(const DramDeviceConfig& dram, const AddressMap& map)
    : config_(dram.controller),
      map_(&map),
      timing_(dram),
      queues_{BurstQueue(dram.controller.read_queue, dram.organization.Banks()),
              BurstQueue(dram.controller.write_queue, dram.organization.Banks())},
      banks_per_rank_(dram.organization.BanksPerRank()),
      burst_clocks_(dram.BurstClocks()),
      refi_(dram.timing.refi),
      ranks_(dram.organization.ranks),
      banks_(Index(dram.organization.Banks())) {
  // Ranks take turns, so that one is always ready.
  for (int rank = 0; rank < ranks_; ++rank) due_.push_back(DramClock{refi_} * (rank + 1) / ranks_);
  next_due_ = due_.front();
}

void DramChannel::Offer(bool write, std::uint64_t burst, std::uint64_t end, DramClock from, DramClock pace,
                        DramClock quiet) {
  if (offering()) throw InternalError("a DRAM channel was offered two transfers at once");
  offer_write_ = write;
  offer_begin_ = offer_next_ = burst;
  offer_end_ = end;
  offer_from_ = from;
  offer_pace_ = pace;
  offer_quiet_ = quiet;
  offer_fresh_ = true;
  LocateOffer();
}

DramClock DramChannel::TakeAt() const {
  const auto side = static_cast<std::size_t>(offer_write_);
  if (!offering() || queues_[side].full()) return kNever;
  return std::max({offer_from_, last_taken_ + 1, room_since_[side]});
}

DramClock DramChannel::Next() { return std::min({TakeAt(), next_due_, Best().at}); }

bool DramChannel::Step(DramClock limit) {
  const DramClock take = TakeAt();
  if (take < next_command_ && take < next_due_ &&
      take <= limit) {  // before the next command, whichever it is
    Take(take, limit);
    return true;
  }
  const Choice& best = Best();
  const DramClock next = std::min(take, best.at);
  if (std::min(next, next_due_) > limit) return false;
  if (next_due_ <= next) {
    const bool idle = next == kNever && limit < kNever && whole_rows_;
    if (idle) RefreshIdle(limit);
    BeginRefresh();
    if (idle) FinishRefresh(limit);
    return true;
  }
  if (take < best.at) {
    Take(take, limit);
    return true;
  }
  const bool column = best_ == kColumn;
  best_ = kUnknown;
  next_command_ = best.at + 1;
  if (column) {
    IssueColumns(best, limit);
  } else {
    IssueRowCommand(best);
  }
  return true;
}

// ---- taking bursts

void DramChannel::Take(DramClock at, DramClock limit) {
  if (!Lengthens()) return TakeOne(at);
  const BurstQueue& side = queues_[offer_write_ ? 1 : 0];
  // Until the next command, refresh or change of mode nothing depends on how many have come.
  const DramClock step = TakeStep();
  std::int64_t count = std::min({limit, Best().at - 1, next_due_ - 1}) - at;
  if (step > 1) count /= step;
  ++count;
  count = std::min({count, offer_alike_, std::int64_t{side.room()}});
  const int turn = queues_[0].size() > 0 ? config_.write_high_watermark
                                         : std::min(config_.write_high_watermark, LowWatermark() + 1);
  if (offer_write_ && side.size() < turn) count = std::min<std::int64_t>(count, turn - side.size());
  if (!whole_rows_) count = 1;
  Lengthen(static_cast<int>(count), at, step);
  UpdateMode();
}

// Whether the next burst of the offer only makes the last run of its bank longer. Runs do not go across
// offers, so that a step ends where a transfer does.
bool DramChannel::Lengthens() const {
  if (offer_fresh_ && !merge_offers_) return false;
  if (!offer_write_ && (queues_[1].banks() & Bit(offer_where_.bank)) != 0)
    return false;  // may be in the write queue
  return queues_[offer_write_ ? 1 : 0].Extends(offer_where_, offer_write_ ? writes_taken_ : reads_taken_);
}

// Where the next burst lies, and how many of the offer follow it in the same row.
void DramChannel::LocateOffer() {
  offer_where_ = map_->Locate(offer_next_);
  offer_alike_ = static_cast<std::int64_t>(std::min(map_->Stretch(offer_next_), offer_end_ - offer_next_));
}

// At what pace bursts can be taken from TakeAt() on while nothing else happens; kNever: only one is sure.
DramClock DramChannel::TakeStep() const {
  return offer_pace_ == 1 || TakeAt() == offer_from_ ? offer_pace_ : kNever;
}

void DramChannel::MoveOffer(int count, DramClock at, DramClock step) {
  if (offer_fresh_) first_taken_ = at;
  offer_fresh_ = false;
  last_taken_ = at + step * (count - 1);
  if (merge_offers_ && !offer_write_) taken_.push_back({reads_taken_, count, at, step});
  offer_next_ += static_cast<std::uint64_t>(count);
  offer_from_ += offer_pace_ * count;
  offer_alike_ -= count;
  offer_where_.column += count;
  if (offer_alike_ <= 0 && offering()) LocateOffer();
  (offer_write_ ? writes_taken_ : reads_taken_) += count;
  next_command_ = std::max(next_command_, last_taken_ + 1);
}

void DramChannel::Lengthen(int count, DramClock at, DramClock step) {
  queues_[offer_write_ ? 1 : 0].Extend(offer_where_.bank, count);
  MoveOffer(count, at, step);
}

void DramChannel::TakeOne(DramClock at) {
  const BurstLocation where = offer_where_;
  const std::int64_t order = offer_write_ ? writes_taken_ : reads_taken_;
  MoveOffer(1, at, 1);
  if (!offer_write_ && queues_[1].Holds(where, 1)) {  // D18: newer than what the banks hold
    AddServed(order, 1, at + 1, 1);
    ++activity_.forwarded;
    return;
  }
  BurstQueue& side = queues_[offer_write_ ? 1 : 0];
  const bool behind = (side.banks() & Bit(where.bank)) != 0;
  side.Append(where, order);
  // A burst behind others changes something only if it is a hit that may overtake.
  const bool overtakes = (conflict_ & Bit(where.bank)) != 0 && timing_.OpenRow(where.bank) == where.row;
  if (offer_write_ == write_mode_ && (!behind || overtakes)) {
    Classify(where.bank);
    Reconsider(where.bank);
  }
  UpdateMode();
}

void DramChannel::Flush(DramClock now) {
  if (flushing_) return;
  flushing_ = true;
  next_command_ = std::max(next_command_, now);
  best_ = kUnknown;
  UpdateMode();
}

// ---- choosing a command

// D15: writes are drained in batches, as turning the bus costs time: from the high watermark, or as soon as
// no read waits and the low one is passed, down to the low one. What is below waits for more, or for Flush().
void DramChannel::ChooseMode() {
  const int reads = queues_[0].size(), writes = queues_[1].size();
  const int low = LowWatermark();
  const bool to_writes =
      !write_mode_ && (writes >= config_.write_high_watermark || (reads == 0 && writes > low));
  const bool to_reads = write_mode_ && (writes == 0 || (writes <= low && reads > 0));
  if (!to_writes && !to_reads) return;
  write_mode_ = to_writes;
  ForgetChoices();
  hit_ = closed_ = conflict_ = 0;
  for (std::uint64_t banks = queue().banks(); banks != 0; banks &= banks - 1) Classify(LowestBit(banks));
}

// D14: in a bank, hits go first, but not past an older request for ever.
void DramChannel::Classify(int bank) {
  const std::uint64_t bit = Bit(bank);
  hit_ &= ~bit;
  closed_ &= ~bit;
  conflict_ &= ~bit;
  const int first = queue().First(bank);
  if (first < 0) return;
  const std::int64_t row = timing_.OpenRow(bank);
  if (row == kNoRow) {
    closed_ |= bit;
    return;
  }
  BankState& state = banks_[Index(bank)];
  state.pick = queue().Run(first).row == row ? first : -1;
  if (state.pick < 0 && config_.scheduling == DramScheduling::kFrFcfs && state.hits < config_.row_hit_cap)
    state.pick = queue().FindRow(bank, row);
  (state.pick >= 0 ? hit_ : conflict_) |= bit;
}

std::uint64_t DramChannel::OldestBank() const {
  const BurstQueue& waiting = queue();
  int oldest = -1;
  for (std::uint64_t banks = waiting.banks(); banks != 0; banks &= banks - 1) {
    const int bank = LowestBit(banks);
    if (oldest < 0 || waiting.Run(waiting.First(bank)).order < waiting.Run(waiting.First(oldest)).order)
      oldest = bank;
  }
  return oldest < 0 ? 0 : Bit(oldest) & ~refreshing_;
}

// Of the kinds kRead (any column access), kActivate and kPrecharge.
inline DramClock DramChannel::ReadyAt(DramCommand command, int bank) const {
  if (command == DramCommand::kActivate) return timing_.EarliestActivate(bank);
  if (command == DramCommand::kPrecharge) return timing_.EarliestPrecharge(bank);
  return timing_.EarliestColumn(bank, write_mode_);
}

template <DramCommand kCommand>
void DramChannel::Find(Found& found, std::uint64_t banks) const {
  const BurstQueue& waiting = queue();
  DramClock at = kNever;
  std::int64_t order = 0;
  int first = -1;
  for (; banks != 0; banks &= banks - 1) {
    const int bank = LowestBit(banks);
    const DramClock own_at = std::max(ReadyAt(kCommand, bank), next_command_);
    const int run = kCommand == DramCommand::kRead ? banks_[Index(bank)].pick : waiting.First(bank);
    const std::int64_t own_order = waiting.Run(run).order;
    // By masks: branches would be mispredicted.
    const std::int64_t before = -std::int64_t{(own_at < at) | ((own_at == at) & (own_order < order))};
    first ^= (first ^ bank) & static_cast<int>(before);
    order ^= (order ^ own_order) & before;
    at = std::min(at, own_at);
  }
  found.choice.at = at;
  found.choice.command = kCommand;
  found.choice.bank = first;
  found.choice.order = order;
  found.known = true;
}

template <DramCommand kCommand>
void DramChannel::Reconsider(Found& found, int bank, bool candidate) const {
  if (found.choice.bank == bank) found.known = false;
  if (!candidate || !found.known) return;
  const Choice choice = {std::max(ReadyAt(kCommand, bank), next_command_), kCommand, bank,
                         OrderOf(kCommand, bank)};
  if (choice.Before(found.choice)) found.choice = choice;
}

// What the bank needs has changed, and nothing else for the others.
void DramChannel::Reconsider(int bank) {
  best_ = kUnknown;
  if (config_.scheduling == DramScheduling::kFcfs) return ForgetChoices();  // may be another bank's turn
  const std::uint64_t bit = Bit(bank) & ~refreshing_;
  Reconsider<DramCommand::kRead>(found_[kColumn], bank, (hit_ & bit) != 0);
  Reconsider<DramCommand::kActivate>(found_[kActivate], bank, (closed_ & bit) != 0);
  Reconsider<DramCommand::kPrecharge>(found_[kPrecharge], bank, (conflict_ & bit) != 0);
}

void DramChannel::ForgetChoices() {
  best_ = kUnknown;
  for (Found& found : found_) found.known = false;
}

// What Classify() and Reconsider() would find out after an ACT: it is for the bank's oldest burst.
void DramChannel::RowOpened(int bank) {
  closed_ &= ~Bit(bank);
  hit_ |= Bit(bank);
  banks_[Index(bank)].pick = queue().First(bank);
  banks_[Index(bank)].hits = 0;
  if (config_.scheduling == DramScheduling::kFcfs) return ForgetChoices();
  found_[kActivate].known = false;  // D3, D4
  Reconsider<DramCommand::kRead>(found_[kColumn], bank, true);
}

// After a PRE: the oldest burst waits for another row.
void DramChannel::RowClosed(int bank) {
  conflict_ &= ~Bit(bank);
  closed_ |= Bit(bank);
  if (config_.scheduling == DramScheduling::kFcfs) return ForgetChoices();
  found_[kPrecharge].known = false;
  Reconsider<DramCommand::kActivate>(found_[kActivate], bank, true);
}

// D13: the command that can be issued first; at the same clock refresh before column accesses before ACT and
// PRE, and the oldest request first.
const DramChannel::Choice& DramChannel::Best() {
  if (best_ != kUnknown) return found_[best_].choice;
  Found &column = found_[kColumn], &activate = found_[kActivate], &precharge = found_[kPrecharge];
  const std::uint64_t banks = Candidates();
  const auto holds = [&](const Found& found) { return found.known && found.choice.at >= next_command_; };
  if (!holds(column)) Find<DramCommand::kRead>(column, banks & hit_);
  if (!holds(activate)) Find<DramCommand::kActivate>(activate, banks & closed_);
  if (!holds(precharge)) Find<DramCommand::kPrecharge>(precharge, banks & conflict_);
  best_ = activate.choice.Before(precharge.choice) ? kActivate : kPrecharge;
  pace_end_ = found_[best_].choice.at;
  if (column.choice.at <= pace_end_) best_ = kColumn;
  if (refreshing_ != 0) {
    FindRefresh();
    const DramClock refresh = found_[kRefresh].choice.at;
    pace_end_ = std::min(pace_end_, refresh - 1);
    if (refresh <= found_[best_].choice.at) best_ = kRefresh;
  }
  return found_[best_].choice;
}

// D16: a rank that is due gets no new command; when its banks may close they do, and it is refreshed.
void DramChannel::FindRefresh() {
  Choice& best = found_[kRefresh].choice;
  best.at = kNever;
  for (int rank = 0; rank < ranks_; ++rank) {
    const int bank = rank * banks_per_rank_;
    if ((refreshing_ & Bit(bank)) == 0) continue;
    const bool open = timing_.AnyOpen(rank);
    const DramClock ready = open ? timing_.EarliestPrechargeAll(rank) : timing_.EarliestRefresh(rank);
    const DramClock at = std::max(ready, next_command_);
    if (at < best.at) best = {at, open ? DramCommand::kPrechargeAll : DramCommand::kRefresh, bank};
  }
}

std::uint64_t DramChannel::RankBanks() const { return ~std::uint64_t{0} >> (64 - banks_per_rank_); }

void DramChannel::BeginRefresh() {
  next_command_ = std::max(next_command_, next_due_);
  for (int rank = 0; rank < ranks_; ++rank) {
    DramClock& due = due_[Index(rank)];
    if (due != next_due_) continue;
    due += refi_;
    refreshing_ |= RankBanks() << (rank * banks_per_rank_);
  }
  next_due_ = *std::min_element(due_.begin(), due_.end());
  ForgetChoices();
}

// With nothing to do, no other command than those of the refresh comes.
void DramChannel::FinishRefresh(DramClock limit) {
  const Choice& choice = found_[kRefresh].choice;
  while (refreshing_ != 0) {
    FindRefresh();
    if (choice.at > limit || choice.at >= next_due_) return;
    next_command_ = choice.at + 1;
    IssueRowCommand(choice);
  }
}

// With nothing to do and every row closed, refreshes that are due before `limit` follow each other on time.
// The last is left to BeginRefresh().
void DramChannel::RefreshIdle(DramClock limit) {
  if (ranks_ > 1 || log_ != nullptr || timing_.AnyOpen(0) || refreshing_ != 0) return;
  if (std::max(timing_.EarliestRefresh(0), next_command_) > next_due_) return;
  const std::int64_t count = (limit - next_due_) / refi_;
  if (count <= 0) return;
  const DramClock last = next_due_ + (count - 1) * refi_;
  activity_.refreshes += count;
  timing_.Refresh(0, last);
  next_command_ = last + 1;
  next_due_ = due_.front() = last + refi_;
}

}  // namespace sushi
