// The `rule: ofa_resnet` part of model_file.cpp.
#include "model_readers.hpp"
#include "section_keys.hpp"
#include "sushi/supernet/ofa_resnet.hpp"

namespace sushi::config {
namespace {

OfaResNetSpace ReadSpace(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kResNetSpace, path);
  OfaResNetSpace space;
  space.base_depth = ReadInts<4>(node, "base_depth", path, 1, kMaxBlocks);
  space.max_extra_depth = Int(node, "max_extra_depth", path, 0, kMaxBlocks);
  space.expand_ratios = ReadChoices(node, "expand_ratios", path);
  space.width_multipliers = ReadChoices(node, "width_multipliers", path);
  space.stage_width = ReadInts<4>(node, "stage_width", path, 1, kMaxChannels);
  space.stem_width = Int(node, "stem_width", path, 1, kMaxChannels);
  space.divisor = IntOr(node, "divisor", path, 1, kMaxDivisor, space.divisor);
  space.classes = Int(node, "classes", path, 1, kMaxChannels);
  space.input = ReadInputSizes(node, path);
  return space;
}

OfaResNetSubNet ReadChoice(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kResNetSubNet, path);
  OfaResNetSubNet choice;
  choice.name = ReadName(node, path);
  choice.top1_percent = ReadTop1(node, path);
  choice.input_size = Int(node, "input_size", path, 1, kMaxMapSize);
  choice.stem_depth = Int(node, "stem_depth", path, 0, kMaxBlocks);
  choice.depth = ReadInts<4>(node, "depth", path, 0, kMaxBlocks);
  choice.width_index = ReadInts<6>(node, "width_index", path, 0, static_cast<int>(kMaxChoices));
  choice.expand = ReadStages<double>(node, "expand", path, ReadRatios);
  return choice;
}

}  // namespace

void LoadOfaResNet(const Node& section, const Node& list, SuperNet& net) {
  RefuseUnknown(section, keys::kResNetModel, "supernet");
  Expand(ReadSpace(Require(section, "space", "supernet"), "supernet.space"), section, list, ReadChoice, net);
}

}  // namespace sushi::config
