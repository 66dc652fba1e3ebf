#include "board.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <new>
#include <string>

#include "sushi/core/error.hpp"

namespace sushi::sweep {
namespace {

// Neighbours share simulations; more than this at once would leave the last workers idle for long.
constexpr std::int64_t kMostAtOnce = 64;
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "shared between processes");

constexpr std::size_t kHeadBytes = 64;

}  // namespace

Board::Board(int workers, std::int64_t points) : workers_(workers), points_(points) {
  bytes_ = kHeadBytes + sizeof(Slot) * static_cast<std::size_t>(workers) + static_cast<std::size_t>(points);
  memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory_ == MAP_FAILED)
    throw UserError(std::string("no memory to share between workers: ") + std::strerror(errno));
  auto* const bytes = static_cast<std::byte*>(memory_);
  static_assert(sizeof(Head) <= kHeadBytes, "the slots come behind");
  head_ = new (bytes) Head;
  slots_ = reinterpret_cast<Slot*>(bytes + kHeadBytes);
  for (int i = 0; i < workers; ++i) new (slots_ + i) Slot;
  // Zero is kOpen, and the memory is zero: not touched before it is needed.
  states_ = reinterpret_cast<std::atomic<PointState>*>(bytes + kHeadBytes +
                                                       sizeof(Slot) * static_cast<std::size_t>(workers));
}

Board::~Board() { munmap(memory_, bytes_); }

bool Board::Take(Slot* slot) {
  std::int64_t begin = head_->taken.load();
  std::int64_t end = 0;
  do {
    if (begin >= points_) return false;
    end = begin + std::clamp<std::int64_t>((points_ - begin) / (std::int64_t{4} * workers_), 1, kMostAtOnce);
  } while (!head_->taken.compare_exchange_weak(begin, end));
  slot->next.store(begin);
  slot->end.store(end);
  return true;
}

std::int64_t MonotonicNs() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

}  // namespace sushi::sweep
