// OFA's rule against the widths of FACTS.md §3 (source: mit-han-lab/once-for-all).
#include "sushi/supernet/ofa_resnet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ofa_fixture.hpp"

namespace sushi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MakeDivisible, RoundsToTheNearestMultipleHalvesUp) {
  EXPECT_EQ(MakeDivisible(11.9, 4), 12);
  EXPECT_EQ(MakeDivisible(100, 8), 104);
  EXPECT_EQ(MakeDivisible(99.9, 8), 96);
  EXPECT_EQ(MakeDivisible(104, 8), 104);
}

TEST(MakeDivisible, NeverGivesLessThanTheDivisor) {
  EXPECT_EQ(MakeDivisible(0, 8), 8);
  EXPECT_EQ(MakeDivisible(1, 8), 8);
  EXPECT_EQ(MakeDivisible(-5, 8), 8);
}

TEST(MakeDivisible, StepsUpWhereRoundingLosesOverATenth) {
  EXPECT_EQ(MakeDivisible(8.8, 8), 8);    // 8 >= 7.92
  EXPECT_EQ(MakeDivisible(9, 8), 16);     // 8 < 8.1
  EXPECT_EQ(MakeDivisible(17, 8), 16);    // 16 >= 15.3
  EXPECT_EQ(MakeDivisible(18, 8), 24);    // 16 < 16.2
  EXPECT_EQ(MakeDivisible(35, 8), 32);    // 32 >= 31.5
  EXPECT_EQ(MakeDivisible(35.9, 8), 40);  // 32 < 32.31
}

TEST(MakeDivisible, HoldsForNumbersFarOutsideAnyNetwork) {
  EXPECT_EQ(MakeDivisible(1e300, 8), 1 << 30);
  EXPECT_EQ(MakeDivisible(7, 1), 7);
}

TEST(OfaResNet, StageWidthsAreThePublishedOnes) {
  const std::map<int, std::array<int, 3>> published{
      {256, {168, 208, 256}}, {512, {336, 408, 512}}, {1024, {664, 816, 1024}}, {2048, {1328, 1640, 2048}}};
  const OfaResNetSpace space = OfaSpace();
  for (const auto& [base, widths] : published) {
    for (std::size_t w = 0; w < 3; ++w) {
      EXPECT_EQ(MakeDivisible(base * space.width_multipliers[w], 8), widths[w]) << base << " at " << w;
    }
  }
}

TEST(OfaResNet, MiddleWidthsAreThePublishedOnes) {
  const std::map<int, std::array<int, 3>> published{
      {168, {32, 40, 56}},     {208, {40, 56, 72}},     {256, {48, 64, 88}},     {336, {64, 88, 120}},
      {408, {80, 104, 144}},   {512, {104, 128, 176}},  {664, {136, 168, 232}},  {816, {160, 208, 288}},
      {1024, {208, 256, 360}}, {1328, {264, 336, 464}}, {1640, {328, 408, 576}}, {2048, {408, 512, 720}}};
  const OfaResNetSpace space = OfaSpace();
  for (const auto& [out, mids] : published) {
    for (std::size_t e = 0; e < 3; ++e) {
      EXPECT_EQ(MakeDivisible(out * space.expand_ratios[e], 8), mids[e]) << out << " at " << e;
    }
  }
}

TEST(OfaResNet, StemWidthsAreThePublishedOnes) {
  const OfaResNetSpace space = OfaSpace();
  const SuperNet net = ExpandSpace(space);
  const std::array<int, 3> mid{24, 24, 32};
  const std::array<int, 3> out{40, 48, 64};
  for (int w = 0; w < 3; ++w) {
    OfaResNetSubNet choice = SmallestChoice();
    choice.width_index[0] = choice.width_index[1] = w;
    const SubNet subnet = ExpandSubNet(space, net, choice);
    EXPECT_EQ(subnet.ops[0].kernels, mid[static_cast<std::size_t>(w)]);
    EXPECT_EQ(subnet.ops[1].kernels, out[static_cast<std::size_t>(w)]);
  }
}

