#include "sushi/dram/traffic.hpp"

#include <algorithm>
#include <deque>
#include <random>

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
    address = slot % slots_ * kTrafficRequestBytes;
    write = writes_below_ > 0 && engine_() >> 11 < writes_below_;
  }

 private:
  const TrafficConfig& config_;
  std::uint64_t slots_;         // a power of two
  std::uint64_t writes_below_;  // of 2^53
  std::mt19937_64 engine_;
  std::uint64_t index_ = 0;
};

class Run {
 public:
  Run(const DramDeviceConfig& dram, const TrafficConfig& config)
      : dram_(dram),
        config_(config),
        map_(dram),
        pattern_(config, dram.organization.CapacityBytes()),
        free_(static_cast<std::size_t>(config.outstanding)) {
    for (int i = 0; i < dram.organization.channels; ++i) channels_.emplace_back(dram, map_);
    for (DramChannel& channel : channels_) channel.MergeOffers();
    reads_in_.resize(channels_.size());
    for (std::size_t i = 0; i < free_.size(); ++i) free_[i] = static_cast<int>(i);
    slots_.resize(free_.size());
  }

  void LogTo(std::vector<std::vector<IssuedCommand>>& logs) {
    logs.assign(channels_.size(), {});
    for (std::size_t i = 0; i < channels_.size(); ++i) channels_[i].LogTo(&logs[i]);
  }

  TrafficResult Go() {
    while (true) {
      if (!offered_ && submitted_ < config_.requests && CanSubmit()) Submit();
      DramChannel* first = nullptr;
      for (DramChannel& channel : channels_) {
        if (!channel.idle() && (first == nullptr || channel.Next() < first->Next())) first = &channel;
      }
      if (submitted_ == config_.requests && !offered_) {
        for (DramChannel& channel : channels_) channel.Flush(last_accepted_);
      }
      if (first == nullptr && submitted_ == config_.requests) break;
      if (first == nullptr) continue;  // everything forwarded: nothing to wait for
      first->Step(first->Next());
      for (std::size_t i = 0; i < channels_.size(); ++i) Collect(i);
      if (offered_) CheckAccepted();
    }
    return Result();
  }

 private:
  struct Slot {  // a read under way
    DramClock accepted = 0, done = 0;
    int left = 0;  // bursts
  };

  bool CanSubmit() const { return in_flight_ < config_.outstanding || !released_.empty(); }

  void Submit() {
    DramClock from = last_accepted_ + 1;
    while (in_flight_ >= config_.outstanding || (!released_.empty() && released_.front() <= from)) {
      from = std::max(from, released_.front());
      released_.pop_front();
      --in_flight_;
    }
    std::uint64_t address = 0;
    pattern_.Next(address, write_);
    const auto burst = static_cast<std::uint64_t>(dram_.organization.BurstBytes());
    const std::uint64_t begin = address / burst, end = (address + kTrafficRequestBytes - 1) / burst + 1;
    if (!write_) {
      slot_ = free_.back();
      free_.pop_back();
      slots_[static_cast<std::size_t>(slot_)] = {0, 0, static_cast<int>(end - begin)};
    }
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      const std::uint64_t part = map_.BurstsBefore(begin, static_cast<int>(i));
      const std::uint64_t part_end = map_.BurstsBefore(end, static_cast<int>(i));
      if (part == part_end) continue;
      if (!write_) reads_in_[i].insert(reads_in_[i].end(), part_end - part, slot_);
      channels_[i].Offer(write_, part, part_end, from);
    }
    offered_ = true;
    accepted_at_ = kNever;
    ++submitted_;
    CheckAccepted();
  }

  // A request is accepted when all its bursts are; its latency counts from the first.
  void CheckAccepted() {
    DramClock first = kNever, last = 0;
    for (const DramChannel& channel : channels_) {
      if (channel.offering()) return;
      first = std::min(first, channel.last_taken());
      last = std::max(last, channel.last_taken());
    }
    last_accepted_ = last;
    offered_ = false;
    if (write_) {
      ++result_.writes;
      return;
    }
    ++in_flight_;
    Slot& slot = slots_[static_cast<std::size_t>(slot_)];
    slot.accepted = std::max(channels_.size() == 1 ? channels_[0].first_taken() : last, DramClock{0});
    if (slot.left == 0) Complete(slot_);
  }

  void Collect(std::size_t channel) {
    std::deque<int>& waiting = reads_in_[channel];
    for (const ServedReads& served : channels_[channel].served()) {
      for (int i = 0; i < served.count; ++i) {
        const auto index = static_cast<std::size_t>(served.order + i - first_order_[channel]);
        const int number = waiting[index];
        waiting[index] = -1;
        Slot& slot = slots_[static_cast<std::size_t>(number)];
        slot.done = std::max(slot.done, served.data_end + served.step * i);
        const bool accepting = offered_ && !write_ && number == slot_;
        if (--slot.left == 0 && !accepting) Complete(number);
      }
    }
    channels_[channel].served().clear();
    while (!waiting.empty() && waiting.front() < 0) {
      waiting.pop_front();
      ++first_order_[channel];
    }
  }

  void Complete(int number) {
    const Slot& slot = slots_[static_cast<std::size_t>(number)];
    const auto latency = static_cast<std::size_t>(slot.done - slot.accepted);
    if (latencies_.size() <= latency) latencies_.resize(latency + 1);
    ++latencies_[latency];
    ++result_.reads;
    result_.latency_clocks += slot.done - slot.accepted;
    result_.clocks = std::max(result_.clocks, slot.done);
    auto place = released_.end();
    while (place != released_.begin() && *(place - 1) > slot.done) --place;
    released_.insert(place, slot.done);
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

  const DramDeviceConfig& dram_;
  const TrafficConfig& config_;
  AddressMap map_;
  Pattern pattern_;
  std::vector<DramChannel> channels_;
  std::vector<int> free_;                  // slots
  std::vector<Slot> slots_;                // of reads
  std::vector<std::deque<int>> reads_in_;  // of each channel: slots of its reads, from first_order_ on
  std::array<std::int64_t, kMaxDramChannels> first_order_{};
  std::deque<DramClock> released_;  // when reads in flight are answered, as far as known; ascending
  std::vector<std::int64_t> latencies_;
  std::int64_t submitted_ = 0;
  int in_flight_ = 0;
  bool offered_ = false, write_ = false;
  int slot_ = 0;
  DramClock last_accepted_ = -1, accepted_at_ = kNever;
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
                         std::vector<std::vector<IssuedCommand>>* logs) {
  Run run(dram, config);
  if (logs != nullptr) run.LogTo(*logs);
  return run.Go();
}

}  // namespace sushi
