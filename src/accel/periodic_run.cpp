#include "periodic_run.hpp"

#include <numeric>

namespace sushi {
namespace {

constexpr int kWorthLooking = 4;  // kernel tiles of a stretch

std::int64_t Ahead(Cycles time, Cycles now) { return std::max<std::int64_t>(0, (time - now).value()); }

bool IsPowerOfTwo(int n) { return n > 0 && (n & (n - 1)) == 0; }

}  // namespace

PeriodicRun::PeriodicRun(const HardwareConfig& hw) : EagerRun(hw), clock_(hw.accel.clock_mhz) {}

LayerTimes PeriodicRun::Run(const LayerPlan& plan, Cycles host) {
  timing.Reset();
  stretch_ = {};
  look_at_ = -1;
  Begin(plan, host);
  const int units = plan.units();
  for (int index = 0; index < units;) {
    if (index >= stretch_.end) BeginStretch(Next(index));
    if (index == look_at_) index = PassPeriods(index);
    RunUnit(index++);
  }
  return Times();
}

SwapResult PeriodicRun::Swap(const std::vector<SwapPart>& parts) {
  timing.Reset();
  weights_.Reset();
  book_ = TimedBook();
  SwapResult result;
  Counters& counters = result.total;
  for (const SwapPart& part : parts) {
    result.cycles = weights_.Send(Traffic::kSwap, Cycles(0), part).done;
    counters.events[Event::kPbWrite] += part.bytes.value();
  }
  result.duration = clock_.TimeOf(result.cycles);
  counters.traffic_bytes[Traffic::kSwap] = counters.events[Event::kPbWrite];
  counters.dram_transactions = book_.sums[TimedSum::kRequests];
  counters.events[Event::kDramRead] = book_.sums[TimedSum::kRead];
  counters.weight_dma_busy_cycles = book_.sums[TimedSum::kWeightLink];
  counters.dram_busy_ps = timing.busy_ps();
  return result;
}

void PeriodicRun::BeginStretch(const Unit& unit) {
  stretch_ = plan_->StretchFrom(unit);
  look_at_ = -1;
  checkpoint_.index = -1;
  // Not from the layer's first unit on: where two regions in DRAM meet, the first request of one may
  // continue the last of another.
  if (stretch_.begin == 0 || stretch_.end - stretch_.begin < kWorthLooking * stretch_.step) return;
  aligned_units_ = stretch_.step * TilesUntilAligned(unit);
  if (stretch_.end - stretch_.begin > 2 * aligned_units_) look_at_ = stretch_.begin;
}

// After so many kernel tiles all addresses lie as now in a burst.
int PeriodicRun::TilesUntilAligned(const Unit& unit) const {
  Unit next = unit;
  ++next.kernel_tile;
  std::uint64_t common = timing.burst_bytes();
  const auto align = [&](std::uint64_t step) { common = std::gcd(common, step); };
  align(plan_->WeightAddress(next) - plan_->WeightAddress(unit));
  if (!plan_->placement().output_on_chip) align(plan_->OActAddress(next) - plan_->OActAddress(unit));
  if (plan_->op().residual != kNone && !plan_->placement().residual_on_chip)
    align(plan_->ResidualAddress(next) - plan_->ResidualAddress(unit));
  return static_cast<int>(timing.burst_bytes() / common);
}

Unit PeriodicRun::Next(int index) const {
  const Unit& coming = coming_units_[first_coming_].unit;
  return coming_ > 0 && coming.index == index ? coming : plan_->UnitAt(index);
}

std::uint64_t PeriodicRun::StreamAddress(const Unit& unit) const {
  switch (last_kind) {
    case Traffic::kWeights:
      return plan_->WeightAddress(unit);
    case Traffic::kOActs:
      return plan_->OActAddress(unit);
    case Traffic::kResiduals:
      return plan_->ResidualAddress(unit);
    default:
      return 0;  // no more of these in a stretch
  }
}

PeriodicRun::State PeriodicRun::StateAt(std::uint64_t stream) const {
  const LinkTransfer& fetch = coming_units_[first_coming_].fetch;
  const bool coming = coming_ > 0 && fetch.done > now_;
  const Picoseconds now_ps = clock_.TimeOf(now_);
  return {clock_.RoundedAt(now_),
          std::max<std::int64_t>(0, (timing.free() - now_ps).value()),
          static_cast<std::int64_t>(last_kind),
          static_cast<std::int64_t>(timing.next_address() - stream),
          Ahead(weights_.free(), now_),
          Ahead(iacts_.free(), now_),
          Ahead(oacts_.free(), now_),
          coming ? (fetch.start - now_).value() : 0,
          coming ? (fetch.done - now_).value() : 0,
          wrote_back_ ? Ahead(write_back_.done, now_) : 0,
          have_quant_params_ ? Ahead(quant_params_.done, now_) : 0};
}

// At the beginning of a kernel tile whose addresses lie in a burst as the stretch's first: when everything is
// as it was some tiles ago, what happened since then happens again and again. Returns the next unit, which is
// still of the stretch. (Brent's way to find a period: compare with the state at the last power of two.)
int PeriodicRun::PassPeriods(int index) {
  const Unit unit = Next(index);
  const std::uint64_t stream = StreamAddress(unit);
  const State state = StateAt(stream);
  if (checkpoint_.index >= 0 && state == checkpoint_.state) {
    look_at_ = -1;
    const int period = index - checkpoint_.index;
    const int times = (stretch_.end - 1 - index) / period;  // the last unit may fetch for another stretch
    if (times <= 0) return index;
    const Cycles time = now_ - checkpoint_.now;
    const std::uint64_t bytes = stream - checkpoint_.stream;
    TimedSums since = book_.sums;
    since.AddScaled(checkpoint_.sums, -1);
    book_.sums.AddScaled(since, times);
    Shift(times * time, times * static_cast<std::int64_t>(bytes),
          times * (timing.busy_ps() - checkpoint_.busy_ps));
    if (coming_ > 0) coming_units_[first_coming_].unit = plan_->UnitAt(index + times * period);
    return index + times * period;
  }
  look_at_ += aligned_units_;
  if (checkpoint_.index < 0 || IsPowerOfTwo((index - stretch_.begin) / aligned_units_))
    checkpoint_ = {index, state, stream, now_, book_.sums, timing.busy_ps()};
  return index;
}

// `time` is a whole number of periods of the clock in picoseconds: StateAt() compares what is left over.
void PeriodicRun::Shift(Cycles time, std::int64_t bytes, std::int64_t busy_ps) {
  timing.Shift(clock_.TimeOf(now_ + time) - clock_.TimeOf(now_), bytes, busy_ps);
  now_ += time;
  weights_.Shift(time);
  iacts_.Shift(time);
  oacts_.Shift(time);
  write_back_.start += time;
  write_back_.done += time;
  if (coming_ == 0 || coming_units_[first_coming_].unit.fetch == Bytes(0)) return;
  LinkTransfer& fetch = coming_units_[first_coming_].fetch;
  fetch.start += time;
  fetch.done += time;
}

}  // namespace sushi
