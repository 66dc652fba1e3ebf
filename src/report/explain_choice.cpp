// Why a query got its SubNet, and what it would have got with something else cached.
#include <algorithm>

#include "explain_words.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/report/run_report.hpp"
#include "sushi/report/text_table.hpp"

namespace sushi::report {
namespace {

std::string Points(double margin) { return FixedText(margin, 2); }

void PrintAnswer(const ExplainReport& report, std::ostream& out) {
  const QueryRecord& r = report.query->record;
  std::string text = "It asked for a top-1 (the share of images classified right) of at least " +
                     RealText(r.query.accuracy_min_percent) + " % within " + TimeWords(r.query.latency_max) +
                     ". SubNet " + SubNetName(report, r.choice.subnet) +
                     ", one of the networks inside the SuperNet, served it with " + RealText(r.top1_percent) +
                     " %. Waiting took " + TimeWords(r.waiting) +
                     ", the swap of the Persistent Buffer (PB: it keeps weights on chip) " +
                     TimeWords(r.swap) + ", service (the accelerator's work) " + TimeWords(r.service) +
                     ": a response of " + TimeWords(r.response) + ". ";
  if (r.accuracy_violated) {
    text += "The accuracy target is missed by " + Points(r.query.accuracy_min_percent - r.top1_percent) +
            " points. ";
  }
  const bool by_service = report.basis == LatencyBasis::kService;
  if (r.latency_violated) {
    text += "The latency target is missed by " +
            TimeWords((by_service ? r.service : r.response) - r.query.latency_max) + ". ";
  }
  if (!r.accuracy_violated && !r.latency_violated) text += "Both targets are met. ";
  text += std::string("The latency target is for the ") + (by_service ? "service" : "response") +
          " (docs/scheduling.md, Times and violations).";
  PrintParagraph(text, out);
}

void PrintRule(const ExplainReport& report, std::ostream& out) {
  const QueryExplanation& query = *report.query;
  std::string text = "The serving policy " + report.policy;
  if (query.rationale.rule.empty()) {
    text += " gives no reasons.";
  } else {
    text += " " + query.rationale.rule + " (docs/scheduling.md, Serving policies).";
  }
  text += " Here: " + ReasonText(query.record) + ".";
  if (query.budget != query.record.query.latency_max) {
    text += " After waiting and swap " + TimeWords(query.budget) + " of the time were left.";
  }
  text +=
      " Latencies are those of SushiAbs, the table of what each SubNet takes with each SubGraph (a part of "
      "the weights) in the PB.";
  PrintParagraph(text, out);
}

// Why a feasible SubNet was passed over: the first thing in which it is worse.
std::string Behind(const ExplainReport& report, int subnet) {
  const QueryExplanation& query = *report.query;
  const auto at = [&](int s) { return query.subnets[static_cast<std::size_t>(s)].latency; };
  const int served = query.record.choice.subnet;
  const Picoseconds slower = at(subnet) - at(served);
  const double less = report.table->Top1Percent(served) - report.table->Top1Percent(subnet);
  const std::string slower_by = "slower by " + TimeWords(slower);
  const bool latency_first = query.rationale.strict == StrictTarget::kAccuracy;
  if (latency_first && slower > Picoseconds(0)) return slower_by;
  if (less > 0) return "less accurate by " + Points(less);
  if (slower > Picoseconds(0)) return slower_by;
  return "equal, later in the list";
}

std::string Verdict(const ExplainReport& report, int subnet) {
  const QueryExplanation& query = *report.query;
  const SubNetOption& option = query.subnets[static_cast<std::size_t>(subnet)];
  if (subnet == query.record.choice.subnet) return "served";
  if (query.rationale.strict == StrictTarget::kUnknown) return "";
  if (option.feasible) return Behind(report, subnet);
  if (query.rationale.strict == StrictTarget::kAccuracy) {
    return "top-1 too low by " +
           Points(query.record.query.accuracy_min_percent - report.table->Top1Percent(subnet));
  }
  return "too slow by " + TimeWords(option.latency - query.budget);
}

void PrintSubNets(const ExplainReport& report, std::ostream& out) {
  const QueryExplanation& query = *report.query;
  Picoseconds largest;
  for (const SubNetOption& option : query.subnets) largest = std::max(largest, option.uncached);
  const TimeUnit unit(largest);
  const bool cached = query.record.cached != kEmptySubGraphId;
  std::vector<TextRow> rows{{"SubNet", "top-1 %", unit.name}};
  if (cached) rows[0].emplace_back("uncached");
  rows[0].emplace_back("");
  for (int s = 0; s < report.table->subnets(); ++s) {
    const SubNetOption& option = query.subnets[static_cast<std::size_t>(s)];
    TextRow row{SubNetName(report, s), FixedText(report.table->Top1Percent(s), 2), unit.Show(option.latency)};
    if (cached) row.push_back(unit.Show(option.uncached));
    row.push_back(Verdict(report, s));
    rows.push_back(std::move(row));
  }
  PrintTextTable(rows, cached ? "lrrrl" : "lrrl", "  ", "  ", out);
}

void PrintInstead(const ExplainReport& report, std::ostream& out) {
  const QueryExplanation& query = *report.query;
  const QueryRecord& r = query.record;
  if (report.table->columns() == 1) return;
  out << '\n';
  PrintParagraph("The same query with something else in the PB, all earlier queries as they were:", out);
  const TimeUnit unit(std::max(r.response, query.nothing.response));
  std::vector<TextRow> rows{
      {"cached", "SubNet", std::string("service ") + unit.name, std::string("response ") + unit.name, ""}};
  const auto add = [&](SubGraphId cached, int subnet, Picoseconds service, Picoseconds response,
                       const std::string& note) {
    rows.push_back({CachedName(report, cached), Clip(SubNetName(report, subnet), 12), unit.Show(service),
                    unit.Show(response), note});
  };
  add(r.cached, r.choice.subnet, r.service, r.response,
      r.cached == r.cached_before ? "as served" : "served, with a swap");
  if (r.cached != kEmptySubGraphId) {
    add(kEmptySubGraphId, query.nothing.choice.subnet, query.nothing.service, query.nothing.response, "");
  }
  if (query.best.cached != r.cached && query.best.cached != kEmptySubGraphId) {
    add(query.best.cached, query.best.choice.subnet, query.best.service, query.best.response,
        "best for the SubNet");
  }
  PrintTextTable(rows, "llrrl", "  ", "  ", out);
}

}  // namespace

void PrintChoice(const ExplainReport& report, std::ostream& out) {
  const QueryRecord& record = report.query->record;
  PrintHeading("What it asked for and got", out);
  PrintAnswer(report, out);
  PrintHeading("Why SubNet " + SubNetName(report, record.choice.subnet), out);
  PrintRule(report, out);
  out << '\n';
  PrintSubNets(report, out);
  PrintInstead(report, out);
}

}  // namespace sushi::report
