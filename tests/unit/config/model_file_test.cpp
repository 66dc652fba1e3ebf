// models/*.yaml against the layer list of once-for-all's nets and the figures of FACTS.md §3; and what
// a user is told of each mistake in an `ofa_resnet` section.
#include "sushi/config/model_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <sstream>

#include "sushi/supernet/subgraph.hpp"

namespace sushi::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Model(const char* name) { return std::string(SUSHI_SOURCE_DIR "/models/") + name; }

SuperNet LoadModel(const char* name) { return LoadSuperNet(*ReadYamlFile(Model(name)).Find("supernet")); }

// Rounded as the tables of FACTS.md are.
double Rounded(double value) { return std::round(value * 1000) / 1000; }
double MiB(Bytes bytes) { return Rounded(static_cast<double>(bytes.value()) / (1 << 20)); }

std::string CsvLine(const SubNet& subnet, int layer, const Op& op) {
  std::string line = subnet.name;
  for (int value : {layer, op.supernet_layer, op.kernels, op.channels, op.kernel_h, op.kernel_w, op.in_h,
                    op.in_w, op.pad_h, op.pad_w, op.stride_h, op.stride_w}) {
    line += "," + std::to_string(value);
  }
  return line;
}

TEST(OfaModel, All318LayersEqualTheListOfTheSixSubNets) {
  std::ifstream csv(SUSHI_SHARED_DATA "/ofa_resnet50_subnets.csv");
  if (!csv) GTEST_SKIP() << "no " SUSHI_SHARED_DATA "/ofa_resnet50_subnets.csv";
  std::string line;
  std::getline(csv, line);
  EXPECT_THAT(line, StartsWith("subnet,layer,supernet_layer,out_channels,in_channels,kernel_h,kernel_w,in_h,"
                               "in_w,pad_h,pad_w,stride_h,stride_w"));
  int layers = 0;
  for (const SubNet& subnet : LoadModel("ofa_resnet50.yaml").subnets) {
    int layer = 0;
    for (const Op& op : subnet.ops) {
      if (op.kind != OpKind::kConv || op.classifier) continue;
      ASSERT_TRUE(std::getline(csv, line)) << "the list ends before " << subnet.name << " " << op.name;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      ASSERT_EQ(CsvLine(subnet, layer++, op), line);
      ++layers;
    }
  }
  EXPECT_EQ(layers, 318);
  EXPECT_FALSE(std::getline(csv, line)) << line;
}

struct Figures {  // FACTS.md §3, the table of SubNets
  const char* name;
  int input;
  int convs;
  double mib;
  double params_m;
  double gmac;
  double top1;
};
constexpr Figures kFigures[] = {
    {"A", 160, 39, 7.582, 9.591, 0.598, 75.0},   {"B", 160, 45, 12.214, 14.448, 0.896, 76.3},
    {"C", 192, 54, 17.775, 20.687, 1.793, 78.3}, {"D", 192, 58, 25.622, 28.915, 2.379, 79.0},
    {"E", 224, 61, 23.657, 26.446, 3.666, 79.7}, {"F", 224, 61, 27.469, 30.852, 4.063, 79.8},
};

TEST(OfaModel, SizesAndWorkEqualThePublishedFigures) {
  const SuperNet net = LoadModel("ofa_resnet50.yaml");
  ASSERT_EQ(net.subnets.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    const SubNet& subnet = net.subnets[i];
    const Figures& figures = kFigures[i];
    EXPECT_EQ(subnet.name, figures.name);
    EXPECT_EQ(subnet.input_size, figures.input);
    EXPECT_EQ(subnet.ConvLayers(), figures.convs);
    EXPECT_DOUBLE_EQ(MiB(subnet.ConvWeightBytes()), figures.mib);
    EXPECT_DOUBLE_EQ(Rounded(static_cast<double>(subnet.TotalWeightBytes().value()) / 1e6), figures.params_m);
    EXPECT_DOUBLE_EQ(Rounded(static_cast<double>(subnet.ConvMacs()) / 1e9), figures.gmac);
    EXPECT_DOUBLE_EQ(subnet.top1_percent, figures.top1);
  }
}

