// The rule of OFA-MobileNetV3 (FACTS.md §3), its ops, and what kernel sharing means for rectangles.
#include "sushi/supernet/ofa_mbv3.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sushi/core/error.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {
namespace {

OfaMbv3Space Width1() {
  OfaMbv3Space space;
  space.name = "mbv3";
  space.depths = {2, 3, 4};
  space.kernel_sizes = {3, 5, 7};
  space.expand_ratios = {3, 4, 6};
  space.stem_width = space.first_block_width = 16;
  space.stage_width = {24, 40, 80, 112, 160};
  space.stage_stride = {2, 2, 2, 1, 2};
  space.squeeze_excite = {0, 1, 0, 1, 1};
  space.h_swish = {0, 0, 1, 1, 1};
  space.final_expand_width = 960;
  space.feature_mix_width = 1280;
  space.classes = 1000;
  space.input = {128, 256, 4};
  return space;
}

// The same kernel and expand ratio in every block.
OfaMbv3SubNet Uniform(int depth, int kernel, double expand, int input = 224) {
  OfaMbv3SubNet choice;
  choice.name = "k" + std::to_string(kernel);
  choice.top1_percent = 75;
  choice.input_size = input;
  choice.depth.fill(depth);
  choice.kernel.assign(5, std::vector<int>(static_cast<std::size_t>(depth), kernel));
  choice.expand.assign(5, std::vector<double>(static_cast<std::size_t>(depth), expand));
  return choice;
}

const Op& Find(const SubNet& subnet, const std::string& name) {
  const auto found =
      std::find_if(subnet.ops.begin(), subnet.ops.end(), [&](const Op& op) { return op.name == name; });
  if (found == subnet.ops.end()) throw InternalError("no op " + name);
  return *found;
}

SuperNet NetOf(const OfaMbv3Space& space, const std::vector<OfaMbv3SubNet>& choices) {
  SuperNet net = ExpandSpace(space);
  for (const OfaMbv3SubNet& choice : choices) net.subnets.push_back(ExpandSubNet(space, net, choice));
  return net;
}

TEST(OfaMbv3, GivesMobileNetV3LargeItsPublishedSize) {
  // MobileNetV3-Large (Howard et al., 2019) is of this form with ratios 2.5 and 2.3 among the others.
  // torchvision's implementation has 5,483,032 parameters: weights, two a channel for each batch norm, and
  // the biases of squeeze-excite and the two last layers. The paper gives 219 M multiply-adds.
  OfaMbv3Space space = Width1();
  space.expand_ratios = {2.3, 2.5, 3, 4, 6};
  OfaMbv3SubNet large;
  large.input_size = 224;
  large.depth = {2, 3, 4, 2, 3};
  large.kernel = {{3, 3}, {5, 5, 5}, {3, 3, 3, 3}, {3, 3}, {5, 5, 5}};
  large.expand = {{4, 3}, {3, 3, 3}, {6, 2.5, 2.3, 2.3}, {6, 6}, {6, 6, 6}};
  const SuperNet net = NetOf(space, {large});
  const SubNet& subnet = net.subnets[0];
  std::int64_t parameters = subnet.TotalWeightBytes().value();
  for (const Op& op : subnet.ops) {
    if (op.kind != OpKind::kConv) continue;
    const bool without_norm = op.bias || op.name == "feature_mix";
    parameters += (without_norm ? 1 : 2) * op.kernels;
  }
  EXPECT_EQ(parameters, 5'483'032);
  EXPECT_EQ(subnet.Macs(), 216'589'760);
}

TEST(OfaMbv3, WritesABlockAsExpandDepthwiseSqueezeExciteProject) {
  const SuperNet net = NetOf(Width1(), {Uniform(2, 5, 4)});
  const SubNet& subnet = net.subnets[0];
  std::vector<std::string> names;
  for (const Op& op : subnet.ops) {
    if (op.name.rfind("stage4.block0.", 0) == 0) names.push_back(op.name.substr(14));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"expand", "depthwise5", "se.pool", "se.reduce", "se.expand",
                                             "se.scale", "project"}));
  const Op& depthwise = Find(subnet, "stage4.block0.depthwise5");
  EXPECT_TRUE(depthwise.depthwise);
  EXPECT_EQ(depthwise.kernels, 320);
  EXPECT_EQ(depthwise.pad_h, 2);
  EXPECT_EQ(depthwise.WeightBytes(), Bytes(320 * 25));
  EXPECT_EQ(depthwise.activation, Activation::kHSwish);
  const Op& squeeze = Find(subnet, "stage4.block0.se.reduce");
  EXPECT_EQ(squeeze.kernels, 80);
  EXPECT_TRUE(squeeze.bias);
  EXPECT_EQ(squeeze.activation, Activation::kRelu);
  EXPECT_EQ(squeeze.in_h, 1);
  const Op& excite = Find(subnet, "stage4.block0.se.expand");
  EXPECT_TRUE(excite.bias);
  EXPECT_EQ(excite.activation, Activation::kHSigmoid);
  const Op& scale = Find(subnet, "stage4.block0.se.scale");
  EXPECT_EQ(scale.kind, OpKind::kScale);
  EXPECT_EQ(scale.input, depthwise.output);
  EXPECT_EQ(scale.residual, excite.output);
  EXPECT_EQ(Find(subnet, "stage4.block0.project").activation, Activation::kNone);
}

