#include "sushi/config/axes.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "section_keys.hpp"
#include "sushi/config/fields.hpp"

namespace sushi::config {
namespace {

// What the label of a value is: a path is shown by its file's name.
std::string LabelOf(const std::string& key, const Node& value) {
  const Field* field = FindField(key);
  const bool path = key == "base" || (field != nullptr && field->type == "path");
  return path ? std::filesystem::path(value.scalar).stem().string() : value.scalar;
}

std::string FullKey(const std::string& key) { return key == "seed" ? "trace.generator.seed" : key; }

std::string Below(const std::string& path, const std::string& key) {
  return std::string(path).append(".").append(key);
}

class AxesReader {
 public:
  AxesReader(std::string path, AxisKeys keys) : path_(std::move(path)), keys_(keys) {}

  std::vector<Dimension> Read(const Node& section) {
    RequireKind(section, Node::Kind::kSequence, path_);
    for (const Node& axis : section.items) {
      RequireKind(axis, Node::Kind::kMap, path_);
      RefuseUnknown(axis, keys::kAxisKinds, path_);
      for (const auto& [kind, body] : axis.entries) Add(kind, body);
    }
    return std::move(dimensions_);
  }

 private:
  void Add(const std::string& kind, const Node& body) {
    if (kind == "list") return AddList(body);
    RequireKind(body, Node::Kind::kMap, path_ + "." + kind);
    if (kind == "product") return AddProduct(body);
    if (kind == "zip") return AddZip(body);
    if (kind == "one_at_a_time") return AddOneAtATime(body);
    for (const auto& [key, spec] : body.entries) {
      CheckKey(key, spec);
      const Field* field = FindField(FullKey(key));
      if (key == "base" || (field != nullptr && field->type != "integer" && field->type != "number")) {
        throw UserError(spec.mark, path_,
                        std::string("'").append(key).append("' is no number, so it has no ").append(kind));
      }
      dimensions_.push_back({kind, {key}, {}, Progression(kind, spec, Below(path_, key))});
    }
  }

  // The key is known and not varied yet.
  void CheckKey(const std::string& key, const Node& node) {
    const bool sweep = keys_ == AxisKeys::kSweep;
    const bool special = sweep && (key == "base" || key == "seed" || key.rfind("supernet.", 0) == 0);
    if (!special && FindField(key) == nullptr) {
      std::vector<std::string> known;
      for (const Field& field : Fields()) known.push_back(field.path);
      if (sweep) known.insert(known.end(), {"seed", "base"});
      throw UserError(node.mark, path_, "unknown key '" + key.substr(0, 80) + "'" + DidYouMean(key, known));
    }
    if (std::count(key.begin(), key.end(), '.') >= kMaxDepth)
      throw UserError(node.mark, path_, "key too deep");
    if (!used_.insert(FullKey(key)).second) {
      throw UserError(node.mark, path_, "'" + key + "' is varied twice");
    }
  }

  // The values of a key, checked.
  const std::vector<Node>& ValuesOf(const std::string& key, const Node& values) {
    CheckKey(key, values);
    if (values.kind != Node::Kind::kSequence || values.items.empty()) {
      throw UserError(values.mark, path_, "expected a list of values for '" + key + "'");
    }
    for (const Node& value : values.items) RequireKind(value, Node::Kind::kScalar, path_ + "." + key);
    return values.items;
  }

  void AddProduct(const Node& keys) {
    for (const auto& [key, values] : keys.entries) {
      Dimension dimension{"product", {key}, {}, {}};
      for (const Node& value : ValuesOf(key, values)) {
        dimension.steps.push_back({{{FullKey(key), value}}, {LabelOf(key, value)}});
      }
      dimensions_.push_back(std::move(dimension));
    }
  }

  void AddZip(const Node& keys) {
    Dimension dimension{"zip", {}, {}, {}};
    for (const auto& [key, values] : keys.entries) {
      const std::vector<Node>& items = ValuesOf(key, values);
      if (dimension.columns.empty()) dimension.steps.resize(items.size());
      if (items.size() != dimension.steps.size()) {
        throw UserError(values.mark, path_ + ".zip",
                        "'" + dimension.columns.front() + "' has " + std::to_string(dimension.steps.size()) +
                            " values, '" + key + "' has " + std::to_string(items.size()) +
                            "; expected as many");
      }
      dimension.columns.push_back(key);
      for (std::size_t i = 0; i < items.size(); ++i) {
        dimension.steps[i].overrides.push_back({FullKey(key), items[i]});
        dimension.steps[i].labels.push_back(LabelOf(key, items[i]));
      }
    }
    if (dimension.columns.empty()) throw UserError(keys.mark, path_ + ".zip", "expected at least one key");
    dimensions_.push_back(std::move(dimension));
  }

