#include "sushi/report/timeline_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::report {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

// Names from input may hold anything.
std::string JsonText(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Trace events are in microseconds; six decimals are exact.
std::string Micros(Picoseconds time) {
  const std::string ps = std::to_string(time.value() % 1'000'000);
  return std::to_string(time.value() / 1'000'000) + '.' + std::string(6 - ps.size(), '0') + ps;
}

// Viewers add a span's length to its begin in floating point (speedscope), or cut both off to ns (Perfetto),
// and what ends where the next begins must not end behind it, nor a part behind its whole. So a begin is
// written 0.2 ps late, which no cutting takes to the ns before, a length short by 0.1 ps, that of a part by
// 0.4 ps: rounded to ps they are exact.
constexpr char kLate = '2', kWhole = '9', kPart = '6';
constexpr std::int64_t kNs = 1000;

int ThreadOf(Lane lane) { return static_cast<int>(lane) + 1; }

}  // namespace

TimelineJson::TimelineJson(const std::string& path, const SuperNet& net,
                           const std::vector<SubGraphColumn>& columns)
    : net_(net), columns_(columns), out_(path, std::ios::binary) {
  text_ = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
  NameLanes();
}

void TimelineJson::NameLanes() {
  const auto name = [&](const char* what, int thread, const std::string& key, const std::string& value) {
    if (!first_) text_ += ",\n";
    first_ = false;
    text_ += R"({"ph":"M","pid":1,"ts":0,"tid":)" + std::to_string(thread) + ",\"name\":\"" + what +
             "\",\"args\":{\"" + key + "\":" + value + "}}";
  };
  name("process_name", 0, "name", JsonText("sushisim " + net_.name));
  for (std::size_t i = 0; i < static_cast<std::size_t>(Lane::kCount); ++i) {
    const int thread = ThreadOf(static_cast<Lane>(i));
    name("thread_name", thread, "name", JsonText(Name(static_cast<Lane>(i))));
    name("thread_sort_index", thread, "sort_index", std::to_string(thread));
  }
}

void TimelineJson::Event(char phase, const std::string& name, Picoseconds at) {
  text_ += ",\n{\"ph\":\"";
  text_ += phase;
  text_ += "\",\"pid\":1,\"ts\":" + Micros(at);
  if (phase == 'X') text_ += kLate;
  text_ += ",\"name\":" + name;
  arguments_ = false;
}

void TimelineJson::Argument(const char* key, const std::string& json) {
  text_ += arguments_ ? ",\"" : ",\"args\":{\"";
  text_ += key;
  text_ += "\":" + json;
  arguments_ = true;
}

void TimelineJson::EndEvent() {
  text_ += arguments_ ? "}}" : "}";
  if (text_.size() < kChunk) return;
  out_ << text_;
  text_.clear();
}

const std::string& TimelineJson::SubNetName() const {
  return net_.subnets[static_cast<std::size_t>(query_.choice.subnet)].name;
}

void TimelineJson::Query(const QueryRecord& query) {
  query_ = query;
  const Picoseconds dispatch = query.arrival + query.waiting;
  const auto identify = [&] {
    text_ += ",\"cat\":\"query\",\"id\":\"" + std::to_string(query.query.id) + "\",\"tid\":1";
  };
  Event('b', "\"query\"", query.arrival);
  identify();
  Argument("query", query.query.id);
  Argument("subnet", JsonText(SubNetName()));
  Argument("cached", JsonText(ColumnName(query.cached)));
  Argument("latency_max_us", MicrosText(query.query.latency_max.value()));
  Argument("accuracy_min_percent", RealText(query.query.accuracy_min_percent));
  EndEvent();
  const auto phase = [&](const char* name, Picoseconds begin, Picoseconds length) {
    if (length == Picoseconds(0)) return;
    for (const bool ends : {false, true}) {
      Event(ends ? 'e' : 'b', name, ends ? begin + length : begin);
      identify();
      EndEvent();
    }
  };
  phase("\"waiting\"", query.arrival, query.waiting);
  phase("\"swap\"", dispatch, query.swap);
  phase("\"service\"", dispatch + query.swap, query.service);
  Event('e', "\"query\"", query.arrival + query.response);
  identify();
  EndEvent();
}

