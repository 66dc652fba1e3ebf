// What a user is told of a mistake in a model file, word for word: file and line, full key, what was
// expected and what was found. Each case replaces one piece of a good model.
#include <gtest/gtest.h>

#include <string>

#include "sushi/config/model_file.hpp"

namespace sushi::config {
namespace {

constexpr const char* kRule = R"(supernet:
  name: net
  rule: ofa_resnet
  space:
    base_depth: [1, 1, 1, 1]
    max_extra_depth: 1
    expand_ratios: [0.25, 0.5]
    width_multipliers: [0.5, 1.0]
    stage_width: [16, 32, 64, 128]
    stem_width: 16
    classes: 10
    input_min: 32
    input_max: 64
  subnets:
    - name: A
      top1_percent: 75.0
      input_size: 32
      stem_depth: 0
      depth: [0, 0, 0, 0]
      width_index: [0, 0, 0, 0, 0, 1]
      expand: [[0.25], [0.25], [0.25], [0.5]]
)";

constexpr const char* kTable = R"(supernet:
  name: net
  rule: table
  subnets:
    - {name: A, top1_percent: 75.0, input_size: 8}
  layers:
    - {subnet: A, layer: 0, supernet_layer: 0, out_channels: 4, in_channels: 3, kernel_h: 3, kernel_w: 3,
       in_h: 8, in_w: 8, pad_h: 1, pad_w: 1, stride_h: 1, stride_w: 1}
    - {subnet: A, layer: 1, supernet_layer: 1, out_channels: 4, in_channels: 4, kernel_h: 1, kernel_w: 1,
       in_h: 8, in_w: 8, pad_h: 0, pad_w: 0, stride_h: 1, stride_w: 1, add: 0}
)";

struct Mistake {
  const char* label;
  const char* good;  // the piece replaced, "" for none
  const char* bad;
  const char* message;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.label; }

