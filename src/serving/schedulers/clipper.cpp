// clipper: Clipper+ of SuperServe [S: NSDI 2025; details [A]]: one SubNet for all requests and adaptive
// batches. Head of one queue by deadline, on the first idle accelerator, and the largest batch that is ready,
// with what is cached there, by the head's deadline; none is: a batch of one. Of a model that has no SubNet
// of the name in the settings, and when there is no name, the SubNet in the middle by accuracy serves; of an
// even number the less accurate of the two.
#include <algorithm>
#include <numeric>

#include "serving_choice.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

int MiddleByAccuracy(const LatencyTable& table) {
  std::vector<int> order(static_cast<std::size_t>(table.subnets()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return table.Top1Percent(a) < table.Top1Percent(b); });
  return order[(order.size() - 1) / 2];
}

// By model. UserError when no model has a SubNet of that name.
std::vector<int> FixedSubNets(const Profile& profile, const std::string& name) {
  std::vector<int> fixed;
  std::vector<std::string> known;
  fixed.reserve(static_cast<std::size_t>(profile.models()));
  for (int model = 0; model < profile.models(); ++model) {
    const LatencyTable& table = profile.table(model, 0);
    fixed.push_back(MiddleByAccuracy(table));
    for (int s = 0; s < table.subnets(); ++s) {
      known.push_back(table.SubNetName(s));
      if (table.SubNetName(s) == name) fixed.back() = s;
    }
  }
  if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end()) {
    throw UserError({}, "scheduler.clipper.subnet",
                    "no model has a SubNet '" + name + "'" + DidYouMean(name, known));
  }
  return fixed;
}

TupleLadder LargestBatchFirst(const Profile& profile, const JobShape& fixed) {
  std::vector<ServingTuple> tuples;
  tuples.reserve(static_cast<std::size_t>(profile.max_batch()));
  JobShape shape = fixed;
  for (shape.batch = profile.max_batch(); shape.batch >= 1; --shape.batch) {
    tuples.push_back({shape.subnet, shape.batch, profile.Time(shape)});
  }
  return {tuples, tuples.back()};
}

class Clipper : public Scheduler {
 public:
  explicit Clipper(std::vector<int> fixed)
      : book_([subnets = std::move(fixed)](const Profile& profile, const LadderKey& key) {
          const int subnet = subnets[static_cast<std::size_t>(key.model)];
          return LargestBatchFirst(profile, {key.model, key.type, 0, subnet, key.cached, 1});
        }) {}

  void Decide(const SystemView& view, Decision& decision) override {
    DispatchByLadder(view, book_, Picoseconds(0), BatchLimit::kProfile, decision);
  }

 private:
  LadderBook book_;
};

}  // namespace

std::unique_ptr<Scheduler> MakeClipper(const SchedulerContext& context) {
  return std::make_unique<Clipper>(FixedSubNets(*context.profile, context.settings.clipper.subnet));
}

}  // namespace sushi
