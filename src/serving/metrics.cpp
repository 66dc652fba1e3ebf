#include "sushi/serving/metrics.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "sushi/serving/weight_search.hpp"

namespace sushi {
namespace {

// Jobs and the requests in them are told one after the other: a job first.
struct TenantBook {
  explicit TenantBook(bool keep) : response(keep), waiting(keep), service(keep) {}
  TenantMetrics sums;
  TimeCollector response, waiting, service;
};

double Seconds(Picoseconds time) { return static_cast<double>(time.value()) / 1e12; }
double StaticPj(double milliwatts, double seconds) { return milliwatts * 1e9 * seconds; }
double Ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }
double Ratio(Picoseconds part, Picoseconds whole) {
  return Ratio(static_cast<double>(part.value()), static_cast<double>(whole.value()));
}
double PerSecond(std::int64_t count, Picoseconds time) {
  return Ratio(static_cast<double>(count) * 1e12, static_cast<double>(time.value()));
}

}  // namespace

double ServingMetrics::EnergyDelayPjS() const {
  return EnergyPerServedPj() * all.response.MeanPs(all.served) * 1e-12;
}

std::int64_t ServingMetrics::StallPs() const {
  std::int64_t sum = 0;
  for (const AcceleratorMetrics& at : accelerators) sum += at.stall_ps;
  return sum;
}

class MetricsCollector::Impl {
 public:
  explicit Impl(MetricsSetup setup) : setup_(std::move(setup)), all_(setup_.keep_times) {
    for (const Tenant& tenant : setup_.tenants) {
      TenantBook& book = books_.emplace_back(setup_.keep_times);
      book.sums.served_as.resize(static_cast<std::size_t>(setup_.profile->table(tenant.model, 0).subnets()));
    }
    result_.exact_quantiles = setup_.keep_times;
    result_.accelerators.resize(setup_.types.size());
  }

  void Add(const RequestRecord& record) {
    const Request& request = record.request;
    first_ = std::min(first_.value_or(request.arrival), request.arrival);
    last_ = std::max(last_, record.finished);
    first_frame_ = std::min(first_frame_.value_or(request.frame_start), request.frame_start);
    last_frame_ = std::max(last_frame_, request.frame_start);
    Add(record, books_[static_cast<std::size_t>(request.tenant)]);
    Add(record, all_);
  }

  void Add(const JobRecord& record) {
    const PowerLevel& level =
        setup_.profile->levels(record.shape.type)[static_cast<std::size_t>(record.shape.level)];
    job_pj_ = 0;
    std::int64_t job_bytes = 0;
    for (const JobStay& stay : record.stays) {
      AcceleratorMetrics& at = result_.accelerators[static_cast<std::size_t>(stay.accelerator)];
      const Picoseconds busy = stay.swap + stay.service + stay.moving;
      at.swaps += stay.swap > Picoseconds(0);
      at.busy_ps += busy.value();
      at.swap_ps += stay.swap.value();
      at.moving_ps += stay.moving.value();
      at.moved_bytes += stay.moved_bytes;
      at.stall_ps += (stay.service - stay.profiled).value();
      const double dynamic_pj = ScaledEnergyPj(*setup_.energy, stay.counters, level.energy_scale);
      at.dynamic_pj += dynamic_pj;
      job_pj_ += dynamic_pj;
      at.dram_bytes += stay.counters.TrafficBytes();
      job_bytes += stay.counters.TrafficBytes();
      at.static_pj += StaticPj(level.active_mw, Seconds(busy));
      result_.counters += stay.counters;
      ++at.preemptions;  // but for the last
    }
    request_bytes_ = static_cast<double>(job_bytes) / record.shape.batch;
    AcceleratorMetrics& last = result_.accelerators[static_cast<std::size_t>(record.accelerator)];
    --last.preemptions;
    ++last.jobs;
    last.requests += record.shape.batch;
  }

  ServingMetrics Finish(const MemoryActivity& activity) {
    result_.makespan = last_ - first_.value_or(Picoseconds(0));
    FinishMemory(activity);
    for (std::size_t t = 0; t < books_.size(); ++t) {
      TenantMetrics& sums = books_[t].sums;
      sums.worst_energy_pj = static_cast<double>(sums.issued) * WorstEnergyPj(setup_.tenants[t].model);
      all_.sums.worst_energy_pj += sums.worst_energy_pj;
      result_.tenants.push_back(Finish(books_[t]));
    }
    result_.all = Finish(all_);
    FinishRates();
    FinishTenants();
    FinishAccelerators();
    return result_;
  }

 private:
  void Add(const RequestRecord& record, TenantBook& book) {
    TenantMetrics& sums = book.sums;
    ++sums.issued;
    switch (record.fate) {
      case Fate::kServed:
        break;
      case Fate::kQueueFull:
        ++sums.queue_full;
        return;
      case Fate::kDropped:
        ++sums.dropped;
        return;
      case Fate::kCancelled:
        ++sums.cancelled;
        return;
    }
    const Picoseconds response = record.finished - record.request.arrival;
    ++sums.served;
    sums.served_top1_sum += record.top1_percent;
    sums.accuracy_met += record.top1_percent >= record.request.accuracy_min_percent;
    if (record.InTime()) {
      ++sums.in_time;
      sums.in_time_top1_sum += record.top1_percent;
    }
    book.response.Add(response);
    book.waiting.Add(record.dispatched - record.request.arrival);
    book.service.Add(record.service);
    sums.progress_sum += Ratio(record.isolated, response);
    sums.slowdown_sum += Ratio(response, record.isolated);
    sums.energy_pj += job_pj_ / record.shape.batch;
    sums.dram_bytes += request_bytes_;
    if (!sums.served_as.empty()) ++sums.served_as[static_cast<std::size_t>(record.shape.subnet)];
  }

