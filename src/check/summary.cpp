#include "sushi/check/summary.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/formats/number.hpp"

namespace sushi::check {
namespace {

static_assert(std::numeric_limits<long double>::digits >= 64, "must hold every 64-bit integer");

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kShownKey = 100;
const std::string kIdentity = "identity.";

// nlohmann's messages begin with an id in brackets and repeat where: ours says that itself.
std::string Reason(const std::string& what) {
  const std::size_t column = what.find(", column ");
  std::size_t begin = what.find(": ", column == std::string::npos ? 0 : column);
  if (column == std::string::npos) begin = what.find("] ");
  const std::string reason = begin == std::string::npos ? what : what.substr(begin + 2);
  return reason.substr(0, 200);
}

// Collects leaves as the parser meets them, so that nothing is lost to a tree's number types or last-wins
// keys.
class LeafReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  LeafReader(std::string path, const std::string& text, std::vector<Metric>& leaves)
      : path_(std::move(path)), text_(text), leaves_(leaves) {}

  bool null() override { return Leaf(std::monostate()); }
  bool boolean(bool value) override { return Leaf(value); }
  bool number_integer(number_integer_t value) override { return Leaf(std::int64_t{value}); }
  bool number_unsigned(number_unsigned_t value) override { return Leaf(std::uint64_t{value}); }
  bool number_float(number_float_t value, const string_t& digits) override {
    if (digits.find_first_of(".eE") == std::string::npos) Fail("an integer of more than 64 bits: " + digits);
    return Leaf(double{value});
  }
  bool string(string_t& value) override { return Leaf(std::move(value)); }
  bool binary(binary_t& /*value*/) override { throw InternalError("binary data in JSON text"); }
  bool start_object(std::size_t /*elements*/) override { return Open(false); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t /*elements*/) override { return Open(true); }
  bool end_array() override { return Close(); }
  bool key(string_t& value) override {
    levels_.back().key = value;
    if (!levels_.back().seen.insert(value).second) Fail("stands twice");
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(position, text_.size()));
    // The position is behind what could not be read; a line break there ends the line of the mistake.
    const auto line = 1 + std::count(text_.begin(), end == text_.begin() ? end : end - 1, '\n');
    throw UserError({path_, static_cast<int>(line)}, "", "is no JSON: " + Reason(error.what()));
  }

 private:
  struct Level {
    bool array = false;
    std::size_t index = 0;
    std::string key;
    std::set<std::string> seen;
  };

  std::string Path() const {
    std::string path;
    for (const Level& level : levels_) {
      if (!path.empty()) path += '.';
      path += level.array ? std::to_string(level.index) : level.key;
    }
    return path;
  }
  [[noreturn]] void Fail(const std::string& message) const {
    throw UserError({path_, 0}, Path().substr(0, kShownKey), message);
  }
  bool Open(bool array) {
    if (levels_.size() == kMaxDepth) Fail("nested deeper than 64 levels");
    levels_.emplace_back();
    levels_.back().array = array;
    return true;
  }
  bool Close() {
    levels_.pop_back();
    return Next();
  }
  bool Leaf(Value value) {
    if (levels_.empty()) throw UserError({path_, 0}, "", "is no summary.json: expected an object");
    leaves_.push_back({Path(), std::move(value)});
    return Next();
  }
  bool Next() {
    if (!levels_.empty() && levels_.back().array) ++levels_.back().index;
    return true;
  }

  std::string path_;
  const std::string& text_;
  std::vector<Metric>& leaves_;
  std::vector<Level> levels_;
};

// A key that holds dots can read like a path.
void RefuseEqualKeys(const std::string& path, const std::vector<Metric>& leaves) {
  std::set<std::string> keys;
  for (const Metric& leaf : leaves) {
    if (!keys.insert(leaf.key).second)
      throw UserError({path, 0}, leaf.key.substr(0, kShownKey), "two values have this path");
  }
}

void RequireSummary(const Summary& summary) {
  const auto version = std::find_if(summary.metrics.begin(), summary.metrics.end(),
                                    [](const Metric& m) { return m.key == "schema_version"; });
  if (version == summary.metrics.end() || summary.identity.empty()) {
    const char* absent = summary.identity.empty() ? "identity" : "schema_version";
    throw UserError({summary.path, 0}, "",
                    std::string("is no summary.json of sushisim run: it has no ") + absent);
  }
  if (!Same(version->value, std::uint64_t{1}))
    throw UserError({summary.path, 0}, "schema_version",
                    "expected 1, found " + Text(version->value).substr(0, 60));
}

}  // namespace

bool IsNumber(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<std::uint64_t>(value) ||
         std::holds_alternative<double>(value);
}

long double Number(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<long double>(*integer);
  if (const auto* integer = std::get_if<std::uint64_t>(&value)) return static_cast<long double>(*integer);
  return static_cast<long double>(std::get<double>(value));
}

bool Same(const Value& a, const Value& b) {
  if (IsNumber(a) && IsNumber(b)) return Number(a) == Number(b);
  return a == b;
}

std::string Text(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "null";
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* integer = std::get_if<std::uint64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return RealText(*real);
  return std::get<std::string>(value);
}

Summary ParseSummary(const std::string& path, const std::string& text) {
  Summary summary;
  summary.path = path;
  summary.text = text;
  std::vector<Metric> leaves;
  LeafReader reader(path, text, leaves);
  nlohmann::json::sax_parse(text, &reader);
  RefuseEqualKeys(path, leaves);
  for (Metric& leaf : leaves) {
    const bool identity = leaf.key.rfind(kIdentity, 0) == 0;
    if (identity) leaf.key.erase(0, kIdentity.size());
    (identity ? summary.identity : summary.metrics).push_back(std::move(leaf));
  }
  RequireSummary(summary);
  return summary;
}

Summary ReadSummary(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw UserError({path, 0}, "", "is a directory, expected a summary.json");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError({path, 0}, "", "cannot open the file");
  std::string text;
  std::vector<char> block(1 << 16);
  while (in && text.size() <= kMaxBytes) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (text.size() > kMaxBytes) throw UserError({path, 0}, "", "larger than 64 MiB");
  Summary summary = ParseSummary(path, text);
  if (summary.metrics.size() == 1)  // schema_version
    throw UserError({path, 0}, "", "holds no metrics beside its identity: nothing can be compared");
  return summary;
}

}  // namespace sushi::check
