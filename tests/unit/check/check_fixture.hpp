// Small summaries for the tests of `sushisim check`.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sushi/check/comparison.hpp"
#include "sushi/core/error.hpp"

namespace sushi::check {

inline const std::string kSameIdentity =
    R"("timing_model_version": 2, "configuration": "c", "hardware": "h", "model": "m", "trace": "t")";

// A summary.json with these members beside version and identity.
inline std::string SummaryText(const std::string& members, const std::string& identity = kSameIdentity) {
  return R"({"schema_version": 1, "identity": {)" + identity + "}" + (members.empty() ? "" : ", ") + members +
         "}";
}

inline Comparison CompareTexts(const std::string& baseline, const std::string& result,
                               const std::vector<std::string>& rules = {},
                               const std::vector<std::string>& allowed = {}) {
  std::vector<ToleranceRule> parsed;
  for (const std::string& rule : rules) parsed.push_back(ParseToleranceRule(rule));
  return Compare(ParseSummary("golden.json", baseline), ParseSummary("result.json", result), parsed, allowed);
}

inline Comparison CompareMembers(const std::string& baseline, const std::string& result,
                                 const std::vector<std::string>& rules = {}) {
  return CompareTexts(SummaryText(baseline), SummaryText(result), rules);
}

inline const MetricCheck& Find(const Comparison& comparison, const std::string& key) {
  for (const MetricCheck& check : comparison.metrics) {
    if (check.key == key) return check;
  }
  throw InternalError("no metric " + key);
}

// The message of the UserError that `action` ends with.
template <typename Action>
std::string Refusal(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "not refused";
}

}  // namespace sushi::check
