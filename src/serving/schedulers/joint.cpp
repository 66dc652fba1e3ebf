// Ours: batch, SubNet and SubGraph chosen together for the head of the EDF queue. SlackFit's buckets say what
// to aim at; SushiAbs' columns say what is in time, a swap included.
//
// [A, all of it] Tuples (B, SubNet) of a model are ranked by bucket, then batch, then accuracy, then less
// time. Buckets are of equal width in the tuple's time with nothing cached on the fastest type, so that a
// cached SubGraph makes higher buckets reachable instead of moving tuples to lower ones.
// For each idle accelerator (type, what it holds) and each column c of its table:
//   feasible: swap(held → c) + l(B, SubNet | c) ≤ slack of the head / ξ,
//             B ≤ ⌈requests of the head's model that wait / idle accelerators⌉
//   allowed, when c is not held:
//     swap ≤ swap_share · spare, spare = the least, of the head and of the first request left behind when no
//            other accelerator is idle, of: slack − l(B, SubNet | c) (− the fastest time of the latter); or
//     swap < horizon_jobs · (E[held] − E[c])
//   E[c] ← E[c] + average · (l(B, SubNet | c) − E[c]) with each job that was served: what jobs like the
//   recent ones take under c.
// ξ ← max(r, ξ − forget · (ξ − r)) with each job's r = max(1, observed / profiled service): the greatest
// slowdown of late, as contention for the DRAM would else make what just fits late. Nothing has run: 1. The
// highest rank wins; of equals the least swap + l + horizon_jobs · E[c]; then what is held, the lower
// accelerator, the lower column. A swap thus never costs rank. When no column is in time: the lowest bucket
// with what is held, where it is fastest, as SlackFit. The choice of column overrides the caching policy.
// Cost of a decision: for each column a look-up in a staircase made in advance.
#include <algorithm>
#include <limits>

#include "serving_choice.hpp"

namespace sushi {
namespace {

struct RankedTuple {
  int batch = 1, subnet = 0, bucket = 0;
  Picoseconds nominal;
};

// From this time on the tuple of this rank is the best that fits.
struct Stair {
  Picoseconds time;
  int rank = 0;
};

struct JointType {
  std::vector<std::vector<Picoseconds>> time;  // by column, rank
  std::vector<std::vector<Stair>> stairs;      // by (most requests − 1) · columns + column
  std::vector<std::vector<Picoseconds>> swap;  // by column held, column wanted; empty: not asked yet
  std::vector<double> expected;                // E, by column
  Picoseconds fastest;                         // batch of one, nothing cached
  int columns() const { return static_cast<int>(time.size()); }
};

struct JointModel {
  std::vector<RankedTuple> tuples;  // by rank, worst first
  std::vector<int> hopeless;        // rank when nothing is in time, by most requests − 1
  std::vector<JointType> types;     // by type; empty when no accelerator is of it
  bool learned = false;             // E has been set
};

struct JointChoice {
  int accelerator = -1, rank = -1;
  SubGraphId column = kEmptySubGraphId;
  double cost = 0;
  bool swaps = false;
  bool BetterThan(const JointChoice& other) const {
    if (other.accelerator < 0 || rank != other.rank) return other.accelerator < 0 || rank > other.rank;
    if (cost != other.cost) return cost < other.cost;
    return !swaps && other.swaps;
  }
};

// What waits for the head's model, in order, as far as it matters; and the first request of another model.
struct JointQueue {
  std::vector<const Request*> same;
  const Request* other = nullptr;
  int most = 1, idle = 0;
};

class Joint : public Scheduler {
 public:
  explicit Joint(const SchedulerContext& context)
      : profile_(*context.profile), settings_(context.settings.joint) {
    types_ = context.types;
    std::sort(types_.begin(), types_.end());
    types_.erase(std::unique(types_.begin(), types_.end()), types_.end());
    models_.resize(static_cast<std::size_t>(profile_.models()));
    for (int model = 0; model < profile_.models(); ++model) Prepare(model);
  }

