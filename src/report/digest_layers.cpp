#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "sushi/formats/csv_reader.hpp"
#include "sushi/report/digest.hpp"

namespace sushi::report {
namespace {

using Json = nlohmann::ordered_json;

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Columns whose names end so, by what stands before.
struct Group {
  std::vector<std::string> names;
  std::vector<std::size_t> columns;

  Group(const CsvReader& rows, const std::string& end, const std::string& but) {
    for (std::size_t i = 0; i < rows.header().size(); ++i) {
      const std::string& name = rows.header()[i];
      if (!EndsWith(name, end) || name == but) continue;
      names.push_back(name.substr(0, name.size() - end.size()));
      columns.push_back(i);
    }
  }
};

Json EmptyColumns(std::size_t count) {
  Json columns = Json::array();
  for (std::size_t i = 0; i < count; ++i) columns.push_back(Json::array());
  return columns;
}

class LayerDigest {
 public:
  explicit LayerDigest(const std::string& path)
      : rows_(path),
        states_(rows_, "_cycles", ""),
        kinds_(rows_, "_bytes", "pb_hit_bytes"),
        subnet_(rows_.Column("subnet")),
        cached_(rows_.Column("cached_subgraph")),
        queries_(rows_.Column("queries")),
        op_(rows_.Column("op")) {
    for (const char* name : {"kernels", "channels", "kernel_h", "kernel_w", "in_h", "in_w", "stride"}) {
      shape_[name] = rows_.Column(name);
    }
  }

  void Read() {
    rows_.Column("weights_bytes");  // the one kind that the page needs by name
    while (rows_.Next()) AddRow();
    CheckLastPair();
  }

  Json Finish() {
    const auto more = [](const Json& a, const Json& b) { return a["queries"] > b["queries"]; };
    std::stable_sort(pairs_.begin(), pairs_.end(), more);
    const std::size_t shown = std::min<std::size_t>(pairs_.size(), kMaxLayerPairs);
    Json json;
    json["states"] = states_.names;
    json["kinds"] = kinds_.names;
    json["pairs_left_out"] = pairs_.size() - shown;
    pairs_.resize(shown);
    json["ops"] = ops_;
    json["pairs"] = pairs_;
    return json;
  }

 private:
  // The rows of a (SubNet, SubGraph) stand together, ops from 0 on.
  void AddRow() {
    const std::string& subnet = rows_.Text(subnet_);
    const std::int64_t op = rows_.Integer(op_);
    if (op == 0) {
      CheckLastPair();
      pairs_.push_back({{"subnet", subnet},
                        {"cached", rows_.Text(cached_)},
                        {"queries", Count(queries_)},
                        {"cycles", Json::array()},
                        {"states", EmptyColumns(states_.columns.size())},
                        {"bytes", EmptyColumns(kinds_.columns.size())},
                        {"hits", Json::array()},
                        {"energy_pj", Json::array()}});
    }
    const auto expected = pairs_.empty() ? 0 : static_cast<std::int64_t>(pairs_.back()["cycles"].size());
    if (op != expected) rows_.Fail(op_, "expected op " + std::to_string(expected));
    AddOp(subnet, expected);
    Json& pair = pairs_.back();
    if (pair["subnet"] != subnet) rows_.Fail(subnet_, "another SubNet among the ops of one");
    pair["cycles"].push_back(Count(rows_.Column("cycles")));
    for (std::size_t i = 0; i < states_.columns.size(); ++i)
      pair["states"][i].push_back(Count(states_.columns[i]));
    for (std::size_t i = 0; i < kinds_.columns.size(); ++i)
      pair["bytes"][i].push_back(Count(kinds_.columns[i]));
    pair["hits"].push_back(Count(rows_.Column("pb_hit_bytes")));
    pair["energy_pj"].push_back(rows_.Real(rows_.Column("energy_pj")));
  }

  // Every pair of a SubNet has its ops; the first tells how many.
  void CheckLastPair() const {
    if (pairs_.empty()) return;
    const Json& pair = pairs_.back();
    const std::size_t ops = ops_.at(pair["subnet"].get<std::string>())["name"].size();
    if (pair["cycles"].size() != ops) rows_.Fail(op_, "the rows before lack ops of their SubNet");
  }

  std::int64_t Count(std::size_t column) const {
    const std::int64_t value = rows_.Integer(column);
    if (value < 0) rows_.Fail(column, "expected a count, found " + std::to_string(value));
    return value;
  }

  // An op is the same with every SubGraph; the first tells.
  void AddOp(const std::string& subnet, std::int64_t op) {
    Json& ops = ops_[subnet];
    if (static_cast<std::int64_t>(ops["name"].size()) > op) return;
    ops["name"].push_back(rows_.Text(rows_.Column("name")));
    ops["kind"].push_back(rows_.Text(rows_.Column("kind")));
    ops["layer"].push_back(rows_.Integer(rows_.Column("supernet_layer")));
    for (const auto& [name, column] : shape_) ops[name].push_back(Count(column));
    ops["macs"].push_back(Count(rows_.Column("useful_macs")));
  }

  CsvReader rows_;
  Group states_, kinds_;
  std::size_t subnet_, cached_, queries_, op_;
  std::map<std::string, std::size_t> shape_;
  Json ops_ = Json::object();
  std::vector<Json> pairs_;
};

}  // namespace

Json DigestLayers(const std::string& path) {
  LayerDigest digest(path);
  digest.Read();
  return digest.Finish();
}

}  // namespace sushi::report
