#include "sushi/dram/bank_memory.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "due_events.hpp"
#include "sushi/core/error.hpp"

namespace sushi {

BankMemory::BankMemory(const DramDeviceConfig& dram) : dram_(dram), map_(dram) {
  for (int i = 0; i < dram.organization.channels; ++i) fresh_.channels.emplace_back(dram_, map_);
  now_ = fresh_;
}

void BankMemory::SetStepping(bool whole_rows) {
  for (DramChannel& channel : fresh_.channels) channel.SetStepping(whole_rows);
  for (DramChannel& channel : now_.channels) channel.SetStepping(whole_rows);
}

void BankMemory::LogTo(int channel, std::vector<IssuedCommand>* log) {
  now_.channels[static_cast<std::size_t>(channel)].LogTo(log);
  logging_ = true;
}

RequestId BankMemory::Submit(Picoseconds now, const MemoryRequest& request) {
  if (now < last_now_) throw InternalError("memory requests must come in order of time");
  if (request.bytes <= Bytes(0)) throw InternalError("memory request without data");
  const auto burst = static_cast<std::uint64_t>(dram_.organization.BurstBytes());
  const std::uint64_t end = request.address + static_cast<std::uint64_t>(request.bytes.value());
  if (end > static_cast<std::uint64_t>(dram_.organization.CapacityBytes())) {
    throw UserError("memory.organization: an access ends at byte " + std::to_string(end) + ", but " +
                    dram_.name + " holds " + std::to_string(dram_.organization.CapacityBytes()));
  }
  CatchUp(now);
  if (HasPassed(now_, now)) throw InternalError("the memory has passed the time of a request");
  AdvanceAll(now_, EdgeAt(now));
  if (event_driven_) {
    const auto reported = [&](const MemoryEvent& event) { return event.at <= reported_; };
    now_.events.erase(std::remove_if(now_.events.begin(), now_.events.end(), reported), now_.events.end());
  } else {
    KeepTimings(now_);
  }
  looked_ahead_ = false;
  last_now_ = now;

  Transfer transfer;
  transfer.id = next_id_++;
  transfer.request = request;
  transfer.eligible = now;
  // D21: a burst that the requester's previous request has moved already is not moved again.
  const auto requester = static_cast<std::size_t>(request.requester);
  if (end_.size() <= requester) end_.resize(requester + 1, 0);
  const bool shared = request.address % burst != 0 && end_[requester] == request.address;
  transfer.first_burst = request.address / burst + (shared ? 1 : 0);
  transfer.end_burst = (end - 1) / burst + 1;
  end_[requester] = end;
  transfer.left = static_cast<std::int64_t>(transfer.end_burst - transfer.first_burst);
  transfer.timing.moved = Bytes(transfer.left * dram_.organization.BurstBytes());
  transfer.parts.resize(now_.channels.size() - 1);
  now_.transfers.push_back(std::move(transfer));
  return next_id_ - 1;
}

// What was looked at ahead is what has happened, unless it went too far.
void BankMemory::CatchUp(Picoseconds now) {
  if (!looked_ahead_ || logging_ || HasPassed(ahead_, now)) return;
  std::swap(now_, ahead_);
  looked_ahead_ = false;
}

bool BankMemory::HasPassed(const State& state, Picoseconds now) const {
  if (state.feeding && TimeOf(state.free - 1) > now) return true;
  return std::any_of(state.channels.begin(), state.channels.end(),
                     [&](const DramChannel& channel) { return TimeOf(channel.clock() - 1) > now; });
}

// D19: the request that has waited longest before the memory is next, at an edge after it came; among
// requests of the same time the one of the lowest requester. A requester has one request there at a time.
DramClock BankMemory::NextStart(const State& state, std::size_t& transfer) const {
  if (state.feeding) return kNever;
  DramClock start = kNever;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < state.transfers.size(); ++i) {
    const Transfer& waiting = state.transfers[i];
    const std::uint64_t bit = std::uint64_t{1} << waiting.request.requester;
    if (waiting.taken || (seen & bit) != 0) continue;
    seen |= bit;
    const DramClock at = std::max(state.free, EdgeAfter(waiting.eligible));
    const auto key = [](const Transfer& t) { return std::tie(t.eligible, t.request.requester); };
    if (at > start || (at == start && key(state.transfers[transfer]) < key(waiting))) continue;
    start = at;
    transfer = i;
  }
  return start;
}

void BankMemory::AdvanceAll(State& state, DramClock limit) const {
  if (limit <= state.passed) return;
  while (Advance(state, limit)) {
  }
  state.passed = limit;
}

