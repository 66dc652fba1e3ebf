// Sections and keys together, as what is built.
#include <algorithm>
#include <map>

#include "model_readers.hpp"
#include "point_id.hpp"
#include "serving_sections.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/config/serving.hpp"
#include "sushi/config/trace.hpp"

namespace sushi::config {
namespace {

std::vector<AcceleratorEntry> EntriesOf(const ServingConfig& serving) {
  if (!serving.types.empty()) return serving.types;
  AcceleratorEntry entry;
  entry.name = "type0";
  entry.count = std::max<std::int64_t>(1, serving.accelerators);
  return {entry};
}

void AddTypes(const Experiment& e, ServingPlan& plan) {
  for (const AcceleratorEntry& entry : EntriesOf(e.serving)) {
    AcceleratorPlan type;
    type.name = entry.name;
    type.hardware = HardwareOf(e, entry);
    type.levels = entry.levels;
    type.throttle = entry.throttle;
    if (type.levels.empty()) {
      const double power = e.energy.static_power_mw;
      type.levels.push_back({type.hardware.accel.clock_mhz, 1, power, power});
    }
    plan.accelerators.insert(plan.accelerators.end(), static_cast<std::size_t>(entry.count),
                             static_cast<int>(plan.types.size()));
    plan.types.push_back(std::move(type));
  }
}

// Tenants with the same model share it, whatever files they have it from.
class Models {
 public:
  explicit Models(ServingPlan& plan) : plan_(plan) {}

  int IndexOf(const Node& section) {
    const auto [place, added] =
        known_.try_emplace(ModelHash(section, files_), static_cast<int>(plan_.models.size()));
    if (added) plan_.models.push_back(std::make_shared<const SuperNet>(LoadSuperNet(section)));
    return place->second;
  }

 private:
  ServingPlan& plan_;
  FileHashes files_;
  std::map<std::string, int> known_;
};

// `path` is the entry's key.
TenantPlan PlanTenant(const Experiment& e, const TenantEntry& entry, const std::string& path,
                      Models& models) {
  if (entry.model == nullptr && e.supernet.kind == Node::Kind::kNull) {
    throw UserError(entry.mark, path,
                    "'" + entry.name + "' has no model, and no file gives a supernet section");
  }
  TenantPlan plan;
  plan.tenant.name = entry.name;
  plan.tenant.model = models.IndexOf(entry.model == nullptr ? e.supernet : entry.model->section);
  plan.tenant.priority = entry.priority;
  plan.tenant.conditions = entry.conditions;
  plan.tenant.parent = entry.after;
  plan.periodic = entry.periodic;
  plan.slo = entry.slo;
  plan.accuracy_min_percent = entry.accuracy_min_percent;
  if (entry.periodic) {
    if (!plan.slo) plan.slo = entry.periodic->period;
    if (!plan.accuracy_min_percent) plan.accuracy_min_percent = 0;
  } else if (entry.after < 0) {
    if (entry.trace.empty() && !HasTrace(e)) {
      throw UserError(
          entry.mark, path,
          "'" + entry.name + "' has no trace, period_us or after, and no file gives a trace section");
    }
    plan.trace = TraceOf(e, entry);
  }
  return plan;
}

}  // namespace

ServingPlan LoadServingPlan(const Experiment& e) {
  if (e.serving.engine == ServingEngine::kNone) {
    throw UserError("serving.engine: none serves one stream on one accelerator; set tlm or approximate");
  }
  ServingPlan plan;
  AddTypes(e, plan);
  Models models(plan);
  if (e.serving.tenants.empty()) {
    RequireSupernet(e);
    RequireTrace(e);
    plan.tenants.push_back(PlanTenant(e, {}, "tenants", models));
    plan.tenants[0].tenant.name = plan.models[0]->name;
  }
  for (std::size_t i = 0; i < e.serving.tenants.size(); ++i) {
    plan.tenants.push_back(PlanTenant(e, e.serving.tenants[i], At("tenants", i), models));
  }
  return plan;
}

}  // namespace sushi::config
