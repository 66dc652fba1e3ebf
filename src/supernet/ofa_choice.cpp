#include "sushi/supernet/ofa_choice.hpp"

#include <algorithm>
#include <cstdio>

namespace sushi {
namespace {

std::string Place(const std::vector<int>& index) {
  std::string text;
  for (int i : index) text += "[" + std::to_string(i) + "]";
  return text;
}

}  // namespace

ChoiceError::ChoiceError(const std::string& field, const std::vector<int>& index, const std::string& message)
    : UserError(SourceMark{}, field + Place(index), message),
      field_(field),
      index_(index),
      message_(message) {}

int MakeDivisible(double value, int divisor) {
  constexpr double kLargest = 1 << 30;  // far beyond kMaxChannels, and safe to convert
  const double v = std::min(std::max(value, 0.0), kLargest);
  const int rounded = static_cast<int>(v + divisor / 2.0) / divisor * divisor;
  const int n = std::max(divisor, rounded);
  return n < 0.9 * v ? n + divisor : n;
}

std::string Short(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

void CheckInputSize(const InputSizes& sizes, int size) {
  if (size >= sizes.min && size <= sizes.max && size % sizes.step == 0) return;
  throw ChoiceError("input_size", {},
                    "expected " + std::to_string(sizes.min) + " to " + std::to_string(sizes.max) +
                        " pixels in multiples of " + std::to_string(sizes.step) + ", found " +
                        std::to_string(size));
}

}  // namespace sushi
