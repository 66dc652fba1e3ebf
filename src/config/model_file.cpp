#include "sushi/config/model_file.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "layer_table.hpp"
#include "model_readers.hpp"
#include "section_keys.hpp"

namespace sushi::config {
namespace {

TableSubNet ReadListed(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kTableSubNet, path);
  TableSubNet listed;
  listed.mark = node.mark;
  listed.path = path;
  listed.name = ReadName(node, path);
  listed.top1_percent = ReadTop1(node, path);
  listed.input_size = IntOr(node, "input_size", path, 1, kMaxMapSize, 0);
  return listed;
}

void LoadTable(const Node& section, const Node& list, SuperNet& net) {
  RefuseUnknown(section, keys::kTableModel, "supernet");
  std::vector<TableSubNet> subnets;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    subnets.push_back(ReadListed(list.items[i], At("supernet.subnets", i)));
  }
  const Node* layers = section.Find("layers");
  const Node* table = section.Find("table");
  if ((layers == nullptr) == (table == nullptr)) {
    throw UserError(section.mark, "supernet",
                    "expected either 'layers' or 'table: {file: ...}' with rule 'table'");
  }
  const std::vector<TableRow> rows =
      layers != nullptr ? ReadInlineRows(*layers, "supernet.layers")
                        : ReadCsvRows(TableFileOf(section), table->mark, "supernet.table.file");
  BuildFromTable(rows, subnets, net);
}

const Node& SubNetList(const Node& section) {
  const Node& list = Require(section, "subnets", "supernet");
  RequireKind(list, Node::Kind::kSequence, "supernet.subnets");
  const std::size_t count = list.items.size();
  if (count == 0 || count > static_cast<std::size_t>(kMaxSubNets)) {
    throw UserError(
        list.mark, "supernet.subnets",
        "expected 1 to " + std::to_string(kMaxSubNets) + " SubNets, found " + std::to_string(count));
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string path = At("supernet.subnets", i);
    RequireKind(list.items[i], Node::Kind::kMap, path);
    const std::string name = ReadName(list.items[i], path);
    if (names.insert(name).second) continue;
    throw UserError(list.items[i].Find("name")->mark, path + ".name",
                    "SubNet '" + name + "' is listed twice");
  }
  return list;
}

// Only one rule knows the key; the others would say that they do not.
void RefuseKernelSharing(const Node& section, const std::string& rule) {
  const Node* node = section.Find("kernel_sharing");
  if (node == nullptr) return;
  throw UserError(
      node->mark, "supernet.kernel_sharing",
      "is for rule 'ofa_mbv3', whose depthwise kernels have several sizes; the rule is '" + rule + "'");
}

}  // namespace

std::string TableFileOf(const Node& section) {
  if (section.kind != Node::Kind::kMap) return "";
  const Node* table = section.Find("table");
  if (table == nullptr) return "";
  RequireKind(*table, Node::Kind::kMap, "supernet.table");
  RefuseUnknown(*table, keys::kTableFile, "supernet.table");
  const Node& file = Require(*table, "file", "supernet.table");
  const std::filesystem::path named = AsString(file, "supernet.table.file");
  if (named.is_absolute()) return named.string();
  return (std::filesystem::path(file.mark.file).parent_path() / named).string();
}

SuperNet LoadSuperNet(const Node& section) {
  RequireKind(section, Node::Kind::kMap, "supernet");
  const keys::Keys& rules = keys::kSuperNetRules;
  const Node& rule_node = Require(section, "rule", "supernet");
  const std::string rule = AsString(rule_node, "supernet.rule");
  if (std::find(rules.begin(), rules.end(), rule) == rules.end()) {
    throw UserError(
        rule_node.mark, "supernet.rule",
        "expected 'ofa_mbv3', 'ofa_resnet' or 'table', found '" + rule + "'" + DidYouMean(rule, rules));
  }
  SuperNet net;
  net.name = ReadName(section, "supernet");
  const Node& list = SubNetList(section);
  if (rule != "ofa_mbv3") RefuseKernelSharing(section, rule);
  if (rule == "table") {
    LoadTable(section, list, net);
  } else if (rule == "ofa_mbv3") {
    LoadOfaMbv3(section, list, net);
  } else {
    LoadOfaResNet(section, list, net);
  }
  return net;
}

}  // namespace sushi::config
