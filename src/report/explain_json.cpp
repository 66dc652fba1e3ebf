#include <nlohmann/json.hpp>

#include "explain_words.hpp"
#include "sushi/report/run_report.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

double Micros(Picoseconds time) { return static_cast<double>(time.value()) / 1e6; }

const char* Name(StrictTarget strict) {
  switch (strict) {
    case StrictTarget::kAccuracy:
      return "accuracy";
    case StrictTarget::kLatency:
      return "latency";
    case StrictTarget::kUnknown:
      break;
  }
  return "unknown";
}

Json SubNetsJson(const ExplainReport& report) {
  const QueryExplanation& query = *report.query;
  Json json = Json::array();
  for (int s = 0; s < report.table->subnets(); ++s) {
    const SubNetOption& option = query.subnets[static_cast<std::size_t>(s)];
    const double top1 = report.table->Top1Percent(s);
    json.push_back({{"subnet", report.table->SubNetName(s)},
                    {"top1_percent", top1},
                    {"latency_us", Micros(option.latency)},
                    {"uncached_latency_us", Micros(option.uncached)},
                    {"feasible", query.rationale.rule.empty() ? Json() : Json(option.feasible)},
                    {"accuracy_margin_percent", top1 - query.record.query.accuracy_min_percent},
                    {"latency_margin_us", Micros(query.budget - option.latency)},
                    {"served", s == query.record.choice.subnet}});
  }
  return json;
}

Json OptionJson(const ExplainReport& report, const CachedOption& option) {
  return {{"cached_subgraph", report.table->Column(option.cached).name},
          {"subnet", report.table->SubNetName(option.choice.subnet)},
          {"service_us", Micros(option.service)},
          {"response_us", Micros(option.response)}};
}

Json CountersJson(Cycles cycles, Cycles uncached, const Counters& counters) {
  Json json{{"cycles", cycles.value()}, {"uncached_cycles", uncached.value()}};
  for (std::size_t i = 0; i < static_cast<std::size_t>(DpeState::kCount); ++i) {
    json[sushi::Name(static_cast<DpeState>(i)) + std::string("_cycles")] = counters.dpe_cycles.values[i];
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(Traffic::kCount); ++i) {
    json[sushi::Name(static_cast<Traffic>(i)) + std::string("_bytes")] = counters.traffic_bytes.values[i];
  }
  json["pb_hit_bytes"] = counters.pb_hit_bytes;
  json["bound_by"] = BoundOf(counters);
  return json;
}

Json LayersJson(const ExplainReport& report) {
  const SubNet& subnet = report.net->subnets[static_cast<std::size_t>(report.query->record.choice.subnet)];
  Json json = Json::array();
  for (std::size_t i = 0; i < report.served->layers.size(); ++i) {
    const LayerResult& layer = report.served->layers[i];
    Json row{{"op", i}, {"name", subnet.ops[i].name}};
    row.update(CountersJson(layer.cycles, report.uncached->layers[i].cycles, layer.counters));
    json.push_back(std::move(row));
  }
  return json;
}

Json QueryJson(const ExplainReport& report) {
  const QueryExplanation& query = *report.query;
  const QueryRecord& r = query.record;
  Json json{{"query", r.query.id},
            {"position", query.position},
            {"accuracy_min_percent", r.query.accuracy_min_percent},
            {"latency_max_us", Micros(r.query.latency_max)},
            {"latency_budget_us", Micros(query.budget)},
            {"arrival_us", Micros(r.arrival)},
            {"waiting_us", Micros(r.waiting)},
            {"swap_us", Micros(r.swap)},
            {"service_us", Micros(r.service)},
            {"response_us", Micros(r.response)},
            {"subnet", report.table->SubNetName(r.choice.subnet)},
            {"top1_percent", r.top1_percent},
            {"cached_before", report.table->Column(r.cached_before).name},
            {"cached_subgraph", report.table->Column(r.cached).name},
            {"accuracy_violated", r.accuracy_violated},
            {"latency_violated", r.latency_violated},
            {"feasible_subnets", r.choice.feasible},
            {"reason", ReasonName(r.choice.reason)},
            {"reason_text", ReasonText(r)},
            {"rule", query.rationale.rule},
            {"strict_target", Name(query.rationale.strict)}};
  json["subnets"] = SubNetsJson(report);
  json["with_nothing_cached"] = OptionJson(report, query.nothing);
  json["with_best_for_subnet"] = OptionJson(report, query.best);
  json["residence"] = Json();
  if (query.residence) {
    json["residence"] = {{"since_query", query.residence->since_query},
                         {"decided_after_query",
                          query.residence->decided_after ? Json(*query.residence->decided_after) : Json()},
                         {"swap_us", Micros(query.residence->swap)},
                         {"queries", query.residence->queries},
                         {"saved_us", static_cast<double>(query.residence->saved_ps) / 1e6}};
  }
  json["next_decision_after_query"] = query.next_decision ? Json(*query.next_decision) : Json();
  json["total"] = CountersJson(report.served->cycles, report.uncached->cycles, report.served->total);
  json["layers"] = LayersJson(report);
  return json;
}

