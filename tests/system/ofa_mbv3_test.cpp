// The published MobileNetV3 SubNets: their blocks, bounds, agreement of the engines, data bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "builders.hpp"
#include "forked.hpp"
#include "functional_checker.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/sched/candidates.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

struct World {
  config::Experiment experiment;
  SuperNet net;
  std::unique_ptr<InferencePlanner> planner;

  explicit World(const std::string& model, const std::string& hardware = "zcu104") {
    const std::string root = SUSHI_SOURCE_DIR;
    experiment = config::LoadExperiment(
        {root + "/configs/hardware/" + hardware + ".yaml", root + "/models/" + model + ".yaml"}, {});
    net = config::LoadSuperNet(experiment.supernet);
    planner = std::make_unique<InferencePlanner>(experiment.hardware, net);
  }
  const HardwareConfig& hw() const { return experiment.hardware; }
};

class Mbv3 : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Widths, Mbv3, ::testing::Values("ofa_mbv3_w10", "ofa_mbv3_w12"),
                         [](const auto& test) { return test.param; });

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
  return fields;
}

// What the file says of each op that has weights, in the csv's words: one line a stem, block or head layer.
std::vector<std::string> Rows(const SubNet& subnet) {
  std::vector<std::string> rows;
  const auto line = [&](const std::string& kind, int in, int out, const std::string& mid, int kernel,
                        int stride, bool se) {
    std::ostringstream text;
    text << subnet.name << ',' << subnet.input_size << ',' << subnet.top1_percent << ',' << kind << ','
         << static_cast<int>(rows.size()) - 1 << ',' << in << ',' << out << ',' << mid << ',' << kernel << ','
         << stride << ',' << se;
    rows.push_back(text.str());
  };
  int in = 0;
  bool se = false;
  const Op* depthwise = nullptr;
  for (const Op& op : subnet.ops) {
    if (op.depthwise) depthwise = &op;
    if (op.kind == OpKind::kScale) se = true;
    const bool projects = op.name.find(".project") != std::string::npos;
    if (projects) {
      line("mbconv", in, op.kernels, std::to_string(depthwise->kernels), depthwise->kernel_h,
           depthwise->stride_h, se);
      se = false;
    } else if (op.name.find('.') == std::string::npos || op.name == "stem.conv") {
      const std::map<std::string, std::string> kinds{{"stem.conv", "stem"},
                                                     {"final_expand", "conv"},
                                                     {"feature_mix", "pooled_conv"},
                                                     {"classifier", "classifier"}};
      if (kinds.count(op.name) > 0) {
        line(kinds.at(op.name), op.channels, op.kernels, "", op.kernel_h, op.stride_h, false);
      }
    }
    if (projects || op.name == "stem.conv") in = op.kernels;
  }
  return rows;
}

TEST_P(Mbv3, EveryPublishedRowIsReproduced) {
  std::ifstream csv(std::string(SUSHI_SHARED_DATA) + "/ofa_mbv3_subnets.csv");
  if (!csv) GTEST_SKIP() << "no " << SUSHI_SHARED_DATA << "/ofa_mbv3_subnets.csv";
  std::map<std::string, std::vector<std::string>> published;
  std::string text;
  std::getline(csv, text);
  while (std::getline(csv, text)) {
    if (!text.empty() && text.back() == '\r') text.pop_back();
    published[Split(text)[0]].push_back(text);
  }
  const World world(GetParam());
  for (const SubNet& subnet : world.net.subnets) EXPECT_EQ(Rows(subnet), published[subnet.name]);
}