  // Of the SubNet that costs most on an accelerator that is there, alone, level 0, nothing cached.
  double WorstEnergyPj(int model) const {
    double worst = 0;
    const std::set<int> types(setup_.types.begin(), setup_.types.end());
    for (const int type : types) {
      const int subnets = setup_.profile->table(model, type).subnets();
      for (int s = 0; s < subnets; ++s)
        worst = std::max(worst, setup_.profile->Cost({model, type, 0, s, kEmptySubGraphId, 1}).energy_pj);
    }
    return worst;
  }

  static TenantMetrics Finish(TenantBook& book) {
    book.sums.response = book.response.Finish();
    book.sums.waiting = book.waiting.Finish();
    book.sums.service = book.service.Finish();
    return book.sums;
  }

  void FinishRates() {
    const TenantMetrics& all = result_.all;
    result_.throughput_per_s = PerSecond(all.served, result_.makespan);
    result_.goodput_per_s = PerSecond(all.in_time, result_.makespan);
    result_.offered_per_s = PerSecond(all.issued, last_frame_ - first_frame_.value_or(Picoseconds(0)));
    std::vector<std::int64_t> issued;
    for (const TenantMetrics& tenant : result_.tenants) issued.push_back(tenant.issued);
    result_.capacity_per_s =
        ServingCapacityPerS(*setup_.profile, setup_.types, setup_.tenants, issued, setup_.dram_bytes_per_s);
  }

  void FinishTenants() {
    std::optional<double> least, greatest;
    std::vector<TenantWindow> windows;
    for (const TenantMetrics& tenant : result_.tenants) {
      if (tenant.issued == 0) continue;
      const double progress = tenant.NormalisedProgress();
      result_.stp += progress;
      least = std::min(least.value_or(progress), progress);
      greatest = std::max(greatest.value_or(progress), progress);
      windows.push_back(
          {tenant.issued, tenant.issued - tenant.in_time, tenant.energy_pj, tenant.worst_energy_pj});
    }
    result_.antt = result_.all.MeanSlowdown();
    result_.fairness = Ratio(least.value_or(0), greatest.value_or(0));
    result_.ux_cost = UxCost(windows);
  }

  void FinishAccelerators() {
    const double seconds = Seconds(result_.makespan);
    std::int64_t jobs = 0;
    double busy = 0;
    for (std::size_t i = 0; i < result_.accelerators.size(); ++i) {
      AcceleratorMetrics& at = result_.accelerators[i];
      const double idle_mw = setup_.profile->levels(setup_.types[i])[0].idle_mw;
      at.static_pj += StaticPj(idle_mw, Seconds(result_.makespan - Picoseconds(at.busy_ps)));
      result_.dynamic_pj += at.dynamic_pj;
      result_.static_pj += at.static_pj;
      busy += Seconds(Picoseconds(at.busy_ps));
      jobs += at.jobs;
    }
    result_.utilisation = Ratio(busy, seconds * static_cast<double>(result_.accelerators.size()));
    result_.mean_batch = Ratio(static_cast<double>(result_.all.served), static_cast<double>(jobs));
  }

  void FinishMemory(const MemoryActivity& activity) {
    result_.dram_utilisation = Ratio(static_cast<double>(result_.counters.TrafficBytes()),
                                     setup_.dram_bytes_per_s * Seconds(result_.makespan));
    Counters besides;
    CountMemoryActivity(activity, besides);
    result_.counters += besides;
    Counters activates;
    std::swap(activates.events[Event::kDramActivate], besides.events[Event::kDramActivate]);
    result_.background_pj = EnergyOf(*setup_.energy, besides, Picoseconds(0)).TotalPj();
    Attribute(EnergyOf(*setup_.energy, activates, Picoseconds(0)).TotalPj());
  }

  // Activations that the memory did not book with jobs, to those who moved bytes.
  void Attribute(double activate_pj) {
    double bytes = 0;
    for (const AcceleratorMetrics& at : result_.accelerators) bytes += static_cast<double>(at.dram_bytes);
    const double each = Ratio(activate_pj, bytes);
    for (AcceleratorMetrics& at : result_.accelerators)
      at.dynamic_pj += each * static_cast<double>(at.dram_bytes);
    for (TenantBook& book : books_) book.sums.energy_pj += each * book.sums.dram_bytes;
    all_.sums.energy_pj += each * all_.sums.dram_bytes;
  }

  MetricsSetup setup_;
  std::vector<TenantBook> books_;
  TenantBook all_;
  ServingMetrics result_;
  std::optional<Picoseconds> first_, first_frame_;
  Picoseconds last_, last_frame_;
  double job_pj_ = 0, request_bytes_ = 0;  // of the job told last
};

MetricsCollector::MetricsCollector(MetricsSetup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
MetricsCollector::MetricsCollector(const ServingMachine& machine, std::vector<Tenant> tenants,
                                   bool keep_times)
    : MetricsCollector(MetricsSetup{&machine.profile(), std::move(tenants), machine.config().accelerators,
                                    &machine.config().energy, machine.dram_bytes_per_s(), keep_times}) {}
MetricsCollector::~MetricsCollector() = default;

ServingSinks MetricsCollector::Sinks() {
  ServingSinks sinks;
  sinks.request = [this](const RequestRecord& record) { impl_->Add(record); };
  sinks.job = [this](const JobRecord& record) { impl_->Add(record); };
  return sinks;
}

ServingMetrics MetricsCollector::Finish(const MemoryActivity& activity) { return impl_->Finish(activity); }

}  // namespace sushi
