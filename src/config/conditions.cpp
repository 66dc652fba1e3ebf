// Dělen's conditions: METRIC <= NUMBER or METRIC >= NUMBER; `and` within a group, `or` between groups.
#include <algorithm>
#include <limits>

#include "model_readers.hpp"
#include "section_keys.hpp"
#include "serving_sections.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::config {
namespace {

using Metric = Condition::Metric;
using Relation = Condition::Relation;

constexpr double kMaxThreshold = 1e12;

std::string Trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

const std::string& MetricName(Metric metric) {
  return keys::kConditionMetrics[static_cast<std::size_t>(metric)];
}

Metric MetricOf(const std::string& name, const SourceMark& mark, const std::string& path) {
  const keys::Keys& names = keys::kConditionMetrics;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<Metric>(found - names.begin());
  throw UserError(mark, path,
                  "unknown metric '" + name.substr(0, 60) +
                      "', expected one of response_us, accuracy_percent, energy_uj, mmacs" +
                      DidYouMean(name, names));
}

// What no served request can fulfil. Time, energy and work are above 0 for all of them.
void RefuseImpossible(const Condition& condition, const SourceMark& mark, const std::string& path) {
  const bool least = condition.relation == Relation::kAtLeast;
  const bool accuracy = condition.metric == Metric::kAccuracy;
  const bool never = accuracy ? least && condition.threshold > 100 : !least && condition.threshold <= 0;
  if (never) throw UserError(mark, path, "'" + ConditionText(condition) + "' can never hold");
}

Condition ReadCondition(const Node& node, const std::string& path) {
  const std::string text = AsString(node, path);
  const std::size_t at = text.find_first_of("<>=");
  const std::string sign = at == std::string::npos ? "" : text.substr(at, 2);
  if (sign != "<=" && sign != ">=") {
    throw UserError(node.mark, path,
                    "expected METRIC <= NUMBER or METRIC >= NUMBER, got '" + text.substr(0, 60) + "'");
  }
  Condition condition;
  condition.metric = MetricOf(Trimmed(text.substr(0, at)), node.mark, path);
  condition.relation = sign == "<=" ? Relation::kAtMost : Relation::kAtLeast;
  Node number;
  number.kind = Node::Kind::kScalar;
  number.mark = node.mark;
  number.scalar = Trimmed(text.substr(at + 2));
  condition.threshold = AsReal(number, path, 0, kMaxThreshold);
  RefuseImpossible(condition, node.mark, path);
  return condition;
}

void RefuseContradiction(const std::vector<Condition>& group, const SourceMark& mark,
                         const std::string& path) {
  for (const Condition& least : group) {
    for (const Condition& most : group) {
      if (least.metric != most.metric || least.relation != Relation::kAtLeast ||
          most.relation != Relation::kAtMost || least.threshold <= most.threshold) {
        continue;
      }
      throw UserError(
          mark, path,
          "'" + ConditionText(least) + "' and '" + ConditionText(most) + "' can never hold together");
    }
  }
}

void RequireSize(const Node& node, std::size_t most, const std::string& what, const std::string& path) {
  RequireKind(node, Node::Kind::kSequence, path);
  if (!node.items.empty() && node.items.size() <= most) return;
  throw UserError(
      node.mark, path,
      "expected 1 to " + std::to_string(most) + " " + what + ", found " + std::to_string(node.items.size()));
}

}  // namespace

std::string ConditionText(const Condition& condition) {
  return MetricName(condition.metric) + (condition.relation == Relation::kAtMost ? " <= " : " >= ") +
         RealText(condition.threshold);
}

Conditions ReadConditions(const Node& node, const std::string& path) {
  RequireSize(node, kMaxConditions, "groups", path);
  Conditions conditions;
  conditions.reserve(node.items.size());
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Node& list = node.items[i];
    const std::string group_path = At(path, i);
    RequireSize(list, kMaxConditions, "conditions", group_path);
    std::vector<Condition> group;
    group.reserve(list.items.size());
    for (std::size_t j = 0; j < list.items.size(); ++j) {
      group.push_back(ReadCondition(list.items[j], At(group_path, j)));
    }
    RefuseContradiction(group, list.mark, group_path);
    conditions.push_back(std::move(group));
  }
  return conditions;
}

}  // namespace sushi::config
