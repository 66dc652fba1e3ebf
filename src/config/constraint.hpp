// An expression over configuration keys that a point must satisfy: numbers by muParser, and texts compared
// as KEY == "text" or KEY != "text".
#pragma once

#include <muParser.h>

#include <string>
#include <vector>

#include "sushi/config/tree.hpp"

namespace sushi::config {

class Constraint {
 public:
  // A key of the expression and where its value goes.
  struct Operand {
    std::string key;  // `seed` has become trace.generator.seed
    bool is_text = false;
    std::string literal;  // is_text: what it is compared with …
    bool equal = true;    // … and how
  };

  // `special` are the known keys that are no configuration keys. UserError: no expression, an unknown key,
  // a text where a number is wanted and the other way round.
  Constraint(const Node& node, const std::string& path, const std::vector<std::string>& special);
  Constraint(const Constraint&) = delete;
  Constraint& operator=(const Constraint&) = delete;

  const std::vector<Operand>& operands() const { return operands_; }
  const std::string& text() const { return node_.scalar; }
  const SourceMark& mark() const { return node_.mark; }
  const std::string& path() const { return path_; }

  // Of operand i: of a number its value (a true/false is 1 or 0), of a text whether it equals the literal.
  void Set(std::size_t i, double value) { values_[i] = value; }
  // UserError when the result is no number (0/0).
  bool Holds() const;

 private:
  std::string TakeTexts();
  void AddNumbers();
  void Define();
  [[noreturn]] void Fail(const std::string& message) const;
  void CheckOperand(const Operand& operand, const std::vector<std::string>& special) const;

  Node node_;
  std::string path_;
  std::vector<std::string> names_;  // of the operands in parser_
  std::vector<Operand> operands_;
  std::vector<double> values_;
  mu::Parser parser_;
};

// Of a canonical text: true/false is 1 or 0, what is no number NaN.
double NumberOf(const std::string& text);

}  // namespace sushi::config
