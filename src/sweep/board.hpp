// Memory that the parent and its workers share: what is handed out, who is at which point, what is settled.
// It outlives any worker, so the parent can tell what a dead one was doing.
#pragma once

#include <atomic>
#include <cstdint>

namespace sushi::sweep {

constexpr std::int64_t kNoPoint = -1;
constexpr int kMessageBytes = 512;

enum class PointState : std::uint8_t { kOpen, kDone, kFailed };

// One worker's part. Positions are places in the list of pending points.
struct alignas(64) Slot {
  std::atomic<std::int64_t> current{kNoPoint};
  std::atomic<std::int64_t> started_ns{0};    // monotonic, of `current`
  std::atomic<std::int64_t> next{0}, end{0};  // taken and not begun: [next, end)
  std::atomic<std::int64_t> done{0}, failed{0};
  std::atomic<std::int64_t> records{0};  // appended to the worker's segment
  char message[kMessageBytes] = {};      // why the worker gave up
};

class Board {
 public:
  Board(int workers, std::int64_t points);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;
  ~Board();

  Slot& slot(int worker) { return slots_[worker]; }
  std::int64_t points() const { return points_; }
  PointState StateOf(std::int64_t position) const { return states_[position].load(); }
  void Settle(std::int64_t position, PointState state) { states_[position].store(state); }
  bool stopping() const { return head_->stop.load(std::memory_order_relaxed); }
  void Stop() { head_->stop.store(true); }

  // Takes the next few points into the slot; false when none are left.
  bool Take(Slot* slot);
  bool AllTaken() const { return head_->taken.load() >= points_; }

 private:
  struct Head {
    std::atomic<bool> stop{false};
    std::atomic<std::int64_t> taken{0};
  };
  int workers_;
  std::int64_t points_;
  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
  Head* head_ = nullptr;
  Slot* slots_ = nullptr;
  std::atomic<PointState>* states_ = nullptr;
};

std::int64_t MonotonicNs();

}  // namespace sushi::sweep
