#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sushi/formats/csv_reader.hpp"
#include "sushi/report/digest.hpp"
#include "sushi/stats/quantiles.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kBins = 60;

double Micros(std::int64_t ps) { return static_cast<double>(ps) / 1e6; }
// Means to a nanosecond: their digits beyond that are only bytes in the page.
double MeanMicros(std::int64_t sum_ps, std::int64_t count) {
  return std::round(static_cast<double>(sum_ps) / static_cast<double>(count) / 1e3) / 1e3;
}

// Names by number, in order of appearance.
class Names {
 public:
  std::size_t Number(const std::string& name) {
    const auto [found, added] = numbers_.try_emplace(name, names_.size());
    if (added) names_.push_back(name);
    return found->second;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::string> names_;
};

void Count(std::vector<std::int64_t>& counts, std::size_t index) {
  if (counts.size() <= index) counts.resize(index + 1);
  ++counts[index];
}

struct Point {
  std::int64_t service = 0, response = 0, waiting = 0;  // sums, ps
  std::int64_t response_min = INT64_MAX, response_max = 0;
  std::int64_t queries = 0;
  std::vector<std::int64_t> served;
  std::pair<std::int64_t, double> target;  // of the first query: latency in ps, accuracy in %
};

// Queries in a row with one SubGraph cached.
struct Content {
  std::int64_t first = 0, queries = 0;
  std::size_t subgraph = 0;
  std::vector<std::int64_t> served;
};

// Quantiles are dense where the tail is.
std::vector<double> Shares() {
  std::vector<double> shares;
  for (int i = 0; i <= 396; ++i) shares.push_back(i / 400.0);
  for (int i = 991; i <= 1000; ++i) shares.push_back(i / 1000.0);
  shares.insert(shares.end() - 1, {0.9995, 0.9999});
  return shares;
}

Json QuantilesJson(std::vector<std::int64_t>& times) {
  Json json = Json::array();
  for (const std::int64_t ps : ExactQuantiles(times, Shares())) json.push_back(Micros(ps));
  return json;
}

// Of each SubNet how many of its queries fall into each bin; `subnets` tells of every query which served it.
Json HistogramJson(const std::vector<std::int64_t>& times, const std::vector<std::uint32_t>& subnets,
                   std::size_t names) {
  const auto [low, high] = std::minmax_element(times.begin(), times.end());
  const std::size_t bins = *low == *high ? 1 : kBins;
  std::vector<std::vector<std::int64_t>> counts(names, std::vector<std::int64_t>(bins));
  const double width = static_cast<double>(*high - *low) / static_cast<double>(bins);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double bin = width == 0 ? 0 : static_cast<double>(times[i] - *low) / width;
    ++counts[subnets[i]][std::min(static_cast<std::size_t>(bin), bins - 1)];
  }
  return {{"from", Micros(*low)}, {"to", Micros(*high)}, {"counts", counts}};
}

bool EndsWith(const std::string& name, const std::string& end) {
  return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
}

// Every cell of a row by its column's name, also where the page does not show it.
class CellCheck {
 public:
  CellCheck(const CsvReader& rows, const std::vector<std::string>& subnets) : rows_(rows), subnets_(subnets) {
    const std::map<std::string, Check> of_unit = {
        {"_us", &CellCheck::Time},        {"_percent", &CellCheck::NotNegative},
        {"_pj", &CellCheck::NotNegative}, {"_bytes", &CellCheck::Count},
        {"_violated", &CellCheck::Flag},  {"feasible_subnets", &CellCheck::Count}};
    for (std::size_t column = 0; column < rows.header().size(); ++column) {
      const std::string& name = rows.header()[column];
      for (const auto& [ending, check] : of_unit) {
        if (EndsWith(name, ending)) checks_.emplace_back(column, check);
      }
      if (name == "query") checks_.emplace_back(column, &CellCheck::Id);
      if (name == "subnet") checks_.emplace_back(column, &CellCheck::SubNetName);
    }
  }

  void Row() {
    for (const auto& [column, check] : checks_) (this->*check)(column);
  }

 private:
  using Check = void (CellCheck::*)(std::size_t column);

  void Time(std::size_t column) { rows_.Picoseconds(column); }
  void NotNegative(std::size_t column) {
    if (rows_.Real(column) < 0) rows_.Fail(column, "expected at least 0, found " + rows_.Text(column));
  }
  void Count(std::size_t column) {
    if (rows_.Integer(column) < 0) rows_.Fail(column, "expected at least 0, found " + rows_.Text(column));
  }
  void Flag(std::size_t column) {
    const std::int64_t flag = rows_.Integer(column);
    if (flag != 0 && flag != 1) rows_.Fail(column, "expected 0 or 1, found " + std::to_string(flag));
  }
  void Id(std::size_t column) {
    const std::int64_t id = rows_.Integer(column);
    if (id <= last_id_)
      rows_.Fail(column, "expected more than " + std::to_string(last_id_) + ", found " + std::to_string(id));
    last_id_ = id;
  }
  void SubNetName(std::size_t column) {
    const std::string& name = rows_.Text(column);
    if (std::find(subnets_.begin(), subnets_.end(), name) == subnets_.end())
      rows_.Fail(column,
                 "no SubNet '" + name.substr(0, 60) + "' in summary.json" + DidYouMean(name, subnets_));
  }

  const CsvReader& rows_;
  const std::vector<std::string>& subnets_;
  std::vector<std::pair<std::size_t, Check>> checks_;
  std::int64_t last_id_ = -1;
};

