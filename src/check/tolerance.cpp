#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "sushi/check/comparison.hpp"
#include "sushi/core/error.hpp"

namespace sushi::check {
namespace {

constexpr std::size_t kShown = 100, kLongestMisspelt = 256;

Tolerance ParsePercent(const std::string& rule, std::string text) {
  if (!text.empty() && text.back() == '%') text.pop_back();
  if (text == "inf") return {std::numeric_limits<long double>::infinity(), text};
  long double percent = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, percent);
  const bool number = error == std::errc() && stop == end && std::isfinite(percent);
  if (!number || std::signbit(percent)) {
    throw UserError("--tol " + rule.substr(0, kShown) +
                    ": expected PATTERN=PERCENT with a number from 0, or inf, found '" +
                    text.substr(0, kShown) + "'");
  }
  return {percent, text};
}

// `*` in `pattern` is any text. Iterative, so that no pattern takes more than |pattern|·|text| steps.
bool Glob(const std::string& pattern, const std::string& text) {
  std::size_t p = 0, t = 0, star = std::string::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string::npos;
}

// Fewest letters to put in, leave out or change until the pattern matches.
std::size_t GlobDistance(const std::string& pattern, const std::string& text) {
  std::vector<std::size_t> row(text.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char c : pattern) {
    std::size_t diagonal = row[0];
    if (c != '*') ++row[0];
    for (std::size_t i = 1; i < row.size(); ++i) {
      const std::size_t above = row[i];
      row[i] = c == '*' ? std::min(above, row[i - 1])
                        : std::min({above + 1, row[i - 1] + 1, diagonal + (c == text[i - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string DidYouMeanKey(const std::string& pattern, const std::vector<std::string>& keys) {
  const auto letters =
      pattern.size() - static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*'));
  if (pattern.size() > kLongestMisspelt || letters == 0) return "";
  const std::string* nearest = nullptr;
  std::size_t least = letters / 3 + 1;
  for (const std::string& key : keys) {
    const std::size_t distance = GlobDistance(pattern, key);
    if (distance >= least) continue;
    least = distance;
    nearest = &key;
  }
  return nearest == nullptr ? "" : " (did you mean '" + *nearest + "'?)";
}

ToleranceRule ParseToleranceRule(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    throw UserError("--tol " + text.substr(0, kShown) +
                    ": expected PATTERN=PERCENT, e.g. latency.*.p99_us=0.5 or energy_pj=1");
  }
  return {text, text.substr(0, equals), ParsePercent(text, text.substr(equals + 1))};
}

bool Matches(const std::string& pattern, const std::string& key) {
  return Glob(pattern, key) || Glob(pattern + ".*", key);
}

bool Within(const Value& baseline, const Value& result, const Tolerance& tolerance) {
  if (Same(baseline, result) || std::isinf(tolerance.percent)) return true;
  if (tolerance.percent == 0 || !IsNumber(baseline) || !IsNumber(result)) return false;
  const long double from = Number(baseline), to = Number(result);
  if (from == 0) return false;
  const long double moved = 100 * std::abs(to - from);
  const long double limit = tolerance.percent * std::abs(from);
  // A decimal of the files is off by up to half a unit of the double that holds it, percentages and products
  // likewise; without this, 0.1 % of 81.65 would be a matter of luck.
  long double rounding = 4 * std::numeric_limits<long double>::epsilon() * limit;
  if (std::holds_alternative<double>(baseline) || std::holds_alternative<double>(result)) {
    rounding += 50 * std::numeric_limits<double>::epsilon() * (std::abs(from) + std::abs(to));
  }
  return moved <= limit + rounding;
}

}  // namespace sushi::check
