// Values of consecutive ids, of which the first ones are forgotten as time goes by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace sushi {

template <typename T>
class IdWindow {
 public:
  std::int64_t end() const { return first_ + static_cast<std::int64_t>(values_.size()); }
  // Makes room up to and including `id`.
  void Grow(std::int64_t id) {
    if (id >= end()) values_.resize(static_cast<std::size_t>(id - first_ + 1));
  }
  void Push(T value) { values_.push_back(std::move(value)); }
  // `id` has not been forgotten and is before end().
  T& operator[](std::int64_t id) { return values_[static_cast<std::size_t>(id - first_)]; }
  const T& operator[](std::int64_t id) const { return values_[static_cast<std::size_t>(id - first_)]; }

  // What lies before `id` is not asked for any more. Constant amortised.
  void Forget(std::int64_t id) {
    const std::int64_t gone = id - first_;
    if (gone < kFewest || gone * 2 < static_cast<std::int64_t>(values_.size())) return;
    values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(gone));
    first_ = id;
  }
  void Clear() {
    values_.clear();
    first_ = 0;
  }

 private:
  static constexpr std::int64_t kFewest = 64;
  std::vector<T> values_;
  std::int64_t first_ = 0;
};

}  // namespace sushi
