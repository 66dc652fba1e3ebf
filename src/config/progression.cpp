#include "sushi/config/progression.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

namespace sushi::config {
namespace {

constexpr int kMaxDigits = 9;
constexpr std::int64_t kMaxScaled = std::int64_t{1} << 53;  // exact as double

std::int64_t PowerOfTen(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Digits behind the point; −1 when the text is no plain decimal number.
int DigitsOf(const std::string& text) {
  const std::size_t first = text.empty() || text[0] != '-' ? 0 : 1;
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto digits = [&](std::size_t begin, std::size_t end) {
    return begin < end && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                      text.begin() + static_cast<std::ptrdiff_t>(end),
                                      [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!digits(first, point)) return -1;
  if (point == text.size()) return 0;
  return digits(point + 1, text.size()) ? static_cast<int>(text.size() - point - 1) : -1;
}

// `value` in units of 10^-digits.
std::string DecimalText(std::int64_t value, int digits) {
  std::string text = std::to_string(value < 0 ? -value : value);
  if (digits > 0) {
    const auto places = static_cast<std::size_t>(digits);
    if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
    text.insert(text.size() - places, 1, '.');
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return value < 0 ? "-" + text : text;
}

std::vector<std::string> KnownKeys(const std::string& kind) {
  if (kind == "range") return {"from", "to", "step"};
  if (kind == "linspace") return {"from", "to", "points"};
  return {"from", "to"};
}

}  // namespace

Progression::Progression(const std::string& kind, const Node& spec, const std::string& path)
    : mark_(spec.mark) {
  RequireKind(spec, Node::Kind::kMap, path);
  RefuseUnknown(spec, KnownKeys(kind), path);
  for (const auto& [name, node] : spec.entries) {
    const std::string key = std::string(path).append(".").append(name);
    RequireKind(node, Node::Kind::kScalar, key);
    const int digits = node.quoted ? -1 : DigitsOf(node.scalar);
    if (digits < 0 || digits > kMaxDigits) {
      throw UserError(node.mark, key,
                      "expected a decimal number with at most " + std::to_string(kMaxDigits) +
                          " digits behind the point, got '" + node.scalar.substr(0, 60) + "'");
    }
    if (name != "points") digits_ = std::max(digits_, digits);
  }
  from_ = Scaled(spec, "from", path);
  to_ = Scaled(spec, "to", path);
  if (from_ > to_) throw UserError(spec.mark, path, "'from' must not be above 'to'");
  if (kind == "range") {
    SetUpRange(spec, path);
  } else if (kind == "log2") {
    SetUpLog2(path);
  } else {
    SetUpLinspace(spec, path);
  }
}

std::int64_t Progression::Scaled(const Node& spec, const char* name, const std::string& path) const {
  const Node& node = Require(spec, name, path);
  std::string text = node.scalar;
  const int digits = DigitsOf(text);
  text.erase(std::remove(text.begin(), text.end(), '.'), text.end());
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::int64_t scale = PowerOfTen(digits_ - digits);
  const bool fits = error == std::errc() && stop == text.data() + text.size() &&
                    value <= kMaxScaled / scale && value >= -kMaxScaled / scale;
  if (!fits) throw UserError(node.mark, path + "." + name, "has too many digits to be stepped exactly");
  return value * scale;
}

void Progression::SetUpRange(const Node& spec, const std::string& path) {
  step_ = spec.Find("step") == nullptr ? PowerOfTen(digits_) : Scaled(spec, "step", path);
  if (step_ <= 0) throw UserError(spec.Find("step")->mark, path + ".step", "expected a number above 0");
  size_ = (to_ - from_) / step_ + 1;
}

void Progression::SetUpLog2(const std::string& path) {
  kind_ = Kind::kLog2;
  if (from_ <= 0) throw UserError(mark_, path, "expected 'from' above 0, as values double");
  std::int64_t value = from_;
  for (size_ = 1; value < to_; ++size_) value *= 2;
  if (value != to_) {
    throw UserError(mark_, path,
                    "doubling " + DecimalText(from_, digits_) + " gives " + DecimalText(value / 2, digits_) +
                        " and " + DecimalText(value, digits_) + ", not " + DecimalText(to_, digits_));
  }
}

void Progression::SetUpLinspace(const Node& spec, const std::string& path) {
  kind_ = Kind::kLinspace;
  size_ = AsInt(Require(spec, "points", path), path + ".points", 2, std::int64_t{1} << 30);
  // So that At() rounds once, in its division.
  const std::int64_t largest = std::max({std::int64_t{1}, from_ < 0 ? -from_ : from_, to_ < 0 ? -to_ : to_});
  if (size_ > kMaxScaled / 4 / std::max(largest, PowerOfTen(digits_))) {
    throw UserError(spec.mark, path, "too many points for numbers of so many digits");
  }
}

Node Progression::At(std::int64_t i) const {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.mark = mark_;
  switch (kind_) {
    case Kind::kRange:
      node.scalar = DecimalText(from_ + i * step_, digits_);
      break;
    case Kind::kLog2:
      node.scalar = DecimalText(from_ << i, digits_);
      break;
    case Kind::kLinspace: {
      const std::int64_t gaps = size_ - 1;
      const auto parts = static_cast<double>(from_ * (gaps - i) + to_ * i);
      const double value = parts / static_cast<double>(gaps * PowerOfTen(digits_));
      char buffer[32];
      node.scalar.assign(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
      break;
    }
  }
  return node;
}

}  // namespace sushi::config
