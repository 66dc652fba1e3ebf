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
      ++activity_.activates;
      Log(choice.at, choice.command, bank, row);
      return RowOpened(bank);
    }
    case DramCommand::kPrecharge:
      timing_.Precharge(bank, choice.at);
      ++activity_.precharges;
      Log(choice.at, choice.command, bank);
      return RowClosed(bank);
    case DramCommand::kPrechargeAll:
      activity_.precharges += __builtin_popcountll(timing_.OpenBanks(rank));
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
  const bool stretches =
      whole_rows_ && config_.page == PagePolicy::kOpen && config_.scheduling == DramScheduling::kFrFcfs;
  const bool was_full = queue().full();
  if (stretches && was_full && map_->round() > 0) {
    const int rounds = Rounds(choice, limit);
    if (rounds > 0) return IssueRounds(rounds, choice);
  }
  const std::uint64_t others = hit_ & ~refreshing_ & ~Bit(choice.bank);
  Stretch stretch;
  int other = -1, step = timing_.same_group_step();
  const bool lengthens = offering() && offer_write_ == write_mode_ && Lengthens();
  if (stretches && (lengthens || queue().Run(banks_[Index(choice.bank)].pick).count > 1)) {
    if (HasOneBit(others)) stretch = ColumnPairs(choice, LowestBit(others), limit, lengthens);
    if (stretch.count > 1) {
      other = LowestBit(others);
      step = timing_.other_group_step();
    } else {
      stretch = ColumnsInARow(choice, others, limit, lengthens);
    }
  }
  if (stretch.taken > 0) Lengthen(stretch.taken, TakeAt(), TakeStep());
  const DramClock full_at = choice.at + DramClock{step} * stretch.full_at;
  if (stretch.refilled > 0) Lengthen(stretch.refilled, full_at, step);
  if (was_full || stretch.refilled > 0)
    room_since_[write_mode_ ? 1 : 0] = full_at + DramClock{step} * stretch.refilled;
  next_command_ = std::max(next_command_, choice.at + DramClock{step} * (stretch.count - 1) + 1);
  found_[kColumn].known = false;
  if (other < 0) {
    ServeAndReconsider(choice.bank, stretch.count, choice.at, step);
  } else {
    const int pairs = stretch.count / 2;
    ServeAndReconsider(choice.bank, pairs, choice.at, 2 * step);
    ServeAndReconsider(other, pairs, choice.at + step, 2 * step);
    if (log_ != nullptr) {
      std::sort(log_->end() - std::ptrdiff_t{2} * pairs, log_->end(),
                [](const IssuedCommand& a, const IssuedCommand& b) { return a.at < b.at; });
    }
  }
  UpdateMode();
}

// How many accesses fit until `limit`, the first at `at`.
int DramChannel::StepsUntil(DramClock limit, DramClock at, int step) const {
  if (limit < at) return 1;
  return static_cast<int>(std::min<DramClock>(limit - at, 1 << 20)) / step + 1;
}

// How many of `steps` accesses may go together although bursts are taken meanwhile, if the queue that is
// served has room or does not get them.
int DramChannel::StepsBesideTaking(int steps, DramClock at, int step) const {
  if (!offering() || queues_[offer_write_ ? 1 : 0].full()) return steps;
  return std::min(steps, StepsUntil(TakeAt(), at, step));
}