  void Decide(const SystemView& view, Decision& decision) override {
    if (view.waiting->empty() || FirstIdle(view) < 0) return;
    const Request& head = *view.waiting->front();
    const int id = (*view.tenants)[static_cast<std::size_t>(head.tenant)].model;
    JointModel& model = models_[static_cast<std::size_t>(id)];
    const JointQueue queue = Look(view, id);
    JointChoice best;
    std::vector<std::pair<int, SubGraphId>> seen;
    ForEachIdle(view, id, seen, [&](int accelerator, int type, SubGraphId held) {
      Consider(view, model, queue, {id, type, 0, 0, held, 1}, accelerator, best);
    });
    if (best.accelerator < 0) {
      seen.clear();
      const int rank = model.hopeless[static_cast<std::size_t>(queue.most) - 1];
      ForEachIdle(view, id, seen, [&](int accelerator, int type, SubGraphId held) {
        const Picoseconds time = TimeOf(model.types[static_cast<std::size_t>(type)], held, rank);
        const JointChoice choice{accelerator, rank, held, static_cast<double>(time.value()), false};
        if (choice.BetterThan(best)) best = choice;
      });
    }
    const RankedTuple& tuple = model.tuples[static_cast<std::size_t>(best.rank)];
    Dispatch start{best.accelerator, {}, tuple.subnet, 0, best.column};
    start.requests.assign(queue.same.begin(), queue.same.begin() + tuple.batch);
    decision.start.push_back(std::move(start));
  }

  void Finished(const SystemView&, const JobOutcome& outcome) override {
    const auto ran = static_cast<double>(outcome.ran.value());
    const double slowdown = std::max(1.0, ran / static_cast<double>(outcome.profiled.value()));
    slowdown_ = std::max(slowdown, slowdown_ - settings_.forget * (slowdown_ - slowdown));
    const JobShape& shape = outcome.job->shape;
    JointModel& model = models_[static_cast<std::size_t>(shape.model)];
    const auto at = std::find_if(model.tuples.begin(), model.tuples.end(), [&](const RankedTuple& tuple) {
      return tuple.batch == shape.batch && tuple.subnet == shape.subnet;
    });
    const int rank = static_cast<int>(at - model.tuples.begin());
    const double share = model.learned ? settings_.average : 1;
    for (JointType& type : model.types) {
      for (int column = 0; column < type.columns(); ++column) {
        double& expected = type.expected[static_cast<std::size_t>(column)];
        expected += share * (static_cast<double>(TimeOf(type, column, rank).value()) - expected);
      }
    }
    model.learned = true;
  }

 private:
  // What a slack is worth while others use the DRAM, too.
  Picoseconds Trusted(Picoseconds slack) const {
    if (slack <= Picoseconds(0) || slowdown_ == 1) return slack;
    return Picoseconds(static_cast<std::int64_t>(static_cast<double>(slack.value()) / slowdown_));
  }

  static Picoseconds TimeOf(const JointType& type, SubGraphId column, int rank) {
    return type.time[static_cast<std::size_t>(column)][static_cast<std::size_t>(rank)];
  }

  void Prepare(int id) {
    JointModel& model = models_[static_cast<std::size_t>(id)];
    const LatencyTable& names = profile_.table(id, types_.front());
    for (int batch = 1; batch <= profile_.max_batch(); ++batch) {
      for (int subnet = 0; subnet < names.subnets(); ++subnet) {
        RankedTuple tuple{batch, subnet, 0, Picoseconds(std::numeric_limits<std::int64_t>::max())};
        for (const int type : types_) {
          tuple.nominal =
              std::min(tuple.nominal, profile_.Time({id, type, 0, subnet, kEmptySubGraphId, batch}));
        }
        model.tuples.push_back(tuple);
      }
    }
    Rank(names, model);
    model.types.resize(static_cast<std::size_t>(profile_.types()));
    for (const int type : types_) PrepareType(id, type, model);
    for (int most = 1; most <= profile_.max_batch(); ++most) {
      int rank = 0;
      for (std::size_t r = 0; r < model.tuples.size(); ++r) {
        if (model.tuples[r].bucket == 0 && model.tuples[r].batch <= most) rank = static_cast<int>(r);
      }
      model.hopeless.push_back(rank);
    }
  }

