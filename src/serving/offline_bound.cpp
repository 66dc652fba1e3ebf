// Why no schedule passes the bounds. Give each accelerator of type t a speed a_t > 0 (any; here relative to
// the fastest type). In some schedule let request j be in time, served as SubNet s in a batch of B on type t.
//
// 1. Its job starts at or after its arrival r_j and ends by its deadline d_j, so the job's time, which is at
//    least T(t, s, B) (swaps, contention and preemption only add to it), lies in [r_j, d_j] and T ≤ d_j −
//    r_j. Give j the share 1/B of it. Its work a_t · T / B is at least
//      w_j(s) = min of a_t · T(t, s, B) / B over the shapes of s with T ≤ d_j − r_j.
// 2. At each instant the accelerators work at Σ a_t = C at most. So the amounts y_j = w_j(s) of the requests
//    in time can be processed by one machine of speed C that may divide and interrupt work, each within
//    [r_j, d_j]. Of such amounts, those that belong to pieces of work of a set S sum to at most f(S), the
//    most work of S which that machine can do in time.
// 3. f(S) is what EDF does: in each instant work on the piece with the earliest deadline that is available
// and
//    not expired (Glover: matching instants, each with an interval of pieces' windows, by earliest deadline
//    is a maximum matching in a convex bipartite graph; divisible work is its limit).
// 4. Let j in time be worth v(s) = per_request + per_percent · accuracy(s) ≥ 0, and h_j be the least concave
//    function with h_j(0) ≥ 0 and h_j(w_j(s)) ≥ v(s): pieces of work of decreasing slope. Then v ≤ h_j(y_j),
//    the sum over j's first pieces up to y_j. Number the pieces of all requests by decreasing slope, m_1 ≥
//    m_2 ≥ … ≥ 0 = m_{k+1}, S_i the first i of them, Y(S) the schedule's work in S. By Abel's summation
//      Σ v ≤ Σ m_i · Y(piece i) = Σ (m_i − m_{i+1}) · Y(S_i) ≤ Σ (m_i − m_{i+1}) · f(S_i) = V.
// Requests in time: v = 1. Accuracy: v = accuracy. Mean accuracy A / M of a schedule with M ≥ m in time: for
// every λ ≥ 0, A + λM ≤ V(λ), so A / M ≤ V(λ) / M − λ ≤ V(λ) / m − λ.
#include "sushi/serving/offline_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double Ps(Picoseconds time) { return static_cast<double>(time.value()); }

double PerRequest(const BoundShape& shape) { return Ps(shape.time) / shape.batch; }

// By type: the mean over models of the least time per request on the best type over that on this one.
std::vector<double> Speeds(const std::vector<BoundModel>& models, const std::vector<int>& types) {
  std::vector<double> speeds(static_cast<std::size_t>(*std::max_element(types.begin(), types.end())) + 1, 0);
  for (const BoundModel& model : models) {
    std::vector<double> least(speeds.size(), kInfinity);
    for (const BoundShape& shape : model.shapes) {
      const auto type = static_cast<std::size_t>(shape.type);
      if (type < least.size()) least[type] = std::min(least[type], std::max(1.0, PerRequest(shape)));
    }
    const double best = *std::min_element(least.begin(), least.end());
    for (std::size_t type = 0; type < speeds.size(); ++type) {
      if (best < kInfinity) speeds[type] += best / least[type];
    }
  }
  for (double& speed : speeds) speed = std::max(speed / static_cast<double>(models.size()), 1e-9);
  return speeds;
}

struct Piece {
  double slope, work;
  std::size_t of_class;
};

}  // namespace

BoundModel LeastTimes(const Profile& profile, int model, const std::vector<int>& types) {
  BoundModel bound;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const int type = types[i];
    if (std::find(types.begin(), types.begin() + static_cast<std::ptrdiff_t>(i), type) !=
        types.begin() + static_cast<std::ptrdiff_t>(i)) {
      continue;
    }
    const LatencyTable& table = profile.table(model, type);
    const int levels = static_cast<int>(profile.levels(type).size());
    bound.top1_percent.clear();
    for (int subnet = 0; subnet < table.subnets(); ++subnet) {
      bound.top1_percent.push_back(table.Top1Percent(subnet));
      for (int batch = 1; batch <= profile.max_batch(); ++batch) {
        Picoseconds least = profile.Time({model, type, 0, subnet, kEmptySubGraphId, batch});
        for (int level = 0; level < levels; ++level) {
          for (int column = 0; column < table.columns(); ++column) {
            least = std::min(least, profile.Time({model, type, level, subnet, column, batch}));
          }
        }
        bound.shapes.push_back({type, subnet, batch, least});
      }
    }
  }
  return bound;
}

