#include "constraint.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <regex>

#include "sushi/config/fields.hpp"

namespace sushi::config {
namespace {

const char* const kTextPrefix = "text__";  // names of text comparisons in the parser; no key begins so
constexpr std::size_t kMaxLength = 1000;

bool IsNumber(const Field& field) {
  return field.type == "integer" || field.type == "number" || field.type == "true/false";
}

mu::value_type Modulo(mu::value_type a, mu::value_type b) { return std::fmod(a, b); }

// `=` alone would assign to a key.
bool HasAssignment(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') continue;
    if (i + 1 < text.size() && text[i + 1] == '=') {
      ++i;
    } else if (i == 0 || std::string("<>!").find(text[i - 1]) == std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

double NumberOf(const std::string& text) {
  if (text == "true" || text == "false") return text == "true" ? 1 : 0;
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && stop == text.data() + text.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

Constraint::Constraint(const Node& node, const std::string& path, const std::vector<std::string>& special)
    : node_(node), path_(path) {
  if (AsString(node, path).size() > kMaxLength) Fail("longer than " + std::to_string(kMaxLength) + " bytes");
  const std::string expression = TakeTexts();
  if (HasAssignment(expression)) Fail("'=' would set a value; compare with ==");
  try {
    parser_.DefineNameChars("0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.");
    parser_.DefineConst("true", 1);
    parser_.DefineConst("false", 0);
    parser_.DefineOprt("%", Modulo, mu::prMUL_DIV);
    parser_.SetExpr(expression);
    AddNumbers();
    for (const Operand& operand : operands_) CheckOperand(operand, special);
    Define();
    parser_.Eval();  // reports what is wrong with the expression
    if (parser_.GetNumResults() != 1) Fail("expected one expression, found a comma");
  } catch (const mu::Parser::exception_type& error) {
    Fail("not an expression: " + error.GetMsg());
  }
}

void Constraint::Fail(const std::string& message) const {
  throw UserError(node_.mark, path_, message + " (in \"" + node_.scalar.substr(0, 200) + "\")");
}

// Comparisons with texts are replaced by names.
std::string Constraint::TakeTexts() {
  static const std::regex kComparison(R"re(([A-Za-z_][A-Za-z0-9_.]*)\s*(==|!=)\s*("[^"]*"|'[^']*'))re");
  const std::string& text = node_.scalar;
  std::string out;
  auto begin = text.cbegin();
  for (std::sregex_iterator it(text.begin(), text.end(), kComparison), end; it != end; ++it) {
    const std::smatch& match = *it;
    const std::string quoted = match[3];
    operands_.push_back({match[1], true, quoted.substr(1, quoted.size() - 2), match[2] == "=="});
    names_.push_back(kTextPrefix + std::to_string(operands_.size()));
    out.append(begin, match[0].first).append(names_.back());
    begin = match[0].second;
  }
  out.append(begin, text.cend());
  if (out.find_first_of("\"'") != std::string::npos) {
    Fail("a text can only stand as KEY == \"text\" or KEY != \"text\"");
  }
  return out;
}

void Constraint::AddNumbers() {
  for (const auto& used : parser_.GetUsedVar()) {
    const std::string& name = used.first;
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) continue;
    operands_.push_back({name, false, "", true});
    names_.push_back(name);
  }
}

void Constraint::Define() {
  values_.assign(operands_.size(), 1);
  for (std::size_t i = 0; i < operands_.size(); ++i) {
    parser_.DefineVar(names_[i], &values_[i]);
    if (operands_[i].key == "seed") operands_[i].key = "trace.generator.seed";
  }
}

void Constraint::CheckOperand(const Operand& operand, const std::vector<std::string>& special) const {
  const std::string& key = operand.key;
  const Field* field = FindField(key);
  if (field == nullptr) {
    if (std::find(special.begin(), special.end(), key) != special.end()) return;
    std::vector<std::string> known = special;
    for (const Field& f : Fields()) known.push_back(f.path);
    Fail("unknown key '" + key.substr(0, 80) + "'" + DidYouMean(key, known));
  }
  if (!operand.is_text) {
    if (!IsNumber(*field)) Fail("'" + key + "' is a text: only == and != with a text in quotes are possible");
    return;
  }
  if (IsNumber(*field)) Fail("'" + key + "' is a number: write " + operand.literal + " without quotes");
  const std::vector<std::string>& names = field->choices;
  if (names.empty() || std::find(names.begin(), names.end(), operand.literal) != names.end()) return;
  Fail("'" + key + "' is never '" + operand.literal + "', expected " + field->type +
       DidYouMean(operand.literal, names));
}

bool Constraint::Holds() const {
  const double result = parser_.Eval();
  if (std::isnan(result)) Fail("the result is not a number");
  return result != 0;
}

}  // namespace sushi::config