TEST(OfaResNet, SuperNetHasSixtyOneConvolutionsAndAClassifierThatIsNotCacheable) {
  const SuperNet net = ExpandSpace(OfaSpace());
  ASSERT_EQ(net.layers.size(), 62u);
  EXPECT_EQ(net.layers[1].name, "stem.conv1");
  EXPECT_EQ(net.layers[6].name, "stage1.block0.shortcut");
  EXPECT_EQ(net.layers[16].name, "stage2.block0.conv1");
  EXPECT_EQ(net.layers[29].name, "stage3.block0.conv1");
  EXPECT_EQ(net.layers[48].name, "stage4.block0.conv1");
  EXPECT_EQ(net.layers[60].name, "stage4.block3.conv3");
  EXPECT_EQ(net.layers[56].WeightBytes(), Bytes(720 * 720 * 9));
  EXPECT_EQ(net.layers[61].WeightBytes(), Bytes(1000 * 2048));
  for (std::size_t i = 0; i < 62; ++i) EXPECT_EQ(net.layers[i].cacheable, i != 61) << i;
}

const Op& Named(const SubNet& subnet, const std::string& name) {
  for (const Op& op : subnet.ops) {
    if (op.name == name) return op;
  }
  throw std::runtime_error("no op " + name);
}

TEST(OfaResNet, FirstBlocksShortcutRunsLastAndAddsTheThirdConvolution) {
  const OfaResNetSpace space = OfaSpace();
  const SubNet subnet = ExpandSubNet(space, ExpandSpace(space), SmallestChoice());
  const Op& conv1 = Named(subnet, "stage2.block0.conv1");
  const Op& conv3 = Named(subnet, "stage2.block0.conv3");
  const Op& pool = Named(subnet, "stage2.block0.shortcut_pool");
  const Op& shortcut = Named(subnet, "stage2.block0.shortcut");
  EXPECT_EQ(conv3.residual, kNone);
  EXPECT_EQ(pool.input, conv1.input);
  EXPECT_EQ(shortcut.input, pool.output);
  EXPECT_EQ(shortcut.residual, conv3.output);
  EXPECT_EQ(Named(subnet, "stage2.block1.conv1").input, shortcut.output);
  EXPECT_EQ(Named(subnet, "stage2.block1.conv3").residual, shortcut.output);
}

TEST(OfaResNet, FirstStageKeepsItsMapAndNeedsNoShortcutPool) {
  const OfaResNetSpace space = OfaSpace();
  const SubNet subnet = ExpandSubNet(space, ExpandSpace(space), SmallestChoice());
  EXPECT_EQ(Named(subnet, "stage1.block0.conv2").stride_h, 1);
  EXPECT_EQ(Named(subnet, "stage1.block0.shortcut").input, Named(subnet, "stem.max_pool").output);
  EXPECT_EQ(Named(subnet, "stage4.block0.conv2").stride_h, 2);
}

TEST(OfaResNet, StemResidualAddsItsOwnInput) {
  const OfaResNetSpace space = OfaSpace();
  OfaResNetSubNet choice = SmallestChoice();
  choice.stem_depth = 2;
  const SubNet subnet = ExpandSubNet(space, ExpandSpace(space), choice);
  const Op& residual = Named(subnet, "stem.conv1");
  EXPECT_EQ(residual.supernet_layer, 1);
  EXPECT_EQ(residual.residual, residual.input);
}

// Every choice of the space, at every input size, must be a network whose shapes agree.
TEST(OfaResNet, EveryInputSizeGivesAgreeingShapes) {
  const OfaResNetSpace space = OfaSpace();
  const SuperNet net = ExpandSpace(space);
  for (int size = space.input.min; size <= space.input.max; size += space.input.step) {
    OfaResNetSubNet choice = LargestChoice();
    choice.input_size = size;
    const SubNet subnet = ExpandSubNet(space, net, choice);
    for (const Op& op : subnet.ops) {
      const Tensor& in = subnet.tensors[static_cast<std::size_t>(op.input)];
      const Tensor& out = subnet.tensors[static_cast<std::size_t>(op.output)];
      ASSERT_THAT((std::array{in.channels, in.height, in.width}), ElementsAre(op.channels, op.in_h, op.in_w));
      ASSERT_THAT((std::array{out.channels, out.height, out.width}),
                  ElementsAre(op.kernels, op.OutH(), op.OutW()));
      if (op.residual == kNone) continue;
      const Tensor& added = subnet.tensors[static_cast<std::size_t>(op.residual)];
      ASSERT_EQ(added.height, out.height) << op.name << " at input " << size;
      ASSERT_EQ(added.channels, out.channels) << op.name;
    }
    EXPECT_EQ(subnet.ops.back().OutH(), 1);
  }
}

