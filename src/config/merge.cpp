#include "merge.hpp"

#include <algorithm>
#include <filesystem>

#include "sushi/config/shipped.hpp"
#include "trace_log.hpp"

namespace sushi::config {
namespace {

namespace fs = std::filesystem;
// Bases of bases multiply, so their number is bounded and not only their depth.
constexpr int kMaxFiles = 1000;
constexpr int kSchemaVersion = 1;

bool Erase(Node& map, const std::string& key) {
  const auto is_key = [&](const auto& entry) { return entry.first == key; };
  const auto end = std::remove_if(map.entries.begin(), map.entries.end(), is_key);
  const bool found = end != map.entries.end();
  map.entries.erase(end, map.entries.end());
  return found;
}

// Later wins; maps are merged, everything else is replaced.
void Merge(Node& into, const Node& over) {
  if (into.kind != Node::Kind::kMap || over.kind != Node::Kind::kMap) {
    into = over;
    return;
  }
  for (const auto& [key, node] : over.entries) {
    if (Node* found = into.Find(key)) {
      Merge(*found, node);
    } else {
      into.entries.emplace_back(key, node);
    }
  }
}

// The stream comes from a file, or from a generator and perhaps a log: the later one drops the earlier.
void DropRivalOfTrace(Node& into, const Node& over) {
  const Node* later = over.Find("trace");
  Node* earlier = into.Find("trace");
  if (later == nullptr || earlier == nullptr) return;
  if (later->Find("file") != nullptr) {
    Erase(*earlier, "generator");
    Erase(*earlier, "log");
  }
  if (later->Find("generator") != nullptr || LogFileIn(*later) != nullptr) Erase(*earlier, "file");
}

void RefuseBothTraces(const Node& file) {
  const Node* trace = file.Find("trace");
  if (trace == nullptr) return;
  const Node* csv = trace->Find("file");
  const Rival rival = RivalOfFile(*trace);
  if (csv == nullptr || rival.node == nullptr) return;
  const bool last = csv->mark.line > rival.node->mark.line;
  const Node& second = last ? *csv : *rival.node;
  const Node& first = last ? *rival.node : *csv;
  throw UserError(second.mark, "trace",
                  "trace.file and " + rival.key + " exclude each other; the other one is set in line " +
                      std::to_string(first.mark.line));
}

void CheckVersion(const Node& file) {
  const Node* version = file.Find("schema_version");
  if (version == nullptr) {
    throw UserError({file.mark.file, 1}, "schema_version", "is missing, expected schema_version: 1");
  }
  const std::int64_t number = AsInt(*version, "schema_version", 1, 1'000'000);
  if (number != kSchemaVersion) {
    throw UserError(version->mark, "schema_version",
                    "expected " + std::to_string(kSchemaVersion) +
                        ", the version that this sushisim reads, got " + std::to_string(number));
  }
}

class FileReader {
 public:
  // `named` says where the file was asked for: at a base entry, or nowhere on the command line.
  Node Read(const std::string& path, const SourceMark& named) {
    SplitFile split = ReadApart(path, named);
    MergeFile(split.bases, split.own);
    return std::move(split.bases);
  }

  SplitFile ReadApart(const std::string& path, const SourceMark& named) {
    RefuseCycle(path, named);
    if (++files_ > kMaxFiles) {
      throw UserError(named, "base", "more than " + std::to_string(kMaxFiles) + " files in all");
    }
    open_.push_back(path);
    SplitFile split{{}, ReadYamlFile(path)};
    RequireKind(split.own, Node::Kind::kMap, "");
    CheckVersion(split.own);
    RefuseBothTraces(split.own);
    split.bases.kind = Node::Kind::kMap;
    split.bases.mark = split.own.mark;
    if (const Node* base = split.own.Find("base")) {
      RequireKind(*base, Node::Kind::kSequence, "base");
      for (const Node& item : base->items) MergeFile(split.bases, ReadBase(item, path));
    }
    Erase(split.own, "base");
    Erase(split.own, "schema_version");
    open_.pop_back();
    return split;
  }

