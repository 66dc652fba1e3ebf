// What a channel does with the command that it has chosen, and how far it may go at one pace (D17).
#include <algorithm>
#include <cstddef>

#include "bank_bits.hpp"
#include "sushi/dram/channel.hpp"

namespace sushi {

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
      activate_.known = false;  // D3, D4
      Classify(bank);
      return Reconsider(bank);
    }
    case DramCommand::kPrecharge:
      timing_.Precharge(bank, choice.at);
      ++activity_.precharges;
      Log(choice.at, choice.command, bank);
      Classify(bank);
      return Reconsider(bank);
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
  ForgetChoices();
}

// A column access, or a stretch of them: as long as every other event would leave the pace as it is (D17),
// they need not be stepped one by one.
void DramChannel::IssueColumns(const Choice& choice, DramClock limit) {
  const std::uint64_t hits = hit_ & ~refreshing_;
  const bool stretch =
      whole_rows_ && config_.page == PagePolicy::kOpen && config_.scheduling == DramScheduling::kFrFcfs;
  BurstQueue& waiting = queue();
  const bool was_full = waiting.full();
  const int rounds = stretch && was_full && map_.round() > 0 ? Rounds(choice, limit) : 0;
  if (rounds > 0) return IssueRounds(rounds, choice);
  int count = 1, taken = 0, pairs = 0, other = 0, step = timing_.same_group_step();
  if (stretch && HasOneBit(hits)) {
    count = ColumnsInARow(choice, limit, taken);
  } else if (stretch && HasOneBit(hits & (hits - 1))) {
    other = LowestBit(hits & ~Bit(choice.bank));
    pairs = ColumnPairs(choice, other, limit, taken);
  }
  if (pairs > 0) step = timing_.other_group_step();
  const int steps = pairs > 0 ? 2 * pairs : count;
  const DramClock last = choice.at + DramClock{step} * (steps - 1);
  if (steps > 1 && was_full && offering() && offer_write_ == write_mode_ && offer_from_ <= last) {
    // Every access makes room for one burst; all of them lengthen the last run.
    Lengthen(steps, choice.at, step);
  } else if (taken > 0) {
    Lengthen(taken, TakeAt(), TakeStep());
  }
  if (was_full) room_since_[write_mode_ ? 1 : 0] = choice.at;
  if (pairs == 0) {
    Serve(choice.bank, count, choice.at, step);
  } else {
    Serve(choice.bank, pairs, choice.at, 2 * step);
    Serve(other, pairs, choice.at + step, 2 * step);
    if (log_ != nullptr) {
      std::sort(log_->end() - std::ptrdiff_t{2} * pairs, log_->end(),
                [](const IssuedCommand& a, const IssuedCommand& b) { return a.at < b.at; });
    }
  }
  next_command_ = std::max(next_command_, last + 1);
  column_.known = false;
  Classify(choice.bank);
  Reconsider(choice.bank);
  if (pairs > 0) {
    Classify(other);
    Reconsider(other);
  }
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
  return Lengthens() && offer_pace_ <= step ? static_cast<int>(std::min<std::int64_t>(steps, offer_alike_))
                                            : 1;
}

// Whether bursts of the offer come in at a pace and lengthen a run of the queue that is being served.
bool DramChannel::Fills() const {
  return offering() && offer_write_ == write_mode_ && !queue().full() && TakeStep() < kNever && Lengthens();
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
  if (Fills()) {
    if (!grows) steps = std::min(steps, waiting.Run(pick).count);
    return std::max(StepsWhileFilling(steps, choice.at, step, grows ? waiting.Run(pick).count : steps, taken),
                    1);
  }
  steps = StepsBesideTaking(steps, choice.at, step);
  // A run that grows by a burst with every access does not end.
  if (!(grows && offer_from_ <= choice.at && offer_pace_ <= step))
    steps = std::min(steps, waiting.Run(pick).count);
  return std::max(steps, 1);
}

// Bursts come in at their pace until the queue is full or the row's last has come.
int DramChannel::StepsWhileFilling(int steps, DramClock at, int step, int served_without, int& taken) const {
  DramClock take = TakeAt();
  const DramClock pace = TakeStep();
  std::int64_t room = queue().room(), alike = offer_alike_;
  const bool goes_on = offer_next_ + static_cast<std::uint64_t>(alike) < offer_end_;  // in another row
  int done = 0;
  std::int64_t coming = 0;
  for (; done < steps; ++done, ++room) {
    const DramClock now = at + DramClock{step} * done;
    std::int64_t more = 0;
    if (now > take) more = std::min({pace == 1 ? now - take : (now - take + pace - 1) / pace, room, alike});
    take += more * pace;
    room -= more;
    alike -= more;
    const bool ends = alike == 0 && (goes_on || now > offer_quiet_);
    if (done > 0 && (ends || room == 0 || done >= served_without + coming + more)) break;
    coming += more;
  }
  taken = static_cast<int>(coming);
  return done;
}

