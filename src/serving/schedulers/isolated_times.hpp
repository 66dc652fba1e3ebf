// How long a request takes alone: what schedulers for several DNNs weigh waiting with.
#pragma once

#include <vector>

#include "sushi/serving/scheduler.hpp"

namespace sushi {

// The time of each SubNet alone with nothing cached, level 0, batch of one, on the fastest of the types that
// are there.
class IsolatedTimes {
 public:
  explicit IsolatedTimes(const SchedulerContext& context);

  Picoseconds Of(int model, int subnet) const {  // at least 1 ps
    return times_[static_cast<std::size_t>(model)][static_cast<std::size_t>(subnet)];
  }
  // The most accurate SubNet within the whole time that the request was given, else the fastest: constant, so
  // that what is computed from it changes with waiting only.
  int PlannedSubNet(const Request& request) const;
  Picoseconds OfPlanned(const Request& request) const { return Of(ModelOf(request), PlannedSubNet(request)); }
  int ModelOf(const Request& request) const {
    return (*tenants_)[static_cast<std::size_t>(request.tenant)].model;
  }

 private:
  const Profile* profile_;
  const std::vector<Tenant>* tenants_;
  std::vector<int> types_;
  std::vector<std::vector<Picoseconds>> times_;  // by model, SubNet
};

// Of a job, if nothing disturbs it: by the layers that are left when it is paused, by the clock while it
// runs.
Picoseconds RemainingTime(const SystemView& view, const Job& job);

// The first request's of a job that has one.
inline const Tenant& OwnerOf(const SystemView& view, const Request& request) {
  return (*view.tenants)[static_cast<std::size_t>(request.tenant)];
}

}  // namespace sushi
