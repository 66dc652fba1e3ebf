// Layer tables with depthwise layers, pools and squeeze-excite, inline.
#include <gtest/gtest.h>

#include <string>

#include "sushi/config/model_file.hpp"

namespace sushi::config {
namespace {

constexpr const char* kShape = "kernel_h: 1, kernel_w: 1, in_h: 1, in_w: 1, pad_h: 0, pad_w: 0, ";

// Depthwise, pool, squeeze, excite, scale.
std::string Model() {
  const std::string one = kShape;
  return "name: net\nrule: table\nsubnets: [{name: A, top1_percent: 70}]\nlayers:\n"
         "  - {subnet: A, layer: 0, supernet_layer: 0, out_channels: 16, in_channels: 16, depthwise: 1,"
         " kernel_h: 5, kernel_w: 5, in_h: 8, in_w: 8, pad_h: 2, pad_w: 2, stride_h: 1, stride_w: 1,"
         " activation: h_swish}\n"
         "  - {subnet: A, layer: 1, kind: average_pool, out_channels: 16, in_channels: 16,"
         " kernel_h: 8, kernel_w: 8, in_h: 8, in_w: 8, pad_h: 0, pad_w: 0, stride_h: 1, stride_w: 1}\n"
         "  - {subnet: A, layer: 2, supernet_layer: 1, out_channels: 8, in_channels: 16, " +
         one + "stride_h: 1, stride_w: 1, bias: 1, activation: relu}\n" +
         "  - {subnet: A, layer: 3, supernet_layer: 2, out_channels: 16, in_channels: 8, " + one +
         "stride_h: 1, stride_w: 1, bias: 1, activation: h_sigmoid}\n" +
         "  - {subnet: A, layer: 4, kind: scale, name: gate, out_channels: 16, in_channels: 16,"
         " kernel_h: 1, kernel_w: 1, in_h: 8, in_w: 8, pad_h: 0, pad_w: 0, stride_h: 1, stride_w: 1,"
         " input: 0, scale: 3}\n";
}

std::string MessageOf(const std::string& good, const std::string& bad) {
  std::string model = Model();
  const std::size_t at = model.find(good);
  if (at == std::string::npos) return "nothing to replace";
  model.replace(at, good.size(), bad);
  try {
    LoadSuperNet(ParseYaml(model, "m.yaml"));
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(LayerTableKinds, ASqueezeExciteBlockCanBeWrittenByHand) {
  const SuperNet net = LoadSuperNet(ParseYaml(Model(), "m.yaml"));
  ASSERT_EQ(net.layers.size(), 3U);
  EXPECT_TRUE(net.layers[0].depthwise);
  EXPECT_EQ(net.layers[0].WeightBytes(), Bytes(16 * 25));
  const std::vector<Op>& ops = net.subnets[0].ops;
  ASSERT_EQ(ops.size(), 5U);
  EXPECT_EQ(ops[0].WeightBytes(), Bytes(16 * 25));
  EXPECT_EQ(ops[0].activation, Activation::kHSwish);
  EXPECT_EQ(ops[1].kind, OpKind::kAveragePool);
  EXPECT_EQ(ops[1].name, "average_pool1");
  EXPECT_TRUE(ops[2].bias);
  EXPECT_EQ(ops[3].activation, Activation::kHSigmoid);
  EXPECT_EQ(ops[4].name, "gate");
  EXPECT_EQ(ops[4].input, ops[0].output);
  EXPECT_EQ(ops[4].residual, ops[3].output);
}

TEST(LayerTableKinds, MistakesAreNamed) {
  EXPECT_EQ(MessageOf("depthwise: 1", "depthwise: 2"),
            "m.yaml:5: supernet.layers[0].depthwise: expected an integer from 0 to 1, got '2'");
  EXPECT_EQ(MessageOf("out_channels: 16, in_channels: 16, depthwise",
                      "out_channels: 16, in_channels: 8, depthwise"),
            "m.yaml:5: supernet.layers[0].in_channels: expected 16, the out_channels, for a depthwise "
            "convolution, found 8");
  EXPECT_EQ(MessageOf("h_swish", "hswish"),
            "m.yaml:5: supernet.layers[0].activation: expected one of relu, h_swish, h_sigmoid, none, found "
            "'hswish' (did you mean 'h_swish'?)");
  EXPECT_EQ(MessageOf("kind: average_pool", "kind: average_pool, bias: 1"),
            "m.yaml:6: supernet.layers[1].bias: is for convolutions, and this layer's kind is average_pool");
  EXPECT_EQ(MessageOf("kind: average_pool, ", ""), "m.yaml:6: supernet.layers[1].supernet_layer: is missing");
  EXPECT_EQ(MessageOf(", scale: 3", ""),
            "m.yaml:9: supernet.layers[4].scale: expected with, and only with, kind scale");
  EXPECT_EQ(MessageOf("bias: 1, activation: relu", "bias: 1, scale: 1"),
            "m.yaml:7: supernet.layers[2].scale: expected with, and only with, kind scale");
  EXPECT_EQ(MessageOf("scale: 3", "scale: 2"),
            "m.yaml:9: supernet.layers[4].scale: expected a tensor of 16 x 1x1 (one factor a channel of this "
            "layer), but layer 2 gives 8 x 1x1");
  EXPECT_EQ(MessageOf("stride_w: 1, input: 0", "stride_w: 2, input: 0"),
            "m.yaml:9: supernet.layers[4]: expected kernel_h, kernel_w, stride_h and stride_w of 1 for a "
            "scale");
}

TEST(LayerTableKinds, RowsOfASuperNetLayerAgreeOnDepthwise) {
  std::string model = Model();
  model.replace(model.find("[{name: A, top1_percent: 70}]"), 29,
                "[{name: A, top1_percent: 70}, {name: B, top1_percent: 71}]");
  model +=
      "  - {subnet: B, layer: 0, supernet_layer: 0, out_channels: 16, in_channels: 16, kernel_h: 5,"
      " kernel_w: 5, in_h: 8, in_w: 8, pad_h: 2, pad_w: 2, stride_h: 1, stride_w: 1}\n";
  std::string message = "accepted";
  try {
    LoadSuperNet(ParseYaml(model, "m.yaml"));
  } catch (const UserError& error) {
    message = error.what();
  }
  EXPECT_EQ(message,
            "m.yaml:10: supernet.layers[5].depthwise: expected 1 as in the other rows of supernet_layer 0, "
            "found 0");
}

TEST(LayerTableKinds, ATableOfPoolsOnlyIsRefused) {
  const std::string model =
      "name: net\nrule: table\nsubnets: [{name: A, top1_percent: 70}]\nlayers:\n"
      "  - {subnet: A, layer: 0, kind: max_pool, out_channels: 3, in_channels: 3, kernel_h: 2, kernel_w: 2,"
      " in_h: 8, in_w: 8, pad_h: 0, pad_w: 0, stride_h: 2, stride_w: 2}\n";
  EXPECT_THROW(LoadSuperNet(ParseYaml(model, "m.yaml")), UserError);
}

TEST(LayerTableKinds, APoolTooLargeToCountIsRefused) {
  EXPECT_NE(MessageOf("kernel_h: 8, kernel_w: 8, in_h: 8, in_w: 8",
                      "kernel_h: 8192, kernel_w: 8192, in_h: 16384, in_w: 16384")
                .find("m.yaml:6: supernet.layers[1]: the layer is too large"),
            std::string::npos);
}

}  // namespace
}  // namespace sushi::config