// Two banks of different groups take turns at the pace of tCCD_S: 0 when they do not.
int DramChannel::ColumnPairs(const Choice& choice, int other, DramClock limit, int& taken) {
  const int step = timing_.other_group_step();
  if (timing_.GroupOf(choice.bank) == timing_.GroupOf(other) ||
      timing_.RankOf(choice.bank) != timing_.RankOf(other) || timing_.same_group_step() <= step ||
      timing_.same_group_step() > 2 * step || step > timing_.read_data_clocks() ||
      timing_.EarliestColumn(other, write_mode_) > choice.at + step) {
    return 0;
  }
  BurstQueue& waiting = queue();
  int steps = std::min(StepsUntil(PaceLimit(limit), choice.at, step), StepsInMode());
  const bool fills = Fills();
  if (!fills) steps = StepsBesideTaking(steps, choice.at, step);
  // A run that grows by two bursts with every pair does not end.
  const bool grows = waiting.full() && offering() && offer_write_ == write_mode_ &&
                     offer_from_ <= choice.at && offer_pace_ <= step && Lengthens();
  const auto count = [&](int bank) {
    const int pick = banks_[Index(bank)].pick;
    if (pick != waiting.First(bank)) return 0;
    return grows && offer_where_.bank == bank && waiting.Last(bank) == pick ? 1 << 20
                                                                            : waiting.Run(pick).count;
  };
  int pairs = std::min({steps / 2, count(choice.bank), count(other)});
  int filled = 0;
  if (fills) {
    filled = StepsWhileFilling(2 * pairs, choice.at, step, 2 * pairs, taken);
    pairs = filled / 2;
  }
  // The first bank may turn to another row while the other one has its last turn.
  const BurstRun& run = waiting.Run(waiting.First(choice.bank));
  if (pairs == run.count && run.next >= 0) --pairs;
  if (2 * pairs < filled) StepsWhileFilling(2 * pairs, choice.at, step, 2 * pairs, taken);
  return pairs;
}

// A long transfer that goes round the banks: how many times it may do so at the pace of tCCD_S, every access
// making room for the burst that will take its place. The full queue holds bursts of this transfer only, and
// rows that are open.
int DramChannel::Rounds(const Choice& choice, DramClock limit) const {
  const auto round = static_cast<int>(map_.round());
  const int step = timing_.other_group_step();
  const int size = queue().size();
  const std::uint64_t first = offer_next_ - static_cast<std::uint64_t>(size);
  if (size < 2 || refreshing_ != 0 || !offering() || offer_write_ != write_mode_ || offer_from_ > choice.at ||
      offer_pace_ > step || timing_.same_group_step() > 2 * step || step > timing_.read_data_clocks() ||
      first < offer_begin_ || first > offer_next_ ||
      choice.order != (write_mode_ ? writes_taken_ : reads_taken_) - size ||
      map_.RoundBlock(first) != map_.RoundBlock(offer_next_)) {
    return 0;
  }
  const std::uint64_t left = std::min(offer_end_, map_.RoundBlockEnd(offer_next_)) - offer_next_;
  const int steps = std::min(StepsUntil(PaceLimit(limit), choice.at, step), StepsInMode());
  const int rounds =
      static_cast<int>(std::min<std::uint64_t>(left, static_cast<std::uint64_t>(steps))) / round;
  if (rounds == 0) return 0;
  for (std::uint64_t banks = queue().banks(); banks != 0; banks &= banks - 1) {
    if (queue().Run(queue().First(LowestBit(banks))).order < choice.order) return 0;
  }
  for (int i = 0; i < round; ++i) {
    const BurstLocation where = map_.Locate(first + static_cast<std::uint64_t>(i));
    if (timing_.OpenRow(where.bank) != where.row ||
        timing_.EarliestColumn(where.bank, write_mode_) > choice.at + DramClock{step} * i ||
        (!write_mode_ && queues_[1].Holds(where, rounds + size))) {
      return 0;
    }
  }
  return rounds;
}

void DramChannel::IssueRounds(int rounds, const Choice& choice) {
  const auto round = static_cast<int>(map_.round());
  const int step = timing_.other_group_step(), count = rounds * round;
  const std::uint64_t first = offer_next_ - static_cast<std::uint64_t>(queue().size());
  for (int i = 0; i < round; ++i) {
    const int bank = map_.Locate(first + static_cast<std::uint64_t>(i)).bank;
    banks_[Index(bank)].hits += rounds;
    timing_.Column(bank, write_mode_, false, choice.at + DramClock{step} * (count - round + i));
  }
  for (int i = 0; log_ != nullptr && i < count; ++i) {
    const BurstLocation where = map_.Locate(first + static_cast<std::uint64_t>(i));
    Log(choice.at + DramClock{step} * i, choice.command, where.bank, where.row, where.column);
  }
  (write_mode_ ? activity_.writes : activity_.reads) += count;
  if (!write_mode_) served_.push_back({choice.order, count, choice.at + timing_.read_data_clocks(), step});
  queue().Advance(count, rounds);
  room_since_[write_mode_ ? 1 : 0] = choice.at;
  MoveOffer(count, choice.at, step);
  ForgetChoices();
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
