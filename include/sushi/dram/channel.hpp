// The controller of one DRAM channel: read and write queue, FCFS or FR-FCFS, open or closed page, refresh.
// Rules D13–D18 of docs/timing-model.md. It has no clock of its own: Next() says when something will happen
// by itself, Step() lets it.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "sushi/dram/bank_timing.hpp"
#include "sushi/dram/burst_queue.hpp"

namespace sushi {

inline constexpr DramClock kNever = std::numeric_limits<DramClock>::max() / 4;

// Consecutive reads to which the same happens at a constant pace.
struct PacedReads {
  std::int64_t order = 0;  // of the first among all reads of the channel
  int count = 0;
  DramClock at = 0;  // of the first
  DramClock step = 0;
};

// What the channel did since it was made. Clocks of open rows are counted up to the last step.
struct DramActivity {
  std::int64_t activates = 0, reads = 0, writes = 0, precharges = 0,
               refreshes = 0;                          // bursts read and written
  std::int64_t forwarded = 0;                          // reads answered from the write queue
  std::int64_t open_rank_clocks = 0, rank_clocks = 0;  // rank × clock: with a row open, and in all
  DramActivity& operator+=(const DramActivity& other);
};

class DramChannel {
 public:
  // `map` must live on.
  explicit DramChannel(const DramDeviceConfig& dram, const AddressMap& map);

  // Offers bursts [burst, end) of the channel: the first may be taken from `from` on and each other one
  // `pace` clocks after the one before, one a clock while their queue has room. No offer may be open.
  void Offer(bool write, std::uint64_t burst, std::uint64_t end, DramClock from, DramClock pace = 1,
             DramClock quiet = 0);
  bool offering() const { return offer_next_ < offer_end_; }
  DramClock first_taken() const { return first_taken_; }  // of the last offer
  DramClock last_taken() const { return last_taken_; }
  std::int64_t reads_taken() const { return reads_taken_; }  // also the order of the next one

  DramClock Next();
  // Does what happens at Next(), and possibly more up to and including `limit`; false: Next() is later.
  bool Step(DramClock limit);
  // From now on no write is held back for a batch.
  void Flush(DramClock now);
  DramClock clock() const { return next_command_; }  // everything before it has happened
  bool idle() const { return !offering() && queues_[0].size() + queues_[1].size() == 0; }

  // Reads whose data have been scheduled by the last steps, and the ends of the data; the caller clears it.
  std::vector<PacedReads>& served() { return served_; }
  std::int64_t reads_served() const { return activity_.reads + activity_.forwarded; }
  // With MergeOffers(), reads that have been taken by the last steps; the caller clears it.
  std::vector<PacedReads>& taken() { return taken_; }
  DramActivity Activity(DramClock now) const;

  // Every command is appended to `log` from now on.
  void LogTo(std::vector<IssuedCommand>* log) { log_ = log; }
  // Bursts of neighbouring offers may share a run: for offers of a burst or two. Steps then pass the ends of
  // offers.
  void MergeOffers() { merge_offers_ = true; }
  // false: single bursts instead of whole rows at a time. The results are the same.
  void SetStepping(bool whole_rows) { whole_rows_ = whole_rows; }

 private:
  struct Choice {
    DramClock at = kNever;
    DramCommand command = DramCommand::kActivate;  // kRead: any column access
    int bank = -1;
    std::int64_t order = 0;  // of the burst that it is for

    bool Before(const Choice& other) const { return at != other.at ? at < other.at : order < other.order; }
  };
  // The first of the commands of one kind. It stays the first when next_command_ moves on, but not past it.
  struct Found {
    Choice choice;
    bool known = false;
  };
  enum Kind : std::uint8_t { kColumn, kActivate, kPrecharge, kRefresh, kUnknown };
  struct BankState {
    int pick = -1;  // of the current queue: the oldest run in the open row
    int hits = 0;   // column accesses since the row was opened
  };
  // Column accesses at one pace, and bursts of the offer that come in meanwhile and lengthen a run.
  struct Stretch {
    int count = 1;
    int taken = 0;     // at the offer's pace, while the queue has room
    int full_at = 0;   // from this access on it is full
    int refilled = 0;  // bursts, one with each access from then on
  };
  static std::size_t Index(int i) { return static_cast<std::size_t>(i); }
  const BurstQueue& queue() const { return queues_[write_mode_ ? 1 : 0]; }
  BurstQueue& queue() { return queues_[write_mode_ ? 1 : 0]; }

  DramClock TakeAt() const;
  void Take(DramClock at, DramClock limit);
  void TakeOne(DramClock at);
  bool Lengthens() const;
  void Lengthen(int count, DramClock at, DramClock step);
  void LocateOffer();
  void MoveOffer(int count, DramClock at, DramClock step);
  DramClock TakeStep() const;

