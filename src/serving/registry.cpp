// Every serving scheduler there is, by the name the configuration uses. A new one is one file and, here, its
// declaration and its line in the table. Explicit because the linker drops static registrars from archives.
#include <utility>

#include "sushi/sched/name_registry.hpp"
#include "sushi/serving/scheduler.hpp"

namespace sushi {

std::unique_ptr<Scheduler> MakeAlert(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeClipper(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeDelen(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeDream(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeEdf(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeFastSwitch(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeFcfs(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeInfaas(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeJoint(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeMaxAcc(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeMaxBatch(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeMoca(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakePlanaria(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakePrema(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeSjf(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeSlackFit(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeStrictAccuracyServing(const SchedulerContext& context);
std::unique_ptr<Scheduler> MakeStrictLatencyServing(const SchedulerContext& context);

namespace {

NameRegistry<SchedulerFactory>& Schedulers() {
  static NameRegistry<SchedulerFactory> registry("scheduler",
                                                 {
                                                     {"alert", MakeAlert},
                                                     {"clipper", MakeClipper},
                                                     {"delen", MakeDelen},
                                                     {"dream", MakeDream},
                                                     {"edf", MakeEdf},
                                                     {"fastswitch", MakeFastSwitch},
                                                     {"fcfs", MakeFcfs},
                                                     {"infaas", MakeInfaas},
                                                     {"joint", MakeJoint},
                                                     {"max_acc", MakeMaxAcc},
                                                     {"max_batch", MakeMaxBatch},
                                                     {"moca", MakeMoca},
                                                     {"planaria", MakePlanaria},
                                                     {"prema", MakePrema},
                                                     {"sjf", MakeSjf},
                                                     {"slackfit", MakeSlackFit},
                                                     {"strict_accuracy", MakeStrictAccuracyServing},
                                                     {"strict_latency", MakeStrictLatencyServing},
                                                 });
  return registry;
}

}  // namespace

std::vector<std::string> SchedulerNames() { return Schedulers().Names(); }

void RegisterScheduler(const std::string& name, SchedulerFactory make) {
  Schedulers().Register(name, std::move(make));
}

std::unique_ptr<Scheduler> MakeScheduler(const std::string& name, const SchedulerContext& context) {
  const SchedulerFactory* make = Schedulers().Find(name);
  return make == nullptr ? nullptr : (*make)(context);
}

}  // namespace sushi
