// A configuration as text: for hashing, for `config show`, and the reference of all keys.
#include <algorithm>
#include <array>

#include "sushi/config/experiment.hpp"
#include "sushi/config/fields.hpp"
#include "sushi/config/hash.hpp"
#include "sushi/config/model_file.hpp"

namespace sushi::config {
namespace {

// Quoted, so that no two different trees have the same text.
void AppendQuoted(const std::string& scalar, std::string& text) {
  text += '"';
  for (const char c : scalar) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  text += '"';
}

void AppendCanonical(const Node& node, std::string& text) {
  switch (node.kind) {
    case Node::Kind::kNull:
      text += "null";
      break;
    case Node::Kind::kScalar:
      AppendQuoted(node.scalar, text);
      break;
    case Node::Kind::kSequence:
      text += '[';
      for (const Node& item : node.items) {
        AppendCanonical(item, text);
        text += ',';
      }
      text += ']';
      break;
    case Node::Kind::kMap:
      text += '{';
      for (const auto& [key, value] : node.entries) {
        AppendQuoted(key, text);
        text += ':';
        AppendCanonical(value, text);
        text += ',';
      }
      text += '}';
      break;
  }
}

std::string WithUnit(const std::string& value, const std::string& unit) {
  if (value.empty()) return "-";
  return unit.empty() ? value : value + " " + unit;
}

// An energy table has no default figures: a component without an entry is an error.
std::string DefaultText(const Field& field, const Experiment& defaults) {
  const std::string text = field.text(defaults);
  const bool figure = field.path.compare(0, 7, "energy.") == 0 && field.type == "number";
  return figure ? "-" : WithUnit(text, field.unit);
}

std::string OriginText(const Node* node) {
  if (node == nullptr) return "default";
  return node->mark.file + (node->mark.line > 0 ? ":" + std::to_string(node->mark.line) : "");
}

using Row = std::array<std::string, 4>;

// Columns as wide as their widest cell up to kWidest; a longer cell pushes its own line out only.
std::string AsTable(const std::vector<Row>& rows) {
  constexpr std::size_t kWidest = 36;
  std::array<std::size_t, 3> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (row[i].size() <= kWidest || i == 0) widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      text += row[i] + std::string(row[i].size() < widths[i] ? widths[i] - row[i].size() : 0, ' ') + "  ";
    }
    text += row.back() + "\n";
  }
  return text;
}

}  // namespace

std::string CanonicalText(const Experiment& experiment, const std::vector<std::string>& prefixes,
                          const std::string& without) {
  std::string text;
  for (const Field& field : Fields()) {
    const auto matches = [&](const std::string& prefix) {
      return field.path.compare(0, prefix.size(), prefix) == 0;
    };
    if (!prefixes.empty() && std::none_of(prefixes.begin(), prefixes.end(), matches)) continue;
    if (!without.empty() && matches(without)) continue;
    text += CanonicalLine(field, field.text(experiment));
  }
  return text;
}

std::vector<std::string> WithHardwareKeys(const std::vector<std::string>& more) {
  std::vector<std::string> prefixes{"device.", "accel.", "dram.", "memory.", "host.layer", "sim."};
  prefixes.insert(prefixes.end(), more.begin(), more.end());
  return prefixes;
}

std::string CanonicalModel(const Experiment& experiment) {
  std::string text;
  AppendCanonical(experiment.supernet, text);
  const std::string table = TableFileOf(experiment.supernet);
  if (!table.empty()) text += HashFile(table);
  return text;
}

std::string ConfigShow(const Experiment& experiment) {
  const Experiment defaults;
  std::vector<Row> rows{{"key", "value", "default", "origin"}};
  for (const Field& field : Fields()) {
    rows.push_back({field.path, WithUnit(field.text(experiment), field.unit), DefaultText(field, defaults),
                    OriginText(FindOrigin(experiment, field.path))});
  }
  const Node* supernet = FindOrigin(experiment, "supernet");
  rows.push_back({"supernet", supernet == nullptr ? "-" : "(a section)", "-", OriginText(supernet)});
  return AsTable(rows);
}

std::string ConfigReferenceMarkdown() {
  std::string text, section;
  const Experiment defaults;
  for (const Field& field : Fields()) {
    const std::string top = field.path.substr(0, field.path.find('.'));
    if (top != section) {
      section = top;
      text += "\n### `" + top + "`\n\n| key | type and range | default | meaning |\n|---|---|---|---|\n";
    }
    text += "| `" + field.path + "` | " + field.type +
            (field.low.empty() ? "" : ", " + field.low + " to " + field.high) + " | " +
            DefaultText(field, defaults) + " | " + field.description + " |\n";
  }
  return text;
}

}  // namespace sushi::config