TEST(OfaMbv3, SqueezesToAMultipleOfEightNotUnderNineTenthsOfAQuarter) {
  // 72 / 4 = 18: 16 would be under 0.9·18, so 24.
  const SuperNet net = NetOf(Width1(), {Uniform(2, 3, 3)});
  EXPECT_EQ(Find(net.subnets[0], "stage2.block0.se.reduce").kernels, 24);
  EXPECT_EQ(Find(net.subnets[0], "stage2.block1.se.reduce").kernels, 32);
}

TEST(OfaMbv3, UsesHSwishFromTheThirdStageOnAndInStemAndHead) {
  const SuperNet net = NetOf(Width1(), {Uniform(2, 3, 3)});
  const SubNet& subnet = net.subnets[0];
  const auto activation = [&](const char* name) { return Find(subnet, name).activation; };
  EXPECT_EQ(activation("stem.conv"), Activation::kHSwish);
  EXPECT_EQ(activation("first.depthwise3"), Activation::kRelu);
  EXPECT_EQ(activation("stage2.block1.expand"), Activation::kRelu);
  EXPECT_EQ(activation("stage3.block0.expand"), Activation::kHSwish);
  EXPECT_EQ(activation("final_expand"), Activation::kHSwish);
  EXPECT_EQ(activation("feature_mix"), Activation::kHSwish);
  EXPECT_EQ(activation("classifier"), Activation::kNone);
}

TEST(OfaMbv3, AddsABlocksInputOnlyWhereStrideAndWidthAllow) {
  const SuperNet net = NetOf(Width1(), {Uniform(3, 3, 3)});
  const SubNet& subnet = net.subnets[0];
  EXPECT_EQ(Find(subnet, "first.project").residual, Find(subnet, "stem.conv").output);
  EXPECT_EQ(Find(subnet, "stage4.block0.project").residual, kNone) << "stride 1, but 80 and 112 channels";
  EXPECT_EQ(Find(subnet, "stage2.block0.project").residual, kNone);
  EXPECT_EQ(Find(subnet, "stage2.block1.project").residual, Find(subnet, "stage2.block0.project").output);
  EXPECT_EQ(Find(subnet, "stage2.block2.project").residual, Find(subnet, "stage2.block1.project").output);
}

TEST(OfaMbv3, MixesFeaturesAtOnePositionAfterThePool) {
  const SuperNet net = NetOf(Width1(), {Uniform(2, 3, 3, 220)});
  const Op& pool = Find(net.subnets[0], "global_pool");
  EXPECT_EQ(pool.in_h, 7);
  EXPECT_EQ(pool.kernel_h, 7);
  const Op& mix = Find(net.subnets[0], "feature_mix");
  EXPECT_EQ(mix.Macs(), 960 * 1280);
  EXPECT_FALSE(mix.bias);
}

TEST(OfaMbv3, EveryLayerOfEverySubNetIsAPrefixOfItsSuperNetLayer) {
  for (const KernelSharing sharing : {KernelSharing::kSeparate, KernelSharing::kCentreCrop}) {
    OfaMbv3Space space = Width1();
    space.kernel_sharing = sharing;
    for (const int kernel : {3, 5, 7}) {
      const SuperNet net = NetOf(space, {Uniform(4, kernel, 6), Uniform(2, kernel, 3)});
      for (const SubNet& subnet : net.subnets) {
        for (const Op& op : subnet.ops) {
          if (op.supernet_layer == kNone) continue;
          const SuperNetLayer& layer = net.layers[static_cast<std::size_t>(op.supernet_layer)];
          const Rect rect = RectOf(layer, op);
          EXPECT_LE(rect.kernels, layer.max_kernels) << op.name;
          EXPECT_LE(rect.channels, layer.max_channels) << op.name;
          EXPECT_EQ(op.depthwise, layer.depthwise) << op.name;
          EXPECT_EQ(Bytes(std::int64_t{rect.kernels} * rect.channels * layer.CellBytes()), op.WeightBytes());
          EXPECT_EQ(layer.name, op.name);
        }
        EXPECT_EQ(BytesOf(net, SubGraphOf(net, subnet)), subnet.ConvWeightBytes());
      }
    }
  }
}

