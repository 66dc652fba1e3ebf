// max_acc, max_batch: two greedy baselines of SuperServe [S: NSDI 2025; details [A]]. Head of one queue by
// deadline, on the first idle accelerator. Of the tuples (batch, SubNet) that are faster, with what is cached
// there, than the head's slack: max_acc takes the most accurate, then the largest batch; max_batch the
// largest batch, then the most accurate; ties: the faster. None is faster than the slack: the fastest tuple.
// How many requests wait is not looked at: up to the tuple's batch are popped.
#include <algorithm>

#include "serving_choice.hpp"

namespace sushi {
namespace {

bool Faster(const ServingTuple& a, const ServingTuple& b) {
  if (a.time != b.time) return a.time < b.time;
  return a.top1_percent != b.top1_percent ? a.top1_percent > b.top1_percent : a.batch > b.batch;
}

bool AccuracyFirst(const ServingTuple& a, const ServingTuple& b) {
  if (a.top1_percent != b.top1_percent) return a.top1_percent > b.top1_percent;
  return a.batch != b.batch ? a.batch > b.batch : a.time < b.time;
}

bool BatchFirst(const ServingTuple& a, const ServingTuple& b) {
  if (a.batch != b.batch) return a.batch > b.batch;
  return a.top1_percent != b.top1_percent ? a.top1_percent > b.top1_percent : a.time < b.time;
}

using Prefers = bool (*)(const ServingTuple&, const ServingTuple&);

class MaxFirst : public Scheduler {
 public:
  explicit MaxFirst(Prefers prefers)
      : book_([prefers](const Profile& profile, const LadderKey& key) {
          std::vector<ServingTuple> tuples = AllTuples(profile, key.model, key.type, key.cached);
          const ServingTuple fastest = *std::min_element(tuples.begin(), tuples.end(), Faster);
          std::stable_sort(tuples.begin(), tuples.end(), prefers);
          return TupleLadder(tuples, fastest);
        }) {}

  void Decide(const SystemView& view, Decision& decision) override {
    // Below the slack, not at it.
    DispatchByLadder(view, book_, Picoseconds(1), BatchLimit::kProfile, decision);
  }

 private:
  LadderBook book_;
};

}  // namespace

std::unique_ptr<Scheduler> MakeMaxAcc(const SchedulerContext&) {
  return std::make_unique<MaxFirst>(AccuracyFirst);
}
std::unique_ptr<Scheduler> MakeMaxBatch(const SchedulerContext&) {
  return std::make_unique<MaxFirst>(BatchFirst);
}

}  // namespace sushi
