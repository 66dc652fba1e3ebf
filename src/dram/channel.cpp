#include "sushi/dram/channel.hpp"

#include <algorithm>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

int LowestBit(std::uint64_t bits) { return __builtin_ctzll(bits); }
bool HasOneBit(std::uint64_t bits) { return bits != 0 && (bits & (bits - 1)) == 0; }
std::uint64_t Bit(int bank) { return std::uint64_t{1} << bank; }

}  // namespace

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
      map_(map),
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

void DramChannel::Offer(bool write, std::uint64_t burst, std::uint64_t end, DramClock from) {
  if (offering()) throw InternalError("a DRAM channel was offered two transfers at once");
  offer_write_ = write;
  offer_next_ = burst;
  offer_end_ = end;
  offer_from_ = from;
  offer_fresh_ = true;
  LocateOffer();
}

DramClock DramChannel::TakeAt() const {
  const auto side = static_cast<std::size_t>(offer_write_);
  if (!offering() || queues_[side].full()) return kNever;
  return std::max({offer_from_, last_taken_ + 1, room_since_[side]});
}

DramClock DramChannel::Next() { return std::min({TakeAt(), next_due_, Best().at}); }

void DramChannel::Step(DramClock limit) {
  const DramClock take = TakeAt();
  const Choice best = Best();
  if (next_due_ <= std::min(take, best.at)) {
    if (std::min(take, best.at) == kNever && limit < kNever) RefreshIdle(limit);
    return BeginRefresh();
  }
  if (take < best.at) return Take(limit);
  best_known_ = false;
  next_command_ = best.at + 1;
  const bool column = best.command == DramCommand::kRead || best.command == DramCommand::kWrite;
  if (column) {
    IssueColumns(best, limit);
  } else {
    IssueRowCommand(best);
  }
}

// ---- taking bursts

void DramChannel::Take(DramClock limit) {
  const DramClock at = TakeAt();
  if (!Lengthens()) return TakeOne(at);
  const BurstQueue& side = queues_[offer_write_ ? 1 : 0];
  // Until the next command, refresh or change of mode nothing depends on how many have come.
  std::int64_t count = std::min({limit, Best().at - 1, next_due_ - 1}) - at + 1;
  count = std::min({count, offer_alike_, std::int64_t{side.room()}});
  const int turn = queues_[0].size() > 0 ? config_.write_high_watermark
                                         : std::min(config_.write_high_watermark, LowWatermark() + 1);
  if (offer_write_ && side.size() < turn) count = std::min<std::int64_t>(count, turn - side.size());
  if (!whole_rows_) count = 1;
  Lengthen(static_cast<int>(count), at + count - 1);
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
  offer_where_ = map_.Locate(offer_next_);
  offer_alike_ = static_cast<std::int64_t>(std::min(map_.Stretch(offer_next_), offer_end_ - offer_next_));
}

void DramChannel::MoveOffer(int count, DramClock last) {
  if (offer_fresh_) first_taken_ = last - count + 1;
  offer_fresh_ = false;
  last_taken_ = last;
  offer_next_ += static_cast<std::uint64_t>(count);
  offer_alike_ -= count;
  offer_where_.column += count;
  if (offer_alike_ == 0 && offering()) LocateOffer();
  (offer_write_ ? writes_taken_ : reads_taken_) += count;
  next_command_ = std::max(next_command_, last + 1);
}

void DramChannel::Lengthen(int count, DramClock last) {
  queues_[offer_write_ ? 1 : 0].Extend(offer_where_.bank, count);
  MoveOffer(count, last);
}

void DramChannel::TakeOne(DramClock at) {
  const BurstLocation where = offer_where_;
  const std::int64_t order = offer_write_ ? writes_taken_ : reads_taken_;
  MoveOffer(1, at);
  best_known_ = false;
  if (!offer_write_ && queues_[1].Holds(where, 1)) {  // D18: newer than what the banks hold
    served_.push_back({order, 1, at + 1, 1});
    ++activity_.forwarded;
    return;
  }
  queues_[offer_write_ ? 1 : 0].Append(where, order);
  if (offer_write_ == write_mode_) Classify(where.bank);
  UpdateMode();
}

