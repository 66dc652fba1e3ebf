// DREAM: maps frames to accelerators by a score whose weights it tunes, drops frames that are bound to miss,
// and switches SuperNet variants with the load.
//
// [S, abstract] MapScore = urgency · latency preference + α · starvation + β · energy; α and β tuned online
// in [0, 2]² by probing neighbours, within five steps, against UXCost; smart frame drop; variants by load.
// [A] The terms, for task t on accelerator a, with T and E time and energy of the model's fastest SubNet
// there, nothing cached, and to_go = mean of T over the accelerators:
//   urgency            = to_go / max(slack, to_go / 10)
//   latency preference = to_go / T(t, a)
//   starvation         = wait / to_go
//   energy             = mean of E over the accelerators / E(t, a)
// Without weigh_urgency, urgency takes the mean of to_go over the models for every task.
// The pair of greatest score starts; of idle accelerators of the same type the one that is fastest for the
// SubNet with what it has cached. Batches of one.
// [A] Frame drop: a request is dropped when now + the least time of its model over types, levels, SubNets and
// SubGraphs is after its deadline.
// [A] Variants: let F be the time of a request's fastest SubNet and A the number of accelerators. The most
// accurate SubNet with T ≤ slack and T ≤ min over waiting j of A · (deadline_j − now) − Σ F of the others
// with deadlines up to j's; the fastest when there is none.
// Tuning: windows of window_ms in which a request ended; include/sushi/serving/weight_search.hpp.
#include <algorithm>
#include <limits>

#include "serving_choice.hpp"
#include "sushi/serving/weight_search.hpp"

namespace sushi {
namespace {

class Dream : public Scheduler {
 public:
  explicit Dream(const SchedulerContext& context)
      : settings_(context.settings.dream),
        types_(context.types),
        search_(settings_.alpha, settings_.beta, settings_.step),
        window_(context.tenants->size()) {
    for (int model = 0; model < context.profile->models(); ++model) {
      models_.push_back(Look(*context.profile, model));
      mean_to_go_ += models_.back().to_go / context.profile->models();
    }
  }

  void Decide(const SystemView& view, Decision& decision) override {
    CloseWindow(view.now);
    if (settings_.drop_frames) Drop(view, decision);
    if (!decision.drop.empty() || FirstIdle(view) < 0 || view.waiting->empty()) return;
    const Request* best = nullptr;
    int best_type = 0;
    double best_score = 0;
    const std::vector<int> idle = IdleTypes(view);
    for (const Request* request : *view.waiting) {  // by deadline: of equals the first stays
      for (const int type : idle) {
        const double score = MapScore(view, *request, type);
        if (best != nullptr && score <= best_score) continue;
        best = request;
        best_type = type;
        best_score = score;
      }
    }
    if (best == nullptr) return;
    const int subnet = Variant(view, *best, best_type);
    decision.start.push_back({Place(view, *best, best_type, subnet), {best}, subnet, 0, std::nullopt});
  }

  void Finished(const SystemView& view, const JobOutcome& outcome) override {
    CloseWindow(view.now);
    const Job& job = *outcome.job;
    const double energy = view.profile->Cost(job.shape).energy_pj;
    for (const Request* request : job.requests) {
      Count(*request, OwnerModel(view, *request), outcome.finished > request->deadline,
            energy / static_cast<double>(job.requests.size()));
    }
  }

 private:
  struct ModelCosts {
    Picoseconds least;                  // of all ways to serve one
    double worst_energy_pj = 0;         // of a SubNet on a type that is there, nothing cached
    double to_go = 0, mean_energy = 0;  // of the fastest SubNets, over accelerators
    std::vector<int> fastest;           // SubNet, by type
    std::vector<double> time, energy;   // of it; by type, in ps and pJ
  };

  ModelCosts Look(const Profile& profile, int model) const {
    ModelCosts costs;
    costs.least = Picoseconds(std::numeric_limits<std::int64_t>::max());
    const auto types = static_cast<std::size_t>(profile.types());
    costs.fastest.assign(types, -1);
    costs.time.resize(types);
    costs.energy.resize(types);
    for (const int type : types_) {
      const auto t = static_cast<std::size_t>(type);
      if (costs.fastest[t] < 0) LookAtType(profile, model, type, costs);
      costs.to_go += costs.time[t] / static_cast<double>(types_.size());
      costs.mean_energy += costs.energy[t] / static_cast<double>(types_.size());
    }
    return costs;
  }

  static void LookAtType(const Profile& profile, int model, int type, ModelCosts& costs) {
    const LatencyTable& table = profile.table(model, type);
    const auto t = static_cast<std::size_t>(type);
    for (int s = 0; s < table.subnets(); ++s) {
      const double time = std::max(1.0, static_cast<double>(table.At(s, kEmptySubGraphId).value()));
      const double energy = profile.Cost({model, type, 0, s, kEmptySubGraphId, 1}).energy_pj;
      costs.worst_energy_pj = std::max(costs.worst_energy_pj, energy);
      if (costs.fastest[t] < 0 || time < costs.time[t]) {
        costs.fastest[t] = s;
        costs.time[t] = time;
        costs.energy[t] = energy;
      }
      const int levels = static_cast<int>(profile.levels(type).size());
      for (int level = 0; level < levels; ++level) {
        for (int column = 0; column < table.columns(); ++column) {
          costs.least = std::min(costs.least, profile.Time({model, type, level, s, column, 1}));
        }
      }
    }
  }

