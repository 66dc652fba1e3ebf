#include "sushi/config/axes.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "sushi/config/fields.hpp"

namespace sushi::config {
namespace {

const char* const kProduct = "product";
const char* const kOneAtATime = "one_at_a_time";

// One direction: what each of its steps sets and shows.
struct Dimension {
  std::vector<std::string> columns;
  std::vector<Point> steps;
};

const Field* FindField(const std::string& key) {
  const auto& fields = Fields();
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.path == key; });
  return found == fields.end() ? nullptr : &*found;
}

class AxesReader {
 public:
  explicit AxesReader(std::string path) : path_(std::move(path)) {}

  std::vector<Dimension> Read(const Node& section) {
    RequireKind(section, Node::Kind::kSequence, path_);
    for (const Node& axis : section.items) {
      RequireKind(axis, Node::Kind::kMap, path_);
      RefuseUnknown(axis, {kProduct, kOneAtATime}, path_);
      for (const auto& [kind, keys] : axis.entries) {
        RequireKind(keys, Node::Kind::kMap, path_ + "." + kind);
        if (kind == kProduct) {
          AddProduct(keys);
        } else {
          AddOneAtATime(keys);
        }
      }
    }
    return std::move(dimensions_);
  }

 private:
  // A path is shown by its file's name.
  static std::string LabelOf(const std::string& key, const Node& value) {
    const bool path = FindField(key)->type == "path";
    return path ? std::filesystem::path(value.scalar).stem().string() : value.scalar;
  }

  // The values of a key, checked.
  const std::vector<Node>& ValuesOf(const std::string& key, const Node& values) {
    if (FindField(key) == nullptr) {
      std::vector<std::string> known;
      for (const Field& field : Fields()) known.push_back(field.path);
      throw UserError(values.mark, path_, "unknown key '" + key.substr(0, 80) + "'" + DidYouMean(key, known));
    }
    if (!used_.insert(key).second) throw UserError(values.mark, path_, "'" + key + "' is varied twice");
    if (values.kind != Node::Kind::kSequence || values.items.empty()) {
      throw UserError(values.mark, path_, "expected a list of values for '" + key + "'");
    }
    for (const Node& value : values.items) RequireKind(value, Node::Kind::kScalar, path_ + "." + key);
    return values.items;
  }

  void AddProduct(const Node& keys) {
    for (const auto& [key, values] : keys.entries) {
      Dimension dimension{{key}, {}};
      for (const Node& value : ValuesOf(key, values)) {
        dimension.steps.push_back({{{key, value}}, {LabelOf(key, value)}});
      }
      dimensions_.push_back(std::move(dimension));
    }
  }

  void AddOneAtATime(const Node& keys) {
    if (one_at_a_time_) throw UserError(keys.mark, path_, "only one axis can be one_at_a_time");
    one_at_a_time_ = true;
    Dimension dimension{{"varied", "value"}, {{{}, {"nothing", ""}}}};
    for (const auto& [key, values] : keys.entries) {
      for (const Node& value : ValuesOf(key, values)) {
        dimension.steps.push_back({{{key, value}}, {key, LabelOf(key, value)}});
      }
    }
    dimensions_.push_back(std::move(dimension));
  }

  std::string path_;
  std::set<std::string> used_;
  bool one_at_a_time_ = false;
  std::vector<Dimension> dimensions_;
};

void CheckCount(const std::vector<Dimension>& dimensions, const Node& section, const std::string& path,
                std::int64_t max_points) {
  std::int64_t count = 1;
  for (const Dimension& dimension : dimensions) {
    count *= static_cast<std::int64_t>(dimension.steps.size());
    if (count > max_points) {
      throw UserError(section.mark, path,
                      "more than " + std::to_string(max_points) + " points (study.max_points)");
    }
  }
}

}  // namespace

Axes ExpandAxes(const Node* section, const std::string& path, std::int64_t max_points) {
  Axes axes;
  axes.points.emplace_back();
  if (section == nullptr) return axes;
  const std::vector<Dimension> dimensions = AxesReader(path).Read(*section);
  CheckCount(dimensions, *section, path, max_points);
  for (const Dimension& dimension : dimensions) {
    axes.columns.insert(axes.columns.end(), dimension.columns.begin(), dimension.columns.end());
    std::vector<Point> longer;
    for (const Point& point : axes.points) {
      for (const Point& step : dimension.steps) {
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
