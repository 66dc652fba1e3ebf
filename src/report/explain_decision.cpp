// Why the PB holds what it holds: one caching decision, and what caching has saved.
#include <algorithm>
#include <cmath>

#include "explain_words.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/report/text_table.hpp"

namespace sushi::report {
namespace {

constexpr std::size_t kShown = 5;        // of the columns that were weighed
constexpr std::size_t kLayersShown = 3;  // of those in which the chosen one misses most

std::string Query(std::int64_t id) { return "query " + std::to_string(id); }

std::string Queries(std::int64_t count) { return GroupedText(count) + (count == 1 ? " query" : " queries"); }

void PrintOccasion(const ExplainReport& report, const DecisionExplanation& decision, std::ostream& out) {
  std::string text;
  if (decision.number > 0) {
    text = "Every " + Queries(report.period_queries) +
           " (the period Q) the caching policy says which SubGraph (a part of the weights) the Persistent "
           "Buffer (PB) "
           "shall hold. Its decision " +
           std::to_string(decision.number) + " came after " + Query(*decision.after) + ". ";
  } else {
    text = "The caching policy decided before the first query. ";
  }
  text += report.caching;
  text += decision.rationale.rule.empty()
              ? " gives no reasons."
              : " " + decision.rationale.rule + " (docs/scheduling.md, Caching policies).";
  if (decision.number > 0) {
    text += " Served in that period, SubNet and queries:";
    for (std::size_t s = 0; s < decision.served.size(); ++s) {
      if (decision.served[s] == 0) continue;
      text += " " + SubNetName(report, static_cast<int>(s)) + " " + std::to_string(decision.served[s]) + ",";
    }
    text.back() = '.';
  }
  PrintParagraph(text, out);
}

// "gain_us" is a heading's "gain us".
std::string Heading(std::string measure) {
  std::replace(measure.begin(), measure.end(), '_', ' ');
  return measure;
}

void PrintRanking(const ExplainReport& report, const DecisionExplanation& decision, std::ostream& out) {
  const CachingRationale& rationale = decision.rationale;
  if (rationale.weighed.empty()) return;
  TextRow head{"rank", "SubGraph", "KiB"};
  for (const std::string& measure : rationale.measures) head.push_back(Heading(measure));
  head.emplace_back("");
  std::vector<TextRow> rows{head};
  const std::vector<std::size_t> order = Ranking(rationale, decision.before);
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const WeighedColumn& weighed = rationale.weighed[order[rank]];
    const bool before = weighed.column == decision.before;
    if (rank >= kShown && !before) continue;
    TextRow row{std::to_string(rank + 1), CachedName(report, weighed.column),
                KiBText(BytesOf(*report.net, report.table->Column(weighed.column).graph).value())};
    for (const double value : weighed.values) row.push_back(FixedText(value, 3));
    const bool chosen = weighed.column == decision.chosen;
    row.emplace_back(chosen && before ? "kept" : chosen ? "chosen" : before ? "before" : "");
    rows.push_back(std::move(row));
  }
  out << '\n';
  PrintTextTable(rows, "rlr" + std::string(rationale.measures.size(), 'r') + "l", "  ", "  ", out);
  if (order.size() > rows.size() - 1) {
    PrintParagraph("(" + std::to_string(order.size()) + " were weighed; --json lists all)", out);
  }
  out << '\n';
}

// The layers that keep the chosen SubGraph away from what the policy wanted.
void PrintDifferences(const ExplainReport& report, const DecisionExplanation& decision, std::ostream& out) {
  const auto& wanted = decision.rationale.wanted;
  const SubGraph& chosen = report.table->Column(decision.chosen).graph;
  const auto distance = [&](std::size_t layer) {
    return std::hypot(wanted[layer][0] - chosen.rects[layer].kernels,
                      wanted[layer][1] - chosen.rects[layer].channels);
  };
  std::vector<std::size_t> layers;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (distance(i) > 0) layers.push_back(i);
  }
  if (layers.empty()) return;
  std::stable_sort(layers.begin(), layers.end(),
                   [&](std::size_t a, std::size_t b) { return distance(a) > distance(b); });
  layers.resize(std::min(layers.size(), kLayersShown));
  PrintParagraph("Where " + CachedName(report, decision.chosen) + " is furthest from " +
                     decision.rationale.wanted_name + ", in kernels x channels of a layer:",
                 out);
  std::vector<TextRow> rows{{"layer", decision.rationale.wanted_name, CachedName(report, decision.chosen)}};
  for (const std::size_t i : layers) {
    rows.push_back(
        {ClipFront(report.net->layers[i].name, 30),
         FixedText(wanted[i][0], 1) + " x " + FixedText(wanted[i][1], 1),
         std::to_string(chosen.rects[i].kernels) + " x " + std::to_string(chosen.rects[i].channels)});
  }
  PrintTextTable(rows, "lr", "  ", "  ", out);
  out << '\n';
}