TEST(OfaResNet, LargestChoiceIsTheSuperNet) {
  const OfaResNetSpace space = OfaSpace();
  const SuperNet net = ExpandSpace(space);
  const SubNet subnet = ExpandSubNet(space, net, LargestChoice());
  Bytes sum;
  for (const SuperNetLayer& layer : net.layers) sum += layer.WeightBytes();
  EXPECT_EQ(subnet.TotalWeightBytes(), sum);
  EXPECT_EQ(subnet.ConvLayers(), 61);
  EXPECT_EQ(subnet.Macs() - subnet.ConvMacs(), 1000 * 2048);
}

struct BadChoice {
  const char* label;
  void (*spoil)(OfaResNetSubNet&);
  const char* message;
};

void PrintTo(const BadChoice& bad, std::ostream* out) { *out << bad.label; }

class OfaResNetRefuses : public ::testing::TestWithParam<BadChoice> {};

TEST_P(OfaResNetRefuses, AChoiceOutsideTheSpace) {
  const OfaResNetSpace space = OfaSpace();
  OfaResNetSubNet choice = SmallestChoice();
  GetParam().spoil(choice);
  try {
    ExpandSubNet(space, ExpandSpace(space), choice);
    FAIL() << "accepted";
  } catch (const ChoiceError& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Choices, OfaResNetRefuses,
    ::testing::Values(
        BadChoice{"Stem", [](OfaResNetSubNet& c) { c.stem_depth = 1; }, "stem_depth: expected 0 or 2"},
        BadChoice{"Depth", [](OfaResNetSubNet& c) { c.depth[2] = 3; }, "depth[2]: expected 0 to 2"},
        BadChoice{"Width", [](OfaResNetSubNet& c) { c.width_index[5] = 3; },
                  "width_index[5]: expected 0 to 2"},
        BadChoice{"Negative", [](OfaResNetSubNet& c) { c.width_index[0] = -1; }, "width_index[0]"},
        BadChoice{"Ratio", [](OfaResNetSubNet& c) { c.expand[1][1] = 0.3; },
                  "expand[1][1]: expected one of space.expand_ratios (0.2, 0.25, 0.35), found 0.3"},
        BadChoice{"Stages", [](OfaResNetSubNet& c) { c.expand.pop_back(); }, "expand: expected a list"},
        BadChoice{"Blocks", [](OfaResNetSubNet& c) { c.expand[3].push_back(0.2); },
                  "expand[3]: expected 2 ratios"},
        BadChoice{"Size", [](OfaResNetSubNet& c) { c.input_size = 100; }, "input_size: expected 128 to 256"},
        BadChoice{"Step", [](OfaResNetSubNet& c) { c.input_size = 162; }, "multiples of 4"}),
    [](const auto& tested) { return tested.param.label; });

TEST(OfaResNet, RefusesASpaceBeyondTheLimits) {
  OfaResNetSpace space = OfaSpace();
  space.stage_width[3] = 65536;
  space.width_multipliers = {1.0, 16.0};
  EXPECT_THROW(ExpandSpace(space), ChoiceError);
  space = OfaSpace();
  space.max_extra_depth = 1000;
  EXPECT_THROW(ExpandSpace(space), ChoiceError);
}

TEST(OfaResNet, RefusesAnOpWhoseWorkWouldOverflow) {
  OfaResNetSpace space = OfaSpace();
  space.stage_width = {65536, 65536, 65536, 65536};
  space.input.max = 16384;
  const SuperNet net = ExpandSpace(space);
  OfaResNetSubNet choice = LargestChoice();
  choice.input_size = 16384;
  EXPECT_THROW(ExpandSubNet(space, net, choice), ChoiceError);
}

}  // namespace
}  // namespace sushi