// The next thing that happens, if it does so up to `limit`.
bool BankMemory::Advance(State& state, DramClock limit) const {
  std::size_t transfer = 0;
  const DramClock start = NextStart(state, transfer);
  if (start < kNever && start <= limit) {  // known now: nothing that comes later can be chosen for this edge
    Start(state, state.transfers[transfer], start);
    return true;
  }
  std::size_t first = 0;
  for (std::size_t i = 1; i < state.channels.size(); ++i) {
    if (state.channels[i].Next() < state.channels[first].Next()) first = i;
  }
  DramChannel& channel = state.channels[first];
  // Nothing outside the channel changes before a transfer has been taken or all data of one have come.
  const bool offering = channel.offering();
  const std::int64_t enough = channel.reads_served() + LeastLeft(state);
  limit = StepLimit(state, first, limit);
  if (!channel.Step(limit)) return false;
  while (channel.offering() == offering && !channel.idle() && channel.reads_served() < enough &&
         channel.Step(limit)) {
  }
  if (offering && !channel.offering()) CheckTaken(state);
  if (!channel.served().empty()) Collect(state, first);
  return true;
}

// How many bursts must be read before all data of a transfer can have come.
std::int64_t BankMemory::LeastLeft(const State& state) const {
  std::int64_t least = std::numeric_limits<std::int64_t>::max() / 2;
  for (const Transfer& transfer : state.transfers) {
    if (transfer.started && !transfer.request.write) least = std::min(least, transfer.left);
  }
  return least;
}

// A channel that has taken its part must not run past the edge at which the next transfer may reach it, nor
// past what another one does.
DramClock BankMemory::StepLimit(State& state, std::size_t channel, DramClock limit) const {
  if (state.channels.size() == 1 || state.channels[channel].offering()) return limit;
  for (std::size_t i = 0; i < state.channels.size(); ++i) {
    if (i != channel) limit = std::min(limit, state.channels[i].Next());
  }
  return limit;
}

void BankMemory::Start(State& state, Transfer& transfer, DramClock at) const {
  state.feeding = transfer.started = true;
  state.fed = transfer.id;
  transfer.timing.start = transfer.timing.first_data = transfer.timing.done = TimeOf(at);
  state.free = at + 1;
  for (std::size_t i = 0; i < state.channels.size(); ++i) {
    const std::uint64_t begin = map_.BurstsBefore(transfer.first_burst, static_cast<int>(i));
    const std::uint64_t end = map_.BurstsBefore(transfer.end_burst, static_cast<int>(i));
    if (begin == end) continue;
    transfer.PartOf(i) = {state.channels[i].reads_taken(), static_cast<std::int64_t>(end - begin)};
    state.channels[i].Offer(transfer.request.write, begin, end, at);
  }
  if (transfer.left == 0) CheckTaken(state);
}

// D20: a request is taken when its last burst has entered a queue; a write is done then, too.
void BankMemory::CheckTaken(State& state) const {
  if (!state.feeding) return;
  for (const DramChannel& channel : state.channels) {
    if (channel.offering()) return;
  }
  const auto fed = std::find_if(state.transfers.begin(), state.transfers.end(),
                                [&](const Transfer& transfer) { return transfer.id == state.fed; });
  DramClock last = state.free - 1;
  for (std::size_t i = 0; i < state.channels.size(); ++i) {
    if (fed->PartOf(i).count > 0) last = std::max(last, state.channels[i].last_taken());
  }
  state.feeding = false;
  state.free = last + 1;
  fed->taken = true;
  const Picoseconds at = TimeOf(last);
  const int requester = fed->request.requester;
  for (auto next = fed + 1; next != state.transfers.end(); ++next) {
    if (next->request.requester == requester) {
      next->eligible = std::max(next->eligible, at);
      break;
    }
  }
  state.events.push_back({at, MemoryEvent::Kind::kTaken, fed->id, {}});
  if (fed->request.write) {
    fed->left = 0;
    fed->timing.done = at;
  }
  if (fed->left == 0) Finish(state, *fed);
}

