#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "sushi/formats/number.hpp"
#include "sushi/report/result_table.hpp"

namespace sushi::report {
namespace {

// In double quotes, so that nothing in it is gnuplot's.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) >= ' ') quoted += c;
  }
  return quoted + "\"";
}

std::optional<double> Number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class Script {
 public:
  Script(const ResultTable& table, const config::StudyPlot& plot, const std::string& title)
      : table_(table), plot_(plot), title_(title) {
    CollectCurves();
  }

  std::string Text() const {
    std::string text = "# gnuplot " + plot_.name + ".gp writes " + plot_.name + ".svg\n";
    text += "set terminal svg size 800,500 noenhanced background 'white'\n";
    text += "set output " + Quoted(plot_.name + ".svg") + "\n";
    text += "set title " + Quoted(title_ + WhereText()) + "\n";
    text += "set xlabel " + Quoted(plot_.x) + "\n";
    if (plot_.y.size() == 1) text += "set ylabel " + Quoted(plot_.y.front()) + "\n";
    text += "set key outside right\nset grid\n";
    if (plot_.log_scale) text += "set logscale xy\n";
    if (!numeric_) text += Tics();
    std::string curves;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const std::string block = "$curve" + std::to_string(i);
      text += block + " << END\n" + data_[i] + "END\n";
      curves += (i == 0 ? "plot " : ", \\\n     ") + block + " using 1:2 with " + styles_[i] + " title " +
                Quoted(names_[i]);
    }
    return text + (names_.empty() ? "set xrange [0:1]\nset yrange [0:1]\nplot NaN notitle" : curves) + "\n";
  }

 private:
  std::string At(const std::vector<Cell>& row, const std::string& column) const {
    return CellText(row[static_cast<std::size_t>(table_.FindColumn(column))]);
  }

  void CollectCurves() {
    std::vector<const std::vector<Cell>*> rows;
    for (const auto& row : table_.rows) {
      const bool wanted = std::all_of(plot_.where.begin(), plot_.where.end(), [&](const auto& condition) {
        return At(row, condition.first) == condition.second;
      });
      if (!wanted) continue;
      rows.push_back(&row);
      numeric_ = numeric_ && Number(At(row, plot_.x)).has_value();
    }
    for (const std::string& y : plot_.y) {
      std::map<std::string, std::vector<std::pair<double, std::string>>> curves;
      std::vector<std::string> order;
      for (const auto* row : rows) {
        const std::string name = NameOf(*row, y);
        if (curves.count(name) == 0) order.push_back(name);
        curves[name].emplace_back(Position(At(*row, plot_.x)), At(*row, y));
      }
      for (const std::string& name : order) AddCurve(name, curves[name], StyleOf(y));
    }
  }

  void AddCurve(const std::string& name, std::vector<std::pair<double, std::string>> points,
                const std::string& style) {
    std::stable_sort(points.begin(), points.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string data;
    for (const auto& [x, y] : points) data += RealText(x) + " " + (Number(y) ? y : "NaN") + "\n";
    names_.push_back(name);
    data_.push_back(data);
    styles_.push_back(style);
  }

  std::string StyleOf(const std::string& y) const {
    if (std::find(plot_.lines.begin(), plot_.lines.end(), y) != plot_.lines.end()) return "lines";
    return plot_.points ? "points" : "linespoints";
  }

  double Position(const std::string& x) {
    if (numeric_) return *Number(x);
    const auto found = std::find(categories_.begin(), categories_.end(), x);
    if (found != categories_.end()) return static_cast<double>(found - categories_.begin());
    categories_.push_back(x);
    return static_cast<double>(categories_.size() - 1);
  }

  std::string NameOf(const std::vector<Cell>& row, const std::string& y) const {
    std::string name;
    for (const std::string& column : plot_.series) name += (name.empty() ? "" : " ") + At(row, column);
    if (plot_.y.size() > 1 || name.empty()) name += (name.empty() ? "" : " ") + y;
    return name;
  }

  std::string WhereText() const {
    std::string text;
    for (const auto& [column, value] : plot_.where) {
      text.append(text.empty() ? ": " : ", ").append(column).append(" = ").append(value);
    }
    return text;
  }

  std::string Tics() const {
    std::string text = "set xtics rotate by -30 (";
    for (std::size_t i = 0; i < categories_.size(); ++i) {
      text += (i == 0 ? "" : ", ") + Quoted(categories_[i]) + " " + std::to_string(i);
    }
    return text + ")\n";
  }

  const ResultTable& table_;
  const config::StudyPlot& plot_;
  std::string title_;
  bool numeric_ = true;  // x
  std::vector<std::string> categories_, names_, data_, styles_;
};

}  // namespace

std::string GnuplotScript(const ResultTable& table, const config::StudyPlot& plot, const std::string& title) {
  return Script(table, plot, title).Text();
}

}  // namespace sushi::report
