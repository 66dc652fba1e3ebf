// The `rule: ofa_mbv3` part of model_file.cpp.
#include "model_readers.hpp"
#include "section_keys.hpp"
#include "sushi/supernet/ofa_mbv3.hpp"

namespace sushi::config {
namespace {

OfaMbv3Space ReadSpace(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kMbv3Space, path);
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
  space.input = ReadInputSizes(node, path);
  return space;
}

OfaMbv3SubNet ReadChoice(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kMap, path);
  RefuseUnknown(node, keys::kMbv3SubNet, path);
  OfaMbv3SubNet choice;
  choice.name = ReadName(node, path);
  choice.top1_percent = ReadTop1(node, path);
  choice.input_size = Int(node, "input_size", path, 1, kMaxMapSize);
  choice.depth = ReadInts<kMbv3Stages>(node, "depth", path, 1, kMaxBlocks);
  choice.kernel = ReadStages<int>(node, "kernel", path, [](const Node& stage, const std::string& at) {
    return ReadIntList(stage, at, 1, kMaxKernelSize);
  });
  choice.expand = ReadStages<double>(node, "expand", path, ReadRatios);
  return choice;
}

KernelSharing ReadSharing(const Node& section) {
  const Node* node = section.Find("kernel_sharing");
  if (node == nullptr) return KernelSharing::kSeparate;
  const keys::Keys& choices = keys::kKernelSharing;
  const std::string value = AsString(*node, "supernet.kernel_sharing");
  if (value == choices[0]) return KernelSharing::kSeparate;
  if (value == choices[1]) return KernelSharing::kCentreCrop;
  throw UserError(node->mark, "supernet.kernel_sharing",
                  "expected 'none' or 'centre_crop', found '" + value + "'" + DidYouMean(value, choices));
}

}  // namespace

void LoadOfaMbv3(const Node& section, const Node& list, SuperNet& net) {
  RefuseUnknown(section, keys::kMbv3Model, "supernet");
  OfaMbv3Space space = ReadSpace(Require(section, "space", "supernet"), "supernet.space");
  space.kernel_sharing = ReadSharing(section);
  Expand(space, section, list, ReadChoice, net);
}

}  // namespace sushi::config
