#include "sushi/config/model_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "layer_table.hpp"
#include "sushi/supernet/ofa_mbv3.hpp"
#include "sushi/supernet/ofa_resnet.hpp"

namespace sushi::config {
namespace {

// Wide enough for any network, narrow enough that no product of them overflows an int.
constexpr int kMaxBlocks = 1024;
constexpr int kMaxDivisor = 1024;
constexpr double kMaxRatio = 16;
constexpr std::size_t kMaxChoices = 64;

std::string At(const std::string& path, std::size_t i) { return path + "[" + std::to_string(i) + "]"; }

int Int(const Node& map, const char* key, const std::string& path, int low, int high) {
  return static_cast<int>(AsInt(Require(map, key, path), path + "." + key, low, high));
}

int IntOr(const Node& map, const char* key, const std::string& path, int low, int high, int otherwise) {
  return map.Find(key) == nullptr ? otherwise : Int(map, key, path, low, high);
}

std::string ReadName(const Node& map, const std::string& path) {
  return AsPlainName(Require(map, "name", path), path + ".name");
}

template <std::size_t N>
std::array<int, N> ReadInts(const Node& map, const char* key, const std::string& path, int low, int high) {
  const Node& node = Require(map, key, path);
  const std::string full = path + "." + key;
  RequireKind(node, Node::Kind::kSequence, full);
  if (node.items.size() != N) {
    throw UserError(node.mark, full,
                    "expected " + std::to_string(N) + " numbers, found " + std::to_string(node.items.size()));
  }
  std::array<int, N> values{};
  for (std::size_t i = 0; i < N; ++i) {
    values[i] = static_cast<int>(AsInt(node.items[i], At(full, i), low, high));
  }
  return values;
}

std::vector<double> ReadRatios(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kSequence, path);
  std::vector<double> values;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    values.push_back(AsReal(node.items[i], At(path, i), 0.001, kMaxRatio));
  }
  return values;
}

// The choices of a space: at least one, each larger than the one before.
std::vector<double> ReadChoices(const Node& space, const char* key, const std::string& path) {
  const Node& node = Require(space, key, path);
  const std::string full = path + "." + key;
  const std::vector<double> values = ReadRatios(node, full);
  if (values.empty() || values.size() > kMaxChoices) {
    throw UserError(node.mark, full, "expected 1 to " + std::to_string(kMaxChoices) + " numbers");
  }
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] <= values[i - 1]) {
      throw UserError(node.items[i].mark, At(full, i), "expected a number above the one before it");
    }
  }
  return values;
}

OfaResNetSpace ReadSpace(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node,
                {"base_depth", "max_extra_depth", "expand_ratios", "width_multipliers", "stage_width",
                 "stem_width", "divisor", "classes", "input_min", "input_max", "input_step"},
                path);
  OfaResNetSpace space;
  space.base_depth = ReadInts<4>(node, "base_depth", path, 1, kMaxBlocks);
  space.max_extra_depth = Int(node, "max_extra_depth", path, 0, kMaxBlocks);
  space.expand_ratios = ReadChoices(node, "expand_ratios", path);
  space.width_multipliers = ReadChoices(node, "width_multipliers", path);
  space.stage_width = ReadInts<4>(node, "stage_width", path, 1, kMaxChannels);
  space.stem_width = Int(node, "stem_width", path, 1, kMaxChannels);
  space.divisor = IntOr(node, "divisor", path, 1, kMaxDivisor, space.divisor);
  space.classes = Int(node, "classes", path, 1, kMaxChannels);
  space.input_min = Int(node, "input_min", path, 1, kMaxMapSize);
  space.input_max = Int(node, "input_max", path, space.input_min, kMaxMapSize);
  space.input_step = IntOr(node, "input_step", path, 1, kMaxMapSize, space.input_step);
  return space;
}

