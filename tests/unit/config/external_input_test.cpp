// A layer table leaves pools out, so some inputs come from no op. They must be read from DRAM.
#include <gtest/gtest.h>

#include <set>

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
  const std::vector<OpPlacement> places = PlaceActivations(subnet, hardware.accel);
  EXPECT_FALSE(places[0].input_on_chip);   // the image
  EXPECT_TRUE(places[1].input_on_chip);    // what layer 0 made
  EXPECT_FALSE(places[2].input_on_chip);   // external
  EXPECT_FALSE(places[1].output_on_chip);  // nobody reads it
  EXPECT_NO_THROW(InferencePlanner(hardware, net));
}

}  // namespace
}  // namespace sushi::config
