#include "sushi/check/check_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "sushi/formats/number.hpp"
#include "sushi/formats/one_line.hpp"

namespace sushi::check {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestCell = 24, kLongestText = 200, kShownHash = 9;

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), StartsCharacter));
}

std::string Cut(const std::string& text, std::size_t width) {
  if (Width(text) <= width) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    if (StartsCharacter(text[end]) && seen++ == width - 1) break;
  }
  return text.substr(0, end) + "…";
}

std::string WithoutZeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

// Fixed for the usual sizes, else with an exponent; integers as they are.
std::string NumberText(const Value& value, int digits) {
  const auto* real = std::get_if<double>(&value);
  if (real == nullptr) return Text(value);
  const double magnitude = std::abs(*real);
  if (magnitude != 0 && (magnitude < 1e-3 || magnitude >= 1e12)) {
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*g", digits, *real);
    return buffer.data();
  }
  const int before = magnitude < 1 ? 1 : static_cast<int>(std::log10(magnitude)) + 1;
  return WithoutZeros(FixedText(*real, std::max(0, digits - before)));
}

constexpr int kFewestDigits = 6, kMostDigits = 17;

std::string ValueText(const std::optional<Value>& value, const std::optional<Value>& other,
                      std::size_t longest) {
  if (!value) return "-";
  if (!IsNumber(*value)) return Cut(OneLine(Text(*value)), longest);
  for (int digits = kFewestDigits; digits < kMostDigits; ++digits) {
    std::string text = NumberText(*value, digits);
    const bool apart =
        !other || !IsNumber(*other) || Same(*value, *other) || NumberText(*other, digits) != text;
    if (apart) return text;
  }
  return Text(*value);
}

std::string ChangeText(const MetricCheck& check) {
  if (check.move == Move::kMissing) return "gone";
  if (check.move == Move::kNew) return "new";
  if (check.move == Move::kNone) return "-";
  if (!check.change_percent) {
    const bool numbers = IsNumber(*check.baseline) && IsNumber(*check.result);
    return numbers && Number(*check.baseline) == 0 ? "from 0" : "changed";
  }
  const double percent = *check.change_percent;
  const double size = std::abs(percent);
  std::array<char, 32> buffer{};
  const char* format = size >= 1e6 || size < 0.005 ? "%+.2e %%" : "%+.2f %%";
  std::snprintf(buffer.data(), buffer.size(), format, percent);
  return buffer.data();
}

std::string ToleranceText(const Tolerance& tolerance) {
  if (std::isinf(tolerance.percent)) return "any";
  return tolerance.percent == 0 ? "exact" : tolerance.text + " %";
}

std::string VerdictText(const MetricCheck& check) {
  if (check.failed) return "FAIL";
  return check.move == Move::kNew ? "new" : "ok";
}

CheckTexts Texts(const MetricCheck& check, std::size_t longest) {
  return {VerdictText(check), ValueText(check.baseline, check.result, longest),
          ValueText(check.result, check.baseline, longest), ChangeText(check),
          ToleranceText(check.tolerance)};
}

Json JsonOf(const std::optional<Value>& value) {
  if (!value) return nullptr;
  return std::visit(
      [](const auto& held) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return nullptr;
        } else {
          return held;
        }
      },
      *value);
}

const char* Name(Move move) {
  switch (move) {
    case Move::kMoved:
      return "moved";
    case Move::kMissing:
      return "missing";
    case Move::kNew:
      return "new";
    case Move::kNone:
      break;
  }
  return "same";
}

Json MetricJson(const MetricCheck& check) {
  Json json;
  json["metric"] = check.key;
  json["baseline"] = JsonOf(check.baseline);
  json["result"] = JsonOf(check.result);
  json["change_percent"] = check.change_percent ? Json(*check.change_percent) : Json();
  const bool judged = !std::isinf(check.tolerance.percent);
  json["tolerance_percent"] = judged ? Json(static_cast<double>(check.tolerance.percent)) : Json();
  json["move"] = Name(check.move);
  json["failed"] = check.failed;
  return json;
}

