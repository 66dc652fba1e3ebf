// What the rest of the simulator relies on in a SuperNet made from a table: inputs that come from no op
// (a table leaves pools out) are read from DRAM, and maxima do not hang on the order of rows.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/config/model_file.hpp"

namespace sushi::config {
namespace {

constexpr const char* kTable = R"(supernet:
  name: net
  rule: table
  subnets: [{name: A, top1_percent: 75}]
  layers:
    - {subnet: A, layer: 0, supernet_layer: 0, out_channels: 16, in_channels: 3, kernel_h: 3, kernel_w: 3,
       in_h: 16, in_w: 16, pad_h: 1, pad_w: 1, stride_h: 2, stride_w: 2}
    - {subnet: A, layer: 1, supernet_layer: 1, out_channels: 16, in_channels: 16, kernel_h: 1, kernel_w: 1,
       in_h: 8, in_w: 8, pad_h: 0, pad_w: 0, stride_h: 1, stride_w: 1}
    - {subnet: A, layer: 2, supernet_layer: 2, out_channels: 16, in_channels: 16, kernel_h: 1, kernel_w: 1,
       in_h: 4, in_w: 4, pad_h: 0, pad_w: 0, stride_h: 1, stride_w: 1}
)";

TEST(ExternalInput, IsReadFromDramThoughActivationsAreKeptOnChip) {
  const SuperNet net = LoadSuperNet(*ParseYaml(kTable, "m.yaml").Find("supernet"));
  const SubNet& subnet = net.subnets[0];
  std::set<int> written;
  for (const Op& op : subnet.ops) written.insert(op.output);
  EXPECT_EQ(written.count(subnet.ops[1].input), 1u);
  EXPECT_EQ(written.count(subnet.ops[2].input), 0u);

  HardwareConfig hardware;
  hardware.accel.keep_activations_on_chip = true;
  const std::vector<OpPlacement> places = PlaceActivations(subnet, hardware.accel, 1);
  EXPECT_FALSE(places[0].input_on_chip);   // the image
  EXPECT_TRUE(places[1].input_on_chip);    // what layer 0 made
  EXPECT_FALSE(places[2].input_on_chip);   // external
  EXPECT_FALSE(places[1].output_on_chip);  // nobody reads it
  EXPECT_NO_THROW(InferencePlanner(hardware, net));
}

TEST(TableMaxima, DoNotDependOnTheOrderOfSubNets) {
  const auto row = [](const char* subnet, int kernels, int channels) {
    return std::string("{subnet: ") + subnet +
           ", layer: 0, supernet_layer: 0, out_channels: " + std::to_string(kernels) +
           ", in_channels: " + std::to_string(channels) +
           ", kernel_h: 1, kernel_w: 1, in_h: 4, in_w: 4, pad_h: 0, pad_w: 0, stride_h: 1, stride_w: 1}";
  };
  const std::string head =
      "{name: n, rule: table, subnets: [{name: A, top1_percent: 1}, {name: B, top1_percent: 2}], layers: [";
  const std::string a = row("A", 24, 7);
  const std::string b = row("B", 8, 30);
  for (const std::string& rows : {a + ", " + b, b + ", " + a}) {
    const SuperNet net = LoadSuperNet(ParseYaml(head + rows + "]}", "m.yaml"));
    ASSERT_EQ(net.layers.size(), 1u);
    EXPECT_EQ(net.layers[0].max_kernels, 24);
    EXPECT_EQ(net.layers[0].max_channels, 30);
  }
}

}  // namespace
}  // namespace sushi::config
