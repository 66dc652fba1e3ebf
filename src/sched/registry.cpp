// Every policy there is, by the name the configuration uses. A new one is one file and, here, its
// declaration and its line in the table; one from outside is registered by its program. Explicit because the
// linker drops static registrars from archives.
#include <algorithm>
#include <utility>

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

template <typename Factory>
struct Entry {
  std::string name;
  Factory make;
};

// Built in when they are first asked for, so registering may come at any time after static initialisation.
std::vector<Entry<ServingPolicyFactory>>& Serving() {
  static std::vector<Entry<ServingPolicyFactory>> entries = {
      {"strict_accuracy", MakeStrictAccuracy},
      {"strict_latency", MakeStrictLatency},
  };
  return entries;
}

std::vector<Entry<CachingPolicyFactory>>& Caching() {
  static std::vector<Entry<CachingPolicyFactory>> entries = {
      {"none", MakeNoCaching},       {"static", MakeStaticCaching}, {"last_served", MakeLastServedCaching},
      {"avgnet", MakeAvgNetCaching}, {"oracle", MakeOracleCaching}, {"cost_aware", MakeCostAwareCaching},
  };
  return entries;
}

template <typename Entries>
std::vector<std::string> NamesOf(const Entries& entries) {
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

template <typename Factory>
const Factory* Find(const std::vector<Entry<Factory>>& entries, const std::string& name) {
  for (const Entry<Factory>& entry : entries) {
    if (entry.name == name) return &entry.make;
  }
  return nullptr;
}

// Names stand in lists, in messages and in what is hashed.
bool IsPlain(const std::string& name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), plain);
}

template <typename Factory>
void Register(std::vector<Entry<Factory>>& entries, const std::string& name, Factory make) {
  if (!IsPlain(name))
    throw InternalError("a policy's name is made of a to z, 0 to 9 and _, not '" + name + "'");
  if (make == nullptr) throw InternalError("the policy '" + name + "' has no factory");
  if (Find(entries, name) != nullptr) throw InternalError("there is a policy '" + name + "' already");
  entries.push_back({name, std::move(make)});
}

void RequireValid(const CachingContext& context) {
  const bool valid = context.table != nullptr && context.period_queries >= 1 &&
                     context.first_candidate >= 1 && context.first_candidate <= context.end_candidate &&
                     context.end_candidate <= context.table->columns();
  if (!valid) throw InternalError("the caching context's period or candidate columns are out of range");
}

}  // namespace

std::vector<std::string> ServingPolicyNames() { return NamesOf(Serving()); }

void RegisterServingPolicy(const std::string& name, ServingPolicyFactory make) {
  Register(Serving(), name, std::move(make));
}

std::unique_ptr<ServingPolicy> MakeServingPolicy(const std::string& name) {
  const ServingPolicyFactory* make = Find(Serving(), name);
  return make == nullptr ? nullptr : (*make)();
}

std::vector<std::string> CachingPolicyNames() { return NamesOf(Caching()); }

void RegisterCachingPolicy(const std::string& name, CachingPolicyFactory make) {
  Register(Caching(), name, std::move(make));
}

std::unique_ptr<CachingPolicy> MakeCachingPolicy(const std::string& name, const CachingContext& context) {
  const CachingPolicyFactory* make = Find(Caching(), name);
  if (make == nullptr) return nullptr;
  RequireValid(context);
  return (*make)(context);
}

}  // namespace sushi
