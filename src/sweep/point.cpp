#include "sushi/sweep/point.hpp"

#include <algorithm>
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

std::vector<std::int64_t> Shard::Points(std::int64_t all) const {
  const std::int64_t block = std::clamp<std::int64_t>(all / count / 8, 1, 64);
  std::vector<std::int64_t> points;
  points.reserve(static_cast<std::size_t>(all / count + 1));
  const auto add = [&](std::int64_t first, std::int64_t number) {
    for (std::int64_t i = first; i < first + number; ++i) points.push_back(i);
  };
  const std::int64_t rounds = all / count / block;
  for (std::int64_t round = 0; round < rounds; ++round) add((round * count + index - 1) * block, block);
  // What is left is less than a round: one piece for each, as equal as can be.
  const std::int64_t dealt = rounds * count * block;
  const std::int64_t share = (all - dealt) / count, more = (all - dealt) % count;
  add(dealt + (index - 1) * share + std::min(index - 1, more), share + (index <= more ? 1 : 0));
  return points;
}

}  // namespace sushi::sweep
