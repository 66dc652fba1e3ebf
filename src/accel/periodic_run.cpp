#include "periodic_run.hpp"

namespace sushi {
namespace {

constexpr int kWorthLooking = 4;  // kernel tiles of a stretch

std::int64_t Ahead(Cycles time, Cycles now) { return std::max<std::int64_t>(0, (time - now).value()); }

bool IsPowerOfTwo(int n) { return (n & (n - 1)) == 0; }

}  // namespace

PeriodicRun::PeriodicRun(const HardwareConfig& hw)
    : EagerMemory(hw.dram), LayerRun(hw, static_cast<EagerMemory&>(*this)), clock_(hw.accel.clock_mhz) {}

LayerTimes PeriodicRun::Run(const LayerPlan& plan, Cycles host) {
  timing.Reset();
  stretch_ = {};
  looking_ = false;
  Begin(plan, host);
  const int units = plan.units();
  for (int index = 0; index < units;) {
    if (index >= stretch_.end) {
      stretch_ = plan.StretchFrom(Next(index));
      // Not from the layer's first unit on: where two regions in DRAM meet, the first request of one may
      // continue the last of another.
      looking_ = stretch_.begin > 0 && stretch_.end - stretch_.begin >= kWorthLooking * stretch_.step;
      checkpoint_.index = -1;
    }
    if (looking_ && (index - stretch_.begin) % stretch_.step == 0) index = PassPeriods(index);
    RunUnit(index++);
  }
  LayerTimes times;
  times.sums = Finish().sums;
  times.sums[TimedSum::kDramBusy] = timing.busy_ps();
  times.cycles = now();
  return times;
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

PeriodicRun::State PeriodicRun::StateAt(const Unit& unit, std::uint64_t stream) const {
  const LinkTransfer& fetch = coming_units_[first_coming_].fetch;
  const bool coming = coming_ > 0 && fetch.done > now_;
  const auto burst = static_cast<std::uint64_t>(timing.burst_bytes());
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
          have_quant_params_ ? Ahead(quant_params_.done, now_) : 0,
          static_cast<std::int64_t>(plan_->WeightAddress(unit) % burst),
          static_cast<std::int64_t>(plan_->OActAddress(unit) % burst),
          static_cast<std::int64_t>(plan_->ResidualAddress(unit) % burst)};
}

// At the beginning of a kernel tile: when everything is as it was some tiles ago, what happened since then
// happens again and again. Returns the next unit, which is still of the stretch.
// (Brent's way to find a period: compare with the state at the last power of two.)
int PeriodicRun::PassPeriods(int index) {
  const Unit unit = Next(index);
  const std::uint64_t stream = StreamAddress(unit);
  const State state = StateAt(unit, stream);
  if (checkpoint_.index >= 0 && state == checkpoint_.state) {
    looking_ = false;
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
  const int tiles = (index - stretch_.begin) / stretch_.step;
  if (checkpoint_.index < 0 || IsPowerOfTwo(tiles))
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
