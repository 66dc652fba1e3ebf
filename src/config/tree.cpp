#include "sushi/config/tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace sushi::config {
namespace {

// An unclosed bracket reaches us as a key, too.
constexpr char kBadKey[] = "a key must be a plain name (or is a bracket, brace or quote left open?)";

// Builds our tree from the parser's events. Working on events, no alias is ever expanded and no YAML node
// is ever made, so a small file cannot grow large.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(std::string file) : file_(std::move(file)) {}
  Node Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Attach(Make(Node::Kind::kNull, mark, anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Fail(mark, "aliases (*name) are not supported");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = Make(Node::Kind::kScalar, mark, anchor);
    node.scalar = value;
    node.quoted = tag == "!";
    RefuseTag(mark, node.quoted ? "?" : tag);
    Attach(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    RefuseTag(mark, tag);
    Open(Make(Node::Kind::kSequence, mark, anchor));
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    RefuseTag(mark, tag);
    Open(Make(Node::Kind::kMap, mark, anchor));
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Level {
    Node node;
    std::set<std::string> keys;  // of a map: those it has, so that a large map stays n·log n
    std::string key;             // of a map: the one whose value comes next
    SourceMark key_mark;
    bool has_key = false;
  };

  [[noreturn]] void Fail(const YAML::Mark& mark, const std::string& message) const {
    throw UserError({file_, mark.line + 1}, "", message);
  }

  // yaml-cpp's own "?" is a plain value without a tag.
  void RefuseTag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?") Fail(mark, "tags (!name) are not supported");
  }

  Node Make(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) Fail(mark, "anchors (&name) are not supported");
    if (++nodes_ > kMaxNodes) Fail(mark, "more than " + std::to_string(kMaxNodes) + " values in one file");
    Node node;
    node.kind = kind;
    node.mark = {file_, mark.line + 1};
    return node;
  }

  void Open(Node node) {
    if (!levels_.empty() && levels_.back().node.kind == Node::Kind::kMap && !levels_.back().has_key) {
      throw UserError(node.mark, "", kBadKey);
    }
    if (levels_.size() >= kMaxDepth) {
      throw UserError(node.mark, "", "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    Level level;
    level.node = std::move(node);
    levels_.push_back(std::move(level));
  }

  void Close() {
    Node node = std::move(levels_.back().node);
    levels_.pop_back();
    Attach(std::move(node));
  }

  void Attach(Node node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == Node::Kind::kSequence) {
      level.node.items.push_back(std::move(node));
    } else if (!level.has_key) {
      SetKey(level, node);
    } else {
      // Where the key stands is where the user looks, also when the value begins on the next line.
      node.mark = level.key_mark;
      level.node.entries.emplace_back(std::move(level.key), std::move(node));
      level.has_key = false;
    }
  }

  static void SetKey(Level& level, const Node& key) {
    if (key.kind != Node::Kind::kScalar) throw UserError(key.mark, "", kBadKey);
    if (key.scalar == "<<") throw UserError(key.mark, "<<", "merge keys are not supported");
    if (!level.keys.insert(key.scalar).second) {
      const int first = level.node.Find(key.scalar)->mark.line;
      throw UserError(key.mark, key.scalar,
                      "duplicate key (first set in line " + std::to_string(first) + ")");
    }
    level.key = key.scalar;
    level.key_mark = key.mark;
    level.has_key = true;
  }

  std::string file_;
  std::vector<Level> levels_;
  Node root_;
  int nodes_ = 0;
};

// Bytes of the UTF-8 sequence that begins at `at`; 0 when none does, or a NUL.
std::size_t Utf8Length(const std::string& text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  std::size_t length = 0;
  if (lead >= 0xC2 && lead < 0xE0) length = 2;
  if (lead >= 0xE0 && lead < 0xF0) length = 3;
  if (lead >= 0xF0 && lead < 0xF5) length = 4;
  if (length == 0 || at + length > text.size()) return 0;
  const auto second = static_cast<unsigned char>(text[at + 1]);
  // Overlong forms, surrogates, and code points beyond U+10FFFF.
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
      (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// Values end up in JSON, which must be UTF-8.
void RequireUtf8(const std::string& text, const std::string& name) {
  int line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = Utf8Length(text, at);
    if (length == 0) throw UserError({name, line}, "", "not a text file: neither ASCII nor UTF-8");
    line += text[at] == '\n' ? 1 : 0;
    at += length;
  }
}

// At most kShown bytes, not cut inside a UTF-8 sequence.
std::string Shown(const std::string& text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return text;
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

[[noreturn]] void Expected(const Node& node, const std::string& key, const std::string& what) {
  std::string got = node.KindName();
  if (node.kind == Node::Kind::kScalar) {
    const std::string text = Shown(node.scalar);
    got = node.quoted ? "the string \"" + text + "\"" : "'" + text + "'";
  }
  throw UserError(node.mark, key, "expected " + what + ", got " + got);
}

// The whole text, without the forms that other YAML readers take for something else (010, +5, 0x10).
template <typename Number>
bool ParseWhole(const std::string& text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return false;
  const std::size_t first = text[0] == '-' ? 1 : 0;
  return !(text.size() > first + 1 && text[first] == '0' && text[first + 1] >= '0' && text[first + 1] <= '9');
}

std::string Shortest(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

}  // namespace

const Node* Node::Find(const std::string& key) const {
  for (const auto& [name, node] : entries) {
    if (name == key) return &node;
  }
  return nullptr;
}

Node* Node::Find(const std::string& key) {
  return const_cast<Node*>(static_cast<const Node*>(this)->Find(key));
}

const char* Node::KindName() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a scalar";
    case Kind::kSequence:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "?";
}

Node ParseYaml(const std::string& text, const std::string& name) {
  RequireUtf8(text, name);
  Builder builder(name);
  try {
    std::istringstream in(text);
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) throw UserError({name, 0}, "", "the file is empty");
    Builder second(name);
    if (parser.HandleNextDocument(second)) throw UserError({name, 0}, "", "more than one YAML document");
  } catch (const YAML::Exception& error) {
    throw UserError({name, error.mark.is_null() ? 0 : error.mark.line + 1}, "",
                    "not valid YAML: " + error.msg);
  }
  return builder.Take();
}

Node ReadYamlFile(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw UserError({path, 0}, "", "is a directory, expected a YAML file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError({path, 0}, "", "cannot open the file");
  // Read up to the limit rather than ask for the size: a pipe or a device has none.
  std::string text;
  std::vector<char> block(1 << 16);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (static_cast<std::int64_t>(text.size()) > kMaxFileBytes) {
      throw UserError({path, 0}, "", "larger than " + std::to_string(kMaxFileBytes >> 20) + " MiB");
    }
  }
  return ParseYaml(text, path);
}

std::int64_t AsInt(const Node& node, const std::string& key, std::int64_t low, std::int64_t high) {
  const std::string range = "an integer from " + std::to_string(low) + " to " + std::to_string(high);
  std::int64_t value = 0;
  if (node.kind != Node::Kind::kScalar || node.quoted || !ParseWhole(node.scalar, value) || value < low ||
      value > high) {
    Expected(node, key, range);
  }
  return value;
}

double AsReal(const Node& node, const std::string& key, double low, double high) {
  double value = 0;
  if (node.kind != Node::Kind::kScalar || node.quoted || !ParseWhole(node.scalar, value) ||
      !std::isfinite(value) || value < low || value > high) {
    Expected(node, key, "a number from " + Shortest(low) + " to " + Shortest(high));
  }
  return value == 0 ? 0 : value;  // -0 is 0: one value, one text, one hash
}

bool AsBool(const Node& node, const std::string& key) {
  if (node.kind == Node::Kind::kScalar && !node.quoted) {
    if (node.scalar == "true") return true;
    if (node.scalar == "false") return false;
  }
  Expected(node, key, "true or false");
}

std::string AsString(const Node& node, const std::string& key) {
  if (node.kind != Node::Kind::kScalar) Expected(node, key, "a string");
  return node.scalar;
}

void RequireKind(const Node& node, Node::Kind kind, const std::string& key) {
  if (node.kind == kind) return;
  Node wanted;
  wanted.kind = kind;
  Expected(node, key, wanted.KindName());
}

const Node& Require(const Node& map, const std::string& key, const std::string& path) {
  RequireKind(map, Node::Kind::kMap, path);
  const Node* node = map.Find(key);
  if (node == nullptr) throw UserError(map.mark, path.empty() ? key : path + "." + key, "is missing");
  return *node;
}

void RefuseUnknown(const Node& map, const std::vector<std::string>& known, const std::string& path) {
  RequireKind(map, Node::Kind::kMap, path);
  for (const auto& [name, node] : map.entries) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::string full = path.empty() ? name : std::string(path).append(".").append(name);
      throw UserError(node.mark, full, "unknown key" + DidYouMean(name, known));
    }
  }
}

}  // namespace sushi::config
