// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
#include <algorithm>
#include <cstdio>

#include "sushi/check/check_report.hpp"

namespace sushi::check {
namespace {

constexpr std::size_t kMostAnnotations = 10;
constexpr std::size_t kMostRows = 100;

std::string Escaped(const std::string& text, const char* special) {
  static const char kDigits[] = "0123456789ABCDEF";
  const std::string escaped = std::string("%\r\n") + special;
  std::string result;
  for (const char c : text) {
    if (escaped.find(c) == std::string::npos) {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += '%';
      result += kDigits[byte >> 4];
      result += kDigits[byte & 15];
    }
  }
  return result;
}

void PrintError(const std::string& file, const std::string& title, const std::string& message,
                std::ostream& out) {
  out << "::error file=" << Escaped(file, ":,") << ",title=" << Escaped(title, ":,")
      << "::" << Escaped(message, "") << '\n';
}

// Everything that Markdown or HTML could take for its own becomes a character reference.
std::string Markdown(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == 0x7f) {
      result += ' ';
    } else if (std::string("\\`*_{}[]<>()#+!|~&$:@").find(c) != std::string::npos) {
      result += "&#" + std::to_string(byte) + ";";
    } else {
      result += c;
    }
  }
  return result;
}

void AddTable(const Comparison& comparison, std::string& text) {
  std::size_t moved = 0;
  for (const MetricCheck& check : comparison.metrics) {
    if (check.move == Move::kNone) continue;
    if (moved++ == 0)
      text += "\n| | metric | baseline | result | change | allowed |\n|---|---|--:|--:|--:|--:|\n";
    if (moved > kMostRows) continue;
    const CheckTexts texts = TextsOf(check);
    text += "| " + texts.verdict + " | " + Markdown(check.key) + " | " + Markdown(texts.baseline) + " | " +
            Markdown(texts.result) + " | " + Markdown(texts.change) + " | " + Markdown(texts.tolerance) +
            " |\n";
  }
  if (moved > kMostRows) text += "\nand " + std::to_string(moved - kMostRows) + " more\n";
}

}  // namespace

void PrintAnnotations(const Comparison& comparison, std::ostream& out) {
  const std::size_t failed = comparison.Failed();
  const std::size_t shown = failed > kMostAnnotations ? kMostAnnotations - 1 : failed;
  std::size_t printed = 0;
  const auto print = [&](const std::string& title, const std::string& message) {
    if (printed++ < shown) PrintError(comparison.baseline_path, title, message, out);
  };
  for (const IdentityCheck& part : comparison.identity) {
    if (part.Failed()) print("sushisim check: " + part.part, Sentence(part));
  }
  for (const MetricCheck& check : comparison.metrics) {
    if (check.failed) print("sushisim check: " + check.key, Sentence(check));
  }
  if (failed > shown) {
    PrintError(comparison.baseline_path, "sushisim check",
               std::to_string(failed - shown) + " more; the log has them all", out);
  }
}

std::string StepSummary(const Comparison& comparison) {
  std::string text = "### sushisim check " + std::string(comparison.Failed() == 0 ? "passed" : "failed") +
                     "\n\n" + Markdown(comparison.result_path) + " against " +
                     Markdown(comparison.baseline_path) + ": " + Headline(comparison) + "\n";
  for (const IdentityCheck& part : comparison.identity) {
    if (part.different) text += "- " + Markdown(Sentence(part)) + "\n";
  }
  AddTable(comparison, text);
  return text + "\n";
}

}  // namespace sushi::check
