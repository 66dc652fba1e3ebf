#include "sushi/sweep/best.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "sushi/core/error.hpp"
#include "sushi/sweep/record.hpp"

namespace sushi::sweep {
namespace {

// Holds every std::int64_t (picoseconds, bytes) exactly where it has 64 bits of mantissa.
using Number = long double;

std::string Trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<Number> NumberOf(const std::string& text) {
  const char* const end = text.data() + text.size();
  std::int64_t integer = 0;
  const auto whole = std::from_chars(text.data(), end, integer);
  if (whole.ec == std::errc() && whole.ptr == end) return static_cast<Number>(integer);
  double real = 0;
  const auto parsed = std::from_chars(text.data(), end, real);
  if (parsed.ec != std::errc() || parsed.ptr != end || std::isnan(real)) return std::nullopt;
  return static_cast<Number>(real);
}

std::optional<Number> NumberOf(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return NumberOf(*text);
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return static_cast<Number>(*integer);
  const double real = std::get<double>(cell);
  return std::isnan(real) ? std::nullopt : std::optional<Number>(real);
}

// A column of metrics, or of axes.
struct Column {
  std::size_t place = 0;
  bool axis = false;
};

Column FindColumn(const SweepColumns& columns, const std::string& name) {
  std::vector<std::string> names = columns.metrics;
  names.insert(names.end(), columns.axes.begin(), columns.axes.end());
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw UserError("the sweep has no column '" + name.substr(0, 80) + "'" + DidYouMean(name, names));
  const auto place = static_cast<std::size_t>(found - names.begin());
  const bool axis = place >= columns.metrics.size();
  return {axis ? place - columns.metrics.size() : place, axis};
}

Cell CellOf(const Column& column, const std::vector<Cell>& metrics, const std::vector<std::string>& labels) {
  return column.axis ? Cell(labels[column.place]) : metrics[column.place];
}

using Relation = Condition::Relation;

bool Holds(Relation relation, Number left, Number right) {
  switch (relation) {
    case Relation::kLess:
      return left < right;
    case Relation::kLessEqual:
      return left <= right;
    case Relation::kEqual:
      return left == right;
    case Relation::kNotEqual:
      return left != right;
    case Relation::kGreaterEqual:
      return left >= right;
    case Relation::kGreater:
      return left > right;
  }
  return false;
}

bool Satisfies(const Cell& cell, const Condition& condition) {
  const std::optional<Number> left = NumberOf(cell), right = NumberOf(condition.value);
  if (left && right) return Holds(condition.relation, *left, *right);
  const bool equal = report::CellText(cell) == condition.value;
  if (condition.relation == Relation::kEqual) return equal;
  return condition.relation == Relation::kNotEqual && !equal;
}

struct Candidate {
  std::int64_t index = 0;
  std::vector<Number> costs;  // less is better
};

bool Dominates(const std::vector<Number>& a, const std::vector<Number>& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

// Sorted, nothing is dominated by what comes later; so each is compared with the front so far. Two objectives
// need one comparison a point, more O(points × front).
std::vector<Candidate> Front(std::vector<Candidate> candidates) {
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.costs != b.costs ? a.costs < b.costs : a.index < b.index;
  });
  std::vector<Candidate> front;
  for (Candidate& candidate : candidates) {
    const auto dominates = [&](const Candidate& other) { return Dominates(other.costs, candidate.costs); };
    const bool few = candidate.costs.size() <= 2;
    // With two objectives the last of the front has the least second cost.
    const bool dominated = few ? !front.empty() && dominates(front.back())
                               : std::any_of(front.rbegin(), front.rend(), dominates);
    if (!dominated) front.push_back(std::move(candidate));
  }
  return front;
}

class Search {
 public:
  Search(const SweepTable& table, const std::vector<Objective>& objectives,
         const std::vector<Condition>& conditions)
      : table_(table), objectives_(objectives), conditions_(conditions) {
    if (objectives.empty()) throw UserError("expected at least one objective");
    for (const Objective& objective : objectives) {
      objective_columns_.push_back(FindColumn(table.columns, objective.column));
      labels_needed_ = labels_needed_ || objective_columns_.back().axis;
    }
    for (const Condition& condition : conditions) {
      condition_columns_.push_back(FindColumn(table.columns, condition.column));
      labels_needed_ = labels_needed_ || condition_columns_.back().axis;
      const bool text = condition.relation == Relation::kEqual || condition.relation == Relation::kNotEqual;
      if (!text && !NumberOf(condition.value))
        throw UserError("condition on '" + condition.column + "': expected a number, found '" +
                        condition.value + "'");
    }
  }