  void Rank(const LatencyTable& names, JointModel& model) const {
    const auto by_time = [](const RankedTuple& a, const RankedTuple& b) { return a.nominal < b.nominal; };
    const auto range = std::minmax_element(model.tuples.begin(), model.tuples.end(), by_time);
    const std::int64_t low = range.first->nominal.value(), high = range.second->nominal.value();
    const std::int64_t width = std::max<std::int64_t>(1, CeilDiv(high - low + 1, settings_.buckets));
    for (RankedTuple& tuple : model.tuples) {
      tuple.bucket = static_cast<int>((tuple.nominal.value() - low) / width);
    }
    std::stable_sort(
        model.tuples.begin(), model.tuples.end(), [&](const RankedTuple& a, const RankedTuple& b) {
          if (a.bucket != b.bucket) return a.bucket < b.bucket;
          if (a.batch != b.batch) return a.batch < b.batch;
          const double accuracy_a = names.Top1Percent(a.subnet), accuracy_b = names.Top1Percent(b.subnet);
          if (accuracy_a != accuracy_b) return accuracy_a < accuracy_b;
          if (a.nominal != b.nominal) return a.nominal > b.nominal;
          return a.subnet > b.subnet;
        });
  }

  void PrepareType(int id, int index, JointModel& model) const {
    JointType& type = model.types[static_cast<std::size_t>(index)];
    const LatencyTable& table = profile_.table(id, index);
    const auto columns = static_cast<std::size_t>(table.columns());
    type.expected.resize(columns);
    type.swap.resize(columns);
    type.time.resize(columns);
    for (int column = 0; column < table.columns(); ++column) {
      for (const RankedTuple& tuple : model.tuples) {
        type.time[static_cast<std::size_t>(column)].push_back(
            profile_.Time({id, index, 0, tuple.subnet, column, tuple.batch}));
      }
    }
    type.fastest = table.At(0, kEmptySubGraphId);
    for (int s = 1; s < table.subnets(); ++s) {
      type.fastest = std::min(type.fastest, table.At(s, kEmptySubGraphId));
    }
    for (int most = 1; most <= profile_.max_batch(); ++most) {
      for (const std::vector<Picoseconds>& times : type.time) {
        type.stairs.push_back(Stairs(model.tuples, times, most));
      }
    }
  }

  static std::vector<Stair> Stairs(const std::vector<RankedTuple>& tuples,
                                   const std::vector<Picoseconds>& times, int most) {
    std::vector<Stair> all;
    for (std::size_t rank = 0; rank < tuples.size(); ++rank) {
      if (tuples[rank].batch <= most) all.push_back({times[rank], static_cast<int>(rank)});
    }
    std::sort(all.begin(), all.end(), [](const Stair& a, const Stair& b) {
      return a.time != b.time ? a.time < b.time : a.rank > b.rank;
    });
    std::vector<Stair> stairs;
    for (const Stair& stair : all) {
      if (stairs.empty() || stair.rank > stairs.back().rank) stairs.push_back(stair);
    }
    return stairs;
  }

  JointQueue Look(const SystemView& view, int model) const {
    JointQueue queue;
    for (const AcceleratorState& state : *view.accelerators) queue.idle += state.job == nullptr ? 1 : 0;
    const std::size_t enough =
        static_cast<std::size_t>(profile_.max_batch()) * static_cast<std::size_t>(queue.idle) + 1;
    for (const Request* request : *view.waiting) {
      if ((*view.tenants)[static_cast<std::size_t>(request->tenant)].model == model) {
        queue.same.push_back(request);
        if (queue.same.size() == enough) break;
      } else if (queue.other == nullptr) {
        queue.other = request;
      }
    }
    const auto share = CeilDiv(static_cast<std::int64_t>(queue.same.size()), std::max(1, queue.idle));
    queue.most = static_cast<int>(std::min<std::int64_t>(share, profile_.max_batch()));
    return queue;
  }