void BankMemory::Collect(State& state, std::size_t channel) const {
  for (const PacedReads& served : state.channels[channel].served()) {
    int left = served.count;
    for (std::size_t i = 0; left > 0 && i < state.transfers.size(); ++i) {
      Transfer& transfer = state.transfers[i];
      if (!transfer.started || transfer.request.write) continue;
      const Transfer::Part& part = transfer.PartOf(channel);
      const std::int64_t begin = std::max(served.order, part.order);
      const std::int64_t end = std::min(served.order + served.count, part.order + part.count);
      if (begin >= end) continue;
      left -= static_cast<int>(end - begin);
      const DramClock first_end = served.at + served.step * (begin - served.order);
      const DramClock last_end = served.at + served.step * (end - 1 - served.order);
      const Picoseconds first = TimeOf(first_end - dram_.BurstClocks());
      const bool fresh = transfer.timing.done == transfer.timing.start;
      transfer.timing.first_data = fresh ? first : std::min(first, transfer.timing.first_data);
      transfer.timing.done = std::max(transfer.timing.done, TimeOf(last_end));
      transfer.left -= end - begin;
      if (transfer.left == 0 && transfer.taken) {
        Finish(state, transfer);
        --i;
      }
    }
  }
  state.channels[channel].served().clear();
}

void BankMemory::Finish(State& state, Transfer& transfer) const {
  state.events.push_back({transfer.timing.done, MemoryEvent::Kind::kDone, transfer.id, transfer.timing});
  state.transfers.erase(state.transfers.begin() + (&transfer - state.transfers.data()));
}

std::optional<Picoseconds> BankMemory::NextEvent() {
  event_driven_ = true;
  State& state = Ahead();
  while (true) {
    const MemoryEvent* earliest = FirstEvent(state.events);
    // Not past an event: what is submitted then would find the state of no use.
    if (earliest == nullptr) {
      if (state.transfers.empty()) return std::nullopt;
      Advance(state, kNever);
    } else if (!Advance(state, EdgeAt(earliest->at))) {
      state.passed = EdgeAt(earliest->at);
      return earliest->at;
    }
  }
}

BankMemory::State& BankMemory::Ahead() {
  if (looked_ahead_) return ahead_;
  ahead_ = now_;
  looked_ahead_ = true;
  if (logging_) {
    for (DramChannel& channel : ahead_.channels) channel.LogTo(nullptr);
  }
  return ahead_;
}

void BankMemory::AdvanceTo(Picoseconds now, std::vector<MemoryEvent>& events) {
  event_driven_ = true;
  State& state = looked_ahead_ ? ahead_ : now_;
  AdvanceAll(state, EdgeAt(now));
  MoveDueEvents(state.events, now, events);
  reported_ = std::max(reported_, now);
}

MemoryTiming BankMemory::Finish(RequestId request) {
  const auto index = static_cast<std::size_t>(request);
  if (timings_.size() <= index) timings_.resize(index + 1);
  // With one channel no step passes the end of a request by more than a data transfer, so nothing that may
  // still come is too late. Channels do not wait for each other: with several we only look.
  State& state = now_.channels.size() == 1 ? now_ : Ahead();
  KeepTimings(state);
  while (!timings_[index].has_value()) {
    Advance(state, kNever);
    KeepTimings(state);
  }
  return *timings_[index];
}

void BankMemory::KeepTimings(State& state) {
  for (const MemoryEvent& event : state.events) {
    const auto index = static_cast<std::size_t>(event.request);
    if (timings_.size() <= index) timings_.resize(index + 1);
    if (event.kind == MemoryEvent::Kind::kDone) timings_[index] = event.timing;
  }
  state.events.clear();
}

MemoryActivity BankMemory::Settle(Picoseconds now) {
  CatchUp(now);
  AdvanceAll(now_, EdgeAt(now));
  for (DramChannel& channel : now_.channels) channel.Flush(EdgeAt(now));
  const auto busy = [](const DramChannel& channel) { return !channel.idle(); };
  while (std::any_of(now_.channels.begin(), now_.channels.end(), busy)) Advance(now_, kNever);
  DramClock end = EdgeAt(now);
  for (const DramChannel& channel : now_.channels) end = std::max(end, channel.clock());
  DramActivity done;
  for (const DramChannel& channel : now_.channels) done += channel.Activity(end);
  MemoryActivity activity;
  const std::int64_t busy_clocks = (done.reads + done.writes) * dram_.BurstClocks();
  activity.busy_ps = busy_clocks * dram_.timing.tck_ps / dram_.organization.channels;
  activity.activates = done.activates;
  activity.refreshes = done.refreshes;
  activity.open_clocks = done.open_rank_clocks;
  activity.closed_clocks = done.rank_clocks - done.open_rank_clocks;
  return activity;
}

void BankMemory::Quiesce() {
  now_ = fresh_;
  looked_ahead_ = logging_ = false;
  last_now_ = Picoseconds(0);
  reported_ = Picoseconds(-1);
  next_id_ = 0;
  end_.clear();
  timings_.clear();
}

}  // namespace sushi
