// Every policy there is, by the name the configuration uses. A new one is one file and, here, its
// declaration and its line in the table. Explicit because the linker drops static registrars from
// archives.
#include "sushi/core/error.hpp"
#include "sushi/sched/caching_policy.hpp"
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

struct ServingEntry {
  const char* name;
  std::unique_ptr<ServingPolicy> (*make)();
};
constexpr ServingEntry kServing[] = {
    {"strict_accuracy", MakeStrictAccuracy},
    {"strict_latency", MakeStrictLatency},
};

struct CachingEntry {
  const char* name;
  std::unique_ptr<CachingPolicy> (*make)(const CachingContext&);
};
constexpr CachingEntry kCaching[] = {
    {"none", MakeNoCaching},       {"static", MakeStaticCaching}, {"last_served", MakeLastServedCaching},
    {"avgnet", MakeAvgNetCaching}, {"oracle", MakeOracleCaching}, {"cost_aware", MakeCostAwareCaching},
};

template <typename Entries>
std::vector<std::string> NamesOf(const Entries& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.emplace_back(entry.name);
  return names;
}

void RequireValid(const CachingContext& context) {
  const bool valid = context.table != nullptr && context.period_queries >= 1 &&
                     context.first_candidate >= 1 && context.first_candidate <= context.end_candidate &&
                     context.end_candidate <= context.table->columns();
  if (!valid) throw InternalError("the caching context's period or candidate columns are out of range");
}

}  // namespace

std::vector<std::string> ServingPolicyNames() { return NamesOf(kServing); }

std::unique_ptr<ServingPolicy> MakeServingPolicy(const std::string& name) {
  for (const ServingEntry& entry : kServing) {
    if (name == entry.name) return entry.make();
  }
  return nullptr;
}

std::vector<std::string> CachingPolicyNames() { return NamesOf(kCaching); }

std::unique_ptr<CachingPolicy> MakeCachingPolicy(const std::string& name, const CachingContext& context) {
  for (const CachingEntry& entry : kCaching) {
    if (name != entry.name) continue;
    RequireValid(context);
    return entry.make(context);
  }
  return nullptr;
}

}  // namespace sushi
