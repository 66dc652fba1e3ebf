// FCFS, EDF, SJF: the oldest request, the one with the earliest deadline, or the shortest job; each on the
// first idle accelerator, batch of one, as the most accurate SubNet that is ready in time.
#include <algorithm>

#include "serving_choice.hpp"

namespace sushi {
namespace {

enum class Order { kArrival, kDeadline, kShortest };

class QueueOrder : public Scheduler {
 public:
  explicit QueueOrder(Order order) : order_(order) {}

  void Decide(const SystemView& view, Decision& decision) override {
    const int accelerator = FirstIdle(view);
    if (accelerator < 0 || view.waiting->empty()) return;
    const Request* best = nullptr;
    SubNetChoice best_choice;
    for (const Request* request : *view.waiting) {
      if (best != nullptr && order_ == Order::kDeadline) break;  // the queue is in that order
      if (best != nullptr && order_ == Order::kArrival && !Older(*request, *best)) continue;
      const SubNetChoice choice = MostAccurateInTime(view, accelerator, *request);
      if (best != nullptr && order_ == Order::kShortest && choice.time >= best_choice.time) continue;
      best = request;
      best_choice = choice;
    }
    decision.start.push_back({accelerator, {best}, best_choice.subnet, 0, std::nullopt});
  }

 private:
  Order order_;
};

}  // namespace

std::unique_ptr<Scheduler> MakeFcfs(const SchedulerContext&) {
  return std::make_unique<QueueOrder>(Order::kArrival);
}
std::unique_ptr<Scheduler> MakeEdf(const SchedulerContext&) {
  return std::make_unique<QueueOrder>(Order::kDeadline);
}
std::unique_ptr<Scheduler> MakeSjf(const SchedulerContext&) {
  return std::make_unique<QueueOrder>(Order::kShortest);
}

}  // namespace sushi