  const Choice& Best();
  std::uint64_t Candidates() const {
    return config_.scheduling == DramScheduling::kFrFcfs ? queue().banks() & ~refreshing_ : OldestBank();
  }
  std::uint64_t OldestBank() const;
  DramClock ReadyAt(DramCommand command, int bank) const;
  std::int64_t OrderOf(DramCommand command, int bank) const {
    return queue().Run(command == DramCommand::kRead ? banks_[Index(bank)].pick : queue().First(bank)).order;
  }
  template <DramCommand kCommand>
  void Find(Found& found, std::uint64_t banks) const;
  template <DramCommand kCommand>
  void Reconsider(Found& found, int bank, bool candidate) const;
  void FindRefresh();
  void Reconsider(int bank);
  void ForgetChoices();
  void RowOpened(int bank);
  void RowClosed(int bank);

  void IssueRowCommand(const Choice& choice);
  void IssueColumns(const Choice& choice, DramClock limit);
  Stretch ColumnsInARow(const Choice& choice, std::uint64_t others, DramClock limit, bool lengthens) const;
  Stretch ColumnPairs(const Choice& choice, int other, DramClock limit, bool lengthens) const;
  Stretch StepsWhileFilling(int steps, DramClock at, int step, int served_without, bool on_when_full) const;
  Stretch StepsWhileFull(int steps, DramClock at, int step, bool lengthens) const;
  int StepsBesideTaking(int steps, DramClock at, int step) const;
  int Rounds(const Choice& choice, DramClock limit) const;
  void IssueRounds(int rounds, const Choice& choice);
  int StepsUntil(DramClock limit, DramClock at, int step) const;
  DramClock PaceLimit(DramClock limit) const;
  int StepsInMode() const;
  int LowWatermark() const { return flushing_ ? 0 : config_.write_low_watermark; }
  void ServeAndReconsider(int bank, int count, DramClock at, int step);
  void Serve(int bank, int count, DramClock at, int step);
  // By its parts: what is copied whole has to wait for them.
  void AddServed(std::int64_t order, int count, DramClock at, DramClock step) {
    if (!served_.empty()) {
      PacedReads& last = served_.back();
      if (last.order + last.count == order && last.step == step && last.at + step * last.count == at) {
        last.count += count;
        return;
      }
    }
    PacedReads& reads = served_.emplace_back();
    reads.order = order;
    reads.count = count;
    reads.at = at;
    reads.step = step;
  }
  void Log(DramClock at, DramCommand command, int bank, std::int64_t row = 0, int column = 0);

  void BeginRefresh();
  void RefreshIdle(DramClock limit);
  void FinishRefresh(DramClock limit);
  std::uint64_t RankBanks() const;  // of rank 0
  void UpdateMode() {
    if (write_mode_ || queues_[1].size() > 0) ChooseMode();
  }
  void ChooseMode();
  void Classify(int bank);

  DramControllerConfig config_;
  const AddressMap* map_;
  BankTiming timing_;
  std::array<BurstQueue, 2> queues_;  // reads, writes
  int banks_per_rank_, burst_clocks_, refi_, ranks_;
  bool whole_rows_ = true, merge_offers_ = false;

  bool write_mode_ = false, flushing_ = false;
  std::vector<BankState> banks_;
  std::uint64_t hit_ = 0, closed_ = 0, conflict_ = 0;  // banks by what their next burst of the queue needs

  bool offer_write_ = false;
  std::uint64_t offer_begin_ = 0, offer_next_ = 0, offer_end_ = 0;
  BurstLocation offer_where_;     // of offer_next_
  std::int64_t offer_alike_ = 0;  // bursts of the offer from there on in the same row
  DramClock offer_quiet_ = 0;
  DramClock offer_from_ = 0, offer_pace_ = 1;  // of offer_next_
  DramClock first_taken_ = 0, last_taken_ = -1;
  std::array<DramClock, 2> room_since_{};  // when each queue was last full
  bool offer_fresh_ = false;
  std::int64_t reads_taken_ = 0, writes_taken_ = 0;

  DramClock next_command_ =
      0;  // not before: one command a clock, and none for a burst in the clock that takes it
  std::array<Found, 4> found_;    // by Kind
  DramClock pace_end_ = 0;        // up to here column accesses come before the next other command
  Kind best_ = kUnknown;          // which of found_ is first
  std::uint64_t refreshing_ = 0;  // banks of the ranks that are to be refreshed
  std::vector<DramClock> due_;    // next refresh of each rank
  DramClock next_due_ = 0;

  std::vector<PacedReads> served_, taken_;
  DramActivity activity_;
  std::vector<IssuedCommand>* log_ = nullptr;
};

}  // namespace sushi
