// `rule: table`: what rows become, what the defaults are, and what a user is told of each mistake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sushi/config/model_file.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi::config {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHeader =
    "subnet,layer,supernet_layer,out_channels,in_channels,kernel_h,kernel_w,in_h,in_w,pad_h,pad_w,stride_h,"
    "stride_w,input,add\n";
constexpr const char* kRows =
    "A,0,0,8,3,3,3,16,16,1,1,2,2,,\n"   // reads the image, gives 8 x 8x8
    "A,1,1,8,8,1,1,8,8,0,0,1,1,,0\n"    // reads layer 0 and adds it
    "A,2,2,16,8,3,3,4,4,1,1,1,1,,\n"    // something halved the map: an external tensor
    "B,0,0,12,3,3,3,16,16,1,1,2,2,,\n"  //
    "B,1,2,10,12,3,3,8,8,1,1,1,1,,\n";

// A CSV file in a directory of its own, and a model file's section that names it.
class LayerTable : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::path(::testing::TempDir()) / (std::string("sushi_table_") + info->name());
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  SuperNet Load(const std::string& csv, const std::string& extra = "") {
    std::ofstream(directory_ / "t.csv", std::ios::binary) << csv;
    section_ = ParseYaml(
        "name: net\nrule: table\ntable: {file: t.csv}\nsubnets:\n"
        "  - {name: A, top1_percent: 70}\n  - {name: B, top1_percent: 71.5}\n" +
            extra,
        (directory_ / "m.yaml").string());
    return LoadSuperNet(section_);
  }

  // The message without the directory.
  std::string MessageOf(const std::string& csv, const std::string& extra = "") {
    try {
      Load(csv, extra);
    } catch (const UserError& error) {
      const std::string prefix = directory_.string() + "/";
      std::string message = error.what();
      for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
        message.erase(at, prefix.size());
      }
      return message;
    }
    return "accepted";
  }

  std::string MessageOfRow(const std::string& row) { return MessageOf(std::string(kHeader) + kRows + row); }

  std::filesystem::path directory_;
  Node section_;
};

TEST_F(LayerTable, SuperNetLayersAreTheLargestOfTheSubNets) {
  const SuperNet net = Load(std::string(kHeader) + kRows);
  ASSERT_EQ(net.layers.size(), 3u);
  EXPECT_EQ(net.layers[0].max_kernels, 12);
  EXPECT_EQ(net.layers[2].max_kernels, 16);
  EXPECT_EQ(net.layers[2].max_channels, 12);
  EXPECT_EQ(net.layers[2].kernel_h, 3);
  EXPECT_EQ(net.layers[1].name, "layer1");
  for (const SuperNetLayer& layer : net.layers) EXPECT_TRUE(layer.cacheable);
  EXPECT_EQ(net.subnets[1].top1_percent, 71.5);
  EXPECT_EQ(net.subnets[1].input_size, 16);
}

TEST_F(LayerTable, AnInputIsTheLayerBeforeWhenItFitsAndElseExternal) {
  const SuperNet net = Load(std::string(kHeader) + kRows);
  const SubNet& a = net.subnets[0];
  EXPECT_EQ(a.ops[0].input, 0);
  EXPECT_EQ(a.ops[1].input, a.ops[0].output);
  EXPECT_EQ(a.ops[1].residual, a.ops[0].output);
  for (const Op& op : a.ops) EXPECT_NE(op.output, a.ops[2].input);
  EXPECT_EQ(a.tensors[static_cast<std::size_t>(a.ops[2].input)].height, 4);
}

TEST_F(LayerTable, AnInputMayBeAnEarlierLayerOrTheImage) {
  const SuperNet net = Load(std::string(kHeader) + kRows +
                            "B,2,1,8,12,1,1,8,8,0,0,1,1,0,\n"
                            "B,3,3,8,3,3,3,16,16,1,1,2,2,image,2\n");
  const SubNet& b = net.subnets[1];
  EXPECT_EQ(b.ops[2].input, b.ops[0].output);
  EXPECT_EQ(b.ops[3].input, 0);
  EXPECT_EQ(b.ops[3].residual, b.ops[2].output);
}

TEST_F(LayerTable, ColumnsComeInAnyOrderAndLinesEndInEitherWay) {
  const SuperNet net = Load(
      "\xEF\xBB\xBFstride_w,stride_h,pad_w,pad_h,in_w,in_h,kernel_w,kernel_h,in_channels,out_channels,"
      "supernet_layer,layer,name,subnet\r\n2,2,1,1,16,32,3,3,3,8,0,0,stem,A\r\n\r\n"
      "1,1,1,1,16,16,3,3,3,4,0,0,,B");
  EXPECT_EQ(net.layers[0].name, "stem");
  EXPECT_EQ(net.subnets[0].ops[0].in_h, 32);
  EXPECT_EQ(net.subnets[0].input_size, 0);  // not square
}

TEST_F(LayerTable, TheFileIsLookedUpBesideTheModelFile) {
  Load(std::string(kHeader) + kRows);
  EXPECT_EQ(TableFileOf(section_), (directory_ / "t.csv").string());
}

