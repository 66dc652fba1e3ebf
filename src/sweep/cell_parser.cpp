#include "cell_parser.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "sushi/core/error.hpp"

namespace sushi::sweep {

void CellParser::Fail() const {
  throw InternalError("a whole record of the sweep's store cannot be read at '" +
                      std::string(at_, std::min(end_, at_ + 20)) + "'");
}

void CellParser::Expect(std::string_view text) {
  if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, text.size()) != text) Fail();
  at_ += text.size();
}

bool CellParser::Accept(char c) {
  const bool found = at_ != end_ && *at_ == c;
  if (found) ++at_;
  return found;
}

std::string CellParser::Text() {
  const char* const begin = at_;
  Expect("\"");
  bool escapes = false;
  while (at_ != end_ && *at_ != '"') {
    escapes = escapes || *at_ == '\\';
    at_ += *at_ == '\\' && at_ + 1 != end_ ? 2 : 1;
  }
  Expect("\"");
  if (!escapes) return {begin + 1, at_ - 1};
  try {
    return nlohmann::json::parse(begin, at_).get<std::string>();
  } catch (const nlohmann::json::exception&) {
    at_ = begin;
    Fail();
  }
}

std::int64_t CellParser::Integer() {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(at_, end_, value);
  if (parsed.ec != std::errc()) Fail();
  at_ = parsed.ptr;
  return value;
}

Cell CellParser::Number() {
  const char* const stop =
      std::find_if(at_, end_, [](char c) { return c == ',' || c == ']' || c == '.' || c == 'e'; });
  if (stop == end_) Fail();
  if (*stop == ',' || *stop == ']') return Integer();
  double value = 0;
  const auto parsed = std::from_chars(at_, end_, value);
  if (parsed.ec != std::errc()) Fail();
  at_ = parsed.ptr;
  return value;
}

std::vector<Cell> CellParser::Cells() {
  std::vector<Cell> cells;
  Expect("[");
  if (Accept(']')) return cells;
  do {
    if (at_ != end_ && *at_ == '"') {
      cells.emplace_back(Text());
    } else if (at_ != end_ && *at_ == '{') {
      Expect("{\"real\":");
      const std::string text = Text();
      Expect("}");
      const double inf = std::numeric_limits<double>::infinity();
      cells.emplace_back(text == "inf"    ? inf
                         : text == "-inf" ? -inf
                                          : std::numeric_limits<double>::quiet_NaN());
    } else {
      cells.push_back(Number());
    }
  } while (Accept(','));
  Expect("]");
  return cells;
}

}  // namespace sushi::sweep