  // Once for all idle accelerators that are alike.
  template <typename Visit>
  static void ForEachIdle(const SystemView& view, int model, std::vector<std::pair<int, SubGraphId>>& seen,
                          Visit visit) {
    for (std::size_t a = 0; a < view.accelerators->size(); ++a) {
      const AcceleratorState& state = (*view.accelerators)[a];
      if (state.job != nullptr) continue;
      const std::pair<int, SubGraphId> kind{state.type, state.CachedFor(model)};
      if (std::find(seen.begin(), seen.end(), kind) != seen.end()) continue;
      seen.push_back(kind);
      visit(static_cast<int>(a), kind.first, kind.second);
    }
  }

  void Consider(const SystemView& view, JointModel& model, const JointQueue& queue, const JobShape& on,
                int accelerator, JointChoice& best) const {
    JointType& type = model.types[static_cast<std::size_t>(on.type)];
    const SubGraphId held = on.cached;
    const std::vector<Picoseconds>& swaps = SwapsFrom(type, on);
    const Picoseconds slack = Trusted(queue.same.front()->deadline - view.now);
    const double horizon = settings_.horizon_jobs;
    for (SubGraphId column = 0; column < type.columns(); ++column) {
      const auto c = static_cast<std::size_t>(column);
      const bool swaps_now = column != held;
      if (swaps_now && column == kEmptySubGraphId) continue;
      const Picoseconds swap = swaps_now ? swaps[c] : Picoseconds(0);
      const std::vector<Stair>& stairs =
          type.stairs[static_cast<std::size_t>(queue.most - 1) * type.time.size() + c];
      auto stair = std::upper_bound(stairs.begin(), stairs.end(), slack - swap,
                                    [](Picoseconds left, const Stair& s) { return left < s.time; });
      if (stair == stairs.begin()) continue;
      --stair;
      const double gain = horizon * (type.expected[static_cast<std::size_t>(held)] - type.expected[c]);
      const double cost = static_cast<double>((swap + stair->time).value()) + horizon * type.expected[c];
      const JointChoice choice{accelerator, stair->rank, column, cost, swaps_now};
      if (!choice.BetterThan(best)) continue;
      if (swaps_now && static_cast<double>(swap.value()) >= gain &&
          !QueueAllows(view, model, queue, type, *stair, swap)) {
        continue;
      }
      best = choice;
    }
  }

  bool QueueAllows(const SystemView& view, const JointModel& model, const JointQueue& queue,
                   const JointType& type, const Stair& stair, Picoseconds swap) const {
    Picoseconds spare = queue.same.front()->deadline - view.now - stair.time;
    const auto batch = static_cast<std::size_t>(model.tuples[static_cast<std::size_t>(stair.rank)].batch);
    if (queue.idle == 1) {
      const auto behind = [&](const Request& request) {
        spare = std::min(spare, request.deadline - view.now - stair.time - type.fastest);
      };
      if (batch < queue.same.size()) behind(*queue.same[batch]);
      if (queue.other != nullptr) behind(*queue.other);
    }
    return static_cast<double>(swap.value()) <= settings_.swap_share * static_cast<double>(spare.value());
  }

  const std::vector<Picoseconds>& SwapsFrom(JointType& type, const JobShape& on) const {
    std::vector<Picoseconds>& swaps = type.swap[static_cast<std::size_t>(on.cached)];
    if (swaps.empty()) {
      swaps.reserve(type.time.size());
      for (SubGraphId column = 0; column < type.columns(); ++column) {
        swaps.push_back(profile_.Swap(on.model, on.type, 0, on.cached, column).time);
      }
    }
    return swaps;
  }

  const Profile& profile_;
  JointSettings settings_;
  std::vector<int> types_;  // that are there
  std::vector<JointModel> models_;
  double slowdown_ = 1;  // greatest of late, against the profile
};

}  // namespace

std::unique_ptr<Scheduler> MakeJoint(const SchedulerContext& context) {
  return std::make_unique<Joint>(context);
}

}  // namespace sushi
