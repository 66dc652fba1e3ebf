// models/ofa_mbv3_*.yaml against the published nets, and what a user is told of a mistake.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sushi/config/model_file.hpp"

namespace sushi::config {
namespace {

SuperNet Shipped(const std::string& name) {
  return LoadSuperNet(
      *ReadYamlFile(std::string(SUSHI_SOURCE_DIR) + "/models/" + name + ".yaml").Find("supernet"));
}

TEST(Mbv3Models, HaveTheSizesWorkedOutByHand) {
  // Weights without bias and batch norm, and MACs with the classifier (docs/mobilenet.md derives one).
  struct Figures {
    const char* name;
    int convs;
    std::int64_t parameters, macs;
  };
  const std::vector<Figures> w10{{"pixel1_20ms", 47, 4'284'632, 76'664'384},
                                 {"pixel1_28ms", 62, 5'166'496, 108'572'320},
                                 {"pixel1_40ms", 70, 5'988'224, 162'265'088},
                                 {"pixel1_58ms", 70, 5'775'576, 229'846'296}},
      w12{{"pixel1_79ms", 70, 8'125'712, 355'469'648},
          {"pixel1_132ms", 83, 9'171'016, 592'737'144},
          {"pixel1_143ms", 86, 9'167'080, 641'756'192}};
  for (const auto& [model, expected] : {std::pair{"ofa_mbv3_w10", w10}, {"ofa_mbv3_w12", w12}}) {
    const SuperNet net = Shipped(model);
    ASSERT_EQ(net.subnets.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(net.subnets[i].name, expected[i].name);
      EXPECT_EQ(net.subnets[i].ConvLayers(), expected[i].convs) << expected[i].name;
      EXPECT_EQ(net.subnets[i].TotalWeightBytes().value(), expected[i].parameters) << expected[i].name;
      EXPECT_EQ(net.subnets[i].Macs(), expected[i].macs) << expected[i].name;
    }
  }
}

constexpr const char* kGood = R"(supernet:
  name: net
  rule: ofa_mbv3
  kernel_sharing: none
  space:
    stem_width: 8
    first_block_width: 8
    stage_width: [16, 24, 24, 24, 32]
    final_expand_width: 32
    feature_mix_width: 40
    stage_stride: [2, 1, 1, 1, 2]
    squeeze_excite: [0, 1, 0, 0, 1]
    h_swish: [0, 1, 0, 0, 1]
    depths: [1, 2]
    kernel_sizes: [3, 5]
    expand_ratios: [3, 4]
    classes: 10
    input_min: 32
    input_max: 64
  subnets:
    - name: A
      top1_percent: 75.0
      input_size: 32
      depth: [1, 2, 1, 1, 1]
      kernel: [[3], [5, 3], [3], [3], [5]]
      expand: [[3], [4, 3], [3], [3], [4]]
)";

struct Mistake {
  const char* label;
  const char* good;
  const char* bad;
  const char* message;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.label; }

class Mbv3Mistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mbv3Mistake, IsToldWithLineKeyAndWhatWasExpected) {
  std::string model = kGood;
  const std::size_t at = model.find(GetParam().good);
  ASSERT_NE(at, std::string::npos);
  model.replace(at, std::string(GetParam().good).size(), GetParam().bad);
  std::string message = "accepted";
  try {
    LoadSuperNet(*ParseYaml(model, "m.yaml").Find("supernet"));
  } catch (const UserError& error) {
    message = error.what();
  }
  EXPECT_EQ(message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Model, Mbv3Mistake,
    ::testing::Values(
        Mistake{"None", "", "", "accepted"}, Mistake{"Crop", ": none", ": centre_crop", "accepted"},
        Mistake{"DefaultSharing", "  kernel_sharing: none\n", "", "accepted"},
        Mistake{"Sharing", ": none", ": center_crop",
                "m.yaml:4: supernet.kernel_sharing: expected 'none' or 'centre_crop', found 'center_crop' "
                "(did you mean 'centre_crop'?)"},
        Mistake{"SharingOfAnotherRule", "ofa_mbv3", "ofa_resnet",
                "m.yaml:4: supernet.kernel_sharing: is for rule 'ofa_mbv3', whose depthwise kernels have "
                "several sizes; the rule is 'ofa_resnet'"},
        Mistake{"SharingOfATable", "ofa_mbv3", "table",
                "m.yaml:4: supernet.kernel_sharing: is for rule 'ofa_mbv3', whose depthwise kernels have "
                "several sizes; the rule is 'table'"},
        Mistake{"NoAccuracy", "      top1_percent: 75.0\n", "",
                "m.yaml:21: supernet.subnets[0].top1_percent: is missing; expected 0 to 100 (scheduling "
                "needs the accuracy of every SubNet, also of one whose accuracy is not published)"},
        Mistake{"Kernel4", "[5, 3], [3]", "[4, 3], [3]",
                "m.yaml:25: supernet.subnets[0].kernel[1][0]: expected one of space.kernel_sizes (3, 5), "
                "found 4"},
        Mistake{"Expand5", "[4, 3], [3]", "[4, 5], [3]",
                "m.yaml:26: supernet.subnets[0].expand[1][1]: expected one of space.expand_ratios (3, 4), "
                "found 5"},
        Mistake{"Depth3", "depth: [1, 2,", "depth: [1, 3,",
                "m.yaml:24: supernet.subnets[0].depth[1]: expected one of space.depths (1, 2), found 3"},
        Mistake{"KernelsOfOtherDepth", "kernel: [[3], [5, 3]", "kernel: [[3], [5]",
                "m.yaml:25: supernet.subnets[0].kernel[1]: expected 2 numbers, one for each kept block "
                "(depth), found 1"},
        Mistake{"ExpandsOfOtherDepth", "expand: [[3], [4, 3]", "expand: [[3, 4], [4, 3]",
                "m.yaml:26: supernet.subnets[0].expand[0]: expected 1 numbers, one for each kept block "
                "(depth), found 2"},
        Mistake{"DepthOfAStageMissing", "depth: [1, 2, 1, 1, 1]", "depth: [1, 2, 1, 1]",
                "m.yaml:24: supernet.subnets[0].depth: expected 5 numbers, found 4"},
        Mistake{"ExpandOfAStageMissing", "[3], [3], [4]]", "[3], [4]]",
                "m.yaml:26: supernet.subnets[0].expand: expected a list for each of the 5 stages, found 4"},
        Mistake{"EvenKernel", "kernel_sizes: [3, 5]", "kernel_sizes: [3, 4]",
                "m.yaml:15: supernet.space.kernel_sizes[1]: expected an odd size, found 4"},
        Mistake{"KernelOrder", "kernel_sizes: [3, 5]", "kernel_sizes: [5, 3]",
                "m.yaml:15: supernet.space.kernel_sizes[1]: expected a number above the one before it"},
        Mistake{"FlagsMissing", "h_swish: [0, 1, 0, 0, 1]", "h_swish: [0, 1, 0, 0]",
                "m.yaml:13: supernet.space.h_swish: expected 5 numbers, found 4"},
        Mistake{"Flag2", "h_swish: [0, 1, 0, 0, 1]", "h_swish: [0, 2, 0, 0, 1]",
                "m.yaml:13: supernet.space.h_swish[1]: expected an integer from 0 to 1, got '2'"},
        Mistake{"TooWide", "stage_width: [16, 24,", "stage_width: [16, 65536,",
                "m.yaml:8: supernet.space.stage_width[1]: gives more than 65536 channels"},
        Mistake{"Resolution", "input_size: 32", "input_size: 34",
                "m.yaml:23: supernet.subnets[0].input_size: expected 32 to 64 pixels in multiples of 4, "
                "found 34"},
        Mistake{"Unknown", "    expand_ratios:", "    expand_ratio:",
                "m.yaml:16: supernet.space.expand_ratio: unknown key (did you mean 'expand_ratios'?)"}),
    [](const auto& tested) { return tested.param.label; });

}  // namespace
}  // namespace sushi::config