Bytes SharedDepthwise(KernelSharing sharing, int a, int b) {
  OfaMbv3Space space = Width1();
  space.kernel_sharing = sharing;
  const SuperNet net = NetOf(space, {Uniform(2, a, 6), Uniform(2, b, 4)});
  SubGraph first = SubGraphOf(net, net.subnets[0]), second = SubGraphOf(net, net.subnets[1]);
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    if (!net.layers[i].depthwise || net.layers[i].name == "first.depthwise3") first.rects[i] = Rect{};
  }
  return SharedBytes(net, first, second);
}

TEST(OfaMbv3, KernelSizesShareNothingOrTheirCentre) {
  // Middle channels at ratio 4, blocks 0 and 1 of each stage.
  const int middle = 4 * (16 + 24 + 24 + 40 + 40 + 80 + 80 + 112 + 112 + 160);
  EXPECT_EQ(SharedDepthwise(KernelSharing::kSeparate, 7, 3), Bytes(0));
  EXPECT_EQ(SharedDepthwise(KernelSharing::kSeparate, 5, 5), Bytes(middle * 25));
  EXPECT_EQ(SharedDepthwise(KernelSharing::kCentreCrop, 7, 3), Bytes(middle * 9));
  EXPECT_EQ(SharedDepthwise(KernelSharing::kCentreCrop, 5, 7), Bytes(middle * 25));
}

TEST(CentreFirstTap, CountsRingByRingAndRowByRow) {
  const auto in_five = [](int first, int count) {
    std::vector<int> places;
    for (int i = first; i < first + count; ++i) places.push_back(CentreFirstTap(i, 5));
    return places;
  };
  EXPECT_EQ(in_five(0, 1), std::vector<int>({12}));
  EXPECT_EQ(in_five(1, 8), std::vector<int>({6, 7, 8, 11, 13, 16, 17, 18}));
  EXPECT_EQ(in_five(9, 16), std::vector<int>({0, 1, 2, 3, 4, 5, 9, 10, 14, 15, 19, 20, 21, 22, 23, 24}));
}

TEST(CentreFirstTap, TheFirstTapsOfALargeKernelAreAllOfASmallOne) {
  for (const int side : {1, 3, 5, 7, 9}) {
    std::vector<int> small, large;
    for (int i = 0; i < side * side; ++i) {
      small.push_back(CentreFirstTap(i, side));
      const int place = CentreFirstTap(i, 11), border = (11 - side) / 2;
      large.push_back((place / 11 - border) * side + place % 11 - border);
    }
    EXPECT_EQ(large, small);
    std::sort(small.begin(), small.end());
    for (int i = 0; i < side * side; ++i) EXPECT_EQ(small[static_cast<std::size_t>(i)], i);
  }
}

TEST(OfaMbv3, TheClassifierIsTheLastLayerAndNotCacheable) {
  const SuperNet net = ExpandSpace(Width1());
  EXPECT_EQ(net.layers.back().name, "classifier");
  EXPECT_FALSE(net.layers.back().cacheable);
  EXPECT_EQ(std::count_if(net.layers.begin(), net.layers.end(), [](const auto& l) { return l.cacheable; }),
            static_cast<std::ptrdiff_t>(net.layers.size()) - 1);
}

TEST(OfaMbv3, ASpaceOrChoiceBeyondTheLimitsIsRefused) {
  OfaMbv3Space deep = Width1();
  deep.depths = {2, 1000};
  EXPECT_THROW(ExpandSpace(deep), ChoiceError);
  OfaMbv3Space wide = Width1();
  wide.stage_width[3] = 65536;
  EXPECT_THROW(ExpandSpace(wide), ChoiceError);
  const SuperNet net = ExpandSpace(Width1());
  EXPECT_THROW(ExpandSubNet(Width1(), net, Uniform(5, 3, 3)), ChoiceError);
  EXPECT_THROW(ExpandSubNet(Width1(), net, Uniform(2, 4, 3)), ChoiceError);
  EXPECT_THROW(ExpandSubNet(Width1(), net, Uniform(2, 3, 5)), ChoiceError);
  EXPECT_THROW(ExpandSubNet(Width1(), net, Uniform(2, 3, 3, 226)), ChoiceError);
}

}  // namespace
}  // namespace sushi
