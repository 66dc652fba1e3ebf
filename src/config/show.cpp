// A configuration as text: for hashing, for `config show`, and the reference of all keys.
#include <algorithm>
#include <array>

#include "point_id.hpp"
#include "serving_sections.hpp"
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

// The node that a line's key stands for: accelerators[1].accel.pb.capacity_kib, or the nearest above it.
const Node* OriginOf(const Node& section, const std::string& key) {
  std::size_t begin = key.find('[') + 1;
  const Node* node = &section.items[std::stoul(key.substr(begin))];
  begin = key.find('.', begin) + 1;
  while (begin != 0) {
    const std::size_t end = key.find('.', begin);
    const std::string name = key.substr(begin, std::min(end, key.find('[', begin)) - begin);
    const Node* below = node->Find(name);
    if (below == nullptr) return node;
    node = below;
    begin = end == std::string::npos ? 0 : end + 1;
  }
  return node;
}

// A row for each of the section's lines, or one that says that there is none.
void AddSection(const std::string& name, const std::vector<SectionLine>& lines, const Experiment& experiment,
                std::vector<Row>& rows) {
  const Node* section = FindOrigin(experiment, name);
  if (section == nullptr) rows.push_back({name, "-", "-", "default"});
  for (const SectionLine& line : lines) {
    const Node* node = section == nullptr ? nullptr : OriginOf(*section, line.key);
    rows.push_back({line.key, line.value, "-", OriginText(node)});
  }
}

}  // namespace

std::string CanonicalText(const Experiment& experiment, const std::vector<std::string>& prefixes,
                          const std::string& without) {
  const auto counts = [&](const std::string& key) {
    const auto matches = [&](const std::string& prefix) {
      return key.compare(0, prefix.size(), prefix) == 0;
    };
    const bool wanted = prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(), matches);
    return wanted && (without.empty() || !matches(without));
  };
  std::string text;
  for (const Field& field : Fields()) {
    if (counts(field.path)) text += CanonicalLine(field, field.text(experiment));
  }
  if (counts("accelerators")) text += CanonicalLines(AcceleratorLines(experiment.serving), nullptr);
  if (counts("tenants")) text += CanonicalLines(TenantLines(experiment), nullptr);
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

namespace {

std::string TenantsText(const Experiment& experiment, bool models) {
  FileHashes files;
  std::vector<SectionLine> lines;
  for (SectionLine& line : TenantLines(experiment)) {
    if ((line.model != nullptr) == models) lines.push_back(std::move(line));
  }
  return CanonicalLines(lines, &files);
}

}  // namespace

std::string CanonicalModels(const Experiment& experiment) {
  return CanonicalModel(experiment) + TenantsText(experiment, true);
}

std::string CanonicalTenants(const Experiment& experiment) { return TenantsText(experiment, false); }

std::string ConfigShow(const Experiment& experiment) {
  const Experiment defaults;
  std::vector<Row> rows{{"key", "value", "default", "origin"}};
  for (const Field& field : Fields()) {
    rows.push_back({field.path, WithUnit(field.text(experiment), field.unit), DefaultText(field, defaults),
                    OriginText(FindOrigin(experiment, field.path))});
  }
  const Node* supernet = FindOrigin(experiment, "supernet");
  rows.push_back({"supernet", supernet == nullptr ? "-" : "(a section)", "-", OriginText(supernet)});
  AddSection("accelerators", AcceleratorLines(experiment.serving), experiment, rows);
  AddSection("tenants", TenantLines(experiment), experiment, rows);
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