OfaResNetSubNet ReadChoice(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, {"name", "top1_percent", "input_size", "stem_depth", "depth", "width_index", "expand"},
                path);
  OfaResNetSubNet choice;
  choice.name = ReadName(node, path);
  choice.top1_percent = AsReal(Require(node, "top1_percent", path), path + ".top1_percent", 0, 100);
  choice.input_size = Int(node, "input_size", path, 1, kMaxMapSize);
  choice.stem_depth = Int(node, "stem_depth", path, 0, kMaxBlocks);
  choice.depth = ReadInts<4>(node, "depth", path, 0, kMaxBlocks);
  choice.width_index = ReadInts<6>(node, "width_index", path, 0, static_cast<int>(kMaxChoices));
  const Node& expand = Require(node, "expand", path);
  RequireKind(expand, Node::Kind::kSequence, path + ".expand");
  for (std::size_t s = 0; s < expand.items.size(); ++s) {
    choice.expand.push_back(ReadRatios(expand.items[s], At(path + ".expand", s)));
  }
  return choice;
}

// Gives a violation of the rule the line and the full key of what it is about.
[[noreturn]] void Locate(const ChoiceError& error, const Node& map, const std::string& path) {
  const Node* node = map.Find(error.field());
  std::string key = path + "." + error.field();
  for (int i : error.index()) {
    key += "[" + std::to_string(i) + "]";
    const auto place = static_cast<std::size_t>(i);
    if (node != nullptr && place < node->items.size()) node = &node->items[place];
  }
  throw UserError(node != nullptr ? node->mark : map.mark, key, error.message());
}

std::vector<int> ReadIntList(const Node& node, const std::string& path, int low, int high) {
  RequireKind(node, Node::Kind::kSequence, path);
  std::vector<int> values;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    values.push_back(static_cast<int>(AsInt(node.items[i], At(path, i), low, high)));
  }
  return values;
}

std::vector<int> ReadIntChoices(const Node& space, const char* key, const std::string& path, int high) {
  const std::vector<double> checked = ReadChoices(space, key, path);  // number and order
  std::vector<int> values = ReadIntList(*space.Find(key), path + "." + key, 1, high);
  return values.size() == checked.size() ? values : std::vector<int>();
}

OfaMbv3Space ReadMbv3Space(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node,
                {"stem_width", "first_block_width", "stage_width", "final_expand_width", "feature_mix_width",
                 "stage_stride", "squeeze_excite", "h_swish", "depths", "kernel_sizes", "expand_ratios",
                 "squeeze_divisor", "divisor", "classes", "input_min", "input_max", "input_step"},
                path);
  OfaMbv3Space space;
  space.stem_width = Int(node, "stem_width", path, 1, kMaxChannels);
  space.first_block_width = Int(node, "first_block_width", path, 1, kMaxChannels);
  space.stage_width = ReadInts<kMbv3Stages>(node, "stage_width", path, 1, kMaxChannels);
  space.final_expand_width = Int(node, "final_expand_width", path, 1, kMaxChannels);
  space.feature_mix_width = Int(node, "feature_mix_width", path, 1, kMaxChannels);
  space.stage_stride = ReadInts<kMbv3Stages>(node, "stage_stride", path, 1, 2);
  space.squeeze_excite = ReadInts<kMbv3Stages>(node, "squeeze_excite", path, 0, 1);
  space.h_swish = ReadInts<kMbv3Stages>(node, "h_swish", path, 0, 1);
  space.depths = ReadIntChoices(node, "depths", path, static_cast<int>(kMaxRatio));
  space.kernel_sizes = ReadIntChoices(node, "kernel_sizes", path, static_cast<int>(kMaxRatio));
  space.expand_ratios = ReadChoices(node, "expand_ratios", path);
  space.squeeze_divisor = IntOr(node, "squeeze_divisor", path, 1, kMaxDivisor, space.squeeze_divisor);
  space.divisor = IntOr(node, "divisor", path, 1, kMaxDivisor, space.divisor);
  space.classes = Int(node, "classes", path, 1, kMaxChannels);
  space.input_min = Int(node, "input_min", path, 1, kMaxMapSize);
  space.input_max = Int(node, "input_max", path, space.input_min, kMaxMapSize);
  space.input_step = IntOr(node, "input_step", path, 1, kMaxMapSize, space.input_step);
  return space;
}