void DramChannel::Flush(DramClock now) {
  if (flushing_) return;
  flushing_ = true;
  next_command_ = std::max(next_command_, now);
  best_known_ = false;
  UpdateMode();
}

// ---- choosing a command

// D15: writes are drained in batches, as turning the bus costs time: from the high watermark, or as soon as
// no read waits and the low one is passed, down to the low one. What is below waits for more, or for Flush().
void DramChannel::UpdateMode() {
  const int reads = queues_[0].size(), writes = queues_[1].size();
  const int low = LowWatermark();
  const bool to_writes =
      !write_mode_ && (writes >= config_.write_high_watermark || (reads == 0 && writes > low));
  const bool to_reads = write_mode_ && (writes == 0 || (writes <= low && reads > 0));
  if (!to_writes && !to_reads) return;
  write_mode_ = to_writes;
  best_known_ = false;
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

std::uint64_t DramChannel::Candidates() const {
  const BurstQueue& waiting = queues_[write_mode_ ? 1 : 0];
  if (config_.scheduling == DramScheduling::kFrFcfs) return waiting.banks() & ~refreshing_;
  int oldest = -1;
  for (std::uint64_t banks = waiting.banks(); banks != 0; banks &= banks - 1) {
    const int bank = LowestBit(banks);
    if (oldest < 0 || waiting.Run(waiting.First(bank)).order < waiting.Run(waiting.First(oldest)).order)
      oldest = bank;
  }
  return oldest < 0 ? 0 : Bit(oldest) & ~refreshing_;
}

// D13: the command that can be issued first; at the same clock refresh before column accesses before ACT and
// PRE, and the oldest request first.
const DramChannel::Choice& DramChannel::Best() {
  if (best_known_) return best_;
  const std::uint64_t banks = Candidates();
  best_ = FindColumn(banks & hit_);
  const Choice row = FindRowCommand(banks & (closed_ | conflict_));
  pace_end_ = row.at;
  if (row.at < best_.at) best_ = row;
  if (refreshing_ != 0) {
    const Choice refresh = FindRefresh();
    pace_end_ = std::min(pace_end_, refresh.at - 1);
    if (refresh.at <= best_.at) best_ = refresh;
  }
  best_known_ = true;
  return best_;
}

DramChannel::Choice DramChannel::FindColumn(std::uint64_t banks) const {
  Choice best;
  const BurstQueue& waiting = queues_[write_mode_ ? 1 : 0];
  const auto order = [&](int bank) { return waiting.Run(banks_[Index(bank)].pick).order; };
  for (; banks != 0; banks &= banks - 1) {
    const int bank = LowestBit(banks);
    const DramClock at = std::max(timing_.EarliestColumn(bank, write_mode_), next_command_);
    if (at > best.at || (at == best.at && order(bank) > order(best.bank))) continue;
    best.at = at;
    best.bank = bank;
  }
  best.command = write_mode_ ? DramCommand::kWrite : DramCommand::kRead;
  return best;
}

DramChannel::Choice DramChannel::FindRowCommand(std::uint64_t banks) const {
  Choice best;
  const BurstQueue& waiting = queues_[write_mode_ ? 1 : 0];
  const auto order = [&](int bank) { return waiting.Run(waiting.First(bank)).order; };
  for (; banks != 0; banks &= banks - 1) {
    const int bank = LowestBit(banks);
    const bool closed = (closed_ & Bit(bank)) != 0;
    const DramClock ready = closed ? timing_.EarliestActivate(bank) : timing_.EarliestPrecharge(bank);
    const DramClock at = std::max(ready, next_command_);
    if (at > best.at || (at == best.at && order(bank) > order(best.bank))) continue;
    best = {at, closed ? DramCommand::kActivate : DramCommand::kPrecharge, bank};
  }
  return best;
}

// D16: a rank that is due gets no new command; when its banks may close they do, and it is refreshed.
DramChannel::Choice DramChannel::FindRefresh() const {
  Choice best;
  for (int rank = 0; rank < ranks_; ++rank) {
    const int bank = rank * banks_per_rank_;
    if ((refreshing_ & Bit(bank)) == 0) continue;
    const bool open = timing_.AnyOpen(rank);
    const DramClock ready = open ? timing_.EarliestPrechargeAll(rank) : timing_.EarliestRefresh(rank);
    const DramClock at = std::max(ready, next_command_);
    if (at < best.at) best = {at, open ? DramCommand::kPrechargeAll : DramCommand::kRefresh, bank};
  }
  return best;
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
  best_known_ = false;
}

// With nothing to do and every row closed, refreshes that are due before `limit` follow each other on time.
// The last is left to BeginRefresh().
void DramChannel::RefreshIdle(DramClock limit) {
  if (ranks_ > 1 || log_ != nullptr || !whole_rows_ || timing_.AnyOpen(0) || refreshing_ != 0) return;
  if (std::max(timing_.EarliestRefresh(0), next_command_) > next_due_) return;
  const std::int64_t count = (limit - next_due_) / refi_;
  if (count <= 0) return;
  const DramClock last = next_due_ + (count - 1) * refi_;
  activity_.refreshes += count;
  timing_.Refresh(0, last);
  next_command_ = last + 1;
  next_due_ = due_.front() = last + refi_;
}

// ---- issuing commands

void DramChannel::Log(DramClock at, DramCommand command, int bank, std::int64_t row, int column) {
  if (log_ != nullptr) log_->push_back({at, command, bank, row, column});
}

void DramChannel::IssueRowCommand(const Choice& choice) {
  const int bank = choice.bank;
  const int rank = timing_.RankOf(bank);
  switch (choice.command) {
    case DramCommand::kActivate: {
      const std::int64_t row = queue().Run(queue().First(bank)).row;
      timing_.Activate(bank, row, choice.at);
      banks_[Index(bank)].hits = 0;
      ++activity_.activates;
      Log(choice.at, choice.command, bank, row);
      return Classify(bank);
    }
    case DramCommand::kPrecharge:
      timing_.Precharge(bank, choice.at);
      ++activity_.precharges;
      Log(choice.at, choice.command, bank);
      return Classify(bank);
    case DramCommand::kPrechargeAll:
      for (int i = bank; i < bank + banks_per_rank_; ++i)
        activity_.precharges += timing_.OpenRow(i) != kNoRow;
      timing_.PrechargeAll(rank, choice.at);
      break;
    default:
      timing_.Refresh(rank, choice.at);
      refreshing_ &= ~(RankBanks() << bank);
      ++activity_.refreshes;
  }
  Log(choice.at, choice.command, bank);
  const std::uint64_t rank_banks = RankBanks() << bank;
  for (std::uint64_t banks = queue().banks() & rank_banks; banks != 0; banks &= banks - 1)
    Classify(LowestBit(banks));
}

// A column access, or a stretch of them: as long as every other event would leave the pace as it is (D17),
// they need not be stepped one by one.
void DramChannel::IssueColumns(const Choice& choice, DramClock limit) {
  const std::uint64_t hits = hit_ & ~refreshing_;
  const bool stretch =
      whole_rows_ && config_.page == PagePolicy::kOpen && config_.scheduling == DramScheduling::kFrFcfs;
  BurstQueue& waiting = queue();
  const bool was_full = waiting.full();
  int count = 1, taken = 0, pairs = 0, other = 0, step = timing_.same_group_step();
  if (stretch && HasOneBit(hits)) {
    count = ColumnsInARow(choice, limit, taken);
  } else if (stretch && HasOneBit(hits & (hits - 1))) {
    other = LowestBit(hits & ~Bit(choice.bank));
    pairs = ColumnPairs(choice, other, limit);
  }
  if (pairs > 0) step = timing_.other_group_step();
  const int steps = pairs > 0 ? 2 * pairs : count;
  const DramClock last = choice.at + DramClock{step} * (steps - 1);
  if (steps > 1 && was_full && offering() && offer_write_ == write_mode_ && offer_from_ <= last) {
    // Every access makes room for one burst; all of them lengthen the last run.
    Lengthen(steps, last);
  } else if (taken > 0) {
    Lengthen(taken, TakeAt() + taken - 1);
  }
  if (was_full) room_since_[write_mode_ ? 1 : 0] = choice.at;
  if (pairs == 0) {
    Serve(choice.bank, count, choice.at, step);
  } else {
    Serve(choice.bank, pairs, choice.at, 2 * step);
    Serve(other, pairs, choice.at + step, 2 * step);
    if (log_ != nullptr) {
      std::sort(log_->end() - 2 * pairs, log_->end(),
                [](const IssuedCommand& a, const IssuedCommand& b) { return a.at < b.at; });
    }
  }
  next_command_ = std::max(next_command_, last + 1);
  Classify(choice.bank);
  if (pairs > 0) Classify(other);
  UpdateMode();
}

// How many accesses fit until `limit`, the first at `at`.
int DramChannel::StepsUntil(DramClock limit, DramClock at, int step) const {
  if (limit < at) return 1;
  return static_cast<int>(std::min<DramClock>((limit - at) / step + 1, 1 << 20));
}

// How many of `steps` accesses may go together although bursts are taken meanwhile.
int DramChannel::StepsBesideTaking(int steps, DramClock at, int step) {
  if (!offering()) return steps;
  const BurstQueue& side = queues_[offer_write_ ? 1 : 0];
  const bool makes_room = offer_write_ == write_mode_;
  if (!side.full()) return std::min(steps, StepsUntil(TakeAt(), at, step));
  if (!makes_room) return steps;
  if (offer_from_ > at) return std::min(steps, StepsUntil(offer_from_ - 1, at, step));
  return Lengthens() ? static_cast<int>(std::min<std::int64_t>(steps, offer_alike_)) : 1;
}

// Until another command, a refresh, or the caller's limit.
DramClock DramChannel::PaceLimit(DramClock limit) const {
  return std::min({limit, next_due_ - 1, pace_end_});
}

// Until the controller turns from writes to reads.
int DramChannel::StepsInMode() const {
  if (!write_mode_ || queues_[0].size() == 0) return 1 << 20;
  return queues_[1].size() - LowWatermark();
}

// Accesses to one bank, and in `taken` how many bursts come in meanwhile if the queue has room.
int DramChannel::ColumnsInARow(const Choice& choice, DramClock limit, int& taken) {
  const int step = timing_.same_group_step();
  const BurstQueue& waiting = queue();
  const int pick = banks_[Index(choice.bank)].pick;
  if (pick != waiting.First(choice.bank)) return 1;  // it overtakes, which has a limit
  int steps = std::min(StepsUntil(PaceLimit(limit), choice.at, step), StepsInMode());
  const bool same_side = offering() && offer_write_ == write_mode_ && Lengthens();
  const bool grows = same_side && offer_where_.bank == choice.bank && waiting.Last(choice.bank) == pick;
  if (same_side && !waiting.full()) {
    if (!grows) steps = std::min(steps, waiting.Run(pick).count);
    return std::max(StepsWhileFilling(steps, choice.at, step, grows ? waiting.Run(pick).count : steps, taken),
                    1);
  }
  steps = StepsBesideTaking(steps, choice.at, step);
  // A run that grows by a burst with every access does not end.
  if (!(grows && offer_from_ <= choice.at)) steps = std::min(steps, waiting.Run(pick).count);
  return std::max(steps, 1);
}

// Bursts come in one a clock, faster than they leave, until the queue is full or the row's last has come.
int DramChannel::StepsWhileFilling(int steps, DramClock at, int step, int served_without, int& taken) const {
  DramClock take = TakeAt();
  std::int64_t room = queues_[write_mode_ ? 1 : 0].room(), alike = offer_alike_;
  int done = 0;
  std::int64_t coming = 0;
  for (; done < steps; ++done, ++room) {
    const DramClock now = at + DramClock{step} * done;
    const std::int64_t more = std::clamp<std::int64_t>(now - take, 0, std::min(room, alike));
    take += more;
    room -= more;
    alike -= more;
    if (done > 0 && (alike == 0 || room == 0 || done >= served_without + coming + more)) break;
    coming += more;
  }
  taken = static_cast<int>(coming);
  return done;
}

// Two banks of different groups take turns at the pace of tCCD_S: 0 when they do not.
int DramChannel::ColumnPairs(const Choice& choice, int other, DramClock limit) {
  const int step = timing_.other_group_step();
  if (timing_.GroupOf(choice.bank) == timing_.GroupOf(other) ||
      timing_.RankOf(choice.bank) != timing_.RankOf(other) || timing_.same_group_step() <= step ||
      timing_.same_group_step() > 2 * step || step > timing_.read_data_clocks() ||
      timing_.EarliestColumn(other, write_mode_) > choice.at + step) {
    return 0;
  }
  BurstQueue& waiting = queue();
  const int steps = StepsBesideTaking(std::min(StepsUntil(PaceLimit(limit), choice.at, step), StepsInMode()),
                                      choice.at, step);
  // A run that grows by two bursts with every pair does not end.
  const bool grows =
      waiting.full() && offering() && offer_write_ == write_mode_ && offer_from_ <= choice.at && Lengthens();
  const auto count = [&](int bank) {
    const int pick = banks_[Index(bank)].pick;
    if (pick != waiting.First(bank)) return 0;
    return grows && offer_where_.bank == bank && waiting.Last(bank) == pick ? 1 << 20
                                                                            : waiting.Run(pick).count;
  };
  const int pairs = std::min({steps / 2, count(choice.bank), count(other)});
  // The first bank may turn to another row while the other one has its last turn.
  const BurstRun& run = waiting.Run(waiting.First(choice.bank));
  return pairs == run.count && run.next >= 0 ? pairs - 1 : pairs;
}

void DramChannel::Serve(int bank, int count, DramClock at, int step) {
  const int pick = banks_[Index(bank)].pick;
  const BurstRun run = queue().Run(pick);
  const bool precharge = config_.page == PagePolicy::kClosed;
  banks_[Index(bank)].hits += count;
  queue().Take(bank, pick, count);
  timing_.Column(bank, write_mode_, precharge, at + DramClock{step} * (count - 1));
  (write_mode_ ? activity_.writes : activity_.reads) += count;
  activity_.precharges += precharge ? 1 : 0;
  if (!write_mode_) served_.push_back({run.order, count, at + timing_.read_data_clocks(), step});
  if (log_ == nullptr) return;
  const DramCommand plain = write_mode_ ? DramCommand::kWrite : DramCommand::kRead;
  const DramCommand closing = write_mode_ ? DramCommand::kWritePrecharge : DramCommand::kReadPrecharge;
  for (int i = 0; i < count; ++i)
    Log(at + DramClock{step} * i, precharge ? closing : plain, bank, run.row, run.column + i);
}

DramActivity DramChannel::Activity(DramClock now) const {
  DramActivity activity = activity_;
  for (int rank = 0; rank < ranks_; ++rank) activity.open_rank_clocks += timing_.OpenClocks(rank, now);
  activity.rank_clocks = now * ranks_;
  return activity;
}

}  // namespace sushi