  static int OwnerModel(const SystemView& view, const Request& request) {
    return (*view.tenants)[static_cast<std::size_t>(request.tenant)].model;
  }
  const ModelCosts& CostsOf(const SystemView& view, const Request& request) const {
    return models_[static_cast<std::size_t>(OwnerModel(view, request))];
  }

  static std::vector<int> IdleTypes(const SystemView& view) {
    std::vector<int> types;
    for (const AcceleratorState& state : *view.accelerators) {
      if (state.job != nullptr || std::find(types.begin(), types.end(), state.type) != types.end()) continue;
      types.push_back(state.type);
    }
    return types;
  }

  double MapScore(const SystemView& view, const Request& request, int type) const {
    const ModelCosts& costs = CostsOf(view, request);
    const auto t = static_cast<std::size_t>(type);
    const double slack = static_cast<double>((request.deadline - view.now).value());
    const double wait = static_cast<double>((view.now - request.arrival).value());
    const double length = settings_.weigh_urgency ? costs.to_go : mean_to_go_;
    const double urgency = length / std::max(slack, length / 10);
    const double preference = costs.to_go / costs.time[t];
    const double energy = costs.energy[t] > 0 ? costs.mean_energy / costs.energy[t] : 1;
    return urgency * preference + search_.alpha() * wait / costs.to_go + search_.beta() * energy;
  }

  // The least of A · (deadline − now) − demand ahead, when everything else is served as its fastest.
  double Allowance(const SystemView& view, const Request& chosen, int type) const {
    double demand = 0, least = std::numeric_limits<double>::infinity();
    for (const Request* request : *view.waiting) {
      if (request != &chosen) demand += CostsOf(view, *request).time[static_cast<std::size_t>(type)];
      const double ahead = static_cast<double>((request->deadline - view.now).value());
      least = std::min(least, static_cast<double>(types_.size()) * ahead - demand);
    }
    return std::min(least, static_cast<double>((chosen.deadline - view.now).value()));
  }

  int Variant(const SystemView& view, const Request& request, int type) const {
    const LatencyTable& table = view.profile->table(OwnerModel(view, request), type);
    const double allowance =
        settings_.switch_variants ? Allowance(view, request, type) : std::numeric_limits<double>::infinity();
    int best = -1;
    for (int s = 0; s < table.subnets(); ++s) {
      if (static_cast<double>(table.At(s, kEmptySubGraphId).value()) > allowance) continue;
      if (best < 0 || table.Top1Percent(s) > table.Top1Percent(best)) best = s;
    }
    return best >= 0 ? best : CostsOf(view, request).fastest[static_cast<std::size_t>(type)];
  }

  static int Place(const SystemView& view, const Request& request, int type, int subnet) {
    int best = -1;
    Picoseconds best_time;
    for (std::size_t a = 0; a < view.accelerators->size(); ++a) {
      const AcceleratorState& state = (*view.accelerators)[a];
      if (state.job != nullptr || state.type != type) continue;
      const JobShape shape = ShapeOn(view, static_cast<int>(a), request, subnet);
      const Picoseconds time = view.profile->table(shape.model, type).At(subnet, shape.cached);
      if (best >= 0 && time >= best_time) continue;
      best = static_cast<int>(a);
      best_time = time;
    }
    return best;
  }

  void Drop(const SystemView& view, Decision& decision) {
    for (const Request* request : *view.waiting) {
      if (view.now + CostsOf(view, *request).least <= request->deadline) continue;
      decision.drop.push_back(request);
      Count(*request, OwnerModel(view, *request), true, 0);
    }
  }

  void Count(const Request& request, int model, bool violated, double energy_pj) {
    TenantWindow& tenant = window_[static_cast<std::size_t>(request.tenant)];
    ++tenant.requests;
    tenant.violations += violated ? 1 : 0;
    tenant.energy_pj += energy_pj;
    tenant.worst_energy_pj += models_[static_cast<std::size_t>(model)].worst_energy_pj;
    counted_ = true;
  }

  void CloseWindow(Picoseconds now) {
    const double length_ps = settings_.window_ms * 1e9;
    if (static_cast<double>((now - window_start_).value()) < length_ps || !counted_) return;
    search_.Tell(UxCost(window_));
    window_.assign(window_.size(), {});
    window_start_ = now;
    counted_ = false;
  }

  DreamSettings settings_;
  std::vector<int> types_;  // of the accelerators
  std::vector<ModelCosts> models_;
  double mean_to_go_ = 0;  // over models
  WeightSearch search_;
  std::vector<TenantWindow> window_;  // by tenant
  Picoseconds window_start_;
  bool counted_ = false;
};

}  // namespace

std::unique_ptr<Scheduler> MakeDream(const SchedulerContext& context) {
  return std::make_unique<Dream>(context);
}

}  // namespace sushi
