// strict_accuracy, strict_latency: SUSHI's two serving policies (src/sched) [S: SUSHI, MLSys 2023; their
// fallbacks [A]] for a queue: first come first served, batch of one, on the first idle accelerator [A]. Each
// sees the request's least accuracy, its latency target and the column that is cached on the accelerator.
// The target is deadline − arrival, as SUSHI's stream is judged by service times, or what is left of it.
#include "serving_choice.hpp"
#include "sushi/core/error.hpp"
#include "sushi/sched/serving_policy.hpp"
#include "sushi/sched/stream_server.hpp"

namespace sushi {
namespace {

LatencyBasis BasisNamed(const std::string& name) {
  if (name == "service") return LatencyBasis::kService;
  if (name == "response") return LatencyBasis::kResponse;
  throw UserError({}, "scheduler.strict.basis", "expected service or response, got '" + name + "'");
}

class Strict : public Scheduler {
 public:
  Strict(std::unique_ptr<ServingPolicy> policy, LatencyBasis basis)
      : policy_(std::move(policy)), basis_(basis) {}

  void Decide(const SystemView& view, Decision& decision) override {
    const int accelerator = FirstIdle(view);
    if (accelerator < 0 || view.waiting->empty()) return;
    const Request& request = OldestWaiting(view);
    const JobShape shape = ShapeOn(view, accelerator, request, 0);
    Query query;
    query.id = request.id;
    query.arrival = request.arrival;
    query.accuracy_min_percent = request.accuracy_min_percent;
    query.latency_max = request.deadline - request.arrival;
    const Choice choice = policy_->Choose(Budgeted(query, basis_, view.now - request.arrival), shape.cached,
                                          view.profile->table(shape.model, shape.type));
    decision.start.push_back({accelerator, {&request}, choice.subnet, 0, std::nullopt});
  }

 private:
  std::unique_ptr<ServingPolicy> policy_;
  LatencyBasis basis_;
};

std::unique_ptr<Scheduler> MakeStrict(const std::string& policy, const SchedulerContext& context) {
  return std::make_unique<Strict>(MakeServingPolicy(policy), BasisNamed(context.settings.strict.basis));
}

}  // namespace

std::unique_ptr<Scheduler> MakeStrictAccuracyServing(const SchedulerContext& context) {
  return MakeStrict("strict_accuracy", context);
}
std::unique_ptr<Scheduler> MakeStrictLatencyServing(const SchedulerContext& context) {
  return MakeStrict("strict_latency", context);
}

}  // namespace sushi