// The queue is full, and every access makes room for a burst of the offer. As long as these lengthen a run
// nothing else changes, and one more access may make room for one that does not.
DramChannel::Stretch DramChannel::StepsWhileFull(int steps, DramClock at, int step, bool lengthens) const {
  Stretch stretch;
  if (offer_from_ > at) {
    stretch.count = std::min(steps, StepsUntil(offer_from_ - 1, at, step));
  } else if (lengthens) {
    stretch.count = stretch.refilled = 1;
    if (offer_pace_ <= step) {
      const bool goes_on = offer_next_ + static_cast<std::uint64_t>(offer_alike_) < offer_end_;
      stretch.count = static_cast<int>(std::min<std::int64_t>(steps, offer_alike_ + (goes_on ? 1 : 0)));
      stretch.refilled = static_cast<int>(std::min<std::int64_t>(stretch.count, offer_alike_));
    }
  }
  return stretch;
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

// Accesses to one bank until one of the `others` with a hit is ready. `lengthens`: the next burst of the
// offer comes into this queue and only makes a run longer.
DramChannel::Stretch DramChannel::ColumnsInARow(const Choice& choice, std::uint64_t others, DramClock limit,
                                                bool lengthens) const {
  const int step = timing_.same_group_step();
  const BurstQueue& waiting = queue();
  const int pick = banks_[Index(choice.bank)].pick;
  const int waits = waiting.Run(pick).count;
  int steps = 1;
  if (pick == waiting.First(choice.bank)) {  // else it overtakes, which has a limit
    bool older = false;
    for (; others != 0; others &= others - 1) {
      const int other = LowestBit(others);
      // In the same group none is ready earlier, and the older one goes first.
      if (timing_.GroupOf(other) == timing_.GroupOf(choice.bank) &&
          choice.order < OrderOf(DramCommand::kRead, other)) {
        older = true;
      } else {
        limit = std::min(limit, timing_.EarliestColumn(other, write_mode_) - 1);
      }
    }
    steps = std::max(std::min(StepsUntil(PaceLimit(limit), choice.at, step), StepsInMode()), 1);
    if (older) steps = std::min(steps, waits);
  }
  const bool grows = lengthens && offer_where_.bank == choice.bank && waiting.Last(choice.bank) == pick;
  if (waiting.full() && offering() && offer_write_ == write_mode_) {
    // A run that grows by a burst with every access does not end.
    if (!(grows && offer_from_ <= choice.at && offer_pace_ <= step)) steps = std::min(steps, waits);
    return StepsWhileFull(steps, choice.at, step, lengthens);
  }
  if (lengthens && TakeStep() < kNever) {
    if (!grows) steps = std::min(steps, waits);
    return StepsWhileFilling(steps, choice.at, step, grows ? waits : steps, true);
  }
  Stretch stretch;
  stretch.count = std::max(StepsBesideTaking(std::min(steps, waits), choice.at, step), 1);
  return stretch;
}

// Bursts come in at their pace, until the queue is full and then as room is made for them.
DramChannel::Stretch DramChannel::StepsWhileFilling(int steps, DramClock at, int step, int served_without,
                                                    bool on_when_full) const {
  DramClock take = TakeAt();
  const DramClock pace = TakeStep();
  std::int64_t room = queue().room(), alike = offer_alike_;
  const bool goes_on = offer_next_ + static_cast<std::uint64_t>(alike) < offer_end_;  // in another row
  Stretch stretch;
  std::int64_t coming = 0;
  int done = 0;
  for (; done < steps; ++done, ++room) {
    const DramClock now = at + DramClock{step} * done;
    std::int64_t more = 0;
    if (now > take) more = std::min({pace == 1 ? now - take : (now - take + pace - 1) / pace, room, alike});
    take += more * pace;
    room -= more;
    alike -= more;
    const bool ends = alike == 0 && (goes_on || now > offer_quiet_);
    if (done > 0 && (ends || done >= served_without + coming + more)) break;
    if (done > 0 && room == 0) {
      if (take > now || pace > step || alike == 0 || !on_when_full) break;
      coming += more;
      stretch.full_at = done;
      stretch.refilled = static_cast<int>(std::min<std::int64_t>(steps - done, alike));
      done += static_cast<int>(std::min<std::int64_t>(steps - done, alike + (goes_on ? 1 : 0)));
      break;
    }
    coming += more;
  }
  stretch.taken = static_cast<int>(coming);
  stretch.count = std::max(done, 1);
  return stretch;
}

// Two banks of different groups take turns at the pace of tCCD_S: one access when they do not.
DramChannel::Stretch DramChannel::ColumnPairs(const Choice& choice, int other, DramClock limit,
                                              bool lengthens) const {
  const int step = timing_.other_group_step();
  if (timing_.EarliestColumn(other, write_mode_) > choice.at + step ||
      timing_.GroupOf(choice.bank) == timing_.GroupOf(other) ||
      timing_.RankOf(choice.bank) != timing_.RankOf(other) || timing_.same_group_step() <= step ||
      timing_.same_group_step() > 2 * step || step > timing_.read_data_clocks()) {
    return {};
  }
  const BurstQueue& waiting = queue();
  const bool into_full = waiting.full() && offering() && offer_write_ == write_mode_;
  const bool fills = !into_full && lengthens && TakeStep() < kNever;
  int steps = std::min(StepsUntil(PaceLimit(limit), choice.at, step), StepsInMode());
  if (into_full) {
    steps = StepsWhileFull(steps, choice.at, step, lengthens).count;
    if (offer_from_ <= choice.at) steps = static_cast<int>(std::min<std::int64_t>(steps, offer_alike_));
  } else if (!fills) {
    steps = StepsBesideTaking(steps, choice.at, step);
  }
  // A run that grows by two bursts with every pair does not end.
  const bool grows = into_full && lengthens && offer_from_ <= choice.at && offer_pace_ <= step;
  const auto count = [&](int bank) {
    const int pick = banks_[Index(bank)].pick;
    if (pick != waiting.First(bank)) return 0;
    return grows && offer_where_.bank == bank && waiting.Last(bank) == pick ? 1 << 20
                                                                            : waiting.Run(pick).count;
  };
  int pairs = std::min({steps / 2, count(choice.bank), count(other)});
  Stretch stretch;
  if (fills) {
    stretch = StepsWhileFilling(2 * pairs, choice.at, step, 2 * pairs, false);
    pairs = std::min(pairs, stretch.count / 2);
  }
  // The first bank may turn to another row while the other one has its last turn.
  const BurstRun& run = waiting.Run(waiting.First(choice.bank));
  if (pairs == run.count && run.next >= 0) --pairs;
  if (pairs <= 0) return {};
  if (2 * pairs < stretch.count) stretch = StepsWhileFilling(2 * pairs, choice.at, step, 2 * pairs, false);
  stretch.count = 2 * pairs;
  if (grows) stretch.refilled = stretch.count;
  return stretch;
}

// A long transfer that goes round the banks: how many times it may do so at the pace of tCCD_S, every access
// making room for the burst that will take its place. The full queue holds bursts of this transfer only, and
// rows that are open.
int DramChannel::Rounds(const Choice& choice, DramClock limit) const {
  const auto round = static_cast<int>(map_->round());
  const int step = timing_.other_group_step();
  const int size = queue().size();
  const std::uint64_t first = offer_next_ - static_cast<std::uint64_t>(size);
  if (size < 2 || refreshing_ != 0 || !offering() || offer_write_ != write_mode_ || offer_from_ > choice.at ||
      offer_pace_ > step || timing_.same_group_step() > 2 * step || step > timing_.read_data_clocks() ||
      first < offer_begin_ || first > offer_next_ ||
      choice.order != (write_mode_ ? writes_taken_ : reads_taken_) - size ||
      map_->RoundBlock(first) != map_->RoundBlock(offer_next_)) {
    return 0;
  }
  const std::uint64_t left = std::min(offer_end_, map_->RoundBlockEnd(offer_next_)) - offer_next_;
  const int steps = std::min(StepsUntil(PaceLimit(limit), choice.at, step), StepsInMode());
  const int rounds =
      static_cast<int>(std::min<std::uint64_t>(left, static_cast<std::uint64_t>(steps))) / round;
  if (rounds == 0) return 0;
  for (std::uint64_t banks = queue().banks(); banks != 0; banks &= banks - 1) {
    if (queue().Run(queue().First(LowestBit(banks))).order < choice.order) return 0;
  }
  for (int i = 0; i < round; ++i) {
    const BurstLocation where = map_->Locate(first + static_cast<std::uint64_t>(i));
    if (timing_.OpenRow(where.bank) != where.row ||
        timing_.EarliestColumn(where.bank, write_mode_) > choice.at + DramClock{step} * i ||
        (!write_mode_ && queues_[1].Holds(where, rounds + size))) {
      return 0;
    }
  }
  return rounds;
}

void DramChannel::IssueRounds(int rounds, const Choice& choice) {
  const auto round = static_cast<int>(map_->round());
  const int step = timing_.other_group_step(), count = rounds * round;
  const std::uint64_t first = offer_next_ - static_cast<std::uint64_t>(queue().size());
  for (int i = 0; i < round; ++i) {
    const int bank = map_->Locate(first + static_cast<std::uint64_t>(i)).bank;
    banks_[Index(bank)].hits += rounds;
    timing_.Column(bank, write_mode_, false, choice.at + DramClock{step} * (count - round + i));
  }
  for (int i = 0; log_ != nullptr && i < count; ++i) {
    const BurstLocation where = map_->Locate(first + static_cast<std::uint64_t>(i));
    const DramCommand command = write_mode_ ? DramCommand::kWrite : DramCommand::kRead;
    Log(choice.at + DramClock{step} * i, command, where.bank, where.row, where.column);
  }
  (write_mode_ ? activity_.writes : activity_.reads) += count;
  if (!write_mode_) AddServed(choice.order, count, choice.at + timing_.read_data_clocks(), step);
  queue().Advance(count, rounds);
  room_since_[write_mode_ ? 1 : 0] = choice.at;
  MoveOffer(count, choice.at, step);
  ForgetChoices();
}

void DramChannel::ServeAndReconsider(int bank, int count, DramClock at, int step) {
  const int pick = banks_[Index(bank)].pick;
  const bool in_turn = pick == queue().First(bank);
  Serve(bank, count, at, step);
  // Another burst of the same run is next, and no other bank's turn comes.
  const bool goes_on = in_turn && queue().Run(pick).count > 0 && config_.page == PagePolicy::kOpen &&
                       config_.scheduling == DramScheduling::kFrFcfs;
  if (goes_on) return;
  if (queue().First(bank) < 0) {
    hit_ &= ~Bit(bank);
    if (config_.scheduling == DramScheduling::kFcfs) ForgetChoices();
    return;
  }
  Classify(bank);
  Reconsider(bank);
}

void DramChannel::Serve(int bank, int count, DramClock at, int step) {
  const int pick = banks_[Index(bank)].pick;
  const std::int64_t order = queue().Run(pick).order, row = queue().Run(pick).row;
  const int column = queue().Run(pick).column;
  const bool precharge = config_.page == PagePolicy::kClosed;
  banks_[Index(bank)].hits += count;
  queue().Take(bank, pick, count);
  timing_.Column(bank, write_mode_, precharge, at + DramClock{step} * (count - 1));
  (write_mode_ ? activity_.writes : activity_.reads) += count;
  activity_.precharges += precharge ? 1 : 0;
  if (!write_mode_) AddServed(order, count, at + timing_.read_data_clocks(), step);
  if (log_ == nullptr) return;
  const DramCommand plain = write_mode_ ? DramCommand::kWrite : DramCommand::kRead;
  const DramCommand closing = write_mode_ ? DramCommand::kWritePrecharge : DramCommand::kReadPrecharge;
  for (int i = 0; i < count; ++i)
    Log(at + DramClock{step} * i, precharge ? closing : plain, bank, row, column + i);
}

DramActivity DramChannel::Activity(DramClock now) const {
  DramActivity activity = activity_;
  for (int rank = 0; rank < ranks_; ++rank) activity.open_rank_clocks += timing_.OpenClocks(rank, now);
  activity.rank_clocks = now * ranks_;
  return activity;
}

}  // namespace sushi