OfflineBound::OfflineBound(const std::vector<BoundModel>& models, const std::vector<int>& types,
                           const std::vector<BoundRequest>& requests) {
  if (types.empty() || models.empty()) throw InternalError("offline bound: no accelerator or no model");
  const std::vector<double> speeds = Speeds(models, types);
  for (const int type : types) capacity_ += speeds[static_cast<std::size_t>(type)];

  std::map<std::tuple<int, std::int64_t, double>, std::size_t> known;
  std::map<std::vector<std::pair<double, double>>, std::size_t> distinct;
  for (const BoundRequest& request : requests) {
    if (request.model < 0 || request.model >= static_cast<int>(models.size())) {
      throw InternalError("offline bound: no such model");
    }
    const Picoseconds given = request.deadline - request.arrival;
    const auto [place, added] = known.try_emplace(
        std::make_tuple(request.model, given.value(), request.accuracy_min_percent), classes_.size());
    if (added) {
      const BoundModel& model = models[static_cast<std::size_t>(request.model)];
      std::vector<double> work(model.top1_percent.size(), kInfinity);
      for (const BoundShape& shape : model.shapes) {
        const auto type = static_cast<std::size_t>(shape.type);
        const auto subnet = static_cast<std::size_t>(shape.subnet);
        if (std::find(types.begin(), types.end(), shape.type) == types.end() || shape.time > given ||
            model.top1_percent[subnet] < request.accuracy_min_percent) {
          continue;
        }
        work[subnet] = std::min(work[subnet], speeds[type] * PerRequest(shape));
      }
      RequestClass fitting;
      std::vector<std::pair<double, double>> key;
      for (std::size_t s = 0; s < work.size(); ++s) {
        if (work[s] == kInfinity) continue;
        fitting.push_back({work[s], model.top1_percent[s]});
        key.emplace_back(work[s], model.top1_percent[s]);
      }
      const auto [same, first] = distinct.try_emplace(key, classes_.size());
      if (first) classes_.push_back(fitting);
      place->second = same->second;
    }
    if (classes_[place->second].empty()) continue;
    windows_.push_back({Ps(request.arrival), Ps(request.deadline), place->second});
    for (const SubNetWork& subnet : classes_[place->second]) {
      best_top1_ = std::max(best_top1_, subnet.top1_percent);
    }
  }
  std::stable_sort(windows_.begin(), windows_.end(),
                   [](const Window& a, const Window& b) { return a.arrival < b.arrival; });
}

// f of step 3, when each request has the work of its class.
double OfflineBound::WorkInTime(const std::vector<double>& work_of_class) const {
  using Open = std::pair<double, double>;  // deadline, work left
  std::priority_queue<Open, std::vector<Open>, std::greater<>> open;
  double now = 0, done = 0;
  std::size_t next = 0;
  while (next < windows_.size() || !open.empty()) {
    if (open.empty()) now = std::max(now, windows_[next].arrival);
    for (; next < windows_.size() && windows_[next].arrival <= now; ++next) {
      const double work = work_of_class[windows_[next].of_class];
      if (work > 0) open.emplace(windows_[next].deadline, work);
    }
    double until = kInfinity;
    if (next < windows_.size()) until = windows_[next].arrival;
    while (!open.empty() && now < until) {
      const auto [deadline, left] = open.top();
      open.pop();
      const double end = std::min({deadline, until, now + left / capacity_});
      if (end <= now) {  // expired, or too little for the clock to move
        if (deadline > now) done += left;
        continue;
      }
      const double part = std::min(left, (end - now) * capacity_);
      done += part;
      now = end;
      if (left > part && end < deadline) open.emplace(deadline, left - part);
    }
  }
  return done;
}

// V of step 4.
double OfflineBound::Best(double per_request, double per_percent) const {
  std::vector<Piece> pieces;
  for (std::size_t c = 0; c < classes_.size(); ++c) {
    double work = 0, value = 0;  // the last corner of h
    while (true) {
      // The next corner is where the slope is greatest; of equal slopes the furthest.
      double best_slope = 0, best_work = 0, best_value = 0;
      for (const SubNetWork& subnet : classes_[c]) {
        const double worth = per_request + per_percent * subnet.top1_percent;
        if (subnet.work <= work || worth <= value) continue;
        const double slope = (worth - value) / (subnet.work - work);
        if (slope < best_slope || (slope == best_slope && subnet.work <= best_work)) continue;
        best_slope = slope;
        best_work = subnet.work;
        best_value = worth;
      }
      if (best_slope == 0) break;
      pieces.push_back({best_slope, best_work - work, c});
      work = best_work;
      value = best_value;
    }
  }
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.slope > b.slope; });
  std::vector<double> work_of_class(classes_.size(), 0);
  double sum = 0, before = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    work_of_class[pieces[i].of_class] += pieces[i].work;
    if (i + 1 < pieces.size() && pieces[i + 1].slope == pieces[i].slope) continue;
    const double in_time = WorkInTime(work_of_class);
    sum += pieces[i].slope * (in_time - before);
    before = in_time;
  }
  return sum;
}

std::int64_t OfflineBound::InTime() const {
  const double slip = 1e-3;  // more than rounded sums can lack
  const auto all = static_cast<std::int64_t>(windows_.size());
  return std::min(all, static_cast<std::int64_t>(std::floor(Best(1, 0) + slip)));
}

double OfflineBound::AccuracySum() const { return Best(0, 1); }

double OfflineBound::MeanAccuracy(std::int64_t in_time) const {
  double mean = best_top1_;
  for (double weight = 0; weight <= 8192; weight = weight == 0 ? 0.25 : weight * 2) {
    mean = std::min(mean, Best(weight, 1) / static_cast<double>(in_time) - weight);
  }
  return mean;
}

}  // namespace sushi
