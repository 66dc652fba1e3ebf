#include "sushi/dram/traffic.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <utility>

namespace sushi {
namespace {

// Addresses and directions, in order.
class Pattern {
 public:
  Pattern(const TrafficConfig& config, std::int64_t capacity)
      : config_(config),
        slots_(static_cast<std::uint64_t>(capacity / kTrafficRequestBytes)),
        writes_below_(static_cast<std::uint64_t>(config.write_ratio * 0x1p53)),
        engine_(static_cast<std::uint64_t>(config.seed)) {}

  void Next(std::uint64_t& address, bool& write) {
    std::uint64_t slot = index_;
    if (config_.pattern == TrafficPattern::kRandom) slot = engine_();
    if (config_.pattern == TrafficPattern::kStrided)
      slot = index_ * static_cast<std::uint64_t>(config_.stride_bytes) / kTrafficRequestBytes;
    ++index_;
    address = (slot & (slots_ - 1)) * kTrafficRequestBytes;
    write = writes_below_ > 0 && engine_() >> 11 < writes_below_;
  }
  // How many requests from the next one on are reads that lie one behind the other; 0 when one may not.
  std::uint64_t Alike() const {
    const bool alike = config_.pattern == TrafficPattern::kSequential && writes_below_ == 0;
    return alike ? slots_ - (index_ & (slots_ - 1)) : 0;
  }
  void Skip(std::uint64_t count) { index_ += count; }

 private:
  const TrafficConfig& config_;
  std::uint64_t slots_;         // a power of two
  std::uint64_t writes_below_;  // of 2^53
  std::mt19937_64 engine_;
  std::uint64_t index_ = 0;
};

// Clocks in ascending order, at most so many.
class SortedClocks {
 public:
  explicit SortedClocks(int most) {
    while (clocks_.size() < static_cast<std::size_t>(most)) clocks_.resize(clocks_.size() * 2);
  }
  std::size_t size() const { return size_; }
  DramClock operator[](std::size_t i) const { return clocks_[(first_ + i) & (clocks_.size() - 1)]; }
  void Insert(DramClock clock) {
    std::size_t place = size_++;
    for (; place > 0 && (*this)[place - 1] > clock; --place) At(place) = (*this)[place - 1];
    At(place) = clock;
  }
  void DropFirst(std::size_t count) {
    first_ += count;
    size_ -= count;
  }

 private:
  DramClock& At(std::size_t i) { return clocks_[(first_ + i) & (clocks_.size() - 1)]; }

  std::vector<DramClock> clocks_ = {0};  // a ring
  std::size_t first_ = 0, size_ = 0;
};

class Run {
 public:
  Run(const DramDeviceConfig& dram, const TrafficConfig& config, bool single_steps)
      : dram_(dram),
        config_(config),
        map_(dram),
        pattern_(config, dram.organization.CapacityBytes()),
        single_steps_(single_steps || dram.organization.channels > 1),
        read_clocks_(dram.timing.cl + dram.BurstClocks()),
        slots_(static_cast<std::size_t>(config.outstanding)),
        released_(config.outstanding) {
    for (int i = 0; i < dram.organization.channels; ++i) channels_.emplace_back(dram, map_);
    for (DramChannel& channel : channels_) {
      channel.MergeOffers();
      if (single_steps) channel.SetStepping(false);
    }
    reads_in_.resize(channels_.size());
    for (int i = 0; i < config.outstanding; ++i) free_.push_back(i);
  }

  void LogTo(std::vector<std::vector<IssuedCommand>>& logs) {
    logs.assign(channels_.size(), {});
    for (std::size_t i = 0; i < channels_.size(); ++i) channels_[i].LogTo(&logs[i]);
  }

  TrafficResult Go() {
    while (true) {
      if (offered_ == 0 && submitted_ < config_.requests && CanSubmit()) Submit();
      const std::size_t first = FirstBusy();
      const bool all = submitted_ == config_.requests && offered_ == 0;
      if (all) {
        for (DramChannel& channel : channels_) channel.Flush(last_accepted_);
      }
      if (first == channels_.size()) {
        if (all) break;
        continue;  // everything forwarded: nothing to wait for
      }
      Step(channels_[first]);
      Collect(first);
      if (offered_ > 0) CheckAccepted();
    }
    return Result();
  }

 private:
  struct Slot {  // a read under way
    DramClock accepted = 0, done = 0;
    int left = 0;  // bursts

    void Renew(int bursts) {
      accepted = kNever;
      done = 0;
      left = bursts;
    }
  };
  struct Waiting {  // slots of a channel's reads, by order from `first_order` on; -1: done
    std::vector<int> slots;
    std::size_t done = 0;  // of the first
    std::int64_t first_order = 0;
  };

  static std::size_t Index(std::int64_t i) { return static_cast<std::size_t>(i); }

