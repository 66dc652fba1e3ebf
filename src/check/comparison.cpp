#include "sushi/check/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "sushi/core/error.hpp"

namespace sushi::check {
namespace {

// In the baseline's order, then what only the result has, in the result's.
struct Pair {
  std::string key;
  const Value* baseline = nullptr;
  const Value* result = nullptr;
};

std::vector<Pair> Pairs(const std::vector<Metric>& baseline, const std::vector<Metric>& result) {
  std::vector<Pair> pairs;
  std::map<std::string, std::size_t> places;
  pairs.reserve(baseline.size() + result.size());
  for (const Metric& metric : baseline) {
    places[metric.key] = pairs.size();
    pairs.push_back({metric.key, &metric.value, nullptr});
  }
  for (const Metric& metric : result) {
    const auto place = places.find(metric.key);
    if (place == places.end()) {
      pairs.push_back({metric.key, nullptr, &metric.value});
    } else {
      pairs[place->second].result = &metric.value;
    }
  }
  return pairs;
}

std::optional<Value> Held(const Value* value) {
  return value == nullptr ? std::nullopt : std::optional<Value>(*value);
}

std::optional<double> ChangePercent(const Value& baseline, const Value& result) {
  if (!IsNumber(baseline) || !IsNumber(result)) return std::nullopt;
  const long double from = Number(baseline), to = Number(result);
  if (from == to) return 0.0;
  if (from == 0) return std::nullopt;
  const long double percent = 100 * (to - from) / std::abs(from);
  if (std::abs(percent) > std::numeric_limits<double>::max()) return std::nullopt;
  return static_cast<double>(percent);
}

MetricCheck CheckMetric(const Pair& pair, const Tolerance& tolerance) {
  MetricCheck check{pair.key, Held(pair.baseline), Held(pair.result), std::nullopt, tolerance, Move::kNone,
                    false};
  if (pair.result == nullptr) {
    check.move = Move::kMissing;
    check.failed = !std::isinf(tolerance.percent);
  } else if (pair.baseline == nullptr) {
    check.move = Move::kNew;
  } else {
    check.move = Same(*pair.baseline, *pair.result) ? Move::kNone : Move::kMoved;
    check.change_percent = ChangePercent(*pair.baseline, *pair.result);
    check.failed = !Within(*pair.baseline, *pair.result, tolerance);
  }
  return check;
}

double Distance(const MetricCheck& check) {
  switch (check.move) {
    case Move::kMoved:
    case Move::kMissing:
      return check.change_percent ? std::abs(*check.change_percent) : std::numeric_limits<double>::infinity();
    case Move::kNew:
      return 0;
    case Move::kNone:
      break;
  }
  return -1;
}

// Names a user can have meant by a pattern: keys and the sections they are in.
std::vector<std::string> KnownNames(const std::vector<Pair>& pairs) {
  std::set<std::string> names;
  for (const Pair& pair : pairs) {
    for (std::size_t dot = pair.key.find('.'); dot != std::string::npos; dot = pair.key.find('.', dot + 1)) {
      names.insert(pair.key.substr(0, dot));
    }
    names.insert(pair.key);
  }
  return {names.begin(), names.end()};
}

void RequireMatches(const std::vector<ToleranceRule>& rules, const std::vector<Pair>& pairs) {
  for (const ToleranceRule& rule : rules) {
    const auto matched = [&](const Pair& pair) { return Matches(rule.pattern, pair.key); };
    if (std::any_of(pairs.begin(), pairs.end(), matched)) continue;
    throw UserError("--tol " + rule.text.substr(0, 100) + ": matches no metric of either file" +
                    DidYouMeanKey(rule.pattern, KnownNames(pairs)));
  }
}

bool IsInput(const std::string& part) { return part == "hardware" || part == "model" || part == "trace"; }

std::vector<IdentityCheck> CheckIdentity(const Summary& baseline, const Summary& result,
                                         const std::vector<std::string>& allowed) {
  const std::vector<Pair> pairs = Pairs(baseline.identity, result.identity);
  std::vector<std::string> parts;
  parts.reserve(pairs.size());
  for (const Pair& pair : pairs) parts.push_back(pair.key);
  for (const std::string& part : allowed) {
    if (std::find(parts.begin(), parts.end(), part) != parts.end()) continue;
    std::string known;
    for (const std::string& name : parts) known += (known.empty() ? "" : ", ") + name;
    throw UserError("--allow: no part '" + part.substr(0, 60) + "' of the identity" +
                    DidYouMean(part, parts) + ", expected " + known);
  }
  std::vector<IdentityCheck> checks;
  checks.reserve(pairs.size());
  bool other_input = false;
  for (const Pair& pair : pairs) {
    IdentityCheck check{pair.key, Held(pair.baseline), Held(pair.result), false, false};
    check.different =
        pair.baseline == nullptr || pair.result == nullptr || !Same(*pair.baseline, *pair.result);
    check.allowed = std::find(allowed.begin(), allowed.end(), pair.key) != allowed.end();
    other_input = other_input || (check.different && IsInput(pair.key));
    checks.push_back(check);
  }
  if (other_input) {
    const auto implied = [](const IdentityCheck& check) { return check.part == "configuration"; };
    checks.erase(std::remove_if(checks.begin(), checks.end(), implied), checks.end());
  }
  return checks;
}

// Every run of a stream has a policy, every run of a serving system an engine.
const char* KindOf(const Summary& summary) {
  for (const Metric& metric : summary.metrics) {
    if (metric.key == "policy") return "one stream";
    if (metric.key == "engine") return "a serving system";
  }
  return nullptr;
}

void RequireSameKind(const Summary& baseline, const Summary& result) {
  const char* const was = KindOf(baseline);
  const char* const now = KindOf(result);
  if (was == nullptr || now == nullptr || std::string(was) == now) return;
  throw UserError({result.path, 0}, "",
                  "is of " + std::string(now) + ", the baseline " + baseline.path + " of " + was +
                      ": they have no metrics in common");
}

}  // namespace

std::size_t Comparison::Failed() const {
  const auto metric = [](const MetricCheck& check) { return check.failed; };
  const auto part = [](const IdentityCheck& check) { return check.Failed(); };
  return static_cast<std::size_t>(std::count_if(metrics.begin(), metrics.end(), metric) +
                                  std::count_if(identity.begin(), identity.end(), part));
}

std::size_t Comparison::Count(Move move) const {
  const auto counted = [move](const MetricCheck& check) { return check.move == move; };
  return static_cast<std::size_t>(std::count_if(metrics.begin(), metrics.end(), counted));
}

Comparison Compare(const Summary& baseline, const Summary& result, const std::vector<ToleranceRule>& rules,
                   const std::vector<std::string>& allowed) {
  RequireSameKind(baseline, result);
  Comparison comparison;
  comparison.baseline_path = baseline.path;
  comparison.result_path = result.path;
  comparison.identity = CheckIdentity(baseline, result, allowed);
  const std::vector<Pair> pairs = Pairs(baseline.metrics, result.metrics);
  RequireMatches(rules, pairs);
  comparison.metrics.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    const auto rule = std::find_if(rules.rbegin(), rules.rend(), [&](const ToleranceRule& candidate) {
      return Matches(candidate.pattern, pair.key);
    });
    comparison.metrics.push_back(CheckMetric(pair, rule == rules.rend() ? Tolerance() : rule->tolerance));
  }
  std::stable_sort(
      comparison.metrics.begin(), comparison.metrics.end(), [](const MetricCheck& a, const MetricCheck& b) {
        return std::make_tuple(!a.failed, -Distance(a)) < std::make_tuple(!b.failed, -Distance(b));
      });
  return comparison;
}

}  // namespace sushi::check
