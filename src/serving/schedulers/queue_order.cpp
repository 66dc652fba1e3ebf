// FCFS, EDF, SJF: the oldest request, the one with the earliest deadline, or the shortest job; each on the
// first idle accelerator, batch of one, as the most accurate SubNet that is ready in time.
// A job is as long as what its request needs [A]: the time, with what is cached there, of the fastest SubNet
// that has the accuracy asked for; of the most accurate when none has. Ties: by deadline. (The time of the
// SubNet that will serve depends on the slack: with one model the most urgent job would be the shortest.)
#include <algorithm>
#include <map>
#include <tuple>

#include "serving_choice.hpp"

namespace sushi {
namespace {

enum class Order { kArrival, kDeadline, kShortest };

// The least time for an accuracy, by model, type and column.
class JobLengths {
 public:
  Picoseconds Of(const Profile& profile, const JobShape& on, double accuracy_min_percent) {
    std::vector<Step>& steps = steps_[{on.model, on.type, on.cached}];
    if (steps.empty()) steps = StepsOf(profile.table(on.model, on.type), on.cached);
    const auto meets = std::partition_point(
        steps.begin(), steps.end(),
        [accuracy_min_percent](const Step& step) { return step.top1_percent < accuracy_min_percent; });
    return meets == steps.end() ? steps.back().time : meets->time;
  }

 private:
  struct Step {
    double top1_percent;
    Picoseconds time;  // the least of the SubNets that are at least as accurate
  };

  static std::vector<Step> StepsOf(const LatencyTable& table, SubGraphId cached) {
    std::vector<Step> steps;
    steps.reserve(static_cast<std::size_t>(table.subnets()));
    for (int s = 0; s < table.subnets(); ++s) steps.push_back({table.Top1Percent(s), table.At(s, cached)});
    std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
      return std::make_tuple(a.top1_percent, b.time) < std::make_tuple(b.top1_percent, a.time);
    });
    for (std::size_t i = steps.size(); i-- > 1;) {
      steps[i - 1].time = std::min(steps[i - 1].time, steps[i].time);
    }
    return steps;
  }

  std::map<std::tuple<int, int, SubGraphId>, std::vector<Step>> steps_;
};

class QueueOrder : public Scheduler {
 public:
  explicit QueueOrder(Order order) : order_(order) {}

  void Decide(const SystemView& view, Decision& decision) override {
    const int accelerator = FirstIdle(view);
    if (accelerator < 0 || view.waiting->empty()) return;
    const Request& next = Next(view, accelerator);
    const int subnet = MostAccurateInTime(view, accelerator, next).subnet;
    decision.start.push_back({accelerator, {&next}, subnet, 0, std::nullopt});
  }

 private:
  const Request& Next(const SystemView& view, int accelerator) {
    if (order_ == Order::kArrival) return OldestWaiting(view);
    if (order_ == Order::kDeadline) return *view.waiting->front();
    const auto length_of = [&](const Request& request) {
      return lengths_.Of(*view.profile, ShapeOn(view, accelerator, request, 0), request.accuracy_min_percent);
    };
    const Request* best = view.waiting->front();
    Picoseconds least = length_of(*best);
    for (const Request* request : *view.waiting) {  // by deadline: of equals the first stays
      const Picoseconds length = length_of(*request);
      if (length >= least) continue;
      best = request;
      least = length;
    }
    return *best;
  }

  Order order_;
  JobLengths lengths_;
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
