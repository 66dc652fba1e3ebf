// slackfit: SuperServe's SlackFit [S: NSDI 2025; what is tagged here [A]]. Before any request: all tuples
// (batch B, SubNet), with what is cached on the accelerator now [A], fall into buckets of equal width between
// the least and the greatest latency; of each bucket the tuple of the largest batch stands for it (ties: the
// more accurate, then the faster [A]). A free accelerator takes the head of one queue by deadline: of the
// buckets whose tuple is faster than the head's slack, deadline − now, the highest. A bucket's latency is
// that of its tuple, not its edge [A]: a tuple so chosen never overruns the slack, and no slack is wasted.
// None is faster: the lowest bucket [A]. Up to B requests of the head's model are popped, fewer when fewer
// wait. With batch: waiting [A] tuples of more requests than wait are not considered, so buckets are stood
// for by what can be filled; with batch: any they are, as published.
#include <algorithm>
#include <map>

#include "serving_choice.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

bool StandsForBucket(const ServingTuple& a, const ServingTuple& b) {
  if (a.batch != b.batch) return a.batch > b.batch;
  if (a.top1_percent != b.top1_percent) return a.top1_percent > b.top1_percent;
  return a.time < b.time;
}

// One tuple of at most `most` requests for each bucket that has any, from the highest bucket to the lowest.
TupleLadder BuildBuckets(const std::vector<ServingTuple>& tuples, int most, int buckets) {
  std::int64_t least = tuples.front().time.value(), greatest = least;
  for (const ServingTuple& tuple : tuples) {
    least = std::min(least, tuple.time.value());
    greatest = std::max(greatest, tuple.time.value());
  }
  std::map<std::int64_t, const ServingTuple*> best;  // by bucket
  for (const ServingTuple& tuple : tuples) {
    if (tuple.batch > most) continue;
    const WideInt above = tuple.time.value() - least, width = std::max<std::int64_t>(greatest - least, 1);
    const auto bucket = static_cast<std::int64_t>(std::min<WideInt>(above * buckets / width, buckets - 1));
    const ServingTuple*& stands = best[bucket];
    if (stands == nullptr || StandsForBucket(tuple, *stands)) stands = &tuple;
  }
  std::vector<ServingTuple> from_highest;
  from_highest.reserve(best.size());
  for (auto stands = best.rbegin(); stands != best.rend(); ++stands) {
    from_highest.push_back(*stands->second);
  }
  return {from_highest, from_highest.back()};
}

BatchLimit LimitNamed(const std::string& name) {
  if (name == "waiting") return BatchLimit::kWaiting;
  if (name == "any") return BatchLimit::kProfile;
  throw UserError({}, "scheduler.slackfit.batch", "expected waiting or any, got '" + name + "'");
}

class SlackFit : public Scheduler {
 public:
  SlackFit(int buckets, BatchLimit limit)
      : limit_(limit), book_([buckets](const Profile& profile, const LadderKey& key) {
          return BuildBuckets(AllTuples(profile, key.model, key.type, key.cached), key.most, buckets);
        }) {}

  void Decide(const SystemView& view, Decision& decision) override {
    DispatchByLadder(view, book_, Picoseconds(1), limit_, decision);  // below the slack, not at it
  }

 private:
  BatchLimit limit_;
  LadderBook book_;
};

}  // namespace

std::unique_ptr<Scheduler> MakeSlackFit(const SchedulerContext& context) {
  const int buckets = context.settings.slackfit.buckets;
  if (buckets < 1) {
    throw UserError({}, "scheduler.slackfit.buckets", "expected at least 1, got " + std::to_string(buckets));
  }
  return std::make_unique<SlackFit>(buckets, LimitNamed(context.settings.slackfit.batch));
}

}  // namespace sushi