// What the period's queries would have taken with the new SubGraph.
std::string Expectation(const ExplainReport& report, const DecisionExplanation& decision) {
  if (decision.number == 0) return "";
  const Picoseconds saved = decision.service_before - decision.service_chosen;
  const std::int64_t bytes = decision.bytes_before - decision.bytes_chosen;
  std::string text = " Had it been there already, the period's service would have taken " +
                     TimeWords(decision.service_chosen) + " instead of " +
                     TimeWords(decision.service_before) + ", with " + SizeWords(std::abs(bytes)) +
                     (bytes < 0 ? " more" : " less") + " off chip. ";
  if (decision.swap.duration == Picoseconds(0)) return text;
  if (saved <= Picoseconds(0)) return text + "In time alone the swap does not pay.";
  const std::int64_t periods = CeilDiv(decision.swap.duration.value(), saved.value());
  return text + "If the demand stays so, the swap pays for itself within " +
         Queries(periods * report.period_queries) + ".";
}

void PrintOutcome(const ExplainReport& report, const DecisionExplanation& decision, std::ostream& out) {
  const std::string chosen = CachedName(report, decision.chosen);
  if (decision.before == decision.chosen) {
    PrintParagraph("So it kept " + chosen + ", which was there already: nothing is fetched.", out);
    return;
  }
  const SubGraph& want = report.table->Column(decision.chosen).graph;
  const SubGraph& have = report.table->Column(decision.before).graph;
  const std::int64_t missing = MissingBytes(*report.net, want, have).value();
  std::string text = "So it took " + chosen + " in place of " + CachedName(report, decision.before) + ". ";
  const std::int64_t all = BytesOf(*report.net, want).value();
  text += missing == all ? "Its " + SizeWords(all)
                         : "Of its " + SizeWords(all) + " " + SizeWords(missing) + " are not there and";
  text += " must be fetched, which takes " + TimeWords(decision.swap.duration);
  text += decision.next ? "; " + Query(*decision.next) + " pays for it."
                        : "; but no query follows, so it is never done.";
  PrintParagraph(text + Expectation(report, decision), out);
}

// There is no decision to explain.
void PrintNoDecision(const ExplainReport& report, std::ostream& out) {
  if (report.hardware->accel.pb.capacity_kib == 0) {
    PrintParagraph("The hardware has no Persistent Buffer, so nothing can be cached.", out);
  } else if (report.caching == "none") {
    PrintParagraph("The caching policy is none: the PB stays cold (docs/scheduling.md, Caching policies).",
                   out);
  } else if (report.query->next_decision) {
    PrintParagraph("The PB starts cold. The first decision of " + report.caching + " follows " +
                       Query(*report.query->next_decision) + ": it comes every " +
                       Queries(report.period_queries) + ".",
                   out);
  } else {
    PrintParagraph("The PB starts cold, and the stream ends before the first decision, after " +
                       Queries(report.period_queries) + ".",
                   out);
  }
}

}  // namespace

void PrintDecision(const ExplainReport& report, std::ostream& out) {
  const SubGraphId cached = report.query ? report.query->record.cached : report.decision->chosen;
  PrintHeading("Why " + CachedName(report, cached) + (report.query ? " was cached" : " is cached next"), out);
  if (!report.decision) return PrintNoDecision(report, out);
  PrintOccasion(report, *report.decision, out);
  PrintRanking(report, *report.decision, out);
  PrintDifferences(report, *report.decision, out);
  PrintOutcome(report, *report.decision, out);
  if (report.query && report.query->next_decision) {
    PrintParagraph("The next decision follows " + Query(*report.query->next_decision) + ".", out);
  }
}

void PrintSavings(const ExplainReport& report, std::ostream& out) {
  const QueryExplanation& query = *report.query;
  PrintHeading("What SubGraph Stationary (SGS) saved", out);
  if (query.record.cached == kEmptySubGraphId) {
    PrintParagraph("Nothing: nothing was cached.", out);
    return;
  }
  const Picoseconds saved = report.uncached->service - report.served->service;
  const std::int64_t hits = report.served->total.pb_hit_bytes;
  const std::int64_t weights = hits + report.served->total.traffic_bytes[Traffic::kWeights];
  const auto percent =
      PercentWords(static_cast<double>(saved.value()), static_cast<double>(report.uncached->service.value()));
  std::string text =
      "SGS keeps a SubGraph in the PB across queries, so that its weights need not come from DRAM "
      "again. Here it spared the DRAM " +
      SizeWords(hits) + " of " + SizeWords(weights) + " of weights and " + TimeWords(saved) + " (" + percent +
      ") of service.";
  if (query.residence) {
    const Residence& r = *query.residence;
    const auto all = Picoseconds(static_cast<std::int64_t>(r.saved_ps));
    text += " The PB has held it since " + Query(r.since_query) + ", which paid " + TimeWords(r.swap) +
            " for it. Served with it so far: " + Queries(r.queries) + ", which saved " + TimeWords(all) +
            " in all, " + (all < r.swap ? "less than it cost." : "no less than it cost.");
    const bool explained = report.decision && report.decision->after == r.decided_after;
    if (!explained && r.decided_after)
      text += " (Why it came: --after-query " + std::to_string(*r.decided_after) + ")";
  }
  PrintParagraph(text, out);
}

}  // namespace sushi::report
