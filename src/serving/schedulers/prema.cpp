// PREMA: tokens make those that wait candidates, the shortest candidate runs, jobs are preempted.
//
// [S] token = priority + Σ priority · (idle time / isolated time); candidates are the tasks whose token
// reaches the highest of the thresholds 9, 3, 1 that some token reaches; of them the one with the shortest
// estimated remaining time runs.
// [A] Idle is all time since arrival that the task was not on an accelerator; isolated is the time of the
// SubNet that fits the request's whole bound, alone on the fastest type. Tasks are all requests and jobs,
// running ones too. A task's class is the highest threshold its token reaches. An idle accelerator takes the
// highest class first, in it the shortest remaining: the rule above, and work while no candidate may run
// there. A running job is preempted when a candidate that waits is of a higher class, or of the same class
// with strictly less remaining time; the victim is the job that comes last in the same order; one at a time.
// Batches of one; the SubNet is the most accurate that is ready in time when the request is dispatched.
#include <algorithm>
#include <array>
#include <cmath>

#include "isolated_times.hpp"
#include "serving_choice.hpp"

namespace sushi {
namespace {

// A request that waits, or a job.
struct TokenTask {
  const Request* request = nullptr;
  const Job* job = nullptr;  // null: waits
  Picoseconds isolated, idle, remaining;
  int level = 0;  // thresholds reached

  bool Before(const TokenTask& other) const {
    if (level != other.level) return level > other.level;
    if (remaining != other.remaining) return remaining < other.remaining;
    if (request->deadline != other.request->deadline) return request->deadline < other.request->deadline;
    return request->id < other.request->id;
  }
  bool Beats(const TokenTask& running) const {
    return level != running.level ? level > running.level : remaining < running.remaining;
  }
};

class Prema : public Scheduler {
 public:
  explicit Prema(const SchedulerContext& context) : isolated_(context) {
    const PremaSettings& settings = context.settings.prema;
    thresholds_ = {settings.low, settings.medium, settings.high};
    std::sort(thresholds_.begin(), thresholds_.end());
  }

  bool preemptive() const override { return true; }

  void Decide(const SystemView& view, Decision& decision) override {
    std::vector<TokenTask> ready = Ready(view);
    if (ready.empty()) return;
    std::sort(ready.begin(), ready.end(), [](const TokenTask& a, const TokenTask& b) { return a.Before(b); });
    Fill(view, ready, decision);
    if (decision.Acts()) return;
    decision.wake = NextCrossing(view, ready);
    Preempt(view, ready, decision);
  }

 private:
  TokenTask Task(const SystemView& view, const Request& request, const Job* job) const {
    TokenTask task;
    task.request = &request;
    task.job = job;
    if (job == nullptr) {
      task.isolated = task.remaining = isolated_.OfPlanned(request);
      task.idle = view.now - request.arrival;
    } else {
      task.isolated = isolated_.Of(job->shape.model, job->shape.subnet);
      task.remaining = RemainingTime(view, *job);
      const bool runs = (*view.accelerators)[static_cast<std::size_t>(job->accelerator)].job == job;
      task.idle = (runs ? job->resumed : view.now) - request.arrival - job->ran;
    }
    const double priority = static_cast<double>(OwnerOf(view, request).priority);
    for (const double threshold : thresholds_) {
      // token ≥ threshold, times isolated: products of times below 9000 s are exact.
      const bool reached = priority * static_cast<double>((task.isolated + task.idle).value()) >=
                           threshold * static_cast<double>(task.isolated.value());
      task.level += reached ? 1 : 0;
    }
    return task;
  }

  std::vector<TokenTask> Ready(const SystemView& view) const {
    std::vector<TokenTask> ready;
    ready.reserve(view.waiting->size() + view.paused->size());
    for (const Request* request : *view.waiting) ready.push_back(Task(view, *request, nullptr));
    for (const Job* job : *view.paused) ready.push_back(Task(view, *job->requests.front(), job));
    return ready;
  }

  static bool MayRun(const TokenTask& task, const AcceleratorState& on) {
    return task.job == nullptr || task.job->shape.type == on.type;
  }

  static void Fill(const SystemView& view, const std::vector<TokenTask>& ready, Decision& decision) {
    std::vector<bool> taken(ready.size(), false);
    for (std::size_t a = 0; a < view.accelerators->size(); ++a) {
      const AcceleratorState& state = (*view.accelerators)[a];
      if (state.job != nullptr) continue;
      std::size_t at = 0;
      while (at < ready.size() && (taken[at] || !MayRun(ready[at], state))) ++at;
      if (at == ready.size()) continue;
      taken[at] = true;
      const int accelerator = static_cast<int>(a);
      if (ready[at].job != nullptr) {
        decision.resume.push_back({accelerator, ready[at].job});
      } else {
        const int subnet = MostAccurateInTime(view, accelerator, *ready[at].request).subnet;
        decision.start.push_back({accelerator, {ready[at].request}, subnet, 0, std::nullopt});
      }
    }
  }

  void Preempt(const SystemView& view, const std::vector<TokenTask>& ready, Decision& decision) const {
    std::vector<std::pair<int, TokenTask>> running;
    running.reserve(view.accelerators->size());
    int highest = ready.front().level;
    for (std::size_t a = 0; a < view.accelerators->size(); ++a) {
      const Job* job = (*view.accelerators)[a].job;
      if (job == nullptr) continue;
      if (job->stopping) return;
      running.emplace_back(static_cast<int>(a), Task(view, *job->requests.front(), job));
      highest = std::max(highest, running.back().second.level);
    }
    for (const TokenTask& candidate : ready) {
      if (candidate.level < highest) return;
      const std::pair<int, TokenTask>* victim = nullptr;
      for (const auto& one : running) {
        if (!MayRun(candidate, (*view.accelerators)[static_cast<std::size_t>(one.first)])) continue;
        if (victim == nullptr || victim->second.Before(one.second)) victim = &one;
      }
      if (victim != nullptr && candidate.Beats(victim->second)) {
        decision.preempt.push_back(victim->first);
        return;
      }
    }
  }

  // When the next token reaches a threshold: idle = (threshold / priority − 1) · isolated.
  std::optional<Picoseconds> NextCrossing(const SystemView& view, const std::vector<TokenTask>& ready) const {
    std::optional<Picoseconds> next;
    for (const TokenTask& task : ready) {
      const double priority = static_cast<double>(OwnerOf(view, *task.request).priority);
      if (priority <= 0 || task.level == static_cast<int>(thresholds_.size())) continue;
      const double threshold = thresholds_[static_cast<std::size_t>(task.level)];
      const double whole = std::ceil(threshold * static_cast<double>(task.isolated.value()) / priority);
      if (whole >= 9e18) continue;
      const Picoseconds idle = Picoseconds(static_cast<std::int64_t>(whole)) - task.isolated;
      const Picoseconds at = view.now + std::max(Picoseconds(1), idle - task.idle);
      if (!next || at < *next) next = at;
    }
    return next;
  }

  IsolatedTimes isolated_;
  std::array<double, 3> thresholds_{};
};

}  // namespace

std::unique_ptr<Scheduler> MakePrema(const SchedulerContext& context) {
  return std::make_unique<Prema>(context);
}

}  // namespace sushi