  bool CanSubmit() const { return in_flight_ < config_.outstanding || released_.size() > 0; }

  std::size_t FirstBusy() {
    std::size_t first = channels_.size();
    DramClock next = kNever;
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      if (channels_[i].idle()) continue;
      if (channels_.size() == 1) return 0;
      const DramClock own = channels_[i].Next();
      if (first < channels_.size() && own >= next) continue;
      first = i;
      next = own;
    }
    return first;
  }

  // Until a request is taken or data are scheduled. Unless one is on offer, none can be before data come.
  void Step(DramChannel& channel) {
    if (single_steps_) {
      channel.Step(channel.Next());
      return;
    }
    const bool offering = channel.offering();
    const DramClock limit = offering ? kNever : channel.Next() + read_clocks_ - 1;
    while (channel.Step(limit) && channel.served().empty() && channel.offering() == offering &&
           !channel.idle()) {
    }
  }

  void Submit() {
    DramClock from = last_accepted_ + 1, pace = 1;
    while (released_.size() > 0 && released_[0] <= from) Release(1);
    const int count = Together(from, pace);
    std::uint64_t address = 0;
    pattern_.Next(address, write_);
    pattern_.Skip(static_cast<std::uint64_t>(count - 1));
    const auto burst = static_cast<std::uint64_t>(dram_.organization.BurstBytes());
    const std::uint64_t begin = address / burst;
    const std::uint64_t end =
        (address + static_cast<std::uint64_t>(count) * kTrafficRequestBytes - 1) / burst + 1;
    for (int i = 0; i < count && !write_; ++i) {
      slot_ = free_[free_.size() - 1 - static_cast<std::size_t>(i)];
      slots_[Index(slot_)].Renew(count == 1 ? static_cast<int>(end - begin) : 1);
      if (count > 1) reads_in_[0].slots.push_back(slot_);
    }
    if (!write_) free_.resize(free_.size() - static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      const std::uint64_t part = map_.BurstsBefore(begin, static_cast<int>(i));
      const std::uint64_t part_end = map_.BurstsBefore(end, static_cast<int>(i));
      if (part == part_end) continue;
      std::vector<int>& slots = reads_in_[i].slots;
      for (std::uint64_t k = part; k < part_end && !write_ && count == 1; ++k) slots.push_back(slot_);
      channels_[i].Offer(write_, part, part_end, from, pace, Quiet(channels_[i], from, count));
    }
    offered_ = count;
    submitted_ += count;
  }

  // No request after the `count` that are to be offered can be accepted before: one has to be answered first.
  DramClock Quiet(DramChannel& channel, DramClock from, int count) {
    if (single_steps_ || in_flight_ + (write_ ? 0 : count) < config_.outstanding) return 0;
    return released_.size() > 0 ? released_[0] : std::min(channel.Next(), from) + read_clocks_;
  }

  void Release(int count) {
    released_.DropFirst(static_cast<std::size_t>(count));
    in_flight_ -= count;
  }

  // How many requests can be offered together, the first from `from` on and the others at a pace: as many as
  // are free to come, or as may come when earlier ones are answered at a constant pace.
  int Together(DramClock& from, DramClock& pace) {
    const bool alike = !single_steps_ && dram_.organization.BurstBytes() == kTrafficRequestBytes;
    std::int64_t most = config_.requests - submitted_;
    most = std::min(most, std::max<std::int64_t>(alike ? static_cast<std::int64_t>(pattern_.Alike()) : 0, 1));
    const int free = config_.outstanding - in_flight_;
    if (free > 0) return static_cast<int>(std::min<std::int64_t>(most, free));
    from = released_[0];
    int count = 1;
    most = std::min(most, static_cast<std::int64_t>(released_.size()));
    if (most > 1 && released_[1] > from) pace = released_[1] - from;
    while (count < most && released_[static_cast<std::size_t>(count)] == from + pace * count) ++count;
    Release(count);
    return count;
  }

  // A request is accepted when all its bursts are; its latency counts from the first, or with several
  // channels from the last.
  void CheckAccepted() {
    for (const DramChannel& channel : channels_) {
      if (channel.offering()) return;
    }
    for (const DramChannel& channel : channels_)
      last_accepted_ = std::max(last_accepted_, channel.last_taken());
    const int count = std::exchange(offered_, 0);
    if (write_) {
      ++result_.writes;
      return;
    }
    in_flight_ += count;
    if (count > 1) return;
    Slot& slot = slots_[Index(slot_)];
    if (channels_.size() > 1) slot.accepted = last_accepted_;
    if (slot.left == 0) Complete(slot_);
  }

