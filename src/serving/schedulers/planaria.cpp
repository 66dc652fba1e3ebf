// Planaria-like: the most urgent per resource it needs first.
//
// [S] score = priority / (slack · resources); highest score first.
// [A] The resources of an accelerator type are its share of the fastest type's speed: the mean over models
// and SubNets of time on the fastest type / time on this one. A request needs those of the smallest type that
// meets its deadline from now with the SubNet that fits its whole bound on the fastest type; of the fastest,
// when none does. It runs on the smallest idle type that has what it needs, else on the largest idle one, as
// the most accurate SubNet that is ready in time there. A deadline that is not ahead has no finite score:
// those come after all others, by deadline. Batches of one.
// Left out: fission. Planaria cuts one array into pods and gives each task as many as it needs; here
// accelerators are as large as they are, and jobs run to their end.
#include <algorithm>

#include "isolated_times.hpp"
#include "serving_choice.hpp"

namespace sushi {
namespace {

class Planaria : public Scheduler {
 public:
  explicit Planaria(const SchedulerContext& context) : isolated_(context) {
    for (const int type : context.types) {
      const auto at = static_cast<std::size_t>(type);
      if (at >= resources_.size()) resources_.resize(at + 1, 0);
      if (resources_[at] > 0) continue;
      by_size_.push_back(type);
      double sum = 0;
      int count = 0;
      for (int model = 0; model < context.profile->models(); ++model) {
        const LatencyTable& table = context.profile->table(model, type);
        for (int s = 0; s < table.subnets(); ++s, ++count) {
          const std::int64_t time = std::max<std::int64_t>(1, table.At(s, kEmptySubGraphId).value());
          sum += static_cast<double>(isolated_.Of(model, s).value()) / static_cast<double>(time);
        }
      }
      resources_[at] = sum / count;
    }
    std::sort(by_size_.begin(), by_size_.end(), [this](int a, int b) {
      return Resources(a) != Resources(b) ? Resources(a) < Resources(b) : a < b;
    });
  }

  void Decide(const SystemView& view, Decision& decision) override {
    if (FirstIdle(view) < 0 || view.waiting->empty()) return;
    const Request* best = nullptr;
    double best_score = 0, best_needs = 0;
    for (const Request* request : *view.waiting) {  // by deadline: of equals the first stays
      const Picoseconds slack = request->deadline - view.now;
      const double needs = Needs(view, *request, slack);
      const double score = slack <= Picoseconds(0) ? -1
                                                   : static_cast<double>(OwnerOf(view, *request).priority) /
                                                         (static_cast<double>(slack.value()) * needs);
      if (best != nullptr && score <= best_score) continue;
      best = request;
      best_score = score;
      best_needs = needs;
    }
    if (best == nullptr) return;
    const int accelerator = Place(view, best_needs);
    const int subnet = MostAccurateInTime(view, accelerator, *best).subnet;
    decision.start.push_back({accelerator, {best}, subnet, 0, std::nullopt});
  }

 private:
  double Resources(int type) const { return resources_[static_cast<std::size_t>(type)]; }

  double Needs(const SystemView& view, const Request& request, Picoseconds slack) const {
    const int model = isolated_.ModelOf(request);
    const int subnet = isolated_.PlannedSubNet(request);
    for (const int type : by_size_) {
      if (view.profile->table(model, type).At(subnet, kEmptySubGraphId) <= slack) return Resources(type);
    }
    return Resources(by_size_.back());
  }

  int Place(const SystemView& view, double needs) const {
    int best = -1;
    double best_size = 0;
    for (std::size_t a = 0; a < view.accelerators->size(); ++a) {
      const AcceleratorState& state = (*view.accelerators)[a];
      if (state.job != nullptr) continue;
      const double size = Resources(state.type);
      const bool enough = size >= needs, best_enough = best_size >= needs;
      const bool better = best < 0 || (enough != best_enough ? enough
                                       : enough              ? size < best_size
                                                             : size > best_size);
      if (!better) continue;
      best = static_cast<int>(a);
      best_size = size;
    }
    return best;
  }

  IsolatedTimes isolated_;
  std::vector<double> resources_;  // by type; 0: not there
  std::vector<int> by_size_;       // types, smallest first
};

}  // namespace

std::unique_ptr<Scheduler> MakePlanaria(const SchedulerContext& context) {
  return std::make_unique<Planaria>(context);
}

}  // namespace sushi