  // A base of `path` that is not written in it.
  Node ReadBaseFrom(const Node& item, const std::string& path) {
    open_.push_back(path);
    return ReadBase(item, item.mark.line > 0 ? item.mark.file : "");
  }

 private:
  Node ReadBase(const Node& item, const std::string& path) {
    const fs::path written = AsString(item, "base");
    const fs::path resolved = written.is_absolute() ? written : fs::path(path).parent_path() / written;
    std::error_code error;
    if (fs::exists(resolved, error)) return Read(resolved.lexically_normal().string(), item.mark);
    const std::string shipped = FindBelowRoots(written);
    if (shipped.empty()) throw UserError(item.mark, "base", "no such file: " + resolved.string());
    return Read(shipped, item.mark);
  }

  // By what the paths lead to, so that no spelling or link hides a cycle.
  void RefuseCycle(const std::string& path, const SourceMark& named) const {
    std::error_code error;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (!fs::equivalent(open_[i], path, error)) continue;
      std::string chain = "the files include each other: ";
      for (std::size_t j = i; j < open_.size(); ++j) chain.append(open_[j]).append(" -> ");
      throw UserError(named, "base", chain.append(path));
    }
  }

  std::vector<std::string> open_;
  int files_ = 0;
};

// A mark for every node below: "--set KEY=VALUE", without a line.
void Remark(Node& node, const SourceMark& mark) {
  node.mark = mark;
  for (Node& item : node.items) Remark(item, mark);
  for (auto& entry : node.entries) Remark(entry.second, mark);
}

// `path` may be dotted: maps in maps, all with the value's mark.
Node AsTree(std::string path, Node node) {
  const SourceMark mark = node.mark;
  while (true) {
    const std::size_t dot = path.rfind('.');
    Node parent;
    parent.kind = Node::Kind::kMap;
    parent.mark = mark;
    parent.entries.emplace_back(dot == std::string::npos ? path : path.substr(dot + 1), std::move(node));
    node = std::move(parent);
    if (dot == std::string::npos) return node;
    path.resize(dot);
  }
}

Node ParseSet(const std::string& text) {
  constexpr std::size_t kShown = 120;
  const SourceMark mark{"--set " + text.substr(0, kShown), 0};
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) throw UserError(mark, "", "expected --set key=value");
  const std::string path = text.substr(0, equals);
  if (path == "base" || path == "schema_version") throw UserError(mark, path, "can only stand in a file");
  if (std::count(path.begin(), path.end(), '.') >= kMaxDepth) throw UserError(mark, "", "key too deep");
  const std::string value = text.substr(equals + 1);
  Node node;
  node.kind = Node::Kind::kScalar;  // of an empty value
  if (value.find_first_not_of(" \t\n") != std::string::npos) node = ParseYaml(value, mark.file);
  node = AsTree(path, std::move(node));
  Remark(node, mark);
  return node;
}

}  // namespace

void SetKey(Node& merged, const std::string& key, const Node& value) {
  const Node tree = AsTree(key, value);
  DropRivalOfTrace(merged, tree);
  Merge(merged, tree);
}

void MergeFile(Node& into, const Node& file) {
  DropRivalOfTrace(into, file);
  // Two SuperNets have nothing to say to each other: keys of one must not survive in the other.
  if (file.Find("supernet") != nullptr) Erase(into, "supernet");
  Merge(into, file);
}

Node MergeAll(const std::vector<std::string>& files, const std::vector<std::string>& sets) {
  Node merged;
  merged.kind = Node::Kind::kMap;
  FileReader reader;
  for (const std::string& file : files)
    MergeFile(merged, reader.Read(FindFile("configs/experiment", file), {}));
  MergeSets(merged, sets);
  return merged;
}

SplitFile ReadSplit(const std::string& file) { return FileReader().ReadApart(file, {}); }

Node ReadBaseOf(const Node& item, const std::string& from) { return FileReader().ReadBaseFrom(item, from); }

void MergeSets(Node& into, const std::vector<std::string>& sets) {
  for (const std::string& set : sets) {
    const Node node = ParseSet(set);
    DropRivalOfTrace(into, node);
    Merge(into, node);
  }
}

}  // namespace sushi::config
