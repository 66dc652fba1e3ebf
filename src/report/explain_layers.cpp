// Where the cycles of an inference went.
#include <algorithm>
#include <numeric>

#include "explain_words.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/report/text_table.hpp"

namespace sushi::report {
namespace {

constexpr std::size_t kShown = 5;

struct StateWords {
  DpeState state;
  const char* head;
  const char* meaning;
};
constexpr StateWords kStates[] = {
    {DpeState::kCompute, "comp", "multiplies, a window a cycle"},
    {DpeState::kFill, "fill", "fills or empties its pipeline"},
    {DpeState::kWaitWeights, "wgts", "waits for weights"},
    {DpeState::kWaitIActs, "iact", "waits for iActs, its inputs"},
    {DpeState::kWaitOperand, "oper", "waits for parameters, residual"},
    {DpeState::kWaitDrain, "drain", "waits for write-back"},
    {DpeState::kVectorUnit, "vect", "idle: the vector unit works"},
    {DpeState::kHost, "host", "idle: the host sets a layer up"},
};

std::int64_t CyclesIn(const Counters& counters, DpeState state) { return counters.dpe_cycles[state]; }

void PrintStates(const ExplainReport& report, std::ostream& out) {
  const bool cached = report.query->record.cached != kEmptySubGraphId;
  const auto total = static_cast<double>(report.served->cycles.value());
  std::vector<TextRow> rows{{"", "cycles", "%"}};
  if (cached) rows[0].emplace_back("uncached");
  rows[0].emplace_back("the array");
  const auto add = [&](const char* name, std::int64_t now, std::int64_t without, const char* meaning) {
    TextRow row{name, GroupedText(now),
                FixedText(total == 0 ? 0 : 100 * static_cast<double>(now) / total, 1)};
    if (cached) row.push_back(GroupedText(without));
    row.emplace_back(meaning);
    rows.push_back(std::move(row));
  };
  for (const StateWords& s : kStates) {
    add(Name(s.state), CyclesIn(report.served->total, s.state), CyclesIn(report.uncached->total, s.state),
        s.meaning);
  }
  add("total", report.served->cycles.value(), report.uncached->cycles.value(), "");
  PrintTextTable(rows, cached ? "lrrrl" : "lrrl", "  ", "  ", out);
}

const std::vector<Op>& OpsOf(const ExplainReport& report) {
  return report.net->subnets[static_cast<std::size_t>(report.query->record.choice.subnet)].ops;
}

std::int64_t SavedIn(const ExplainReport& report, std::size_t layer) {
  return (report.uncached->layers[layer].cycles - report.served->layers[layer].cycles).value();
}

// All, or the five that caching saves most in; with nothing cached those that wait longest for weights.
std::vector<std::size_t> ShownLayers(const ExplainReport& report) {
  std::vector<std::size_t> layers(report.served->layers.size());
  std::iota(layers.begin(), layers.end(), std::size_t{0});
  if (report.all_layers || layers.size() <= kShown) return layers;
  const bool cached = report.query->record.cached != kEmptySubGraphId;
  const auto weight = [&](std::size_t i) {
    return cached ? SavedIn(report, i) : CyclesIn(report.served->layers[i].counters, DpeState::kWaitWeights);
  };
  std::stable_sort(layers.begin(), layers.end(),
                   [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  layers.resize(kShown);
  return layers;
}

// The first column takes what the others leave of a line.
void PrintNarrow(std::vector<TextRow> rows, std::ostream& out) {
  std::size_t others = 2;
  for (std::size_t c = 1; c < rows.front().size(); ++c) {
    std::size_t width = 0;
    for (const TextRow& row : rows) width = std::max(width, row[c].size());
    others += 2 + width;
  }
  for (TextRow& row : rows) row[0] = ClipFront(row[0], kTextWidth - std::min(others, kTextWidth - 8));
  PrintTextTable(rows, "lr", "  ", "  ", out);
}

void PrintBytes(const ExplainReport& report, const std::vector<std::size_t>& layers, std::ostream& out) {
  const bool cached = report.query->record.cached != kEmptySubGraphId;
  std::vector<TextRow> rows{{"layer", "cycles"}};
  if (cached) rows[0].emplace_back("saved");
  rows[0].insert(rows[0].end(), {"waited", "DRAM KiB"});
  if (cached) rows[0].emplace_back("PB KiB");
  rows[0].emplace_back("bound by");
  const auto add = [&](const std::string& name, Cycles now, Cycles without, const Counters& c) {
    TextRow row{name, GroupedText(now.value())};
    if (cached) row.push_back(GroupedText((without - now).value()));
    row.push_back(GroupedText(CyclesIn(c, DpeState::kWaitWeights)));
    row.push_back(KiBText(c.TrafficBytes()));
    if (cached) row.push_back(KiBText(c.pb_hit_bytes));
    row.emplace_back(BoundOf(c));
    rows.push_back(std::move(row));
  };
  for (const std::size_t i : layers) {
    const LayerResult& layer = report.served->layers[i];
    add(OpsOf(report)[i].name, layer.cycles, report.uncached->layers[i].cycles, layer.counters);
  }
  add("all layers", report.served->cycles, report.uncached->cycles, report.served->total);
  PrintNarrow(std::move(rows), out);
}

void PrintLayerStates(const ExplainReport& report, std::ostream& out) {
  std::vector<const StateWords*> shown;
  for (const StateWords& s : kStates) {
    if (CyclesIn(report.served->total, s.state) > 0) shown.push_back(&s);
  }
  std::vector<TextRow> rows{{"layer, cycles in"}};
  for (const StateWords* s : shown) rows[0].emplace_back(s->head);
  const auto add = [&](const std::string& name, const Counters& counters) {
    TextRow row{name};
    for (const StateWords* s : shown) row.push_back(std::to_string(CyclesIn(counters, s->state)));
    rows.push_back(std::move(row));
  };
  for (std::size_t i = 0; i < report.served->layers.size(); ++i) {
    add(OpsOf(report)[i].name, report.served->layers[i].counters);
  }
  add("all layers", report.served->total);
  PrintNarrow(std::move(rows), out);
}

void PrintBounds(const ExplainReport& report, std::ostream& out) {
  std::vector<std::pair<std::string, int>> bounds;
  for (const LayerResult& layer : report.served->layers) {
    const std::string bound = BoundOf(layer.counters);
    const auto found =
        std::find_if(bounds.begin(), bounds.end(), [&](const auto& b) { return b.first == bound; });
    if (found == bounds.end()) {
      bounds.emplace_back(bound, 1);
    } else {
      ++found->second;
    }
  }
  std::stable_sort(bounds.begin(), bounds.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = std::string(
                         "A layer is bound by what takes most of its cycles, fill counted as compute. The "
                         "whole is bound by ") +
                     BoundOf(report.served->total) + "; of the layers";
  for (const auto& [bound, count] : bounds) text += " " + std::to_string(count) + " by " + bound + ",";
  text.back() = '.';
  PrintParagraph(text, out);
}

}  // namespace

void PrintLayers(const ExplainReport& report, std::ostream& out) {
  const bool cached = report.query->record.cached != kEmptySubGraphId;
  PrintHeading("Where the time went", out);
  PrintParagraph("In each of the " + GroupedText(report.served->cycles.value()) + " cycles (at " +
                     std::to_string(report.hardware->accel.clock_mhz) +
                     " MHz) the DPE array, which computes the convolutions, is in one state "
                     "(docs/timing-model.md, A unit)" +
                     (cached ? "; uncached is the same SubNet with nothing in the PB:" : ":"),
                 out);
  out << '\n';
  PrintStates(report, out);
  out << '\n';
  PrintBounds(report, out);
  const std::vector<std::size_t> layers = ShownLayers(report);
  std::string intro = "By layer, with the cycles it waited for weights:";
  if (layers.size() < report.served->layers.size()) {
    intro = std::string("The layers ") +
            (cached ? "in which caching saved most" : "that waited longest for weights") +
            " (all with --layers), with the cycles they waited for weights:";
  }
  PrintParagraph(intro, out);
  out << '\n';
  PrintBytes(report, layers, out);
  if (!report.all_layers) return;
  out << '\n';
  PrintLayerStates(report, out);
}

void PrintExplanation(const ExplainReport& report, std::ostream& out) {
  if (report.query) {
    out << "Query " << report.query->record.query.id;
  } else {
    out << "After query " << *report.decision->after;
  }
  out << " of " << Clip(report.trace, 24) << ", " << report.policy << ", caching " << report.caching << '\n'
      << Clip(report.net->name, 24) << " on " << Clip(report.hardware->device.name, 32) << ", PB "
      << report.hardware->accel.pb.capacity_kib << " KiB\n";
  if (report.query) PrintChoice(report, out);
  PrintDecision(report, out);
  if (!report.query) return;
  PrintSavings(report, out);
  PrintLayers(report, out);
}

}  // namespace sushi::report