  BestResult In(const RecordIndex& index) const {
    BestResult result;
    RecordReader reader(index);
    std::vector<Candidate> candidates;
    std::string no_number;  // of the last point that an objective has none of
    for (std::size_t i = 0; i < table_.ids.size(); ++i) {
      ++result.counts.points;
      const RecordPlace* const place = index.Find(table_.ids[i]);
      const bool done = place != nullptr && place->is_result != 0;
      ++(done ? result.counts.done : place == nullptr ? result.counts.missing : result.counts.failed);
      Candidate candidate{static_cast<std::int64_t>(i), {}};
      if (done && Consider(ReadMetrics(reader.Line(*place)), &candidate, &no_number))
        candidates.push_back(std::move(candidate));
    }
    if (candidates.empty() && !no_number.empty()) throw UserError(no_number);
    result.considered = static_cast<std::int64_t>(candidates.size());
    for (const Candidate& best : Front(std::move(candidates))) {
      const PointId& id = table_.ids[static_cast<std::size_t>(best.index)];
      result.front.push_back(
          {best.index, id, table_.labels(best.index), ReadMetrics(reader.Line(*index.Find(id)))});
    }
    return result;
  }

 private:
  bool Consider(const std::vector<Cell>& metrics, Candidate* candidate, std::string* no_number) const {
    if (metrics.size() != table_.columns.metrics.size())
      throw InternalError("point " + table_.ids[static_cast<std::size_t>(candidate->index)].Hex() +
                          " does not have the sweep's columns");
    const auto labels = labels_needed_ ? table_.labels(candidate->index) : std::vector<std::string>();
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
      if (!Satisfies(CellOf(condition_columns_[i], metrics, labels), conditions_[i])) return false;
    }
    for (std::size_t i = 0; i < objectives_.size(); ++i) {
      const Cell cell = CellOf(objective_columns_[i], metrics, labels);
      const auto value = NumberOf(cell);
      if (!value) {
        if (const auto* text = std::get_if<std::string>(&cell))
          *no_number = "objective '" + objectives_[i].column + "': expected numbers, found '" + *text + "'";
        return false;
      }
      candidate->costs.push_back(objectives_[i].maximise ? -*value : *value);
    }
    return true;
  }

  const SweepTable& table_;
  const std::vector<Objective>& objectives_;
  const std::vector<Condition>& conditions_;
  std::vector<Column> objective_columns_, condition_columns_;
  bool labels_needed_ = false;  // they cost the resolution of a point
};

}  // namespace

Objective Objective::Parse(const std::string& text) {
  const std::string trimmed = Trimmed(text);
  const bool named = trimmed.rfind("min:", 0) == 0 || trimmed.rfind("max:", 0) == 0;
  const Objective objective{Trimmed(named ? trimmed.substr(4) : trimmed), trimmed.rfind("max:", 0) == 0};
  if (objective.column.empty()) throw UserError("expected min:COLUMN or max:COLUMN, found '" + text + "'");
  return objective;
}

Condition Condition::Parse(const std::string& text) {
  const std::size_t at = text.find_first_of("<>=!");
  const std::size_t length = at != std::string::npos && at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1;
  const std::string sign = at == std::string::npos ? "" : text.substr(at, length);
  static const std::vector<std::pair<std::string, Relation>> kRelations = {
      {"<", Relation::kLess},      {"<=", Relation::kLessEqual},    {"==", Relation::kEqual},
      {"!=", Relation::kNotEqual}, {">=", Relation::kGreaterEqual}, {">", Relation::kGreater}};
  const auto found = std::find_if(kRelations.begin(), kRelations.end(),
                                  [&](const auto& known) { return known.first == sign; });
  Condition condition;
  if (found != kRelations.end()) {
    condition = {Trimmed(text.substr(0, at)), found->second, Trimmed(text.substr(at + length))};
  }
  std::string& value = condition.value;  // a text may be quoted, as in constraints
  if (value.size() > 1 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  if (condition.column.empty() || condition.value.empty())
    throw UserError("expected COLUMN <= VALUE (or <, >=, >, ==, !=), found '" + text + "'");
  return condition;
}

BestResult Best(const Store& store, const SweepTable& table, const std::vector<Objective>& objectives,
                const std::vector<Condition>& conditions) {
  const Search search(table, objectives, conditions);
  BestResult result;
  WithIndex(store, [&](const RecordIndex& index) { result = search.In(index); });
  return result;
}

}  // namespace sushi::sweep