TEST_P(Mbv3, NoLayerOfAnySubNetBeatsItsBounds) {
  const World world(GetParam());
  const AccelConfig& accel = world.hw().accel;
  KernelFreeAccelerator driver(*world.planner, MakeMemory(world.hw()));
  for (const SubGraphColumn& column : MakeCandidates(world.net, accel.pb.capacity(), 4)) {
    for (int s = 0; s < static_cast<int>(world.net.subnets.size()); ++s) {
      const InferenceResult result = driver.Infer(s, column.graph);
      for (std::size_t i = 0; i < result.layers.size(); ++i) {
        const Op& op = world.net.subnets[static_cast<std::size_t>(s)].ops[i];
        const std::int64_t map = std::int64_t{op.in_h} * op.in_w;
        const int passes = (op.kernel_h + 2) / 3 * ((op.kernel_w + 2) / 3);
        std::int64_t bound = CeilDiv(op.channels, accel.vector_lanes) * map;
        if (op.kind == OpKind::kConv) {
          bound = op.depthwise
                      ? CeilDiv(op.channels, 9) * passes * map
                      : CeilDiv(op.kernels, 16) * CeilDiv(op.channels, op.kernel_h == 1 ? 81 : 9) * map;
        }
        const LayerResult& layer = result.layers[i];
        EXPECT_GE(layer.cycles.value(), bound) << op.name;
        EXPECT_EQ(layer.counters.useful_macs, op.Macs()) << op.name;
        const auto& moved = layer.counters.traffic_bytes;
        EXPECT_GE(layer.cycles.value() * accel.axi.weight_ports * accel.axi.beat_bytes,
                  moved[Traffic::kWeights] + moved[Traffic::kQuantParams])
            << op.name;
        EXPECT_GE(moved[Traffic::kWeights] + layer.counters.pb_hit_bytes, op.WeightBytes().value())
            << op.name;
      }
    }
  }
}

TEST_P(Mbv3, ModulesAndKernelFreeDriverAgreeWithAndWithoutData) {
  testing::InChild([] {
    const World world(GetParam());
    const SubNet& subnet = world.net.subnets[0];
    const SubGraph cached =
        PrefixThatFits(world.net, SubGraphOf(world.net, subnet), world.hw().accel.pb.capacity());
    KernelFreeAccelerator driver(*world.planner, MakeMemory(world.hw()));
    const NetworkData data(world.net, 1);
    const std::set<std::string> computed{"stem.conv",
                                         "first.depthwise3",
                                         "first.project",
                                         "stage2.block0.depthwise5",
                                         "stage2.block0.se.pool",
                                         "stage2.block0.se.reduce",
                                         "stage2.block0.se.expand",
                                         "stage2.block0.se.scale",
                                         "stage2.block1.project",
                                         "stage3.block0.depthwise7",
                                         "stage5.block0.depthwise3",
                                         "stage5.block0.se.scale",
                                         "feature_mix",
                                         "classifier"};
    testing::FunctionalChecker checker(data, [&](const Op& op) { return computed.count(op.name) > 0; });
    RunInElaboration(
        *world.planner, MakeMemory(world.hw()),
        [&](ServiceModel& modules) {
          for (const SubGraph& graph : {EmptySubGraph(world.net), cached}) {
            const InferenceResult a = modules.Infer(0, graph), b = driver.Infer(0, graph);
            EXPECT_EQ(a.service.value(), b.service.value());
            EXPECT_TRUE(a.layers == b.layers);
          }
        },
        &checker.run);
    EXPECT_EQ(checker.computed, 2 * static_cast<int>(computed.size()));
  });
}

TEST(OfaMbv3, OneWidthHasTheWorkAndWeightsOfItsBlocks) {
  const World world("ofa_mbv3_w10");
  const SubNet& subnet = world.net.subnets[0];
  EXPECT_EQ(subnet.ConvLayers(), 47);
  const auto bytes = [&](const std::string& name) {
    const auto op =
        std::find_if(subnet.ops.begin(), subnet.ops.end(), [&](const Op& o) { return o.name == name; });
    return op == subnet.ops.end() ? -1 : op->WeightBytes().value();
  };
  EXPECT_EQ(bytes("stage5.block1.depthwise7"), 960 * 49);
  EXPECT_EQ(bytes("stage5.block1.se.reduce"), 240 * 960);
  EXPECT_EQ(bytes("feature_mix"), 960 * 1280);
  EXPECT_EQ(bytes("classifier"), 1280 * 1000);
}

}  // namespace
}  // namespace sushi
