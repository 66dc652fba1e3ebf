#include "sushi/serving/metrics.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sushi {
namespace {

// Jobs and the requests in them are told one after the other: a job first.
struct TenantBook {
  explicit TenantBook(bool keep) : response(keep), waiting(keep), service(keep) {}
  TenantMetrics sums;
  TimeCollector response, waiting, service;
};

double Seconds(Picoseconds time) { return static_cast<double>(time.value()) * 1e-12; }
double Ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }
double Ratio(Picoseconds part, Picoseconds whole) {
  return Ratio(static_cast<double>(part.value()), static_cast<double>(whole.value()));
}

// S7: a violation rate of 0 counts as half a request, so that energy still decides.
double ViolationRateWithFloor(const TenantMetrics& tenant) {
  if (tenant.issued == 0) return 0;
  return std::max(tenant.ViolationRate(), 0.5 / static_cast<double>(tenant.issued));
}

}  // namespace

double ServingMetrics::EnergyDelayPjS() const {
  if (all.served == 0) return 0;
  return EnergyPj() / static_cast<double>(all.served) * all.response.MeanPs(all.served) * 1e-12;
}

class MetricsCollector::Impl {
 public:
  Impl(const ServingMachine& machine, std::vector<Tenant> tenants, bool keep)
      : machine_(machine), tenants_(std::move(tenants)), all_(keep) {
    for (const Tenant& tenant : tenants_) {
      TenantBook& book = books_.emplace_back(keep);
      book.sums.served_as.resize(
          static_cast<std::size_t>(machine.profile().table(tenant.model, 0).subnets()));
    }
    result_.accelerators.resize(static_cast<std::size_t>(machine.accelerators()));
  }

  void Add(const RequestRecord& record) {
    if (!first_ || record.request.arrival < *first_) first_ = record.request.arrival;
    last_ = std::max(last_, record.finished);
    Add(record, books_[static_cast<std::size_t>(record.request.tenant)]);
    Add(record, all_);
  }

  void Add(const JobRecord& record) {
    AcceleratorMetrics& at = result_.accelerators[static_cast<std::size_t>(record.accelerator)];
    const PowerLevel& level =
        machine_.profile().levels(record.shape.type)[static_cast<std::size_t>(record.shape.level)];
    const Picoseconds busy = record.swap + record.service + record.moving;
    ++at.jobs;
    at.requests += record.shape.batch;
    at.swaps += record.swap > Picoseconds(0);
    at.preemptions += record.preemptions;
    at.busy_ps += busy.value();
    at.swap_ps += record.swap.value();
    at.moving_ps += record.moving.value();
    at.moved_bytes += record.moved_bytes;
    at.stall_ps += (record.service - record.profiled).value();
    Counters counters = record.counters;
    counters += record.swap_counters;
    result_.counters += counters;
    job_pj_ = ScaledEnergyPj(machine_.config().energy, counters, level.energy_scale);
    at.dynamic_pj += job_pj_;
    at.static_pj += level.active_mw * 1e9 * Seconds(busy);  // mW are 10^9 pJ/s
  }

  ServingMetrics Finish(const MemoryActivity& activity) {
    result_.makespan = last_ - first_.value_or(Picoseconds(0));
    for (TenantBook& book : books_) result_.tenants.push_back(Finish(book));
    result_.all = Finish(all_);
    FinishTenants();
    FinishAccelerators(activity);
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
    sums.worst_energy_pj += WorstEnergy(record.shape);
    if (!sums.served_as.empty()) ++sums.served_as[static_cast<std::size_t>(record.shape.subnet)];
  }

  // Of the SubNet that costs most on that accelerator, alone, level 0, nothing cached.
  double WorstEnergy(const JobShape& shape) {
    const auto types = static_cast<std::size_t>(machine_.profile().types());
    const std::size_t index =
        static_cast<std::size_t>(shape.model) * types + static_cast<std::size_t>(shape.type);
    if (worst_pj_.size() <= index) worst_pj_.resize(index + 1, -1);
    double& known = worst_pj_[index];
    if (known >= 0) return known;
    const int subnets = machine_.profile().table(shape.model, shape.type).subnets();
    for (int s = 0; s < subnets; ++s)
      known = std::max(
          known, machine_.profile().Cost({shape.model, shape.type, 0, s, kEmptySubGraphId, 1}).energy_pj);
    return known;
  }

