// The requests that have arrived and are not done: those that wait, by deadline, and those that run.
#pragma once

#include <algorithm>
#include <deque>
#include <vector>

#include "sushi/serving/request.hpp"

namespace sushi {

// Addresses stay until Free().
class WaitingQueue {
 public:
  const std::vector<const Request*>& view() const { return waiting_; }
  bool empty() const { return waiting_.empty(); }
  std::int64_t size() const { return static_cast<std::int64_t>(waiting_.size()); }

  void Add(const Request& request) {
    const Request* kept = Keep(request);
    waiting_.insert(std::upper_bound(waiting_.begin(), waiting_.end(), kept, Before), kept);
  }
  // It waits no more, but is kept. False: it did not wait.
  bool Take(const Request* request) {
    const auto found = std::lower_bound(waiting_.begin(), waiting_.end(), request, Before);
    if (found == waiting_.end() || *found != request) return false;
    waiting_.erase(found);
    return true;
  }
  void Free(const Request* request) { free_.push_back(const_cast<Request*>(request)); }

 private:
  static bool Before(const Request* a, const Request* b) {
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->id < b->id;
  }

  const Request* Keep(const Request& request) {
    if (free_.empty()) {
      slab_.push_back(request);
      return &slab_.back();
    }
    Request* slot = free_.back();
    free_.pop_back();
    *slot = request;
    return slot;
  }

  std::deque<Request> slab_;
  std::vector<Request*> free_;
  std::vector<const Request*> waiting_;
};

}  // namespace sushi