TEST_F(LayerTable, RefusesAFileThatIsNotACsvTable) {
  const std::string header = kHeader;
  EXPECT_EQ(MessageOf(""), "t.csv: expected a header line and at least one layer");
  EXPECT_EQ(MessageOf(header), "t.csv: expected a header line and at least one layer");
  EXPECT_EQ(MessageOf("subnet,layr\n"), "t.csv:1: layr: unknown column (did you mean 'layer'?)");
  EXPECT_EQ(MessageOf("subnet,subnet\n"), "t.csv:1: subnet: column given twice");
  EXPECT_EQ(MessageOf("subnet,layer\n"), "t.csv:1: supernet_layer: column missing");
  EXPECT_EQ(MessageOf(header + "A,0,0\n"), "t.csv:2: expected 15 fields as in the header, found 3");
  EXPECT_THAT(MessageOf(header + "\"A\",0\n"), HasSubstr("t.csv:2: quotes are not expected"));
  std::filesystem::remove(directory_ / "t.csv");
  EXPECT_THAT(([this] {
                try {
                  LoadSuperNet(section_);
                } catch (const UserError& error) {
                  return std::string(error.what());
                }
                return std::string("accepted");
              }()),
              HasSubstr("m.yaml:3: supernet.table.file: no such file"));
}

TEST_F(LayerTable, RefusesRowsThatAreNoConvolution) {
  EXPECT_THAT(MessageOfRow("A,3,3,0,8,1,1,4,4,0,0,1,1,,\n"), HasSubstr("t.csv:7: layer table.out_channels"));
  EXPECT_THAT(MessageOfRow("A,3,3,,8,1,1,4,4,0,0,1,1,,\n"), HasSubstr("out_channels"));
  EXPECT_THAT(MessageOfRow("A,3,3,8x,8,1,1,4,4,0,0,1,1,,\n"), HasSubstr("t.csv:7: layer table.out_channels"));
  EXPECT_THAT(MessageOfRow("A,3,3,99999999999,8,1,1,4,4,0,0,1,1,,\n"), HasSubstr("65536"));
  EXPECT_THAT(MessageOfRow("A,3,3,8,8,3,3,4,4,3,1,1,1,,\n"), HasSubstr("t.csv:7: layer table.pad_h"));
  EXPECT_THAT(MessageOfRow("A,3,3,8,8,7,7,4,4,0,0,1,1,,\n"), HasSubstr("kernel is larger than the padded"));
  EXPECT_THAT(MessageOfRow("A,3,3,65536,65536,64,64,16384,16384,0,0,1,1,,\n"), HasSubstr("too large"));
}

TEST_F(LayerTable, NamesLineAndColumnOfWhatIsNoConvolution) {
  const std::string header =
      "subnet,layer,kind,supernet_layer,out_channels,in_channels,kernel_h,kernel_w,in_h,in_w,pad_h,pad_w,"
      "stride_h,stride_w,depthwise,bias,activation,input,scale\n";
  const std::string first = "A,0,,0,8,8,3,3,16,16,1,1,1,1,1,,h_swish,,\n";
  const auto message = [&](const std::string& second) {
    return MessageOf(header + first + second + "B,0,conv,0,8,8,3,3,16,16,1,1,1,1,1,0,none,,\n");
  };
  EXPECT_EQ(
      message("A,1,scale,,8,8,1,1,16,16,0,0,1,1,,,,,0\n"),
      "t.csv:3: layer table.scale: expected a tensor of 8 x 1x1 (one factor a channel of this layer), but "
      "layer 0 gives 8 x 16x16");
  EXPECT_EQ(
      message("A,1,average_pol,,8,8,16,16,16,16,0,0,1,1,,,,,\n"),
      "t.csv:3: layer table.kind: expected one of conv, max_pool, average_pool, scale, found 'average_pol' "
      "(did you mean 'average_pool'?)");
  EXPECT_EQ(message("A,1,average_pool,,8,8,16,16,16,16,0,0,1,1,1,,,,\n"),
            "t.csv:3: layer table.depthwise: is for convolutions, and this layer's kind is average_pool");
  EXPECT_EQ(message("A,1,,1,8,8,1,1,16,16,0,0,1,1,,2,,,\n"),
            "t.csv:3: layer table.bias: expected an integer from 0 to 1, got '2'");
  EXPECT_EQ(
      message("A,1,,1,9,8,1,1,16,16,0,0,1,1,1,,,,\n"),
      "t.csv:3: layer table.in_channels: expected 9, the out_channels, for a depthwise convolution, found "
      "8");
  EXPECT_EQ(message("A,1,max_pool,,8,8,2,2,16,16,0,0,2,2,,,,,\n"), "accepted");
}