  static TenantMetrics Finish(TenantBook& book) {
    book.sums.response = book.response.Finish();
    book.sums.waiting = book.waiting.Finish();
    book.sums.service = book.service.Finish();
    return book.sums;
  }

  void FinishTenants() {
    double least = 0, greatest = 0, violations = 0, energies = 0;
    bool any = false;
    for (const TenantMetrics& tenant : result_.tenants) {
      const double progress = tenant.NormalisedProgress();
      result_.stp += progress;
      if (tenant.served > 0) {
        least = any ? std::min(least, progress) : progress;
        greatest = any ? std::max(greatest, progress) : progress;
        any = true;
      }
      violations += ViolationRateWithFloor(tenant);
      energies += Ratio(tenant.energy_pj, tenant.worst_energy_pj);
    }
    const TenantMetrics& all = result_.all;
    result_.antt = Ratio(all.slowdown_sum, static_cast<double>(all.served));
    result_.fairness = Ratio(least, greatest);
    result_.ux_cost = violations * energies;
    const double seconds = Seconds(result_.makespan);
    result_.throughput_per_s = Ratio(static_cast<double>(all.served), seconds);
    result_.goodput_per_s = Ratio(static_cast<double>(all.in_time), seconds);
  }

  void FinishAccelerators(const MemoryActivity& activity) {
    const double seconds = Seconds(result_.makespan);
    std::int64_t jobs = 0;
    for (std::size_t i = 0; i < result_.accelerators.size(); ++i) {
      AcceleratorMetrics& at = result_.accelerators[i];
      const PowerLevel& nominal = machine_.profile().levels(machine_.TypeOf(static_cast<int>(i)))[0];
      const double idle = std::max(0.0, seconds - static_cast<double>(at.busy_ps) * 1e-12);
      at.static_pj += nominal.idle_mw * 1e9 * idle;
      result_.dynamic_pj += at.dynamic_pj;
      result_.static_pj += at.static_pj;
      result_.utilisation += Ratio(static_cast<double>(at.busy_ps) * 1e-12, seconds) /
                             static_cast<double>(result_.accelerators.size());
      jobs += at.jobs;
    }
    result_.mean_batch = Ratio(static_cast<double>(result_.all.served), static_cast<double>(jobs));
    result_.dram_utilisation =
        Ratio(static_cast<double>(result_.counters.TrafficBytes()), machine_.dram_bytes_per_s() * seconds);
    Counters besides;
    CountMemoryActivity(activity, besides);
    result_.counters += besides;
    result_.background_pj = EnergyOf(machine_.config().energy, besides, Picoseconds(0)).TotalPj();
  }

  const ServingMachine& machine_;
  std::vector<Tenant> tenants_;
  std::vector<TenantBook> books_;
  TenantBook all_;
  ServingMetrics result_;
  std::optional<Picoseconds> first_;
  Picoseconds last_;
  double job_pj_ = 0;  // of the job told last
  std::vector<double> worst_pj_;
};

MetricsCollector::MetricsCollector(const ServingMachine& machine, std::vector<Tenant> tenants,
                                   bool keep_times)
    : impl_(std::make_unique<Impl>(machine, std::move(tenants), keep_times)) {}
MetricsCollector::~MetricsCollector() = default;

ServingSinks MetricsCollector::Sinks() {
  ServingSinks sinks;
  sinks.request = [this](const RequestRecord& record) { impl_->Add(record); };
  sinks.job = [this](const JobRecord& record) { impl_->Add(record); };
  return sinks;
}

ServingMetrics MetricsCollector::Finish(const MemoryActivity& activity) { return impl_->Finish(activity); }

}  // namespace sushi