class QueryDigest {
 public:
  QueryDigest(const std::string& path, std::int64_t queries, const std::vector<std::string>& subnets)
      : path_(path),
        known_subnets_(subnets),
        expected_(queries),
        per_point_(std::max<std::int64_t>(1, (queries + kMaxQueryPoints - 1) / kMaxQueryPoints)) {}

  void Read() {
    CsvReader rows(path_);
    const std::array<std::size_t, 3> times = {rows.Column("service_us"), rows.Column("response_us"),
                                              rows.Column("waiting_us")};
    const std::size_t subnet = rows.Column("subnet");
    const std::size_t cached = rows.Column("cached_subgraph");
    const std::size_t latency = rows.Column("latency_max_us");
    const std::size_t accuracy = rows.Column("accuracy_min_percent");
    CellCheck check(rows, known_subnets_);
    while (rows.Next()) {
      check.Row();
      if (queries_ == expected_) rows.Fail(0, "more rows than summary.json has queries");
      if (queries_ % per_point_ == 0) {
        points_.emplace_back();
        points_.back().target = {rows.Picoseconds(latency), rows.Real(accuracy)};
      }
      AddTimes(rows.Picoseconds(times[0]), rows.Picoseconds(times[1]), rows.Picoseconds(times[2]));
      AddServed(subnets_.Number(rows.Text(subnet)), subgraphs_.Number(rows.Text(cached)));
      ++queries_;
    }
    if (queries_ != expected_) {
      throw UserError(
          {path_, 0}, "",
          "holds " + std::to_string(queries_) + " queries, summary.json says " + std::to_string(expected_));
    }
  }

  Json Finish() {
    Json json;
    json["queries"] = queries_;
    json["per_point"] = per_point_;
    json["subnets"] = subnets_.names();
    json["subgraphs"] = subgraphs_.names();
    json["points"] = PointsJson();
    json["contents"] = Json::array();
    for (Content& content : contents_) {
      content.served.resize(subnets_.names().size());
      json["contents"].push_back({content.first, content.queries, content.subgraph, content.served});
    }
    json["contents_left_out"] = contents_left_out_;
    if (queries_ > 0) {
      // Before the quantiles, which reorder the times.
      const std::size_t names = subnets_.names().size();
      json["histogram"] = {{"service", HistogramJson(times_[0], served_by_, names)},
                           {"response", HistogramJson(times_[1], served_by_, names)},
                           {"waiting", HistogramJson(times_[2], served_by_, names)}};
      json["cdf"] = {{"share", Shares()},
                     {"service", QuantilesJson(times_[0])},
                     {"response", QuantilesJson(times_[1])},
                     {"waiting", QuantilesJson(times_[2])}};
    }
    return json;
  }

 private:
  void AddTimes(std::int64_t service, std::int64_t response, std::int64_t waiting) {
    Point& point = points_.back();
    point.service += service;
    point.response += response;
    point.waiting += waiting;
    point.response_min = std::min(point.response_min, response);
    point.response_max = std::max(point.response_max, response);
    ++point.queries;
    times_[0].push_back(service);
    times_[1].push_back(response);
    times_[2].push_back(waiting);
  }

  void AddServed(std::size_t subnet, std::size_t subgraph) {
    Count(points_.back().served, subnet);
    served_by_.push_back(static_cast<std::uint32_t>(subnet));
    const bool changed = queries_ == 0 || subgraph != last_subgraph_;
    last_subgraph_ = subgraph;
    if (changed && contents_.size() == kMaxContents) {
      ++contents_left_out_;
    } else if (changed) {
      contents_.push_back({queries_, 0, subgraph, {}});
    }
    if (contents_left_out_ > 0) return;
    ++contents_.back().queries;
    Count(contents_.back().served, subnet);
  }

  Json PointsJson() {
    Json json = {{"service", Json::array()},      {"response", Json::array()},
                 {"waiting", Json::array()},      {"response_min", Json::array()},
                 {"response_max", Json::array()}, {"latency_max", Json::array()},
                 {"accuracy_min", Json::array()}, {"served", Json::array()}};
    for (Point& point : points_) {
      json["service"].push_back(MeanMicros(point.service, point.queries));
      json["response"].push_back(MeanMicros(point.response, point.queries));
      json["waiting"].push_back(MeanMicros(point.waiting, point.queries));
      json["response_min"].push_back(Micros(point.response_min));
      json["response_max"].push_back(Micros(point.response_max));
      json["latency_max"].push_back(Micros(point.target.first));
      json["accuracy_min"].push_back(point.target.second);
      point.served.resize(subnets_.names().size());
      json["served"].push_back(point.served);
    }
    return json;
  }

  std::string path_;
  const std::vector<std::string>& known_subnets_;
  std::int64_t expected_, per_point_, queries_ = 0;
  Names subnets_, subgraphs_;
  std::vector<Point> points_;
  std::vector<Content> contents_;
  std::int64_t contents_left_out_ = 0;
  std::size_t last_subgraph_ = 0;
  std::array<std::vector<std::int64_t>, 3> times_;  // service, response, waiting; ps
  std::vector<std::uint32_t> served_by_;            // of each query
};

}  // namespace

Json DigestQueries(const std::string& path, std::int64_t queries, const std::vector<std::string>& subnets) {
  QueryDigest digest(path, queries, subnets);
  digest.Read();
  return digest.Finish();
}

}  // namespace sushi::report