void PrintRow(const CheckTexts& texts, const std::string& metric, const std::array<std::size_t, 4>& widths,
              std::ostream& out) {
  const auto left = [](const std::string& text, std::size_t width) {
    return std::string(width > Width(text) ? width - Width(text) : 0, ' ') + text;
  };
  out << texts.verdict << std::string(6 - texts.verdict.size(), ' ') << left(texts.baseline, widths[0])
      << "  " << left(texts.result, widths[1]) << "  " << left(texts.change, widths[2]) << "  "
      << left(texts.tolerance, widths[3]) << "  " << metric << '\n';
}

}  // namespace

CheckTexts TextsOf(const MetricCheck& check) { return Texts(check, kLongestCell); }

std::string Sentence(const MetricCheck& check) {
  const CheckTexts texts = Texts(check, kLongestText);
  if (check.move == Move::kNew) return texts.result + ", not in the baseline";
  if (check.move == Move::kMissing) return "gone; " + texts.baseline + " in the baseline";
  return texts.baseline + " -> " + texts.result + ", " + texts.change + ", tolerance " +
         (check.tolerance.percent == 0 ? "0 %" : texts.tolerance);
}

std::string Sentence(const IdentityCheck& check) {
  const auto text = [](const std::optional<Value>& value) {
    return value ? Cut(OneLine(Text(*value)), kShownHash) : std::string("none");
  };
  if (!check.different) return "the same";
  return "another " + check.part + " (" + text(check.baseline) + " -> " + text(check.result) + ")" +
         (check.allowed ? ", allowed" : "; is that meant? --allow " + check.part);
}

std::string Headline(const Comparison& comparison) {
  const auto failed =
      static_cast<std::size_t>(std::count_if(comparison.metrics.begin(), comparison.metrics.end(),
                                             [](const MetricCheck& check) { return check.failed; }));
  const std::size_t parts = comparison.Failed() - failed;
  std::string text = std::to_string(failed) + " of " + std::to_string(comparison.metrics.size()) +
                     " metrics out of tolerance";
  if (parts > 0) text += ", another identity";
  return text;
}

void PrintCheck(const Comparison& comparison, bool all, std::ostream& out) {
  for (const IdentityCheck& part : comparison.identity) {
    if (part.different) out << (part.Failed() ? "FAIL  " : "ok    ") << OneLine(Sentence(part)) << '\n';
  }
  CheckTexts head{"", "baseline", "result", "change", "allowed"};
  std::vector<std::pair<CheckTexts, std::string>> rows;
  std::array<std::size_t, 4> widths{8, 6, 6, 7};
  for (const MetricCheck& check : comparison.metrics) {
    if (!all && check.move == Move::kNone) continue;
    CheckTexts texts = TextsOf(check);
    widths = {std::max(widths[0], Width(texts.baseline)), std::max(widths[1], Width(texts.result)),
              std::max(widths[2], Width(texts.change)), std::max(widths[3], Width(texts.tolerance))};
    rows.emplace_back(std::move(texts), OneLine(check.key));
  }
  if (!rows.empty()) PrintRow(head, "metric", widths, out);
  for (const auto& [texts, key] : rows) PrintRow(texts, key, widths, out);
  const std::size_t moved = comparison.Count(Move::kMoved);
  out << Headline(comparison) << "; " << moved << " moved, " << comparison.Count(Move::kMissing)
      << " missing, " << comparison.Count(Move::kNew) << " new\n";
}

Json CheckJson(const Comparison& comparison, bool all) {
  Json json;
  json["passed"] = comparison.Failed() == 0;
  json["baseline"] = comparison.baseline_path;
  json["result"] = comparison.result_path;
  Json identity = Json::array();
  for (const IdentityCheck& part : comparison.identity) {
    if (!part.different) continue;
    identity.push_back({{"part", part.part},
                        {"baseline", JsonOf(part.baseline)},
                        {"result", JsonOf(part.result)},
                        {"allowed", part.allowed}});
  }
  json["identity"] = identity;
  json["compared"] = comparison.metrics.size();
  Json metrics = Json::array();
  for (const MetricCheck& check : comparison.metrics) {
    if (all || check.move != Move::kNone) metrics.push_back(MetricJson(check));
  }
  json["metrics"] = metrics;
  return json;
}

}  // namespace sushi::check
