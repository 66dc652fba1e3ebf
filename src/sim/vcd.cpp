#include "sushi/sim/vcd.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <systemc>

#include "sushi/core/error.hpp"
#include "sushi/tlm/time.hpp"

namespace sushi {
namespace {

// A switch is one bit, anything else a number.
struct Signal {
  const char* name;
  bool is_switch;
};

enum Index : int {
  kServing,
  kQuery,
  kSubNet,
  kLayer,
  kUnit,
  kDpeArray,
  kVectorUnit,
  kDmaBusy,                    // weight, iact, oact
  kDmaStalled = kDmaBusy + 3,  // likewise
  kDram = kDmaStalled + 3,
  kPbSwap,
  kGauges,
  kSignals = kGauges + static_cast<int>(Gauge::kCount)
};

constexpr std::array<Signal, kGauges> kNamed{{{"serving", true},
                                              {"query", false},
                                              {"subnet", false},
                                              {"layer", false},
                                              {"unit", false},
                                              {"dpe_array", false},
                                              {"vector_unit", true},
                                              {"weight_dma_busy", true},
                                              {"iact_dma_busy", true},
                                              {"oact_dma_busy", true},
                                              {"weight_dma_stalled", true},
                                              {"iact_dma_stalled", true},
                                              {"oact_dma_stalled", true},
                                              {"dram", true},
                                              {"pb_swap", true}}};

struct CloseFile {
  void operator()(sc_core::sc_trace_file* file) const { sc_core::sc_close_vcd_trace_file(file); }
};

// What sc_trace looks at.
class Signals {
 public:
  void TraceTo(sc_core::sc_trace_file* file) {
    for (std::size_t i = 0; i < kSignals; ++i) {
      const bool gauge = i >= kGauges;
      const std::string name = gauge ? Name(static_cast<Gauge>(i - kGauges)) : kNamed[i].name;
      if (!gauge && kNamed[i].is_switch) {
        sc_core::sc_trace(file, switches_[i], name);
      } else {
        sc_core::sc_trace(file, numbers_[i], name);
      }
    }
  }
  void Set(std::size_t signal, std::int64_t value) {
    switches_[signal] = value != 0;
    numbers_[signal] = value;
  }

 private:
  std::array<bool, kSignals> switches_{};
  std::array<sc_dt::int64, kSignals> numbers_{};
};

struct RemoveFile {
  std::string path;
  ~RemoveFile() { std::remove(path.c_str()); }
};

int DmaOf(Lane lane) { return static_cast<int>(lane) - static_cast<int>(Lane::kWeightDma); }

}  // namespace

void VcdTimeline::Pulse(int signal, Picoseconds begin, Picoseconds end, std::int64_t value) {
  if (begin == end) return;
  changes_.push_back({begin.value(), signal, value});
  changes_.push_back({end.value(), signal, 0});
}

void VcdTimeline::Query(const QueryRecord& query) {
  const std::int64_t dispatch = (query.arrival + query.waiting).value();
  changes_.push_back({dispatch, kQuery, query.query.id});
  changes_.push_back({dispatch, kSubNet, query.choice.subnet});
}

void VcdTimeline::Span(const TimelineSpan& span) {
  switch (span.kind) {
    case TimelineSpan::Kind::kQuery:
      return Pulse(kServing, span.begin, span.end, 1);
    case TimelineSpan::Kind::kLayerCall:
      return;
    case TimelineSpan::Kind::kLayer:
      changes_.push_back({span.begin.value(), kLayer, span.layer});
      return;
    case TimelineSpan::Kind::kUnit:
      changes_.push_back({span.begin.value(), kUnit, span.unit});
      return;
    case TimelineSpan::Kind::kState:  // 0 is idle
      return Pulse(kDpeArray, span.begin, span.end, static_cast<std::int64_t>(span.state) + 1);
    case TimelineSpan::Kind::kPool:
      return Pulse(kVectorUnit, span.begin, span.end, 1);
    case TimelineSpan::Kind::kTransfer:
      Pulse(kDmaBusy + DmaOf(span.lane), span.begin, span.begin + span.busy, 1);
      return Pulse(kDmaStalled + DmaOf(span.lane), span.begin + span.busy, span.end, 1);
    case TimelineSpan::Kind::kData:
      return Pulse(kDram, span.begin, span.end, 1);
    case TimelineSpan::Kind::kSwap:
      return Pulse(kPbSwap, span.begin, span.end, 1);
  }
}

void VcdTimeline::Level(Gauge gauge, Picoseconds at, std::int64_t level) {
  changes_.push_back({at.value(), kGauges + static_cast<int>(gauge), level});
}

// Returns how far the kernel's time is ahead of the stream's.
std::uint64_t VcdTimeline::Play(const std::string& path) const {
  Signals signals;
  const std::unique_ptr<sc_core::sc_trace_file, CloseFile> file(
      sc_core::sc_create_vcd_trace_file(path.c_str()));
  file->set_time_unit(1, sc_core::SC_PS);
  signals.TraceTo(file.get());
  std::int64_t at = changes_.empty() ? 0 : changes_.front().at;
  const std::uint64_t offset = sc_core::sc_time_stamp().value() - static_cast<std::uint64_t>(at);
  for (const Change& change : changes_) {
    if (change.at > at) sc_core::wait(ToScTime(Picoseconds(change.at - at)));
    at = change.at;
    signals.Set(static_cast<std::size_t>(change.signal), change.value);
  }
  sc_core::wait(1, sc_core::SC_PS);  // the last ones are traced before time goes on
  return offset;
}

// sc_trace writes the kernel's time, and the date, and when the kernel began: the stream's time replaces the
// first, and the same run gives the same bytes.
void VcdTimeline::Write(const std::string& path, const std::string& shown_path) {
  // Of one signal's changes at one time the later one holds: a span's end comes before the next one's begin.
  std::stable_sort(changes_.begin(), changes_.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  const std::string raw = path + ".vcd";
  const RemoveFile remove{raw};
  const std::uint64_t offset = Play(path);  // may have wrapped; so does what is subtracted
  std::ifstream in(raw, std::ios::binary);
  std::ofstream out(path, std::ios::binary);
  std::string line;
  const std::int64_t first = changes_.empty() ? 0 : changes_.front().at;
  std::uint64_t last = 0;
  bool skip = false;
  while (std::getline(in, line)) {
    skip = skip || line.rfind("$date", 0) == 0 || line.rfind("$comment", 0) == 0;
    if (line.rfind("$dumpvars", 0) == 0) out << '#' << first << '\n';
    if (line.size() > 1 && line[0] == '#') {
      last = std::strtoull(line.c_str() + 1, nullptr, 10) - offset;
      line = "#" + std::to_string(last);
    }
    if (!skip && !line.empty()) out << line << '\n';
    if (line.rfind("$end", 0) == 0) skip = false;
  }
  out.close();
  const bool whole = changes_.empty() || last > static_cast<std::uint64_t>(changes_.back().at);
  if (!in.eof() || !out || !whole)
    throw UserError({shown_path, 0}, "", "cannot be written (is the disk full?)");
}

}  // namespace sushi