  void AddList(const Node& rows) {
    const std::string path = path_ + ".list";
    RequireKind(rows, Node::Kind::kSequence, path);
    if (rows.items.empty()) throw UserError(rows.mark, path, "expected at least one map of keys");
    Dimension dimension{"list", {}, {}, {}};
    std::vector<std::string>& columns = dimension.columns;
    for (const Node& row : rows.items) {
      RequireKind(row, Node::Kind::kMap, path);
      for (const auto& [key, value] : row.entries) {
        if (std::find(columns.begin(), columns.end(), key) != columns.end()) continue;
        CheckKey(key, value);
        columns.push_back(key);
      }
    }
    for (const Node& row : rows.items) {
      Point step;
      step.labels.resize(columns.size());
      for (const auto& [key, value] : row.entries) {
        RequireKind(value, Node::Kind::kScalar, Below(path, key));
        const auto column = std::find(columns.begin(), columns.end(), key) - columns.begin();
        step.overrides.push_back({FullKey(key), value});
        step.labels[static_cast<std::size_t>(column)] = LabelOf(key, value);
      }
      dimension.steps.push_back(std::move(step));
    }
    dimensions_.push_back(std::move(dimension));
  }

  void AddOneAtATime(const Node& keys) {
    if (one_at_a_time_) throw UserError(keys.mark, path_, "only one axis can be one_at_a_time");
    one_at_a_time_ = true;
    Dimension dimension{"one_at_a_time", {"varied", "value"}, {{{}, {"nothing", ""}}}, {}};
    for (const auto& [key, values] : keys.entries) {
      for (const Node& value : ValuesOf(key, values)) {
        dimension.steps.push_back({{{FullKey(key), value}}, {key, LabelOf(key, value)}});
      }
    }
    dimensions_.push_back(std::move(dimension));
  }

  std::string path_;
  AxisKeys keys_;
  std::set<std::string> used_;
  bool one_at_a_time_ = false;
  std::vector<Dimension> dimensions_;
};

void CheckCount(const std::vector<Dimension>& dimensions, const Node& section, const std::string& path,
                std::int64_t max_points) {
  std::int64_t count = 1;
  for (const Dimension& dimension : dimensions) {
    if (dimension.size() > max_points / count) {
      throw UserError(section.mark, path,
                      "more than " + std::to_string(max_points) + " points (study.max_points)");
    }
    count *= dimension.size();
  }
}

}  // namespace

Point Dimension::StepAt(std::int64_t step) const {
  if (!progression) return steps[static_cast<std::size_t>(step)];
  Node value = progression->At(step);
  const std::string label = value.scalar;
  return {{{FullKey(columns.front()), std::move(value)}}, {label}};
}

std::vector<Dimension> ReadAxes(const Node& section, const std::string& path, AxisKeys keys) {
  return AxesReader(path, keys).Read(section);
}

Axes ExpandAxes(const Node* section, const std::string& path, std::int64_t max_points) {
  Axes axes;
  axes.points.emplace_back();
  if (section == nullptr) return axes;
  const std::vector<Dimension> dimensions = ReadAxes(*section, path, AxisKeys::kFields);
  CheckCount(dimensions, *section, path, max_points);
  for (const Dimension& dimension : dimensions) {
    axes.columns.insert(axes.columns.end(), dimension.columns.begin(), dimension.columns.end());
    std::vector<Point> longer;
    for (const Point& point : axes.points) {
      for (std::int64_t i = 0; i < dimension.size(); ++i) {
        const Point step = dimension.StepAt(i);
        Point next = point;
        next.overrides.insert(next.overrides.end(), step.overrides.begin(), step.overrides.end());
        next.labels.insert(next.labels.end(), step.labels.begin(), step.labels.end());
        longer.push_back(std::move(next));
      }
    }
    axes.points = std::move(longer);
  }
  return axes;
}

}  // namespace sushi::config
