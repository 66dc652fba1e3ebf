// A run's summary against a baseline: what moved, by how much, and whether that is allowed (docs/ci.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sushi/check/summary.hpp"

namespace sushi::check {

// How far a number may move, in percent of the baseline's magnitude. 0: not at all. Infinite: the metric is
// not judged, whatever it becomes and also when it is gone.
struct Tolerance {
  long double percent = 0;
  std::string text = "0";
};

struct ToleranceRule {
  std::string text;     // as given
  std::string pattern;  // of keys; `*` stands for any characters, dots too
  Tolerance tolerance;
};

// "PATTERN=PERCENT", with or without a % behind; PERCENT is a number from 0 or `inf`. UserError otherwise.
ToleranceRule ParseToleranceRule(const std::string& text);

// Whether `pattern` is the key, or a section that the key is in.
bool Matches(const std::string& pattern, const std::string& key);

// " (did you mean 'KEY'?)" with the key nearest to a pattern that matches none, `*` counting as what it
// stands for;
// "" when none is near.
std::string DidYouMeanKey(const std::string& pattern, const std::vector<std::string>& keys);

// Whether the move is allowed. A limit met exactly is, as the decimals of the files say it. From 0 to
// anything else is beyond every finite percentage; so is what is no number on both sides and not the same.
bool Within(const Value& baseline, const Value& result, const Tolerance& tolerance);

enum class Move { kNone, kMoved, kMissing, kNew };

struct MetricCheck {
  std::string key;
  std::optional<Value> baseline, result;
  std::optional<double> change_percent;  // of the baseline's magnitude; none from 0 or without two numbers
  Tolerance tolerance;
  Move move = Move::kNone;
  bool failed = false;
};

// Of the inputs that the two summaries name.
struct IdentityCheck {
  std::string part;
  std::optional<Value> baseline, result;
  bool different = false, allowed = false;
  bool Failed() const { return different && !allowed; }
};

struct Comparison {
  std::string baseline_path, result_path;
  std::vector<IdentityCheck> identity;  // the parts that count
  std::vector<MetricCheck>
      metrics;                 // failed ones first, then by how far they moved, then in the file's order
  std::size_t Failed() const;  // metrics and parts of the identity
  std::size_t Count(Move move) const;
};

// Of two rules that match a metric the later one holds; without one, tolerance 0. `allowed` names parts of
// the identity that may differ. The hash `configuration` covers the other inputs, so it counts only where
// they (hardware, model, trace) are the same. UserError for results of which only one is a serving system's,
// for a rule that matches no metric of either side and for an unknown part, with the nearest name.
Comparison Compare(const Summary& baseline, const Summary& result, const std::vector<ToleranceRule>& rules,
                   const std::vector<std::string>& allowed);

}  // namespace sushi::check