// JSON text.
std::string TimelineJson::NameOf(const TimelineSpan& span) const {
  const SubNet& subnet = net_.subnets[static_cast<std::size_t>(query_.choice.subnet)];
  switch (span.kind) {
    case TimelineSpan::Kind::kQuery:
      return JsonText("query " + std::to_string(query_.query.id) + ": SubNet " + SubNetName());
    case TimelineSpan::Kind::kLayerCall:
      return "\"layer call\"";
    case TimelineSpan::Kind::kLayer:
    case TimelineSpan::Kind::kPool:
      return JsonText(subnet.ops[static_cast<std::size_t>(span.layer)].name);
    case TimelineSpan::Kind::kUnit:
      return "\"unit\"";
    case TimelineSpan::Kind::kState:
      return JsonText(Name(span.state));
    case TimelineSpan::Kind::kTransfer:
    case TimelineSpan::Kind::kData:
      return JsonText(span.requests > 1 ? "data" : Name(span.role));
    case TimelineSpan::Kind::kSwap:
      return JsonText(ColumnName(query_.cached_before) + " to " + ColumnName(query_.cached));
  }
  return "\"?\"";
}

void TimelineJson::AddPlace(const TimelineSpan& span) {
  const SubNet& subnet = net_.subnets[static_cast<std::size_t>(query_.choice.subnet)];
  if (span.layer != kNone) Argument("layer", JsonText(subnet.ops[static_cast<std::size_t>(span.layer)].name));
  if (span.unit != kNone && span.layer != kNone) Argument("unit", span.unit);
  if (span.kernel_tile != kNone) Argument("kernel_tile", span.kernel_tile);
  if (span.channel_tile != kNone) Argument("channel_tile", span.channel_tile);
}

// Where a period is no whole number of ns, cutting off can take the end of a whole to the ns before, but not
// that of its last part, which is then shown up to a ns shorter.
std::string TimelineJson::Length(const TimelineSpan& span) {
  using Kind = TimelineSpan::Kind;
  const std::int64_t begin_ns = span.begin.value() / kNs;
  std::int64_t length = (span.end - span.begin).value() - 1;
  std::int64_t& whole_end_ns = whole_end_ns_[static_cast<std::size_t>(span.lane)];
  if (span.kind != Kind::kUnit && span.kind != Kind::kLayerCall) {
    whole_end_ns = begin_ns + length / kNs;
    return Micros(Picoseconds(length)) + kWhole;
  }
  if (begin_ns < whole_end_ns) length = std::min(length, (whole_end_ns - begin_ns + 1) * kNs - 1);
  return Micros(Picoseconds(length)) + kPart;
}

void TimelineJson::Span(const TimelineSpan& span) {
  using Kind = TimelineSpan::Kind;
  const std::string name = NameOf(span);
  if (span.kind == Kind::kSwap) {
    Event('i', "\"PB swap\"", span.begin);
    text_ += ",\"tid\":" + std::to_string(ThreadOf(span.lane)) + ",\"s\":\"p\"";
    EndEvent();
  }
  Event('X', name, span.begin);
  text_ += ",\"dur\":" + Length(span) + ",\"tid\":" + std::to_string(ThreadOf(span.lane));
  if (span.kind == Kind::kQuery) {
    Argument("query", query_.query.id);
  } else {
    AddPlace(span);
  }
  if (span.kind == Kind::kLayer) Argument("op", span.layer);
  if (span.kind == Kind::kUnit) {
    Argument("cached_bytes", span.cached.value());
    Argument("fetched_bytes", span.bytes.value());
  } else if (span.bytes > Bytes(0)) {
    Argument("bytes", span.bytes.value());
  }
  if (span.kind == Kind::kTransfer) {
    Argument("busy_us", Micros(span.busy));
    Argument("issued_us", Micros(span.issued));
  }
  if (span.kind == Kind::kData) Argument("requests", span.requests);
  EndEvent();
}

void TimelineJson::Level(Gauge gauge, Picoseconds at, std::int64_t level) {
  Event('C', std::string("\"") + Name(gauge) + '"', at);
  text_ += ",\"tid\":0";
  Argument(UnitOf(gauge), level);
  EndEvent();
}

void TimelineJson::Finish(const TimelineSummary& summary, const std::string& shown_path) {
  nlohmann::ordered_json about = {{"queries", summary.queries},
                                  {"events", summary.events},
                                  {"queries_left_out", summary.queries_left_out},
                                  {"events_left_out", summary.events_left_out}};
  if (summary.complete_until) about["complete_until_us"] = Micros(*summary.complete_until);
  text_ += "\n],\"otherData\":" + about.dump() + "}\n";
  out_ << text_;
  text_.clear();
  out_.close();
  if (!out_) throw UserError({shown_path, 0}, "", "cannot be written (is the disk full?)");
}

}  // namespace sushi::report