Json WeighedJson(const ExplainReport& report, const DecisionExplanation& decision) {
  const CachingRationale& rationale = decision.rationale;
  Json json = Json::array();
  for (const std::size_t i : Ranking(rationale, decision.before)) {
    const WeighedColumn& weighed = rationale.weighed[i];
    const SubGraphColumn& column = report.table->Column(weighed.column);
    Json row{{"subgraph", column.name}, {"bytes", BytesOf(*report.net, column.graph).value()}};
    for (std::size_t m = 0; m < rationale.measures.size(); ++m)
      row[rationale.measures[m]] = weighed.values[m];
    json.push_back(std::move(row));
  }
  return json;
}

// What the policy wanted and what it got, layer by layer.
Json WantedJson(const ExplainReport& report, const DecisionExplanation& decision) {
  Json json = Json::array();
  const SubGraph& chosen = report.table->Column(decision.chosen).graph;
  for (std::size_t i = 0; i < decision.rationale.wanted.size(); ++i) {
    const auto& [kernels, channels] = decision.rationale.wanted[i];
    json.push_back({{"layer", report.net->layers[i].name},
                    {"kernels", kernels},
                    {"channels", channels},
                    {"chosen_kernels", chosen.rects[i].kernels},
                    {"chosen_channels", chosen.rects[i].channels}});
  }
  return json;
}

Json DecisionJson(const ExplainReport& report) {
  const DecisionExplanation& decision = *report.decision;
  const SubGraph& before = report.table->Column(decision.before).graph;
  const SubGraph& chosen = report.table->Column(decision.chosen).graph;
  Json json{{"number", decision.number},
            {"after_query", decision.after ? Json(*decision.after) : Json()},
            {"next_query", decision.next ? Json(*decision.next) : Json()},
            {"rule", decision.rationale.rule}};
  json["served"] = Json::array();
  for (std::size_t s = 0; s < decision.served.size(); ++s) {
    json["served"].push_back(
        {{"subnet", report.table->SubNetName(static_cast<int>(s))}, {"queries", decision.served[s]}});
  }
  json["before"] = report.table->Column(decision.before).name;
  json["chosen"] = report.table->Column(decision.chosen).name;
  json["chosen_bytes"] = BytesOf(*report.net, chosen).value();
  json["fetched_bytes"] = MissingBytes(*report.net, chosen, before).value();
  json["swap_us"] = Micros(decision.swap.duration);
  json["period"] = {{"service_us", Micros(decision.service_before)},
                    {"service_with_chosen_us", Micros(decision.service_chosen)},
                    {"off_chip_bytes", decision.bytes_before},
                    {"off_chip_bytes_with_chosen", decision.bytes_chosen}};
  json["ranking"] = WeighedJson(report, decision);
  json["wanted"] = WantedJson(report, decision);
  return json;
}

}  // namespace

Json ExplanationJson(const ExplainReport& report) {
  Json json{{"schema_version", 1},
            {"supernet", report.net->name},
            {"device", report.hardware->device.name},
            {"pb_kib", report.hardware->accel.pb.capacity_kib},
            {"trace", report.trace},
            {"policy", report.policy},
            {"caching", report.caching},
            {"latency_basis", report.basis == LatencyBasis::kService ? "service" : "response"},
            {"period_queries", report.period_queries}};
  json["query"] = report.query ? QueryJson(report) : Json();
  json["decision"] = report.decision ? DecisionJson(report) : Json();
  return json;
}

}  // namespace sushi::report