std::string MessageOf(std::string model, const Mistake& mistake) {
  const std::size_t at = model.find(mistake.good);
  if (at == std::string::npos) return "nothing to replace";
  model.replace(at, std::string(mistake.good).size(), mistake.bad);
  try {
    LoadSuperNet(*ParseYaml(model, "m.yaml").Find("supernet"));
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

class RuleMistake : public ::testing::TestWithParam<Mistake> {};
class TableMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(RuleMistake, IsToldWordForWord) { EXPECT_EQ(MessageOf(kRule, GetParam()), GetParam().message); }
TEST_P(TableMistake, IsToldWordForWord) { EXPECT_EQ(MessageOf(kTable, GetParam()), GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    Model, RuleMistake,
    ::testing::Values(
        Mistake{"None", "", "", "accepted"},
        Mistake{"NoRule", "  rule: ofa_resnet\n", "", "m.yaml:1: supernet.rule: is missing"},
        Mistake{"Rule", "ofa_resnet", "ofa_resent",
                "m.yaml:3: supernet.rule: expected 'ofa_mbv3', 'ofa_resnet' or 'table', found 'ofa_resent' "
                "(did you mean "
                "'ofa_resnet'?)"},
        Mistake{"Unknown", "stem_width: 16", "stem_widht: 16",
                "m.yaml:10: supernet.space.stem_widht: unknown key (did you mean 'stem_width'?)"},
        Mistake{"Missing", "    classes: 10\n", "", "m.yaml:4: supernet.space.classes: is missing"},
        Mistake{"NoSubNets", "subnets:\n", "subnets: []\n  other:\n",
                "m.yaml:14: supernet.subnets: expected 1 to 1024 SubNets, found 0"},
        Mistake{"Accuracy", "75.0", "100.5",
                "m.yaml:16: supernet.subnets[0].top1_percent: expected a number from 0 to 100, got '100.5'"},
        Mistake{"NotANumber", "75.0", ".nan",
                "m.yaml:16: supernet.subnets[0].top1_percent: expected a number from 0 to 100, got '.nan'"},
        Mistake{"Octal", "input_size: 32", "input_size: 032",
                "m.yaml:17: supernet.subnets[0].input_size: expected an integer from 1 to 16384, got '032'"},
        Mistake{"Overflow", "128]", "99999999999999999999]",
                "m.yaml:9: supernet.space.stage_width[3]: expected an integer from 1 to 65536, got "
                "'99999999999999999999'"},
        Mistake{
            "OutsideSize", "input_size: 32", "input_size: 128",
            "m.yaml:17: supernet.subnets[0].input_size: expected 32 to 64 pixels in multiples of 4, found "
            "128"},
        Mistake{"OutsideWidth", "0, 1]", "0, 2]",
                "m.yaml:20: supernet.subnets[0].width_index[5]: expected 0 to 1 (an index into "
                "space.width_multipliers), found 2"},
        Mistake{"OutsideDepth", "depth: [0, 0,", "depth: [0, 2,",
                "m.yaml:19: supernet.subnets[0].depth[1]: expected 0 to 1 (space.max_extra_depth), found 2"},
        Mistake{"OutsideRatio", "[0.5]]", "[0.4]]",
                "m.yaml:21: supernet.subnets[0].expand[3][0]: expected one of space.expand_ratios (0.25, "
                "0.5), found 0.4"},
        Mistake{"Name", "name: A", "name: \"A\\n\"",
                "m.yaml:15: supernet.subnets[0].name: expected 1 to 32 letters, digits or _ - . + @, found "
                "'A\n'"}),
    [](const auto& tested) { return tested.param.label; });

INSTANTIATE_TEST_SUITE_P(
    Model, TableMistake,
    ::testing::Values(
        Mistake{"None", "", "", "accepted"},
        Mistake{"Zero", "out_channels: 4", "out_channels: 0",
                "m.yaml:7: supernet.layers[0].out_channels: expected an integer from 1 to 65536, got '0'"},
        Mistake{"Missing", "kernel_h: 3, ", "", "m.yaml:7: supernet.layers[0].kernel_h: is missing"},
        Mistake{"Unknown", "pad_h: 1", "padh: 1",
                "m.yaml:8: supernet.layers[0].padh: unknown key (did you mean 'pad_h'?)"},
        Mistake{"LayerName", "subnet: A, layer: 1", "subnet: A, name: \"\\e[2J\", layer: 1",
                "m.yaml:9: supernet.layers[1].name: expected 1 to 32 letters, digits or _ - . + @, found "
                "'\x1b[2J'"},
        Mistake{"Kernel", "in_h: 8, in_w: 8, pad_h: 1, pad_w: 1", "in_h: 2, in_w: 2, pad_h: 0, pad_w: 0",
                "m.yaml:7: supernet.layers[0]: the kernel is larger than the padded input"},
        Mistake{"Add", "add: 0", "add: image",
                "m.yaml:9: supernet.layers[1].add: expected a tensor of 4 x 8x8 (the output of this layer), "
                "but the image gives 3 x 8x8"},
        Mistake{"AddItself", "add: 0", "add: 1",
                "m.yaml:10: supernet.layers[1].add: expected an earlier layer of the SubNet (0 to 0) or "
                "'image', found '1'"},
        Mistake{"Order", "layer: 1, ", "layer: 2, ",
                "m.yaml:9: supernet.layers[1].layer: expected 1, the next layer of SubNet 'A', found 2"},
        Mistake{"Twice", "supernet_layer: 1", "supernet_layer: 0",
                "m.yaml:9: supernet.layers[1].supernet_layer: SubNet 'A' uses number 0 twice"},
        Mistake{"SubNet", "subnet: A, layer: 1", "subnet: B, layer: 1",
                "m.yaml:9: supernet.layers[1].subnet: expected a SubNet listed in supernet.subnets (which "
                "gives its top1_percent), found 'B'"},
        Mistake{"Both", "  layers:", "  table: {file: x.csv}\n  layers:",
                "m.yaml:1: supernet: expected either 'layers' or 'table: {file: ...}' with rule 'table'"},
        Mistake{"InputSize", "input_size: 8", "input_size: 16",
                "m.yaml:5: supernet.subnets[0].input_size: expected what the table says of the first layer "
                "(in_h 8, in_w 8), found 16"}),
    [](const auto& tested) { return tested.param.label; });

}  // namespace
}  // namespace sushi::config
