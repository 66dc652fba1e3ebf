// Every policy there is, by the name the configuration uses. A new one is one file and, here, its
// declaration and its line in the table; one from outside is registered by its program. Explicit because the
// linker drops static registrars from archives.
#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/sched/caching_policy.hpp"
#include "sushi/sched/name_registry.hpp"
#include "sushi/sched/serving_policy.hpp"

namespace sushi {

std::unique_ptr<ServingPolicy> MakeStrictAccuracy();
std::unique_ptr<ServingPolicy> MakeStrictLatency();

std::unique_ptr<CachingPolicy> MakeNoCaching(const CachingContext& context);
std::unique_ptr<CachingPolicy> MakeStaticCaching(const CachingContext& context);
std::unique_ptr<CachingPolicy> MakeLastServedCaching(const CachingContext& context);
std::unique_ptr<CachingPolicy> MakeAvgNetCaching(const CachingContext& context);
std::unique_ptr<CachingPolicy> MakeOracleCaching(const CachingContext& context);
std::unique_ptr<CachingPolicy> MakeCostAwareCaching(const CachingContext& context);

namespace {

// Built in when they are first asked for, so registering may come at any time after static initialisation.
NameRegistry<ServingPolicyFactory>& Serving() {
  static NameRegistry<ServingPolicyFactory> registry("policy", {
                                                                   {"strict_accuracy", MakeStrictAccuracy},
                                                                   {"strict_latency", MakeStrictLatency},
                                                               });
  return registry;
}

NameRegistry<CachingPolicyFactory>& Caching() {
  static NameRegistry<CachingPolicyFactory> registry("policy", {
                                                                   {"none", MakeNoCaching},
                                                                   {"static", MakeStaticCaching},
                                                                   {"last_served", MakeLastServedCaching},
                                                                   {"avgnet", MakeAvgNetCaching},
                                                                   {"oracle", MakeOracleCaching},
                                                                   {"cost_aware", MakeCostAwareCaching},
                                                               });
  return registry;
}

void RequireValid(const CachingContext& context) {
  const bool valid = context.table != nullptr && context.period_queries >= 1 &&
                     context.first_candidate >= 1 && context.first_candidate <= context.end_candidate &&
                     context.end_candidate <= context.table->columns();
  if (!valid) throw InternalError("the caching context's period or candidate columns are out of range");
}

}  // namespace

std::vector<std::string> ServingPolicyNames() { return Serving().Names(); }

void RegisterServingPolicy(const std::string& name, ServingPolicyFactory make) {
  Serving().Register(name, std::move(make));
}

std::unique_ptr<ServingPolicy> MakeServingPolicy(const std::string& name) {
  const ServingPolicyFactory* make = Serving().Find(name);
  return make == nullptr ? nullptr : (*make)();
}

std::vector<std::string> CachingPolicyNames() { return Caching().Names(); }

void RegisterCachingPolicy(const std::string& name, CachingPolicyFactory make) {
  Caching().Register(name, std::move(make));
}

std::unique_ptr<CachingPolicy> MakeCachingPolicy(const std::string& name, const CachingContext& context) {
  const CachingPolicyFactory* make = Caching().Find(name);
  if (make == nullptr) return nullptr;
  RequireValid(context);
  return (*make)(context);
}

}  // namespace sushi