  void Collect(std::size_t channel) {
    Waiting& waiting = reads_in_[channel];
    const auto slots_from = [&](std::int64_t order) {
      return &waiting.slots[Index(order - waiting.first_order)];
    };
    std::vector<PacedReads>& all_taken = channels_[channel].taken();
    for (const PacedReads& taken : all_taken) {
      const int* numbers = slots_from(taken.order);
      for (int i = 0; i < taken.count; ++i) {
        DramClock& accepted = slots_[Index(numbers[i])].accepted;
        accepted = std::min(accepted, taken.at + taken.step * i);
      }
    }
    all_taken.clear();
    std::vector<PacedReads>& all_served = channels_[channel].served();
    const int accepting = offered_ == 1 && !write_ ? slot_ : -1;
    for (const PacedReads& served : all_served) {
      int* numbers = slots_from(served.order);
      for (int i = 0; i < served.count; ++i) {
        const int number = std::exchange(numbers[i], -1);
        Slot& slot = slots_[Index(number)];
        slot.done = std::max(slot.done, served.at + served.step * i);
        if (--slot.left == 0 && number != accepting) Complete(number);
      }
    }
    all_served.clear();
    while (waiting.done < waiting.slots.size() && waiting.slots[waiting.done] < 0) ++waiting.done;
    if (waiting.done < kForgotten && waiting.done < waiting.slots.size()) return;
    waiting.slots.erase(waiting.slots.begin(),
                        waiting.slots.begin() + static_cast<std::ptrdiff_t>(waiting.done));
    waiting.first_order += static_cast<std::int64_t>(waiting.done);
    waiting.done = 0;
  }

  void Complete(int number) {
    const Slot& slot = slots_[Index(number)];
    const DramClock latency = slot.done - slot.accepted;
    if (latencies_.size() <= Index(latency)) latencies_.resize(Index(latency) + 1);
    ++latencies_[Index(latency)];
    ++result_.reads;
    result_.latency_clocks += latency;
    result_.clocks = std::max(result_.clocks, slot.done);
    released_.Insert(slot.done);
    free_.push_back(number);
  }

  TrafficResult Result() {
    for (const DramChannel& channel : channels_) result_.clocks = std::max(result_.clocks, channel.clock());
    for (const DramChannel& channel : channels_) result_.activity += channel.Activity(result_.clocks);
    std::int64_t above = result_.reads - (result_.reads * 99 + 99) / 100;
    for (std::size_t i = latencies_.size(); i-- > 0;) {
      if (latencies_[i] == 0) continue;
      result_.latency_max_clocks = std::max(result_.latency_max_clocks, static_cast<DramClock>(i));
      result_.latency_p99_clocks = static_cast<DramClock>(i);
      above -= latencies_[i];
      if (above < 0) break;
    }
    return result_;
  }

  static constexpr std::size_t kForgotten = 4096;  // slots of reads that are done, kept at most

  const DramDeviceConfig& dram_;
  const TrafficConfig& config_;
  AddressMap map_;
  Pattern pattern_;
  bool single_steps_;      // channels keep step with each other
  DramClock read_clocks_;  // command to the end of the data
  std::vector<DramChannel> channels_;
  std::vector<int> free_;    // slots
  std::vector<Slot> slots_;  // of reads
  std::vector<Waiting> reads_in_;
  SortedClocks released_;  // when reads in flight are answered, as far as known
  std::vector<std::int64_t> latencies_;
  std::int64_t submitted_ = 0;
  int in_flight_ = 0;
  int offered_ = 0;  // requests, of which the last has `slot_`
  bool write_ = false;
  int slot_ = 0;
  DramClock last_accepted_ = -1;
  TrafficResult result_;
};

}  // namespace

double TrafficResult::Seconds(const DramDeviceConfig& dram) const {
  return static_cast<double>(clocks) * static_cast<double>(dram.timing.tck_ps) * 1e-12;
}

double TrafficResult::Gbps(const DramDeviceConfig& dram) const {
  return clocks == 0 ? 0
                     : static_cast<double>((reads + writes) * kTrafficRequestBytes) / Seconds(dram) * 1e-9;
}

double TrafficResult::MeanLatencyNs(const DramDeviceConfig& dram) const {
  if (reads == 0) return 0;
  return static_cast<double>(latency_clocks) / static_cast<double>(reads) *
         static_cast<double>(dram.timing.tck_ps) * 1e-3;
}

double TrafficResult::RowHitRate() const {
  const std::int64_t columns = activity.reads + activity.writes;
  return columns == 0 ? 0
                      : 1.0 - static_cast<double>(std::min(activity.activates, columns)) /
                                  static_cast<double>(columns);
}

TrafficResult RunTraffic(const DramDeviceConfig& dram, const TrafficConfig& config,
                         std::vector<std::vector<IssuedCommand>>* logs, bool single_steps) {
  Run run(dram, config, single_steps);
  if (logs != nullptr) run.LogTo(*logs);
  return run.Go();
}

}  // namespace sushi