TEST_F(LayerTable, RefusesRowsThatDoNotFitTogether) {
  EXPECT_EQ(MessageOfRow("A,4,3,8,8,1,1,4,4,0,0,1,1,,\n"),
            "t.csv:7: layer table.layer: expected 3, the next layer of SubNet 'A', found 4");
  EXPECT_THAT(MessageOfRow("A,3,2,8,8,3,3,4,4,0,0,1,1,,\n"), HasSubstr("SubNet 'A' uses number 2 twice"));
  EXPECT_THAT(MessageOfRow("B,2,1,8,8,3,3,4,4,0,0,1,1,,\n"), HasSubstr("expected 1x1 as in the other rows"));
  EXPECT_THAT(MessageOfRow("A,3,9,8,8,1,1,4,4,0,0,1,1,,\n"), HasSubstr("no row has number 3"));
  EXPECT_THAT(MessageOfRow("A,3,3,8,8,1,1,4,4,0,0,1,1,1,\n"),
              HasSubstr("t.csv:7: layer table.input: expected a tensor of 8 x 4x4 (the input of this layer), "
                        "but layer 1 gives 8 x 8x8"));
  EXPECT_THAT(MessageOfRow("A,3,3,8,16,1,1,4,4,0,0,1,1,,image\n"),
              HasSubstr("t.csv:7: layer table.add: expected a tensor of 8 x 4x4 (the output of this layer), "
                        "but the image gives 3 x 16x16"));
  EXPECT_THAT(MessageOfRow("A,3,3,8,16,1,1,4,4,0,0,1,1,3,\n"),
              HasSubstr("layer table.input: expected an earlier layer of the SubNet (0 to 2) or 'image'"));
}

TEST_F(LayerTable, RefusesSubNetsThatTableAndListDoNotShare) {
  const std::string table = std::string(kHeader) + kRows;
  EXPECT_EQ(MessageOf(table + "Bb,0,0,8,3,3,3,16,16,1,1,2,2,,\n"),
            "t.csv:7: layer table.subnet: expected a SubNet listed in supernet.subnets (which gives its "
            "top1_percent), found 'Bb'");
  EXPECT_EQ(MessageOf(table, "  - {name: C, top1_percent: 72}\n"),
            "m.yaml:7: supernet.subnets[2].name: the layer table has no rows of SubNet 'C'");
  EXPECT_EQ(MessageOf(table, "  - {name: B, top1_percent: 72}\n"),
            "m.yaml:7: supernet.subnets[2].name: SubNet 'B' is listed twice");
  EXPECT_THAT(MessageOf(table, "layers: []\n"), HasSubstr("expected either 'layers' or 'table"));
}

TEST_F(LayerTable, RefusesAnInputSizeThatTheTableContradicts) {
  const std::string table = std::string(kHeader) + kRows + "C,0,0,8,3,3,3,16,16,1,1,2,2,,\n";
  EXPECT_EQ(MessageOf(table, "  - {name: C, top1_percent: 72, input_size: 16}\n"), "accepted");
  EXPECT_THAT(MessageOf(table, "  - {name: C, top1_percent: 72, input_size: 32}\n"),
              HasSubstr("supernet.subnets[2].input_size: expected what the table says"));
}

TEST(TinyModel, IsThreeNestedSubNetsWithOneResidualEach) {
  const Node file = ReadYamlFile(SUSHI_SOURCE_DIR "/models/tiny.yaml");
  const SuperNet net = LoadSuperNet(*file.Find("supernet"));
  ASSERT_EQ(net.subnets.size(), 3u);
  EXPECT_EQ(net.layers.size(), 5u);
  EXPECT_EQ(net.layers[2].name, "mix");
  for (std::size_t i = 0; i < 3; ++i) {
    const SubNet& subnet = net.subnets[i];
    int residuals = 0;
    for (const Op& op : subnet.ops) residuals += op.residual != kNone ? 1 : 0;
    EXPECT_EQ(residuals, 1) << subnet.name;
    // Every tensor but the image is written by an op: nothing is left out.
    EXPECT_EQ(subnet.tensors.size(), subnet.ops.size() + 1);
    const SubNet& smaller = net.subnets[i == 0 ? 0 : i - 1];
    EXPECT_TRUE(Contains(SubGraphOf(net, subnet), SubGraphOf(net, smaller))) << subnet.name;
  }
}

TEST(SharedTable, TheOfaLayerListReadsAsATable) {
  if (!std::filesystem::exists(SUSHI_SHARED_DATA "/ofa_resnet50_subnets.csv")) {
    GTEST_SKIP() << "no " SUSHI_SHARED_DATA "/ofa_resnet50_subnets.csv";
  }
  std::string yaml =
      "name: net\nrule: table\ntable: {file: " SUSHI_SHARED_DATA "/ofa_resnet50_subnets.csv}\nsubnets:\n";
  for (char name = 'A'; name <= 'F'; ++name)
    yaml += std::string("  - {name: ") + name + ", top1_percent: 75}\n";
  const SuperNet net = LoadSuperNet(ParseYaml(yaml, "m.yaml"));
  EXPECT_EQ(net.layers.size(), 61u);
  EXPECT_EQ(net.subnets[5].ConvLayers(), 61);
  EXPECT_EQ(net.subnets[0].input_size, 160);
}

}  // namespace
}  // namespace sushi::config
