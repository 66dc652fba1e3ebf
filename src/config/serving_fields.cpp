#include "serving_fields.hpp"

#include "field_builders.hpp"
#include "sushi/sched/serving_policy.hpp"
#include "sushi/serving/scheduler.hpp"

namespace sushi::config {
namespace {

// NOLINTBEGIN(bugprone-macro-parentheses): `member` is a path of names, not an expression.
#define SUSHI_SETTING(member) \
  [](auto& e) -> auto& { return e.scheduler.settings.member; }
#define SUSHI_SERVING(member) \
  [](auto& e) -> auto& { return e.serving.member; }
// NOLINTEND(bugprone-macro-parentheses)

// A function for each struct of SchedulerSettings, in its order.
void AddSlackFit(std::vector<Field>& f) {
  f.push_back(IntField("scheduler.slackfit.buckets", 1, 4096, "",
                       "buckets of equal width between the least and the greatest latency [A]",
                       SUSHI_SETTING(slackfit.buckets)));
  f.push_back(
      NameField("scheduler.slackfit.batch", {"waiting", "any"},
                "waiting: tuples whose batch exceeds the requests that wait are left out [A]; any: the "
                "rule as published",
                SUSHI_SETTING(slackfit.batch)));
}

void AddClipper(std::vector<Field>& f) {
  f.push_back(TextField("scheduler.clipper.subnet",
                        "SubNet that serves all; none: the one in the middle by accuracy [A]",
                        SUSHI_SETTING(clipper.subnet)));
}

void AddAlert(std::vector<Field>& f) {
  f.push_back(NameField("scheduler.alert.objective", {"energy", "error"},
                        "energy: least energy under accuracy and deadline; error: least error under energy "
                        "and deadline [S]",
                        SUSHI_SETTING(alert.objective)));
  const auto add = [&](const char* name, double low, double high, const char* unit, const char* description,
                       auto access) {
    f.push_back(RealField(std::string("scheduler.alert.") + name, low, high, unit, description, access));
  };
  add("alpha", 0, 1, "", "Kalman filter: share of the last process noise in the next [A]",
      SUSHI_SETTING(alert.alpha));
  add("r", 1e-9, 1e6, "", "Kalman filter: measurement noise [A]", SUSHI_SETTING(alert.r));
  add("q0", 0, 1e6, "", "Kalman filter: process noise to start with, its least [A]", SUSHI_SETTING(alert.q0));
  add("mu0", 0.001, 1000, "", "slowdown to start with [A]", SUSHI_SETTING(alert.mu0));
  add("k0", 0, 1, "", "Kalman gain to start with [A]", SUSHI_SETTING(alert.k0));
  add("energy_budget_uj", 0, 1e12, "uJ", "of objective error, a query; 0: no bound",
      SUSHI_SETTING(alert.energy_budget_uj));
  add("failure_accuracy_percent", 0, 100, "%", "accuracy of a result that is late [S]",
      SUSHI_SETTING(alert.failure_accuracy_percent));
}

void AddDream(std::vector<Field>& f) {
  f.push_back(RealField("scheduler.dream.alpha", 0, 2, "", "weight of starvation to start with [A]",
                        SUSHI_SETTING(dream.alpha)));
  f.push_back(RealField("scheduler.dream.beta", 0, 2, "", "weight of energy to start with [A]",
                        SUSHI_SETTING(dream.beta)));
  f.push_back(RealField("scheduler.dream.step", 0.001, 2, "",
                        "how far the probed neighbours of (alpha, beta) are at first [A]",
                        SUSHI_SETTING(dream.step)));
  f.push_back(RealField("scheduler.dream.window_ms", 0.001, 1e9, "ms", "from one probe to the next [A]",
                        SUSHI_SETTING(dream.window_ms)));
  f.push_back(BoolField("scheduler.dream.weigh_urgency",
                        "weigh urgency by the length of the task [S]; false: by the deadline alone",
                        SUSHI_SETTING(dream.weigh_urgency)));
  f.push_back(BoolField("scheduler.dream.drop_frames", "drop frames that are bound to miss [S]",
                        SUSHI_SETTING(dream.drop_frames)));
  f.push_back(BoolField("scheduler.dream.switch_variants", "serve with a smaller SubNet under load [S]",
                        SUSHI_SETTING(dream.switch_variants)));
}

void AddMoca(std::vector<Field>& f) {
  f.push_back(BoolField("scheduler.moca.throttle", "throttle DRAM accesses when tenants contend [S]",
                        SUSHI_SETTING(moca.throttle)));
  f.push_back(RealField("scheduler.moca.overload_percent", 1, 1e4, "%",
                        "sum of the tenants' utilisations above which they are throttled [S]",
                        SUSHI_SETTING(moca.overload_percent)));
  f.push_back(RealField("scheduler.moca.least_percent", 0.01, 100, "%",
                        "utilisation that every tenant keeps [S]", SUSHI_SETTING(moca.least_percent)));
  f.push_back(IntField("scheduler.moca.window_bursts", 1, 1'000'000, "bursts",
                       "DRAM bursts of a throttle's window [A]", SUSHI_SETTING(moca.window_bursts)));
}

void AddPrema(std::vector<Field>& f) {
  f.push_back(RealField("scheduler.prema.high", 0, 1e6, "",
                        "tokens from which a job is a candidate: high [S]", SUSHI_SETTING(prema.high)));
  f.push_back(
      RealField("scheduler.prema.medium", 0, 1e6, "", "the same: medium [S]", SUSHI_SETTING(prema.medium)));
  f.push_back(RealField("scheduler.prema.low", 0, 1e6, "", "the same: low [S]", SUSHI_SETTING(prema.low)));
}

void AddJoint(std::vector<Field>& f) {
  f.push_back(IntField("scheduler.joint.buckets", 1, 4096, "",
                       "buckets of equal width between the least and the greatest time [A]",
                       SUSHI_SETTING(joint.buckets)));
  f.push_back(RealField("scheduler.joint.swap_share", 0, 1, "",
                        "of the slack of the requests that a swap delays: what it may take [A]",
                        SUSHI_SETTING(joint.swap_share)));
  f.push_back(RealField("scheduler.joint.horizon_jobs", 0, 1e9, "jobs",
                        "a swap pays when so many jobs like the recent ones save its time [A]",
                        SUSHI_SETTING(joint.horizon_jobs)));
  f.push_back(RealField("scheduler.joint.forget", 0, 1, "",
                        "of the greatest slowdown seen, how much is forgotten with each job [A]",
                        SUSHI_SETTING(joint.forget)));
  f.push_back(RealField("scheduler.joint.average", 1e-6, 1, "",
                        "weight of the last job in the average of recent ones [A]",
                        SUSHI_SETTING(joint.average)));
}

void AddSystem(std::vector<Field>& f) {
  f.push_back(EnumField("serving.engine", {"none", "tlm", "approximate"},
                        "none: SUSHI's stream on one accelerator; the others: a serving system",
                        SUSHI_SERVING(engine)));
  f.push_back(IntField("serving.accelerators", 0, kMaxAccelerators, "",
                       "identical ones; 0: those of the section accelerators, else one",
                       SUSHI_SERVING(accelerators)));
  f.push_back(IntField("serving.queue_limit", 1, 1'000'000, "requests",
                       "that wait in all; one more is dropped on arrival [A]", SUSHI_SERVING(queue_limit)));
  f.push_back(IntField("serving.max_batch", 1, 256, "requests", "that a job serves at most [A]",
                       SUSHI_SERVING(max_batch)));
  f.push_back(IntField("serving.check_frames", 0, 1'000'000, "frames",
                       "approximate: of each tenant, served by tlm as well to measure the error; 0: none",
                       SUSHI_SERVING(check_frames)));
}

#undef SUSHI_SETTING
#undef SUSHI_SERVING

}  // namespace

std::vector<std::string> PolicyNames() {
  std::vector<std::string> names = ServingPolicyNames();
  for (std::string& name : SchedulerNames()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

void AddServingFields(std::vector<Field>& f) {
  const std::size_t first = f.size();
  AddSlackFit(f);
  AddClipper(f);
  AddAlert(f);
  AddDream(f);
  AddMoca(f);
  AddPrema(f);
  AddJoint(f);
  AddSystem(f);
  for (std::size_t i = first; i < f.size(); ++i) f[i].later = true;
}

}  // namespace sushi::config
