// A configuration file as a tree of our own: every node keeps where it stands in which file, so that
// errors can name it; duplicates, anchors, merge keys and oversized files are refused while reading.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sushi/core/error.hpp"

namespace sushi::config {

class Node {
 public:
  enum class Kind { kNull, kScalar, kSequence, kMap };

  Kind kind = Kind::kNull;
  SourceMark mark;
  std::string scalar;                                 // kScalar: the text as written
  bool quoted = false;                                // kScalar: written in quotes, so a string
  std::vector<Node> items;                            // kSequence
  std::vector<std::pair<std::string, Node>> entries;  // kMap, in file order

  const Node* Find(const std::string& key) const;  // kMap: the entry, or nullptr
  Node* Find(const std::string& key);
  const char* KindName() const;  // "a map", "a list", "a scalar", "nothing"
};

// One key that is set over what the files say, with a value that knows where it stands.
struct Override {
  std::string key;  // dotted
  Node value;
};

// Reads one YAML file. Throws UserError: unreadable, not YAML, duplicate key, alias, merge key `<<`,
// more than kMaxNodes nodes or kMaxDepth levels, larger than kMaxFileBytes.
inline constexpr int kMaxNodes = 200'000;
inline constexpr int kMaxDepth = 32;
inline constexpr std::int64_t kMaxFileBytes = 16 << 20;
Node ReadYamlFile(const std::string& path);
Node ParseYaml(const std::string& text, const std::string& name);

// Strict scalars: the whole text must be consumed (no `010`, no `yes`, no `1_000`). `key` is the full
// dotted path for the message. All throw UserError with mark, key and what was expected.
std::int64_t AsInt(const Node& node, const std::string& key, std::int64_t low, std::int64_t high);
double AsReal(const Node& node, const std::string& key, double low, double high);
bool AsBool(const Node& node, const std::string& key);
std::string AsString(const Node& node, const std::string& key);
const Node& Require(const Node& map, const std::string& key, const std::string& path);
// Refuses keys of `map` that are not in `known` (names the nearest).
void RefuseUnknown(const Node& map, const std::vector<std::string>& known, const std::string& path);
void RequireKind(const Node& node, Node::Kind kind, const std::string& key);

}  // namespace sushi::config
