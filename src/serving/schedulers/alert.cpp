// alert: ALERT [S: ATC 2020; constants [A] from re-implementations]. One slowdown ξ for all tenants and
// accelerators, estimated from finished jobs (SlowdownFilter). A choice is a SubNet and a power level; with T
// = deadline − now and t its profiled time with what is cached, its time is normal(μ·t, σ·t), its accuracy is
// expected to be accuracy·Pr[time ≤ T] + failure accuracy·(1 − Pr), its energy p·μt + p_idle·(T − μt) with p
// = dynamic energy / t + static power. Objective energy: least energy of those with μt ≤ T and the accuracy
// asked for. Objective error: greatest expected accuracy of those with μt ≤ T within the energy budget. None:
// the budget or the accuracy is given up before the deadline: the greatest expected accuracy of those with
// μt ≤ T; else the least μt. First come first served, batch of one, on the first idle accelerator [A].
#include <algorithm>
#include <tuple>

#include "serving_choice.hpp"
#include "sushi/core/error.hpp"
#include "sushi/query/portable_math.hpp"
#include "sushi/serving/slowdown_filter.hpp"

namespace sushi {
namespace {

// 1 mW for 1 ps is 10^-3 pJ.
constexpr double kPicojoulesPerMilliwattPicosecond = 1e-3;

enum class Goal { kEnergy, kError };

Goal GoalNamed(const std::string& name) {
  if (name == "energy") return Goal::kEnergy;
  if (name == "error") return Goal::kError;
  throw UserError({}, "scheduler.alert.objective", "expected energy or error, got '" + name + "'");
}

// A SubNet at a power level, as ALERT predicts it.
struct Prospect {
  int subnet = 0, level = 0;
  double time_ps = 0;  // mean
  double expected_accuracy = 0, energy_pj = 0;
  // What it meets, the most important last: 2 all, 1 the deadline only, 0 not even that.
  int rank = 0;
};

class Alert : public Scheduler {
 public:
  Alert(const AlertSettings& settings, Goal goal) : settings_(settings), goal_(goal), slowdown_(settings) {}

  void Decide(const SystemView& view, Decision& decision) override {
    const int accelerator = FirstIdle(view);
    if (accelerator < 0 || view.waiting->empty()) return;
    const Request& request = OldestWaiting(view);
    JobShape shape = ShapeOn(view, accelerator, request, 0);
    const LatencyTable& table = view.profile->table(shape.model, shape.type);
    const int levels = static_cast<int>(view.profile->levels(shape.type).size());
    Prospect best;
    bool found = false;
    for (shape.subnet = 0; shape.subnet < table.subnets(); ++shape.subnet) {
      for (shape.level = 0; shape.level < levels; ++shape.level) {
        const Prospect prospect = Predict(view, request, shape);
        if (!found || Better(prospect, best)) best = prospect;
        found = true;
      }
    }
    decision.start.push_back({accelerator, {&request}, best.subnet, best.level, std::nullopt});
  }

  void Finished(const SystemView& /*view*/, const JobOutcome& outcome) override {
    if (outcome.profiled.value() <= 0) return;
    slowdown_.Observe(static_cast<double>(outcome.ran.value()) /
                      static_cast<double>(outcome.profiled.value()));
  }

 private:
  Prospect Predict(const SystemView& view, const Request& request, const JobShape& shape) const {
    const JobCost& cost = view.profile->Cost(shape);
    const PowerLevel& level = view.profile->levels(shape.type)[static_cast<std::size_t>(shape.level)];
    const auto profiled = static_cast<double>(cost.time.value());
    const auto left = static_cast<double>((request.deadline - view.now).value());
    Prospect prospect;
    prospect.subnet = shape.subnet;
    prospect.level = shape.level;
    prospect.time_ps = slowdown_.mean() * profiled;
    const double in_time = InTime(left - prospect.time_ps, slowdown_.deviation() * profiled);
    const double top1 = view.profile->table(shape.model, shape.type).Top1Percent(shape.subnet);
    prospect.expected_accuracy = top1 * in_time + settings_.failure_accuracy_percent * (1 - in_time);
    // Dynamic energy / t · μt = dynamic energy · μ.
    prospect.energy_pj =
        cost.energy_pj * slowdown_.mean() +
        kPicojoulesPerMilliwattPicosecond *
            (level.active_mw * prospect.time_ps + level.idle_mw * std::max(left - prospect.time_ps, 0.0));
    const bool meets_other =
        goal_ == Goal::kEnergy
            ? prospect.expected_accuracy >= request.accuracy_min_percent
            : settings_.energy_budget_uj == 0 || prospect.energy_pj <= settings_.energy_budget_uj * 1e6;
    prospect.rank = prospect.time_ps > left ? 0 : meets_other ? 2 : 1;
    return prospect;
  }

  static double InTime(double spare_ps, double deviation_ps) {
    if (deviation_ps > 0) return PortableNormalCdf(spare_ps / deviation_ps);
    return spare_ps >= 0 ? 1 : 0;
  }

  bool Better(const Prospect& a, const Prospect& b) const {
    if (a.rank != b.rank) return a.rank > b.rank;
    const auto by_accuracy = [](const Prospect& p) {
      return std::make_tuple(-p.expected_accuracy, p.energy_pj, p.time_ps);
    };
    const auto by_energy = [](const Prospect& p) {
      return std::make_tuple(p.energy_pj, -p.expected_accuracy, p.time_ps);
    };
    const auto by_time = [](const Prospect& p) {
      return std::make_tuple(p.time_ps, -p.expected_accuracy, p.energy_pj);
    };
    if (a.rank == 0) return by_time(a) < by_time(b);
    if (a.rank == 2 && goal_ == Goal::kEnergy) return by_energy(a) < by_energy(b);
    return by_accuracy(a) < by_accuracy(b);
  }

  AlertSettings settings_;
  Goal goal_;
  SlowdownFilter slowdown_;
};

}  // namespace

std::unique_ptr<Scheduler> MakeAlert(const SchedulerContext& context) {
  const AlertSettings& settings = context.settings.alert;
  if (settings.r <= 0 && settings.q0 <= 0) {  // the gain would be 0 / 0
    throw UserError({}, "scheduler.alert.r", "expected above 0 when q0 is 0");
  }
  return std::make_unique<Alert>(settings, GoalNamed(settings.objective));
}

}  // namespace sushi