OfaMbv3SubNet ReadMbv3Choice(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, {"name", "top1_percent", "input_size", "depth", "kernel", "expand"}, path);
  OfaMbv3SubNet choice;
  choice.name = ReadName(node, path);
  choice.top1_percent = AsReal(Require(node, "top1_percent", path), path + ".top1_percent", 0, 100);
  choice.input_size = Int(node, "input_size", path, 1, kMaxMapSize);
  choice.depth = ReadInts<kMbv3Stages>(node, "depth", path, 1, kMaxBlocks);
  const Node& kernel = Require(node, "kernel", path);
  RequireKind(kernel, Node::Kind::kSequence, path + ".kernel");
  for (std::size_t s = 0; s < kernel.items.size(); ++s) {
    choice.kernel.push_back(ReadIntList(kernel.items[s], At(path + ".kernel", s), 1, kMaxKernelSize));
  }
  const Node& expand = Require(node, "expand", path);
  RequireKind(expand, Node::Kind::kSequence, path + ".expand");
  for (std::size_t s = 0; s < expand.items.size(); ++s) {
    choice.expand.push_back(ReadRatios(expand.items[s], At(path + ".expand", s)));
  }
  return choice;
}

// `Space` and the reader of a choice belong to one rule; ExpandSpace and ExpandSubNet are overloaded.
template <typename Space, typename Choice>
void LoadByRule(const Node& section, const Node& list, Space (*read_space)(const Node&, const std::string&),
                Choice (*read_choice)(const Node&, const std::string&), SuperNet& net) {
  RefuseUnknown(section, {"name", "rule", "space", "subnets"}, "supernet");
  const Node& space_node = Require(section, "space", "supernet");
  Space space = read_space(space_node, "supernet.space");
  space.name = net.name;
  try {
    net = ExpandSpace(space);
  } catch (const ChoiceError& error) {
    Locate(error, space_node, "supernet.space");
  }
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string path = At("supernet.subnets", i);
    const Choice choice = read_choice(list.items[i], path);
    try {
      net.subnets.push_back(ExpandSubNet(space, net, choice));
    } catch (const ChoiceError& error) {
      Locate(error, list.items[i], path);
    }
  }
}

TableSubNet ReadListed(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, {"name", "top1_percent", "input_size"}, path);
  TableSubNet listed;
  listed.mark = node.mark;
  listed.path = path;
  listed.name = ReadName(node, path);
  listed.top1_percent = AsReal(Require(node, "top1_percent", path), path + ".top1_percent", 0, 100);
  listed.input_size = IntOr(node, "input_size", path, 1, kMaxMapSize, 0);
  return listed;
}

void LoadTable(const Node& section, const Node& list, SuperNet& net) {
  RefuseUnknown(section, {"name", "rule", "table", "layers", "subnets"}, "supernet");
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

}  // namespace

std::string AsPlainName(const Node& node, const std::string& key) {
  constexpr std::size_t kMaxLength = 32;
  const std::string name = AsString(node, key);
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string("_-.+@").find(c) != std::string::npos;
  };
  if (!name.empty() && name.size() <= kMaxLength && std::all_of(name.begin(), name.end(), plain)) return name;
  throw UserError(node.mark, key,
                  "expected 1 to " + std::to_string(kMaxLength) + " letters, digits or _ - . + @, found '" +
                      name.substr(0, 2 * kMaxLength) + "'");
}

std::string TableFileOf(const Node& section) {
  if (section.kind != Node::Kind::kMap) return "";
  const Node* table = section.Find("table");
  if (table == nullptr) return "";
  RequireKind(*table, Node::Kind::kMap, "supernet.table");
  RefuseUnknown(*table, {"file"}, "supernet.table");
  const Node& file = Require(*table, "file", "supernet.table");
  const std::filesystem::path named = AsString(file, "supernet.table.file");
  if (named.is_absolute()) return named.string();
  return (std::filesystem::path(file.mark.file).parent_path() / named).string();
}

SuperNet LoadSuperNet(const Node& section) {
  RequireKind(section, Node::Kind::kMap, "supernet");
  const std::vector<std::string> rules{"ofa_mbv3", "ofa_resnet", "table"};
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
  if (rule == "table") {
    LoadTable(section, list, net);
  } else if (rule == "ofa_mbv3") {
    LoadByRule(section, list, ReadMbv3Space, ReadMbv3Choice, net);
  } else {
    LoadByRule(section, list, ReadSpace, ReadChoice, net);
  }
  return net;
}

}  // namespace sushi::config
