#include "sushi/sweep/point.hpp"

#include <charconv>

#include "sushi/core/error.hpp"

namespace sushi::sweep {
namespace {

constexpr std::size_t kDigits = 16;  // of one half

bool ParseHalf(const char* text, std::uint64_t* value) {
  *value = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    const char c = text[i];
    const bool decimal = c >= '0' && c <= '9';
    if (!decimal && (c < 'a' || c > 'f')) return false;
    *value = *value << 4 | static_cast<std::uint64_t>(decimal ? c - '0' : c - 'a' + 10);
  }
  return true;
}

}  // namespace

PointId PointId::Parse(const std::string& hex) {
  PointId id;
  if (hex.size() != 2 * kDigits || !ParseHalf(hex.data(), &id.high) ||
      !ParseHalf(hex.data() + kDigits, &id.low))
    throw InternalError("a point's id is 32 lower-case hex digits, not '" + hex + "'");
  return id;
}

std::string PointId::Hex() const {
  static const char kHex[] = "0123456789abcdef";
  std::string text(2 * kDigits, '0');
  for (std::size_t i = 0; i < kDigits; ++i) {
    text[i] = kHex[high >> (60 - 4 * i) & 15];
    text[kDigits + i] = kHex[low >> (60 - 4 * i) & 15];
  }
  return text;
}

Shard Shard::Parse(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, shard.index);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, shard.count) : first;
  if (!slash || second.ec != std::errc() || second.ptr != end || shard.index < 1 || shard.index > shard.count)
    throw UserError("--shard: expected I/N with 1 <= I <= N, found '" + text + "'");
  return shard;
}

}  // namespace sushi::sweep