TEST(OfaModel, SharedWeightsEqualTheFiguresOfAllPairs) {
  // FACTS.md §3, "Weights shared by pairs", rows and columns A–F.
  constexpr double kShared[6][6] = {
      {7.582, 7.550, 7.582, 7.582, 7.582, 7.582},      {7.550, 12.214, 12.214, 12.214, 12.214, 12.214},
      {7.582, 12.214, 17.775, 17.775, 15.315, 17.775}, {7.582, 12.214, 17.775, 25.622, 20.503, 22.287},
      {7.582, 12.214, 15.315, 20.503, 23.657, 20.758}, {7.582, 12.214, 17.775, 22.287, 20.758, 27.469}};
  const SuperNet net = LoadModel("ofa_resnet50.yaml");
  SubGraph common = SubGraphOf(net, net.subnets[0]);
  SubGraph box = common;
  for (std::size_t i = 0; i < 6; ++i) {
    const SubGraph a = SubGraphOf(net, net.subnets[i]);
    common = Intersect(common, a);
    box = BoundingBox(box, a);
    for (std::size_t j = 0; j < 6; ++j) {
      EXPECT_DOUBLE_EQ(MiB(SharedBytes(net, a, SubGraphOf(net, net.subnets[j]))), kShared[i][j])
          << i << " " << j;
    }
  }
  EXPECT_DOUBLE_EQ(MiB(BytesOf(net, common)), 7.550);
  EXPECT_DOUBLE_EQ(MiB(BytesOf(net, box)), 32.649);
}

// A one-SubNet model with one line replaced, and what the message must say.
struct BadModel {
  const char* label;
  int line;          // to replace, 1-based
  const char* text;  // instead; "" removes it
  const char* place;
  const char* message;
};

void PrintTo(const BadModel& bad, std::ostream* out) { *out << bad.label; }

constexpr const char* kGood = R"(supernet:
  name: net
  rule: ofa_resnet
  space:
    base_depth: [2, 2, 4, 2]
    max_extra_depth: 2
    expand_ratios: [0.2, 0.25, 0.35]
    width_multipliers: [0.65, 0.8, 1.0]
    stage_width: [256, 512, 1024, 2048]
    stem_width: 64
    classes: 1000
    input_min: 128
    input_max: 256
  subnets:
    - name: A
      top1_percent: 75.0
      input_size: 160
      stem_depth: 0
      depth: [0, 0, 1, 0]
      width_index: [0, 0, 0, 0, 0, 1]
      expand:
        - [0.2, 0.2]
        - [0.2, 0.2]
        - [0.2, 0.2, 0.2, 0.25, 0.2]
        - [0.2, 0.25]
)";

std::string WithLine(int line, const std::string& text) {
  std::istringstream in(kGood);
  std::string result;
  std::string current;
  for (int i = 1; std::getline(in, current); ++i) {
    if (i != line) result += current + "\n";
    if (i == line && !text.empty()) result += text + "\n";
  }
  return result;
}

