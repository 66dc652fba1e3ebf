#include "serving_run.hpp"

#include <string>
#include <utility>

#include "log.hpp"
#include "serve.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/query/periodic.hpp"
#include "sushi/sched/objective.hpp"
#include "sushi/serving/fluid_executor.hpp"
#include "sushi/sim/serving_elaboration.hpp"

namespace sushi::app {
namespace {

// The first requests of a stream.
class FirstOf : public QuerySource {
 public:
  FirstOf(std::unique_ptr<QuerySource> source, std::int64_t count)
      : source_(std::move(source)), left_(count) {}
  bool Next(Query& query) override { return left_-- > 0 && source_->Next(query); }

 private:
  std::unique_ptr<QuerySource> source_;
  std::int64_t left_;
};

// Its scheduler chooses SubGraphs itself.
bool ChoosesSubGraphs(const std::string& policy) { return policy == "joint"; }

}  // namespace

ServingRun::ServingRun(const config::Experiment& experiment)
    : experiment_(experiment), plan_(config::LoadServingPlan(experiment)) {
  const config::SchedulerConfig& scheduler = experiment.scheduler;
  if (const config::Node* file = config::FindOrigin(experiment, "scheduler.table_file"))
    throw UserError(file->mark, "scheduler.table_file", "a serving system makes its tables itself");
  if (ChoosesSubGraphs(scheduler.policy) && config::FindOrigin(experiment, "scheduler.caching") != nullptr)
    Inform("scheduler.caching is not used: " + scheduler.policy + " chooses SubGraphs itself");
  caching_ = ChoosesSubGraphs(scheduler.policy) ? "joint" : scheduler.caching;
  forecast_ = MakeServingPolicy(scheduler.policy);
  if (forecast_ == nullptr) forecast_ = MakeServingPolicy("strict_latency");
  MachineConfig machine;
  for (const config::AcceleratorPlan& type : plan_.types)
    machine.types.push_back({type.hardware, type.levels});
  machine.accelerators = plan_.accelerators;
  for (const auto& model : plan_.models) machine.models.push_back(model.get());
  machine.max_batch = static_cast<int>(experiment.serving.max_batch);
  machine.energy = config::RequireEnergy(experiment);
  columns_.resize(plan_.models.size(), std::vector<Columns>(plan_.types.size()));
  machine.columns = [this](int model, int type) { return ColumnsOf(model, type); };
  for (const config::TenantPlan& tenant : plan_.tenants) {
    tenants_.push_back(tenant.tenant);
    if (tenant.trace) CheckStream(*tenant.trace);
  }
  try {
    machine_ = std::make_unique<ServingMachine>(std::move(machine));
  } catch (const UserError& error) {
    // Types share the memory; a key of `accel` may be a type's own.
    if (std::string(error.what()).rfind("memory.", 0) != 0) throw;
    throw WithOrigin(experiment, error);
  }
}

std::vector<SubGraphColumn> ServingRun::ColumnsOf(int model, int type) {
  const auto m = static_cast<std::size_t>(model), t = static_cast<std::size_t>(type);
  const HardwareConfig& hw = plan_.types[t].hardware;
  const bool pb = hw.accel.pb.capacity_kib > 0;
  columns_[m][t] = MakeColumns(hw, *plan_.models[m], experiment_.scheduler,
                               pb && caching_ != "none" && caching_ != "last_served",
                               pb && caching_ == "last_served", std::make_shared<LayerCosts>());
  return columns_[m][t].columns;
}

std::unique_ptr<CachingPolicy> ServingRun::MakeCachingOf(int accelerator, int model) const {
  const int type = machine_->TypeOf(accelerator);
  const Columns& columns = columns_[static_cast<std::size_t>(model)][static_cast<std::size_t>(type)];
  const config::SchedulerConfig& scheduler = experiment_.scheduler;
  const Profile& profile = machine_->profile();
  const std::int64_t byte_value_ps = scheduler.byte_value_ps;
  CachingContext context = ContextWithoutCosts(scheduler, columns, profile.table(model, type), *forecast_);
  context.swap_time = [&profile, model, type](SubGraphId from, SubGraphId to) {
    return profile.Swap(model, type, 0, from, to).time;
  };
  context.service_cost = [&profile, model, type, byte_value_ps](int subnet, SubGraphId cached) {
    const JobCost& cost = profile.Cost({model, type, 0, subnet, cached, 1});
    return ObjectiveCost(cost.time, cost.counters, byte_value_ps);
  };
  context.swap_cost = [&profile, model, type, byte_value_ps](SubGraphId from, SubGraphId to) {
    const JobCost& cost = profile.Swap(model, type, 0, from, to);
    return ObjectiveCost(cost.time, cost.counters, byte_value_ps);
  };
  return MakeCachingPolicy(CachingName(scheduler.caching, columns), context);
}

std::unique_ptr<Scheduler> ServingRun::MakeSchedulerOf() const {
  SchedulerContext context;
  context.profile = &machine_->profile();
  context.tenants = &tenants_;
  context.types = plan_.accelerators;
  context.settings = experiment_.scheduler.settings;
  context.settings.strict.basis =
      experiment_.scheduler.latency_basis == LatencyBasis::kService ? "service" : "response";
  return MakeScheduler(experiment_.scheduler.policy, context);
}

ServingSetup ServingRun::Setup(Scheduler& scheduler) const {
  ServingSetup setup;
  setup.profile = &machine_->profile();
  setup.tenants = tenants_;
  setup.types = plan_.accelerators;
  setup.scheduler = &scheduler;
  if (!ChoosesSubGraphs(experiment_.scheduler.policy)) {
    setup.make_caching = [this](int accelerator, int model) { return MakeCachingOf(accelerator, model); };
  }
  for (const int type : plan_.accelerators) {
    const config::ThrottleConfig& throttle = plan_.types[static_cast<std::size_t>(type)].throttle;
    setup.throttles.push_back({0, throttle.bursts, throttle.window_cycles});
    setup.throttles.back().accelerator = static_cast<int>(setup.throttles.size()) - 1;
  }
  setup.period_queries = static_cast<int>(experiment_.scheduler.period_queries);
  setup.queue_limit = experiment_.serving.queue_limit;
  setup.dram_bytes_per_s = machine_->dram_bytes_per_s();
  setup.burst_bytes = machine_->burst_bytes();
  return setup;
}

std::uint64_t ServingRun::SeedOf(const config::TraceConfig& trace, std::size_t tenant) {
  constexpr std::uint64_t kSeedsApart = 1'000'003;
  return trace.generator.seed + kSeedsApart * tenant;
}

std::vector<TenantSource> ServingRun::Sources(const Options& options) const {
  std::vector<TenantSource> sources;
  for (const config::TenantPlan& plan : plan_.tenants) {
    TenantSource& from = sources.emplace_back();
    from.slo = plan.slo;
    from.accuracy_min_percent = plan.accuracy_min_percent;
    if (plan.trace) {
      config::TraceConfig trace = *plan.trace;
      trace.generator.seed =
          SeedOf(trace, sources.size() - 1) + static_cast<std::uint64_t>(options.seed_offset);
      from.source = OpenStream(trace);
    }
    if (plan.periodic)
      from.source = MakePeriodic(plan.periodic->frames, plan.periodic->period, plan.periodic->offset);
    if (options.frames && from.source != nullptr)
      from.source = std::make_unique<FirstOf>(std::move(from.source), *options.frames);
  }
  return sources;
}

ServingMetrics ServingRun::Serve(const Options& options) {
  const auto scheduler = MakeSchedulerOf();
  const ServingSetup setup = Setup(*scheduler);
  MetricsCollector metrics(*machine_, tenants_, options.keep_times);
  const ServingSinks counted = metrics.Sinks();
  ServingSinks both;
  both.job = [&](const JobRecord& record) {
    counted.job(record);
    if (options.sinks.job) options.sinks.job(record);
  };
  both.request = [&](const RequestRecord& record) {
    counted.request(record);
    if (options.sinks.request) options.sinks.request(record);
  };
  ServingCore core(setup, Sources(options), both);
  MemoryActivity activity;
  if (options.engine == config::ServingEngine::kTlm) {
    activity = RunServingInElaboration(*machine_, MakeMemory(machine_->memory_hardware()), core,
                                       scheduler->wants_layers());
  } else {
    FluidExecutor::Setup fluid;
    fluid.profile = setup.profile;
    fluid.types = setup.types;
    fluid.burst_bytes = setup.burst_bytes;
    fluid.dram_bytes_per_s = setup.dram_bytes_per_s;
    fluid.layer_events = scheduler->wants_layers();
    FluidExecutor executor(fluid);
    activity = machine_->ActivityIn(RunServing(core, executor), executor.dram_open_clocks());
  }
  return metrics.Finish(activity);
}

}  // namespace sushi::app