std::string MessageOf(const std::string& yaml) {
  try {
    LoadSuperNet(*ParseYaml(yaml, "m.yaml").Find("supernet"));
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(OfaModelErrors, TheUnspoiltModelIsAccepted) { EXPECT_EQ(MessageOf(kGood), "accepted"); }

class OfaModelMistake : public ::testing::TestWithParam<BadModel> {};

TEST_P(OfaModelMistake, IsNamedWithLineAndKey) {
  const BadModel& bad = GetParam();
  const std::string message = MessageOf(WithLine(bad.line, bad.text));
  EXPECT_THAT(message, StartsWith(bad.place));
  EXPECT_THAT(message, HasSubstr(bad.message));
}

INSTANTIATE_TEST_SUITE_P(
    Model, OfaModelMistake,
    ::testing::Values(
        BadModel{"Rule", 3, "  rule: ofa_resent", "m.yaml:3: supernet.rule: ", "did you mean 'ofa_resnet'"},
        BadModel{"NoRule", 3, "", "m.yaml:", "rule"},
        BadModel{"Name", 2, "  name: 'a b'", "m.yaml:2: supernet.name: ", "expected 1 to 32 letters"},
        BadModel{"NoStemWidth", 10, "", "m.yaml:", "stem_width"},
        BadModel{"Unknown", 10, "    stem_widht: 64", "m.yaml:10: supernet.space.stem_widht", "stem_width"},
        BadModel{"BaseDepth", 5, "    base_depth: [2, 2]",
                 "m.yaml:5: supernet.space.base_depth: ", "expected 4 numbers, found 2"},
        BadModel{"HugeDepth", 6, "    max_extra_depth: 1000",
                 "m.yaml:6: supernet.space.max_extra_depth: ", "layers, more than 4096"},
        BadModel{"HugeWidth", 9, "    stage_width: [256, 512, 99999999, 2048]",
                 "m.yaml:9: supernet.space.stage_width[2]: ", "65536"},
        BadModel{"Overflow", 9, "    stage_width: [256, 512, 99999999999999999999, 2048]",
                 "m.yaml:9: supernet.space.stage_width[2]: ", ""},
        BadModel{"RatioOrder", 7, "    expand_ratios: [0.25, 0.2]",
                 "m.yaml:7: supernet.space.expand_ratios[1]: ", "above the one before"},
        BadModel{"NoRatios", 7, "    expand_ratios: []",
                 "m.yaml:7: supernet.space.expand_ratios: ", "expected 1 to 64 numbers"},
        BadModel{"InputRange", 13, "    input_max: 64", "m.yaml:13: supernet.space.input_max: ", "128"},
        BadModel{"Accuracy", 16, "      top1_percent: 101",
                 "m.yaml:16: supernet.subnets[0].top1_percent: ", "expected"},
        BadModel{"NoAccuracy", 16, "", "m.yaml:", "top1_percent"},
        BadModel{"InputSize", 17, "      input_size: 512", "m.yaml:17: supernet.subnets[0].input_size: ",
                 "expected 128 to 256 pixels in multiples of 4, found 512"},
        BadModel{"StemDepth", 18, "      stem_depth: 1",
                 "m.yaml:18: supernet.subnets[0].stem_depth: ", "expected 0 or 2"},
        BadModel{"Depth", 19, "      depth: [0, 0, 3, 0]", "m.yaml:19: supernet.subnets[0].depth[2]: ",
                 "expected 0 to 2 (space.max_extra_depth), found 3"},
        BadModel{"Blocks", 19, "      depth: [0, 0, 2, 0]", "m.yaml:24: supernet.subnets[0].expand[2]: ",
                 "expected 6 ratios, one for each kept block (base_depth 4 + depth 2), found 5"},
        BadModel{"Width", 20, "      width_index: [0, 0, 0, 0, 0, 3]",
                 "m.yaml:20: supernet.subnets[0].width_index[5]: ", "expected 0 to 2"},
        BadModel{"Ratio", 23, "        - [0.2, 0.3]", "m.yaml:23: supernet.subnets[0].expand[1][1]: ",
                 "expected one of space.expand_ratios (0.2, 0.25, 0.35), found 0.3"},
        BadModel{"Stages", 25, "",
                 "m.yaml:", "supernet.subnets[0].expand: expected a list for each of the 4"},
        BadModel{"NotAList", 23, "        - 0.2", "m.yaml:23: supernet.subnets[0].expand[1]", "a list"}),
    [](const auto& tested) { return tested.param.label; });

TEST(OfaModelErrors, ASubNetListedTwiceIsNamed) {
  std::string yaml = kGood;
  yaml += yaml.substr(yaml.find("    - name: A"));
  EXPECT_EQ(MessageOf(yaml), "m.yaml:26: supernet.subnets[1].name: SubNet 'A' is listed twice");
}

TEST(OfaModelErrors, AModelWithoutSubNetsIsRefused) {
  std::string yaml = kGood;
  yaml = yaml.substr(0, yaml.find("  subnets:")) + "  subnets: []\n";
  EXPECT_THAT(MessageOf(yaml), HasSubstr("m.yaml:14: supernet.subnets: expected 1 to 1024 SubNets, found 0"));
  EXPECT_THAT(MessageOf("supernet: 3\n"), HasSubstr("m.yaml:1: supernet"));
}

}  // namespace
}  // namespace sushi::config
